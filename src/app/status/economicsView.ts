import { type CurtailmentValue, curtailmentValue } from "../../domain/decision/curtailmentValue.ts";
import { breakevenUsdPerMwh, fairValueUsdPerTh, type MachineTerms } from "../../domain/decision/machineEconomics.ts";
import { type CurveMonth, fairValueOnCurveUsdPerTh } from "../../domain/decision/fairValueOnCurve.ts";
import { type ModeStrike, modeStrikes } from "../../domain/decision/modeStrikes.ts";
import { powerUsdPerMwh } from "../../domain/decision/powerPrice.ts";
import { type ProductionCost, productionCost, type SiteCosts } from "../../domain/decision/productionCost.ts";
import type { KnownNetworks } from "../../domain/inputs/bitcoinNetwork.ts";
import type { HashpriceNow } from "../../domain/inputs/hashprice.ts";
import { difficultyEpoch } from "../../domain/market/difficultyEpoch.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { subsidyOfHour } from "../../domain/market/subsidyOfHour.ts";
import { covers } from "../../domain/units/effectiveDates.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { Deployment } from "../worker/deployment.ts";

/** Settled prices that a value of curtailment is computed from, and where they stand. */
export interface PriceHistory {
  readonly pricesUsdPerMwh: readonly number[];
  /** For a person: `2,880 settled quarter hours of HB_WEST in this run's database, ...`. */
  readonly from: string;
}

/** What is known beside the configuration. */
export interface EconomicsGiven {
  readonly at: Instant;
  readonly day: OperatingDay;
  readonly hashprice: HashpriceNow;
  /** Where the hashprice comes from, for a person. */
  readonly hashpriceFrom: string;
  readonly networks?: KnownNetworks["bitcoinNetworks"];
  /** $ for a bitcoin where the hashprice does not say it. */
  readonly usdPerBtc?: number;
  /** Price of power, $/MWh with every adder; of supply and history when absent. */
  readonly powerUsdPerMwh?: number;
  readonly paybackDays: number;
  /** Hashprice of the months to come; the one of now stands for all where absent. */
  readonly curve?: readonly CurveMonth[];
  readonly history?: PriceHistory;
}

/** Machines of one efficiency: a cohort in its normal mode, or a class as the industry names it. */
export interface MachineLine {
  readonly name: string;
  readonly joulesPerTh: number;
  /** Net of the adders that disappear with the load: the settlement price at which it goes off. */
  readonly strikeUsdPerMwh: number;
  readonly breakevenUsdPerMwh: number;
  /** At hashprices that are `SENSITIVITY` times this one. */
  readonly breakevensUsdPerMwh: readonly number[];
  readonly fairValueUsdPerTh?: number;
  readonly curtailment?: CurtailmentValue;
}

/** What `ballast economics` shows of one site. */
export interface Economics {
  readonly siteId: string;
  readonly at: Instant;
  readonly hashprice: HashpriceNow & { readonly from: string; readonly satsPerThDay?: number };
  readonly paybackDays: number;
  readonly power: { readonly usdPerMwh?: number; readonly from: string };
  readonly history?: { readonly from: string; readonly quarterHours: number };
  readonly steps: readonly (ModeStrike & { readonly cohortId: string; readonly joulesPerTh: number })[];
  readonly cohorts: readonly MachineLine[];
  readonly classes: readonly MachineLine[];
  readonly production: ProductionCost;
  readonly difficulty?: Ahead;
  /** What is left out, and what it lacks. */
  readonly leftOut: readonly string[];
}

/** What is ahead of the network: the next difficulty, what a hashprice comes to by it alone, and the next halving. */
interface Ahead {
  readonly endsAt: Instant;
  readonly endsAtHeight: number;
  readonly change?: number;
  readonly usdPerPhDayAfter?: number;
  readonly halvingAt: Instant;
}

/** Hashprices at which a breakeven is shown, as shares of this one. */
export const SENSITIVITY = [0.8, 0.9, 1.1, 1.2] as const;
/** Classes as the industry names them, J/TH. */
const CLASSES_JOULES_PER_TH = [20, 25, 30];
const SATS_PER_BTC = 100_000_000;

