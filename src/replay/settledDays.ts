import type { BundleManifest } from "../domain/evidence/model.ts";
import { dayEnd } from "../domain/market/calendar.ts";
import type { Instant } from "../domain/units/instant.ts";

const SETTLEMENT = /^settlements\/(\d{4}-\d\d-\d\d)-v\d+\.json$/;

/** Operating days of a bundle's settlements, rising, as the files are named; their content is held to it elsewhere. */
export function settledDays({ settlements }: Pick<BundleManifest, "settlements">): string[] {
  return [...new Set(settlements.flatMap(({ path }) => SETTLEMENT.exec(path)?.[1] ?? []))].sort();
}

/** The end of the last settled day; undefined where none is. */
export function settledUntil(manifest: Pick<BundleManifest, "settlements">): Instant | undefined {
  const last = settledDays(manifest).at(-1);
  return last === undefined ? undefined : dayEnd(last);
}
