import { type Bundle, parseJson } from "./bundle.ts";
import { BundleError } from "./bundleFile.ts";
import { guarded, type LayerLog } from "./layerLog.ts";

/** Broken lines that are named one by one; the rest is counted. */
const NAMED_MAX = 20;
const LINE_FEED = 10;

/**
 * Rows of `ledgers/<name>.jsonl`, none when the manifest does not list it, whatever lies in the folder. A line that is
 * no JSON object is a finding of `log`, and costs no other line.
 */
export async function readLedger<Row>(bundle: Bundle, name: string, log: LayerLog): Promise<readonly Row[]> {
  const path = `ledgers/${name}.jsonl`;
  if (!bundle.manifest.ledgers.some((file) => file.path === path)) return [];
  const rows: Row[] = [];
  let broken = 0;
  await guarded(log, path, async () => {
    linesOf(await bundle.read(path)).forEach((line, i) => {
      const where = `${path} line ${i + 1}`;
      const problem = take(where, line, rows);
      if (problem === undefined) return;
      broken += 1;
      if (broken <= NAMED_MAX) log.find(where, "a JSON object", problem);
    });
  });
  if (broken > NAMED_MAX)
    log.find(path, "a JSON object in each line", `${broken - NAMED_MAX} more lines that are none`);
  return rows;
}

/** Puts a line's row to the others, or says what is wrong with it. */
function take<Row>(where: string, line: Uint8Array, rows: Row[]): string | undefined {
  try {
    const row = parseJson(where, line);
    if (typeof row !== "object" || row === null || Array.isArray(row)) return "another value";
    rows.push(row as Row);
    return undefined;
  } catch (error) {
    if (error instanceof BundleError) return error.message;
    throw error;
  }
}

/** By bytes, so that one line that is no UTF-8 does not garble the others; empty ones are left out. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end < 0 ? bytes.length : end;
    if (to > from) lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}
