import type { CohortPlan, SitePlan } from "../src/domain/decision/model.ts";
import type { Bench, BenchOptions, BenchReport } from "./support/bench.ts";
import { countOption } from "./support/bench.ts";
import { hubPrices, optimumUsdPerMw, stepPolicy, valueUsdPerMw } from "./support/policyYear.ts";

/** One MW at a strike of 75 $/MWh and a hashprice of 54 $/PH/day; another strike by another hashprice. */
const COHORT: CohortPlan = {
  cohortId: "one-mw",
  clientId: "client",
  model: "30 J/TH",
  firmware: "none",
  machines: 100,
  modes: [
    { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
    { modeId: "normal", hashrateThs: 333 + 1 / 3, powerW: 10_000, setpoint: { kind: "profile", profile: "default" } },
  ],
  normalModeId: "normal",
  control: "act",
  minOffMinutes: 60,
  minOnMinutes: 60,
  lockedOut: false,
};
const HASHPRICE_AT_75 = 54;
const RESTART_MINUTES = 15;

/** The live policy stepped through a year of published prices, against perfect foresight under the same limits. */
export const policyYear: Bench = {
  name: "policy-year",
  summary: "Value that the live policy keeps over a year of published prices, against perfect foresight",
  options: (command) =>
    command
      .option("--hub <name>", "HB_HOUSTON, HB_WEST, HB_NORTH or HB_SOUTH", "HB_HOUSTON")
      .option("--period <text>", "days whose text begins so: 2024, 2024-08, 2024-08-20", "2024")
      .option("--strike <usd>", "whole $/MWh", "75")
      .option("--lag <seconds>", "from a run's stamp until the site knows it", "60"),
  run: (options, context): Promise<BenchReport> => {
    const dataDir = process.env["BALLAST_DATA_DIR"];
    if (dataDir === undefined)
      return Promise.reject(new RangeError("set BALLAST_DATA_DIR to the folder with recorded ERCOT prices"));
    context.say("Stepping the policy; a year takes about half a minute ...");
    return Promise.resolve(measure(dataDir, options));
  },
};

function measure(dataDir: string, options: BenchOptions): BenchReport {
  const strike = countOption(options, "strike");
  const lag = countOption(options, "lag", 0);
  const [hub, period] = [String(options["hub"]), String(options["period"])];
  const prices = hubPrices(dataDir, hub, period);
  const limits = { offQuarters: 4, onQuarters: 4, restartMinutes: RESTART_MINUTES };
  const best = optimumUsdPerMw(prices, strike, limits);
  const moves = stepPolicy(sitePlan(hub), prices, (HASHPRICE_AT_75 * strike) / 75, lag);
  const { usdPerMw, restarts, hoursOff } = valueUsdPerMw(moves, prices, strike, RESTART_MINUTES);
  const figures = {
    policyUsdPerMw: usdPerMw,
    constrainedUsdPerMw: best.constrained,
    foresightUsdPerMw: best.unconstrained,
    shareOfConstrained: usdPerMw / best.constrained,
    restarts,
    hoursOff,
  };
  const shown = Object.entries(figures).map(([name, value]) => [name, value.toFixed(name.startsWith("share") ? 4 : 1)]);
  return {
    inputSize: `${prices.runs.length} SCED runs and ${prices.quarters.length} quarter hours of ${hub}, ${period}`,
    seed: 1,
    tables: [{ title: `Strike ${strike} $/MWh, 60/60 minutes, restart 15 minutes`, columns: ["", ""], rows: shown }],
    figures,
    peakMemoryMb: { bench: process.memoryUsage().rss / 1e6 },
    goals: [],
    notes: [
      "Off above 1.25, on below 0.9, half of the last settled adder; one MW, no adders, the price always corroborated.",
      "Settlement prices of a hub other than HB_HOUSTON are its time-weighted LMP plus HB_HOUSTON's adder.",
    ],
  };
}

function sitePlan(settlementPoint: string): SitePlan {
  return {
    siteId: "policy-year",
    settlementPoint,
    settlementPointType: "HU",
    control: "act",
    cohorts: [COHORT],
    economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0.5 },
    onEea: { watch: "none", conservation: "none", eea1: "none", eea2: "none", eea3: "none" },
    onPrcPreAlert: "none",
    onSilence: { scedPrice: "hold", hashprice: "hold", gridCondition: "hold", meter: "hold" },
    staleness: {
      scedPriceSeconds: 600,
      gridConditionSeconds: 300,
      hashpriceSeconds: 1_000_000_000,
    },
    pue: 1,
    poolFee: 0,
    avoidableAddersUsdPerMwh: 0,
    priceFloorUsdPerMwh: -250,
    priceCapUsdPerMwh: 5000,
    singleSourceMwMax: 100,
    gridSource: "assumed-normal",
  };
}
