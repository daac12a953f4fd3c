import { intervalKey } from "../market/calendar.ts";
import { checkSettledDay } from "./checks.ts";
import { SettlementError } from "./errors.ts";
import type { ClientInterval, JournalEntry, SettledDay, SettlementDayInput } from "./model.ts";
import { settleInterval } from "./settleInterval.ts";

/**
 * Settles one operating day of a site: energy charges, curtailment credits and their split, supply cost, meter gap, per
 * interval, exact in 10⁻⁸ USD. Pure: the same input gives the same bytes. `kind` only labels the version. The entries
 * are those of the day as a whole; `entriesToPost` turns them into what a later version adds to the journal. An
 * interval without price, register, baseline or contract is listed in `missing` and posts nothing.
 * @throws SettlementError when the input contradicts itself, UnitError when a number is not what its unit allows.
 */
export function settle(input: SettlementDayInput): SettledDay {
  refuseBadDay(input);
  const clientIntervals: ClientInterval[] = [];
  const entries: JournalEntry[] = [];
  const gapWh: { intervalKey: string; gapWh: string }[] = [];
  const missing: SettledDay["missing"][number][] = [];
  for (const interval of input.intervals) {
    const key = intervalKey(interval.interval);
    const settled = settleInterval(input, interval);
    clientIntervals.push(...settled.clientIntervals);
    entries.push(...settled.entries);
    if (settled.gapWh !== undefined) gapWh.push({ intervalKey: key, gapWh: settled.gapWh.toString() });
    missing.push(...settled.missing.map((value) => ({ intervalKey: key, ...value })));
  }
  const { siteId, operatingDay, version, kind } = input;
  const day = { siteId, operatingDay, version, kind, clientIntervals, gapWh, entries, missing };
  return { ...day, checks: checkSettledDay(input, day) };
}

function refuseBadDay(input: SettlementDayInput): void {
  if (input.schema !== "ballast.settlement-day/1") {
    throw new SettlementError(
      `settlement day: schema is "${String(input.schema)}"; this version reads ballast.settlement-day/1`,
    );
  }
  if (!Number.isInteger(input.version) || input.version < 1)
    throw new SettlementError(`settlement of ${input.operatingDay}: version is ${input.version}; expected 1, 2, 3 ...`);
  const seen = new Set<string>();
  for (const { interval } of input.intervals) {
    const key = intervalKey(interval);
    if (interval.operatingDay !== input.operatingDay)
      throw new SettlementError(`settlement of ${input.operatingDay}: interval ${key} belongs to another day`);
    if (seen.has(key)) throw new SettlementError(`settlement of ${input.operatingDay}: interval ${key} is there twice`);
    seen.add(key);
  }
}
