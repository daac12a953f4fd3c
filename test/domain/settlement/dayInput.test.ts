import { describe, expect, it } from "vitest";
import { dayInput } from "../../../src/domain/settlement/dayInput.ts";
import { intervalsLost } from "../../../src/domain/settlement/intervalsLost.ts";
import { metersReadSince } from "../../../src/domain/settlement/metersReadSince.ts";
import type { Contract } from "../../../src/domain/settlement/model.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import {
  dayEnd,
  dayStart,
  intervalEnd,
  intervalKey,
  intervalsOfDay,
  intervalStart,
  wallToInstant,
} from "../../../src/domain/market/calendar.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const DAY = "2026-08-18";
const price = (priceUsdPerMwh: string) => ({ priceUsdPerMwh, version: 1, contentHash: "ab" });
const input = dayInput({
  siteId: "pecan-draw",
  operatingDay: DAY,
  settlementPoint: "HB_WEST",
  settlementPointType: "HU",
  version: 1,
  kind: "shadow",
  contracts: [],
  supply: { blocks: [], adders: [] },
  meters: [{ meterId: "site-main", rolloverWh: 10n ** 12n }],
  prices: new Map([
    [`${DAY}/2/1`, price("25.120")],
    [`${DAY}/2/2`, price("25.123")],
  ]),
  registers: new Map(),
  timeline: [],
});
const pricesOf = (key: string) => settle(input).missing.filter(({ intervalKey }) => intervalKey === key)[0];

describe("what a day is settled from", () => {
  it("holds 25.12 $/MWh as 2512 cents, whatever zeros stand behind it", () => {
    expect(input.intervals[4]?.price).toEqual({ centsPerMwh: "2512", version: 1, contentHash: "ab" });
  });

  it("misses a price in fractions of a cent with its reason, and the day goes on", () => {
    expect(input.intervals[5]?.price).toBeUndefined();
    expect(pricesOf(`${DAY}/2/2`)).toEqual({
      intervalKey: `${DAY}/2/2`,
      what: "settlement price of HB_WEST (HU)",
      why: '"25.123" (version 1) is no whole number of cents per MWh',
    });
    expect(pricesOf(`${DAY}/2/3`)).toEqual({ intervalKey: `${DAY}/2/3`, what: "settlement price of HB_WEST (HU)" });
  });
});

const wall = (time: string): Instant => wallToInstant({ day: DAY, time, repeatedHour: false });
const contractOf = (clientId: string, effectiveFrom: string): Contract => ({
  contractId: `${clientId}-2026`,
  version: 1,
  clientId,
  clientName: clientId,
  effectiveFrom,
  energy: { kind: "fixed-rate", rateUsdPerKwh: "0.0700", clause: "1" },
  credit: { kind: "gross-share", clientShare: "0.50", sharesNegative: false, clause: "2" },
  contractedKw: 100,
  rounding: "half-even",
  disputeDays: 30,
});
const lineOf = (clientId: string, from: Instant) => ({
  cohortId: `${clientId}-1`,
  clientId,
  at: from,
  split: [{ modeId: "normal", machines: 10 }],
  reason: "economic" as const,
  curtailed: [],
  ableToRun: 10,
  normalPowerW: 3_000,
});

/**
 * A day on which alder has run from before midnight, and birch is connected by a configuration at 12:07: its feeder is
 * read from 12:15 on. `known` is when the configuration of birch was applied, for the days before too.
 */
