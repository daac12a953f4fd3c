import { decide as decideSite } from "../src/domain/decision/decide.ts";
import type { CohortPlan, DecisionInput, OperatingMode, SitePlan } from "../src/domain/decision/model.ts";
import { wholeSplit } from "../src/domain/decision/split.ts";
import type { HeldAward } from "../src/domain/inputs/asAwards.ts";
import { addSeconds, parseInstant } from "../src/domain/units/instant.ts";
import type { Bench, BenchOptions, BenchReport } from "./support/bench.ts";
import { countOption } from "./support/bench.ts";
import { spreadOf } from "./support/spread.ts";

/** Decisions of a process until its code is compiled: they are timed apart. */
const WARM_UP = 1_000;
const START = parseInstant("2026-08-18T22:00:00Z");

/**
 * One decision of a large site with everything at once: reserve of two services, a level for the site, a floor, a grid
 * level and a spike.
 */
export const decide: Bench = {
  name: "decide",
  summary:
    "Time of one decision of a site with many cohorts and modes, with orders, an instruction, reserve and a spike",
  options: (command) =>
    command
      .option("--cohorts <n>", "cohorts of the site", "30")
      .option("--modes <n>", "modes of each, off and normal among them", "6")
      .option("--decisions <n>", "decisions that are timed", "5000")
      .option("--seed <n>", "fixes powers, prices and where the machines are", "1"),
  run: (options): Promise<BenchReport> => Promise.resolve(measure(options)),
};

function measure(options: BenchOptions): BenchReport {
  const [cohorts, modes, decisions, seed] = [
    countOption(options, "cohorts"),
    countOption(options, "modes", 2),
    countOption(options, "decisions", 100),
    countOption(options, "seed"),
  ];
  const next = numbers(seed);
  const plan = largeSite(cohorts, modes, next);
  const firstMs: number[] = [];
  const decideMs: number[] = [];
  const copyMs: number[] = [];
  for (let i = -WARM_UP; i < decisions; i++) {
    const input = inputOf(plan, next);
    const text = JSON.stringify(input);
    const begunMs = performance.now();
    const output = decideSite(plan, input);
    const decidedMs = performance.now();
    JSON.stringify(JSON.parse(text));
    const copiedMs = performance.now();
    if (output.cohorts.length !== cohorts) throw new Error("a decision lacks cohorts");
    (i < 0 ? firstMs : decideMs).push(decidedMs - begunMs);
    if (i < 0) continue;
    copyMs.push(copiedMs - decidedMs);
  }
  const [first, decided, copied] = [spreadOf(firstMs), spreadOf(decideMs), spreadOf(copyMs)];
  const cells = ({ p50, p99, max }: typeof decided): string[] => [p50, p99, max].map((ms) => ms.toFixed(3));
  return {
    inputSize: `${cohorts} cohorts of 1,000 machines in ${modes} modes, ${decisions} decisions`,
    seed,
    tables: [
      {
        title: "One decision, ms",
        columns: ["", "p50", "p99", "max"],
        rows: [
          ["decide", ...cells(decided)],
          [`the first ${WARM_UP} of a process, before its code is compiled`, ...cells(first)],
          ["yardstick: its input as JSON there and back", ...cells(copied)],
        ],
      },
    ],
    figures: {
      p50Ms: decided.p50,
      p99Ms: decided.p99,
      maxMs: decided.max,
      firstP99Ms: first.p99,
      yardstickP50Ms: copied.p50,
      ratioP50: decided.p50 / copied.p50,
    },
    peakMemoryMb: { bench: process.memoryUsage().rss / 1e6 },
    goals: [{ figure: "p99Ms", what: "99 of 100 decisions take at most, ms", limit: 5, sense: "max" }],
    notes: ["A decision looks at the next interval too, to say when it must be looked at again."],
  };
}

