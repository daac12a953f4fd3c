import { describe, expect, it } from "vitest";
import type { CohortChange } from "../../../src/domain/settlement/curtailedSpans.ts";
import type { SettledMeter } from "../../../src/domain/settlement/dayFacts.ts";
import { keptMeter } from "../../../src/domain/settlement/dayMeters.ts";
import type { Contract } from "../../../src/domain/settlement/model.ts";
import { leaversOf, type SettlementTerms, termsAgain, termsFirst } from "../../../src/domain/settlement/dayTerms.ts";
import { wallToInstant } from "../../../src/domain/market/calendar.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import { CONTRACTS, SUPPLY, syntheticDay } from "../../golden/statements/syntheticDay.ts";

const DAY = "2024-08-20";
const at = (time: string, day = DAY): Instant => wallToInstant({ day, time, repeatedHour: false });
const [ALDER, BIRCH] = CONTRACTS as unknown as [Contract, Contract];
const feeder = (clientId: string, plausibleMaxWh?: bigint): SettledMeter => ({
  meterId: `feeder-${clientId}`,
  clientId,
  rolloverWh: 10n ** 12n,
  ...(plausibleMaxWh === undefined ? {} : { plausibleMaxWh }),
});
const SITE: SettledMeter = { meterId: "site", rolloverWh: 10n ** 12n };
const line = (clientId: string, from: Instant, ableToRun = 10): CohortChange => ({
  cohortId: `${clientId}-1`,
  clientId,
  at: from,
  split: [{ modeId: "normal", machines: ableToRun }],
  reason: "economic",
  curtailed: [],
  ableToRun,
  normalPowerW: 3_000,
});
const terms = (more: Partial<SettlementTerms>): SettlementTerms => ({
  settlementPoint: "HB_HOUSTON",
  settlementPointType: "HU",
  contracts: CONTRACTS,
  supply: SUPPLY,
  meters: [SITE, feeder("alder", 9_000n), feeder("birch", 9_000n), feeder("cedar", 9_000n)],
  ...more,
});
const dayWith = (more: Partial<SettlementTerms> = {}) => {
  const { meters, ...rest } = terms(more);
  return { ...syntheticDay(), ...rest, meters: meters.map(keptMeter) };
};
const NOBODY = { timeline: [], firstBoundaries: new Map() };

describe("a day settled again", () => {
  it("goes by what it was settled under, whatever was taken out of the configuration or changed in it since", () => {
    const emptied = terms({
      settlementPoint: "HB_WEST",
      contracts: [{ ...ALDER, energy: { kind: "fixed-rate", rateUsdPerKwh: "0.01", clause: "4.1" } }],
      supply: { blocks: [], adders: [] },
      meters: [SITE],
    });
    expect(termsAgain(dayWith(), emptied, NOBODY)).toEqual(terms({}));
  });

  it("takes up the contract and feeder that a client of that day had not been given", () => {
    const withoutBirch = dayWith({ contracts: [ALDER], meters: [SITE, feeder("alder")] });
    const now = terms({ contracts: [ALDER, BIRCH], meters: [SITE, feeder("alder"), feeder("birch")] });
    const there = { timeline: [line("birch", at("00:00:00"))], firstBoundaries: new Map() };
    const again = termsAgain(withoutBirch, now, there);
    expect(again.contracts).toEqual([ALDER, BIRCH]);
    expect(again.meters.map(({ meterId }) => meterId)).toEqual(["site", "feeder-alder", "feeder-birch"]);
  });

  it("is not changed by a client that came to the site later", () => {
    const withoutBirch = dayWith({ contracts: [ALDER], meters: [SITE, feeder("alder")] });
    const now = terms({ contracts: [ALDER, BIRCH], meters: [SITE, feeder("alder"), feeder("birch")] });
    const later = {
      timeline: [line("birch", at("00:00:00", "2024-08-25"))],
      firstBoundaries: new Map([["feeder-birch", at("00:15:00", "2024-08-25")]]),
    };
    const again = termsAgain(withoutBirch, now, later);
    expect(again.contracts).toEqual([ALDER]);
    expect(again.meters.map(({ meterId }) => meterId)).toEqual(["site", "feeder-alder"]);
  });

  it("lets machines that were listed late raise what a feeder may count; machines that have gone do not lower it", () => {
    const limits = (alder: bigint | undefined) =>
      termsAgain(dayWith(), terms({ meters: [SITE, feeder("alder", alder)] }), NOBODY).meters[1]?.plausibleMaxWh;
    expect([limits(12_000n), limits(4_000n), limits(undefined)]).toEqual([12_000n, 9_000n, 9_000n]);
  });
});

describe("a client that the configuration lost before the day was settled", () => {
  const present = terms({ contracts: [ALDER], meters: [SITE, feeder("alder")] });
  const timeline = [
    line("alder", at("00:00:00", "2024-08-01")),
    line("birch", at("00:00:00", "2024-08-01")),
    line("birch", at("10:07:00"), 0),
  ];

  it("is one that left on that day, and no longer the day after", () => {
    expect([...leaversOf(present, DAY, timeline)]).toEqual(["birch"]);
    expect([...leaversOf(present, "2024-08-21", timeline)]).toEqual([]);
  });

  it("is settled under its contract of the day before, by its feeder up to the last boundary at which it was read", () => {
    const first = termsFirst(present, dayWith(), new Set(["birch"]), new Map([["feeder-birch", at("10:00:00")]]));
    expect(first.contracts).toEqual([ALDER, BIRCH]);
    expect(first.meters.at(-1)).toEqual({ ...feeder("birch", 9_000n), readUntil: at("10:00:00") });
  });
});