/** The economics of a site at a hashprice: every step, cohort and class, and what a bitcoin costs it. */
export function economicsOf(deployment: Deployment, given: EconomicsGiven): Economics {
  const { plan, costs = {} } = deployment;
  const { hashprice, history, paybackDays } = given;
  const power = powerOf(deployment, given);
  const usdPerBtc = hashprice.madeOf?.price.usdPerBtc ?? given.usdPerBtc;
  const satsPerPhDay =
    hashprice.madeOf?.satsPerPhDay ??
    (usdPerBtc === undefined ? undefined : (hashprice.usdPerPhDay * SATS_PER_BTC) / usdPerBtc);
  const line = (name: string, joulesPerTh: number): MachineLine => {
    const terms = { joulesPerTh, hashpriceUsdPerPhDay: hashprice.usdPerPhDay, poolFee: plan.poolFee, pue: plan.pue };
    const fairValue = fairValueOf(terms, given, power.usdPerMwh);
    return machineLine(name, terms, plan.avoidableAddersUsdPerMwh, { fairValue, history });
  };
  const steps = plan.cohorts.flatMap((cohort) =>
    modeStrikes(cohort, hashprice.usdPerPhDay, plan).map((strike, i) => {
      const [lower, upper] = [cohort.modes[i], cohort.modes[i + 1]];
      const watts = (upper?.powerW ?? Number.NaN) - (lower?.powerW ?? Number.NaN);
      const ths = (upper?.hashrateThs ?? Number.NaN) - (lower?.hashrateThs ?? Number.NaN);
      return { cohortId: cohort.cohortId, joulesPerTh: watts / ths, ...strike };
    }),
  );
  const normal = plan.cohorts.map((cohort) => {
    const { hashrateThs = Number.NaN, powerW = Number.NaN } =
      cohort.modes.find(({ modeId }) => modeId === cohort.normalModeId) ?? {};
    return { name: cohort.cohortId, machines: cohort.machines, hashrateThs, powerW };
  });
  const made = {
    phs: normal.reduce((sum, { machines, hashrateThs }) => sum + (machines * hashrateThs) / 1_000, 0),
    mw: normal.reduce((sum, { machines, powerW }) => sum + (machines * powerW * plan.pue) / 1_000_000, 0),
    poolFee: plan.poolFee,
  };
  const production =
    satsPerPhDay === undefined || power.usdPerMwh === undefined
      ? {}
      : productionCost({ ...made, satsPerPhDay, powerUsdPerMwh: power.usdPerMwh }, costs);
  const leftOut = leftOutOf(given, costs, { satsPerPhDay, power: power.usdPerMwh });
  return {
    siteId: plan.siteId,
    at: given.at,
    hashprice: {
      ...hashprice,
      from: given.hashpriceFrom,
      ...(satsPerPhDay === undefined ? {} : { satsPerThDay: satsPerPhDay / 1_000 }),
    },
    paybackDays,
    power,
    ...(history === undefined ? {} : { history: { from: history.from, quarterHours: history.pricesUsdPerMwh.length } }),
    steps,
    cohorts: normal.map(({ name, powerW, hashrateThs }) => line(name, powerW / hashrateThs)),
    classes: CLASSES_JOULES_PER_TH.map((joules) => line(`${joules} J/TH`, joules)),
    production,
    ...aheadOf(given),
    leftOut,
  };
}

/** Over the months of the curve where there is one; undefined where power or a month of the payback is not known. */
function fairValueOf(
  terms: MachineTerms,
  { curve, day, paybackDays }: EconomicsGiven,
  powerUsdPerMwh: number | undefined,
): number | undefined {
  if (powerUsdPerMwh === undefined) return undefined;
  if (curve === undefined) return fairValueUsdPerTh(terms, powerUsdPerMwh, paybackDays);
  return fairValueOnCurveUsdPerTh(terms, powerUsdPerMwh, { from: day, paybackDays }, curve);
}