function largeSite(cohorts: number, modes: number, next: () => number): SitePlan {
  return {
    siteId: "large",
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    control: "act",
    cohorts: Array.from({ length: cohorts }, (_, i): CohortPlan => {
      const efficiency = 15 + 25 * next();
      return {
        cohortId: `c${i}`,
        clientId: `client-${i % 5}`,
        model: `model-${i}`,
        firmware: "luxos",
        machines: 1_000,
        modes: Array.from({ length: modes }, (__, step): OperatingMode => {
          const modeId = step === 0 ? "off" : step === modes - 1 ? "normal" : `${400 + step * 20}MHz`;
          const powerW = step === 0 ? 20 : (3_300 * (step + 2)) / (modes + 1);
          const worse = 1 + 0.02 * step;
          return {
            modeId,
            hashrateThs: step === 0 ? 0 : powerW / efficiency / worse,
            powerW,
            setpoint: step === 0 ? { kind: "off" } : { kind: "profile", profile: modeId },
          };
        }),
        normalModeId: "normal",
        control: "act",
        minOffMinutes: 30,
        minOnMinutes: 15,
        lockedOut: false,
      };
    }),
    economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0.5 },
    onEea: { watch: "none", conservation: "no-restart", eea1: "no-restart", eea2: "curtail", eea3: "curtail" },
    onPrcPreAlert: "no-restart",
    onSilence: { scedPrice: "hold", hashprice: "hold", gridCondition: "hold", meter: "hold" },
    staleness: { scedPriceSeconds: 600, gridConditionSeconds: 300, hashpriceSeconds: 172_800 },
    pue: 1.04,
    firmKw: 5_000,
    poolFee: 0.01,
    avoidableAddersUsdPerMwh: 3,
    priceFloorUsdPerMwh: -250,
    priceCapUsdPerMwh: 5_000,
    singleSourceMwMax: 20,
    gridSource: "feed",
    reserve: { resources: [], penaltyUsdPerMwh: 10, gates: [], band: { lowShare: 0.95, highShare: 1.5 } },
  };
}

function inputOf(plan: SitePlan, next: () => number): DecisionInput {
  const nameplateKw = plan.cohorts.reduce((kw, { machines }) => kw + machines * 3.4, 0);
  const price = (): number => (next() < 0.3 ? 4_000 * next() : 150 * next());
  const ordered = { actor: "maria", reason: "bench", from: START, until: parseInstant("2026-08-18T23:00:00Z") };
  return {
    asOf: parseInstant("2026-08-18T22:06:00Z"),
    intervalKey: "2026-08-18/18/1",
    intervalStart: START,
    facts: {
      scedRuns: [
        { scedAt: parseInstant("2026-08-18T21:59:50Z"), lmpUsdPerMwh: price() },
        { scedAt: parseInstant("2026-08-18T22:05:10Z"), lmpUsdPerMwh: price() },
      ],
      grid: { level: next() < 0.2 ? "eea1" : "normal", assumed: false, observedAt: START },
      hashprice: { usdPerPhDay: 45 + 10 * next(), asOf: START },
      silentFeeds: [],
      asAwards: awardsOf(nameplateKw * 0.3 * next()),
      scedMcpc: {
        scedAt: parseInstant("2026-08-18T22:05:10Z"),
        usdPerMwHour: { ECRS: 200 * next(), RRS: 200 * next() },
      },
      orders: [
        { ...ordered, orderId: "floor", action: "run", minKw: nameplateKw * 0.2 * next() },
        { ...ordered, orderId: "less", action: "curtail", demand: { kind: "target", kw: nameplateKw * next() } },
      ],
      instructions: [
        {
          instructionId: "vdi-7",
          issuer: "QSE",
          action: "curtail",
          from: START,
          demand: { kind: "target", kw: nameplateKw * next() },
        },
      ],
    },
    cohorts: plan.cohorts.map(({ cohortId, machines, modes }) => {
      const { modeId } = modes[Math.floor(next() * modes.length)] as OperatingMode;
      return { cohortId, split: wholeSplit(modeId, machines), reason: "economic" };
    }),
    inputIds: [],
  };
}

/** A day of two services by the hour, and what SCED has awarded of one for its interval. */
function awardsOf(kw: number): readonly HeldAward[] {
  const day = parseInstant("2026-08-18T05:00:00Z");
  const common = { resource: "LARGE_LD1", qse: "QSE", contentHash: "00", receivedAt: day };
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    ...common,
    marketType: "DAM",
    startsAt: addSeconds(day, hour * 3_600),
    endsAt: addSeconds(day, (hour + 1) * 3_600),
    awardedMw: (kw / 1_000).toFixed(1),
  }));
  return [
    ...hours.map((one): HeldAward => ({ ...one, asType: "ECRSM", product: "ECRS" })),
    ...hours.map((one): HeldAward => ({ ...one, asType: "RRSUF", product: "RRS" })),
    {
      ...common,
      asType: "RRSUF",
      product: "RRS",
      marketType: "RTM",
      startsAt: parseInstant("2026-08-18T22:05:00Z"),
      endsAt: parseInstant("2026-08-18T22:10:00Z"),
      awardedMw: (kw / 2_000).toFixed(1),
    },
  ];
}

/** The same numbers from 0 to 1 for the same seed (a linear congruence modulo 2³¹ − 1). */
function numbers(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
