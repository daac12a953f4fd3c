import { fixed, grouped, kwText } from "../units/numberText.ts";
import type { BrokenBand } from "./attributed.ts";
import { isToldAgain } from "./firstSight.ts";
import { modePowerW } from "./frame.ts";
import { isCommanded } from "./isCommanded.ts";
import type { CohortDecision, CohortPlan, DecisionInput, SitePlan } from "./model.ts";
import { priceText, type TimedPrice } from "./priceText.ts";
import { sameSplit } from "./split.ts";
import type { Split } from "./split.ts";

/** A cohort's decision with what the plan says of its machines. */
interface Ruled {
  readonly decision: CohortDecision;
  readonly able: number;
  readonly commanded: boolean;
  /** Below normal in the modes that it was ordered to before, kW at the site meter, if its machines followed. */
  readonly belowNormalKw: number;
}

/**
 * One sentence for the site: what it orders, how much power that is for which reason if all machines follow, what it
 * would order where it may not command and what earlier orders left below normal there, what is frozen, which
 * bounds do not hold, and the price it looked at. A decision knows what it orders, never what comes of it.
 */
export function siteSentence(
  plan: SitePlan,
  input: DecisionInput,
  price: TimedPrice | undefined,
  decisions: readonly CohortDecision[],
  broken: readonly BrokenBand[],
): string {
  const all = plan.cohorts.map((cohort, i): Ruled => ({
    decision: decisions[i] as CohortDecision,
    able: (decisions[i] as CohortDecision).ableMachines,
    commanded: isCommanded(plan, cohort, input.facts.frozenCohorts),
    belowNormalKw: belowNormalKw(plan, cohort, (decisions[i] as CohortDecision).fromSplit),
  }));
  const able = all.reduce((sum, one) => sum + one.able, 0);
  const isShort = plan.cohorts.some(({ machines }, i) => machines > (all[i] as Ruled).able);
  const total = `${grouped(String(able))} ${isShort ? "able machines" : "machines"}`;
  const moves = all.filter(({ decision }) => !sameSplit(decision.split, decision.fromSplit));
  const ordered = moves.filter(({ commanded }) => commanded);
  const wished = moves.filter(({ commanded }) => !commanded);
  const down = all.filter((one) => !wished.includes(one) && curtailedKw(one.decision) > 0);
  const leftKw = wished.reduce((kw, one) => kw + one.belowNormalKw, 0);
  const clauses = [
    ordered.length === 0 ? "orders no change" : `orders ${machinesText(ordered, total)}`,
    ...toldAgainTexts(decisions),
    down.length > 0
      ? `in all ${powerText(down)} below normal if all follow`
      : leftKw > 0
        ? undefined
        : "nothing below normal",
    leftKw > 0 ? `${kwText(leftKw)} left below normal by earlier orders` : undefined,
    wished.length === 0 ? undefined : `${wishText(wished, total)}, but may not command them`,
    input.facts.frozenCohorts && `frozen, no command goes to ${input.facts.frozenCohorts.join(", ")}`,
    ...brokenTexts(broken),
    price === undefined ? "no current price" : priceText(price),
  ];
  return `${plan.siteId}: ${clauses.filter((clause) => clause !== undefined).join("; ")}.`;
}

/** `tells hall-1 again: 40 machines found asleep`, a clause a cohort. */
function toldAgainTexts(decisions: readonly CohortDecision[]): string[] {
  return decisions.filter(isToldAgain).map(({ cohortId, found }) => {
    const [machines, how] = found?.asleep === undefined ? [found?.running, "running"] : [found.asleep, "asleep"];
    return `tells ${cohortId} again: ${grouped(String(machines))} machines found ${how}`;
  });
}

function belowNormalKw(plan: SitePlan, cohort: CohortPlan, split: Split): number {
  const normalW = modePowerW(cohort, cohort.normalModeId);
  const kw = split.reduce(
    (sum, { modeId, machines }) => sum + ((normalW - modePowerW(cohort, modeId)) * machines * plan.pue) / 1000,
    0,
  );
  return kw > 0 ? kw : 0;
}

/** Every kW of a cohort below normal. */
function curtailedKw({ curtailed }: CohortDecision): number {
  return curtailed.reduce((sum, { kw }) => sum + kw, 0);
}

/** The bounds that do not hold: by how much, what stands against them, and what that costs, a clause each. */
function brokenTexts(broken: readonly BrokenBand[]): string[] {
  const alike = Map.groupBy(broken, ({ why, by }) => [why, by].join("\n"));
  return [...alike.values()].map((bands) => {
    const { why, by } = bands[0] as BrokenBand;
    const kw = bands.reduce((sum, one) => sum + one.kw, 0);
    const priced = bands.flatMap(({ usdPerH }) => (usdPerH === undefined ? [] : [usdPerH]));
    const cost =
      priced.length === 0
        ? ""
        : `, worth ${fixed(
            priced.reduce((sum, one) => sum + one, 0),
            2,
          )} $/h`;
    return `${why}: missed by ${kwText(kw)}${by === undefined ? "" : ` for ${by}`}${cost}`;
  });
}

function wishText(wished: readonly Ruled[], total: string): string {
  const down = wished.filter(({ decision }) => curtailedKw(decision) > 0);
  return `would order ${machinesText(wished, total)}${down.length === 0 ? "" : `, ${powerText(down)} below normal`}`;
}

/** `300 of 300 machines off`, `190 of 300 machines off, 80 to normal`. */
function machinesText(moves: readonly Ruled[], total: string): string {
  const byMode = summed(moves.flatMap(({ decision }) => arriving(decision)));
  return byMode
    .map(([modeId, machines], i) => {
      const of = i === 0 ? ` of ${total}` : "";
      return `${grouped(String(machines))}${of} ${modeId === "off" ? "off" : `to ${modeId}`}`;
    })
    .join(", ");
}

/** Machines of a cohort that go to a mode, by mode. */
function arriving({ split, fromSplit }: CohortDecision): [modeId: string, machines: number][] {
  return split.flatMap(({ modeId, machines }) => {
    const before = fromSplit.find((one) => one.modeId === modeId);
    const more = before === undefined ? machines : machines - before.machines;
    return more > 0 ? [[modeId, more]] : [];
  });
}

/** kW below normal by reason, in the order of the cohorts: `600.0 kW (economic) and 335.7 kW (operator-order)`. */
function powerText(down: readonly Ruled[]): string {
  const byReason = summed(down.flatMap(({ decision }) => decision.curtailed.map(({ reason, kw }) => [reason, kw])));
  return byReason.map(([reason, kw]) => `${kwText(kw)} (${reason})`).join(" and ");
}

function summed(amounts: readonly (readonly [key: string, amount: number])[]): [key: string, sum: number][] {
  return [...Map.groupBy(amounts, ([key]) => key)].map(([key, all]) => [
    key,
    all.reduce((sum, [, amount]) => sum + amount, 0),
  ]);
}
