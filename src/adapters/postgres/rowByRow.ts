import { thrownText } from "../../domain/units/foreignText.ts";
import type { UnstoredRow } from "../../ports/fleetLedger.ts";
import type { MachineId } from "../../domain/units/ids.ts";

/** SQLSTATE classes of a value that does not fit: data exception, integrity violation. */
const VALUE_REFUSED = /^2[23]/;

/**
 * Stores rows at once. Where the database refuses a value, each row by itself, and one that is still refused as `bare`
 * makes it: a bad row costs no other one. Rows that are refused even so are returned.
 * @throws whatever else `store` throws; nothing is known to be stored then.
 */
export async function storeRowByRow<Row extends { readonly machineId: MachineId }>(
  rows: readonly Row[],
  store: (rows: readonly Row[]) => Promise<void>,
  bare: (row: Row, problem: string) => Row,
): Promise<readonly UnstoredRow[]> {
  if (rows.length === 0 || (await refusal(store, rows)) === undefined) return [];
  const unstored: UnstoredRow[] = [];
  for (const row of rows) {
    const problem = await refusal(store, [row]);
    if (problem === undefined) continue;
    const still = await refusal(store, [bare(row, problem)]);
    if (still !== undefined) unstored.push({ machineId: row.machineId, problem: still });
  }
  return unstored;
}

async function refusal<Row>(
  store: (rows: readonly Row[]) => Promise<void>,
  rows: readonly Row[],
): Promise<string | undefined> {
  try {
    await store(rows);
    return undefined;
  } catch (error) {
    return refusedText(error);
  }
}

/** What PostgreSQL says of a value that it refuses. @throws `error` itself where it is about anything else */
export function refusedText(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!VALUE_REFUSED.test(code)) throw error;
  return `PostgreSQL refused it (${code}): ${thrownText(error)}`;
}
