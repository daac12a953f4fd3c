import type { LayerLog } from "./layerLog.ts";

/**
 * Rows of a ledger by what makes each of them one: told twice, the later would count, or the earlier, as the reader
 * likes. Each name that stands more than once is a finding.
 */
export function findDoubledRows<Row>(
  ledger: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  log: LayerLog,
): void {
  for (const [name, same] of Map.groupBy(rows, nameOf))
    if (same.length > 1) log.find(`ledgers/${ledger}.jsonl ${name}`, "one row", `${same.length} rows`);
}