function dayOf(options: { readonly birchFrom?: string; readonly birchLine?: Instant; readonly readSince?: Instant }) {
  const boundaries = [dayStart(DAY), ...intervalsOfDay(DAY).map(intervalEnd)];
  const counts = (from: Instant) =>
    new Map(boundaries.flatMap((at, n) => (at < from ? [] : [[at, BigInt(n) * 7_000n] as const])));
  const { birchFrom, birchLine, readSince } = options;
  const hasBirch = birchFrom !== undefined;
  const feeders = ["alder", ...(hasBirch ? ["birch"] : [])];
  return dayInput({
    siteId: "pecan-draw",
    operatingDay: DAY,
    settlementPoint: "HB_WEST",
    settlementPointType: "HU",
    version: 1,
    kind: "shadow",
    contracts: [contractOf("alder", "2026-01-01"), ...(hasBirch ? [contractOf("birch", birchFrom)] : [])],
    supply: { blocks: [], adders: [] },
    meters: metersReadSince(
      [
        { meterId: "site", rolloverWh: 10n ** 12n },
        ...feeders.map((clientId) => ({ meterId: `feeder-${clientId}`, clientId, rolloverWh: 10n ** 12n })),
      ],
      new Map([
        ["site", wall("00:00:00")],
        ["feeder-alder", wall("00:00:00")],
        ...(readSince === undefined ? [] : [["feeder-birch", readSince] as const]),
      ]),
    ),
    prices: new Map(intervalsOfDay(DAY).map((interval) => [intervalKey(interval), price("25.12")])),
    registers: new Map([
      ["site", new Map([...counts(dayStart(DAY))].map(([at, wh]) => [at, wh * 2n]))],
      ["feeder-alder", counts(dayStart(DAY))],
      ["feeder-birch", readSince === undefined ? new Map<Instant, bigint>() : counts(readSince)],
    ]),
    timeline: [
      lineOf("alder", addSeconds(dayStart(DAY), -600)),
      ...(birchLine === undefined ? [] : [lineOf("birch", birchLine)]),
    ],
  });
}
const birches = (day: ReturnType<typeof dayOf>) =>
  settle(day).clientIntervals.filter(({ clientId }) => clientId === "birch");

describe("a client that is connected amid a day", () => {
  const connected = dayOf({ birchFrom: DAY, birchLine: wall("12:07:11"), readSince: wall("12:15:00") });

  it("settles from its feeder's first read on; the quarters before are the others', and none is missing", () => {
    expect(settle(connected).missing).toEqual([]);
    expect(birches(connected)).toHaveLength(47);
    expect(birches(connected)[0]?.startAt).toBe(wall("12:15:00"));
    expect(connected.intervals[48]?.notConnected).toEqual(["birch"]);
    expect(connected.intervals[49]?.notConnected).toBeUndefined();
  });

  it("does not unsettle a day before it came, when ERCOT corrects that day's price", () => {
    const later = dayOf({ birchFrom: "2026-08-19", readSince: addSeconds(dayEnd(DAY), 43_200) });
    expect(settle(later).missing).toEqual([]);
    expect(intervalsLost(settle(dayOf({})), settle(later))).toEqual([]);
    expect(settle(dayOf({ birchFrom: "2026-08-19" })).missing).toEqual([]);
  });

  it("is missing, not away, where its feeder was exchanged for another", () => {
    const exchanged = dayOf({
      birchFrom: "2026-01-01",
      birchLine: addSeconds(dayStart(DAY), -600),
      readSince: wall("12:15:00"),
    });
    expect(settle(exchanged).missing).toHaveLength(49);
  });

  it("leaves an interval behind that a version settled before: such a version is known by name", () => {
    const [before, after] = [settle(connected), settle(dayOf({}))];
    expect(intervalsLost(before, after)).toHaveLength(47);
    expect(intervalsLost(before, after)[0]).toBe(`${DAY}/13/2 of birch`);
    expect(intervalsLost(after, before)).toEqual([]);
    // a meter found frozen later takes back the quarter that ended where its register stood, and no other
    const found = { meterId: "feeder-birch", standsSince: dayEnd(DAY), foundAt: addSeconds(dayEnd(DAY), 900) };
    expect(intervalsLost(before, after, [found])).toHaveLength(46);
    expect(intervalsLost(before, after, [found]).at(-1)).toBe(`${DAY}/24/3 of birch`);
    expect(intervalStart(intervalsOfDay(DAY)[49]!)).toBe(wall("12:15:00"));
  });
});
