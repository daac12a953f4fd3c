import { firstDifference, shown } from "./firstDifference.ts";
import type { LayerLog } from "./layerLog.ts";
import { namesOnPath, withDollars } from "./moneyNames.ts";

/** What the rules gave, or why they gave nothing. */
export type Attempt = { readonly value: unknown } | { readonly refused: string };

/** The value that `make` gives, or the error that it refuses with. */
export function attempt(make: () => unknown): Attempt {
  try {
    return { value: make() };
  } catch (error) {
    return { refused: `${(error as Error).name}: ${(error as Error).message}` };
  }
}

/** A value made again against the one that was kept: the first difference is a finding that names it. */
export function compare(where: string, again: Attempt, kept: unknown, log: LayerLog): void {
  log.check();
  if ("refused" in again) {
    log.find(where, "a value that the rules give", again.refused);
    return;
  }
  const made: unknown = JSON.parse(JSON.stringify(again.value));
  const difference = firstDifference(made, kept);
  if (difference === undefined) return;
  const { path, expected, found } = difference;
  const names = namesOnPath(made, path) || namesOnPath(kept, path);
  log.find(
    `${where} ${path}${names === "" ? "" : ` (${names})`}`,
    `${shown(withDollars(path, expected))} (made again)`,
    `${shown(withDollars(path, found))} (kept)`,
  );
}