function machineLine(
  name: string,
  terms: MachineTerms,
  avoidableAddersUsdPerMwh: number,
  by: { readonly fairValue: number | undefined; readonly history?: PriceHistory },
): MachineLine {
  const breakeven = breakevenUsdPerMwh(terms);
  const strikeUsdPerMwh = breakeven - avoidableAddersUsdPerMwh;
  const value = by.history === undefined ? undefined : curtailmentValue(by.history.pricesUsdPerMwh, strikeUsdPerMwh);
  return {
    name,
    joulesPerTh: terms.joulesPerTh,
    strikeUsdPerMwh,
    breakevenUsdPerMwh: breakeven,
    breakevensUsdPerMwh: SENSITIVITY.map((share) => breakeven * share),
    ...(by.fairValue === undefined ? {} : { fairValueUsdPerTh: by.fairValue }),
    ...(value === undefined ? {} : { curtailment: value }),
  };
}

/** What power costs with everything on: as given, or of the blocks in force, the settled prices and every adder. */
function powerOf({ plan, supply }: Deployment, given: EconomicsGiven): Economics["power"] {
  if (given.powerUsdPerMwh !== undefined) return { usdPerMwh: given.powerUsdPerMwh, from: "as given" };
  const prices = given.history?.pricesUsdPerMwh ?? [];
  const loadKw = plan.cohorts.reduce((sum, { modes, normalModeId, machines }) => {
    const powerW = modes.find(({ modeId }) => modeId === normalModeId)?.powerW ?? Number.NaN;
    return sum + (machines * powerW * plan.pue) / 1_000;
  }, 0);
  const blocks = supply.blocks
    .filter((block) => covers(block, given.day))
    .map(({ quantityKw, priceUsdPerMwh }) => ({ quantityKw, usdPerMwh: Number(priceUsdPerMwh) }));
  const usdPerMwh = powerUsdPerMwh({
    loadKw,
    blocks,
    addersUsdPerMwh: supply.adders.reduce((sum, adder) => sum + Number(adder.usdPerMwh), 0),
    ...(prices.length === 0 ? {} : { meanUsdPerMwh: prices.reduce((sum, price) => sum + price, 0) / prices.length }),
  });
  const from = "supply blocks up to the load, the rest at the mean settled price, and every adder";
  return usdPerMwh === undefined ? { from: "not known" } : { usdPerMwh, from };
}

function aheadOf({ hashprice, networks, at }: EconomicsGiven): { readonly difficulty?: Ahead } {
  const network = hashprice.madeOf?.network ?? networks?.[0];
  if (network === undefined) return {};
  const { endsAt, endsAtHeight, change } = difficultyEpoch(network);
  const after = change === undefined ? {} : { change, usdPerPhDayAfter: hashprice.usdPerPhDay / change };
  return { difficulty: { endsAt, endsAtHeight, ...after, halvingAt: subsidyOfHour(network, at).halvingAt } };
}

function leftOutOf(
  { history, curve, day, paybackDays }: EconomicsGiven,
  costs: SiteCosts,
  { satsPerPhDay, power }: { readonly satsPerPhDay?: number; readonly power?: number },
): string[] {
  const lacks = (...parts: readonly (string | false)[]): string => parts.filter((one) => one !== false).join(", ");
  const base = [
    satsPerPhDay === undefined && "the price of a bitcoin (--btc)",
    power === undefined && "a price of power (--power, or prices)",
    costs.hostingUsdPerMwh === undefined && "costs.hostingUsdPerMwh",
  ];
  const depreciation = costs.depreciationUsdPerMonth === undefined && "costs.depreciationUsdPerMonth";
  const sga = costs.sgaUsdPerMonth === undefined && "costs.sgaUsdPerMonth";
  const interest = costs.interestUsdPerMonth === undefined && "costs.interestUsdPerMonth";
  const free = { joulesPerTh: 0, poolFee: 0, pue: 1 };
  const isShort =
    curve !== undefined && fairValueOnCurveUsdPerTh(free, 0, { from: day, paybackDays }, curve) === undefined;
  return [
    ["marginal cost", lacks(...base)],
    ["direct cost", lacks(...base, depreciation)],
    ["total cost", lacks(...base, depreciation, sga)],
    ["operational breakeven", lacks(...base, sga, interest)],
    [
      "fair value of a machine",
      lacks(
        power === undefined && "a price of power (--power, or prices)",
        isShort && `a curve over all ${paybackDays} days from ${day}`,
      ),
    ],
    ["value of curtailment", lacks(history === undefined && "settled prices (--prices, or a run that has read some)")],
  ].flatMap(([figure, lacking]) => (lacking === "" ? [] : [`${figure}: lacks ${lacking}`]));
}
