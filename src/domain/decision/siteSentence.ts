import type { ExpectedIntervalPrice } from "../market/model.ts";
import { grouped, kwText } from "../units/numberText.ts";
import { isCommanded } from "./isCommanded.ts";
import type { CohortDecision, CohortPlan, DecisionInput, SitePlan } from "./model.ts";
import { priceText } from "./priceText.ts";

/** A cohort's decision with what the plan says of its machines. */
interface Ruled {
  readonly decision: CohortDecision;
  readonly machines: number;
  readonly commanded: boolean;
  /** Below normal in the mode that it was ordered to before, kW at the site meter, if its machines followed. */
  readonly belowNormalKw: number;
}

/**
 * One sentence for the site: what it orders, how much power that is for which reason if all machines follow, what it
 * would order where it may not command and what earlier orders left below normal there, what is frozen, and the price
 * it looked at. A decision knows what it orders, never what comes of it.
 */
export function siteSentence(
  plan: SitePlan,
  input: DecisionInput,
  price: ExpectedIntervalPrice | undefined,
  decisions: readonly CohortDecision[],
): string {
  const all = plan.cohorts.map((cohort, i): Ruled => ({
    decision: decisions[i] as CohortDecision,
    machines: cohort.machines,
    commanded: isCommanded(plan, cohort, input.frozenCohorts),
    belowNormalKw: belowNormalKw(plan, cohort, (decisions[i] as CohortDecision).fromModeId),
  }));
  const total = all.reduce((sum, { machines }) => sum + machines, 0);
  const moves = all.filter(({ decision }) => decision.modeId !== decision.fromModeId);
  const ordered = moves.filter(({ commanded }) => commanded);
  const wished = moves.filter(({ commanded }) => !commanded);
  const down = all.filter((one) => !wished.includes(one) && one.decision.curtailedKw > 0);
  const leftKw = wished.reduce((kw, one) => kw + one.belowNormalKw, 0);
  const clauses = [
    ordered.length === 0 ? "orders no change" : `orders ${machinesText(ordered, total)}`,
    down.length > 0
      ? `in all ${powerText(down)} below normal if all follow`
      : leftKw > 0
        ? undefined
        : "nothing below normal",
    leftKw > 0 ? `${kwText(leftKw)} left below normal by earlier orders` : undefined,
    wished.length === 0 ? undefined : `${wishText(wished, total)}, but may not command them`,
    input.frozenCohorts && `frozen, no command goes to ${input.frozenCohorts.join(", ")}`,
    price === undefined ? "no current price" : priceText(input, price),
  ];
  return `${plan.siteId}: ${clauses.filter((clause) => clause !== undefined).join("; ")}.`;
}

function belowNormalKw(plan: SitePlan, cohort: CohortPlan, modeId: string): number {
  const powerW = (id: string): number => cohort.modes.find((mode) => mode.modeId === id)?.powerW ?? Number.NaN;
  const kw = ((powerW(cohort.normalModeId) - powerW(modeId)) * cohort.machines * plan.pue) / 1000;
  return kw > 0 ? kw : 0;
}

function wishText(wished: readonly Ruled[], total: number): string {
  const down = wished.filter(({ decision }) => decision.curtailedKw > 0);
  return `would order ${machinesText(wished, total)}${down.length === 0 ? "" : `, ${powerText(down)} below normal`}`;
}

/** `300 of 300 machines off`, `190 of 300 machines off, 80 to normal`. */
function machinesText(moves: readonly Ruled[], total: number): string {
  const byMode = summed(
    moves,
    ({ decision }) => decision.modeId,
    ({ machines }) => machines,
  );
  return byMode
    .map(([modeId, machines], i) => {
      const of = i === 0 ? ` of ${grouped(String(total))} machines` : "";
      return `${grouped(String(machines))}${of} ${modeId === "off" ? "off" : `to ${modeId}`}`;
    })
    .join(", ");
}

/** kW below normal by reason, in the order of the cohorts: `600.0 kW (economic) and 335.7 kW (operator-order)`. */
function powerText(down: readonly Ruled[]): string {
  const byReason = summed(
    down,
    ({ decision }) => decision.reason,
    ({ decision }) => decision.curtailedKw,
  );
  return byReason.map(([reason, kw]) => `${kwText(kw)} (${reason})`).join(" and ");
}

function summed(
  all: readonly Ruled[],
  keyOf: (one: Ruled) => string,
  amountOf: (one: Ruled) => number,
): [key: string, sum: number][] {
  return [...new Set(all.map(keyOf))].map((key) => [
    key,
    all.reduce((sum, one) => (keyOf(one) === key ? sum + amountOf(one) : sum), 0),
  ]);
}
