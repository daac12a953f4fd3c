import type { CohortDecision, DecisionRecord, ModeComparison, SitePlan } from "../../../src/domain/decision/model.ts";
import type { BrokenBand } from "../../../src/domain/decision/attributed.ts";
import type { Split } from "../../../src/domain/decision/split.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { clockOf } from "./site.ts";

/**
 * Everything in which a record's sentences say other than its fields and its plan do; empty when they agree. Reads
 * text, knows nothing of how it was written.
 */
export function disagreements(plan: SitePlan, record: DecisionRecord): string[] {
  const { output } = record;
  return [
    ...siteProblems(plan, record),
    ...output.cohorts.flatMap((cohort) =>
      cohortProblems(plan, record, cohort).map((problem) => `${problem}: ${cohort.sentence}`),
    ),
  ];
}

/** Which form a cohort's sentence has, to see that a test met them all. */
export function formOf(cohort: CohortDecision): string {
  if (cohort.reason !== "economic") return cohort.reason;
  return /, held by/.test(cohort.sentence)
    ? "held"
    : /, waiting for the interval's first SCED run/.test(cohort.sentence)
      ? "first run"
      : /waits for another run/.test(cohort.sentence)
        ? "capped"
        : moved(cohort)
          ? "moves"
          : "stays";
}

const NUMBER = "-?\\d+(?:\\.\\d+)?";
const POWER = "\\d[\\d,]*\\.\\d kW \\(\\S+\\)";
const POWERS = `(${POWER}(?: and ${POWER})*)`;
const MACHINES = "[\\d,]+ of ([\\d,]+) machines (?:off|to \\S+?)(?:, [\\d,]+ (?:off|to \\S+?))*";
const PRICE = `expected settlement price (${NUMBER}) \\$/MWh for (\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)`;
const HELD = `, held by the minimum (on|off) time of (${NUMBER}) min`;
const FIRST = ", waiting for the interval's first SCED run";
const CAPPED = `, but one SCED run may move no more than (${NUMBER}) MW; (.+?) waits for another run`;
const ECONOMIC = new RegExp(
  `^(.+?) to (go|stay) (?:to |at |with )?(\\S+?|\\d+ .+?)(?: until (\\d\\d:\\d\\d:\\d\\d))?: ${PRICE} is ` +
    `(.+?)(?:${HELD}|${FIRST}|${CAPPED})?\\.$`,
);
const TERM = new RegExp(
  `^(above|below|not above|not below) (${NUMBER}) \\((${NUMBER}) × (strike|gross value) (${NUMBER})(?: − adders ` +
    `(${NUMBER}))?\\)$`,
);
const SITE = new RegExp(
  `^(.+?): orders (no change|${MACHINES})(?:; (?:nothing|in all ${POWERS}) below normal(?: if all follow)?)?` +
    `(?:; (\\d[\\d,]*\\.\\d) kW left below normal by earlier orders)?` +
    `(?:; would order (${MACHINES})(?:, ${POWERS} below normal)?, but may not command them)?` +
    `(?:; frozen, no command goes to (.+?))?((?:; [^;]+: missed by \\d[\\d,]*\\.\\d kW[^;]*)*)` +
    `; (no current price|${PRICE})\\.$`,
);

function siteProblems(plan: SitePlan, { siteId, input, output }: DecisionRecord): string[] {
  const read = SITE.exec(output.sentence);
  if (read === null) return [`not a sentence for a site: ${output.sentence}`];
  const [, name, orders = "", all, down, left, wishes, allWished, wishedDown, frozen, broken, , price, from, to] = read;
  const total = plan.cohorts.reduce((sum, one) => sum + one.machines, 0);
  const mayCommand = (cohortId: string): boolean => {
    const cohort = plan.cohorts.find((one) => one.cohortId === cohortId);
    const controls = [plan.control, cohort?.control];
    return (
      controls.every((one) => one === "act") && !cohort?.lockedOut && !input.facts.frozenCohorts?.includes(cohortId)
    );
  };
  const moves = output.cohorts.filter(moved);
  const wished = moves.filter((one) => !mayCommand(one.cohortId));
  return [
    name === siteId ? "" : "another site",
    sameCounts(
      countsOf(orders),
      machinesBy(moves, (one) => mayCommand(one.cohortId)),
    )
      ? ""
      : "another number of machines ordered",
    sameCounts(
      countsOf(wishes ?? ""),
      machinesBy(wished, () => true),
    )
      ? ""
      : "another number of machines wished",
    [all, allWished].every((one) => one === undefined || countOf(one) === total) ? "" : "another number of machines",
    samePowers(
      down,
      output.cohorts.filter((one) => !wished.includes(one)),
    )
      ? ""
      : "another power ordered down",
    left === leftDown(plan, wished) ? "" : "another power left down",
    (left === undefined && down === undefined) === /; nothing below normal;/.test(output.sentence)
      ? ""
      : "nothing below normal, or not",
    samePowers(wishedDown, wished) ? "" : "another power wished down",
    brokenProblem(broken as string, output.broken ?? []),
    (frozen ?? "") === (input.facts.frozenCohorts ?? []).join(", ") ? "" : "another cohort frozen",
    price === undefined
      ? output.expectedPrice === undefined
        ? ""
        : "a price that it does not say"
      : priceProblem(price, from as string, to as string, input.intervalStart, output.expectedPrice?.expectedUsdPerMwh),
  ]
    .filter((problem) => problem !== "")
    .map((problem) => `${problem}: ${output.sentence}`);
}

/** Power that cohorts hold below normal which are to move and may not be commanded; undefined for none. */
function leftDown(plan: SitePlan, wished: readonly CohortDecision[]): string | undefined {
  const kw = wished.reduce((sum, { cohortId, fromSplit }) => {
    const { modes } = plan.cohorts.find((one) => one.cohortId === cohortId)!;
    return fromSplit.reduce((all, share) => {
      const from = modes.find(({ modeId }) => modeId === share.modeId)!;
      return all + ((modes.at(-1)!.powerW - from.powerW) * share.machines * plan.pue) / 1000;
    }, sum);
  }, 0);
  return kw > 0 ? kw.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 }) : undefined;
}

/** Machines by the mode they are to go to, as a clause says. */
function countsOf(clause: string): Map<string, number> {
  const counts = [...clause.matchAll(/(\d[\d,]*)(?: of [\d,]+ machines)? (?:to )?([^\s,]+)/g)];
  return new Map(counts.map(([, machines, modeId]) => [modeId as string, countOf(machines as string)]));
}

/** The same from the record: of each mode the machines that come to it. */
function machinesBy(moves: readonly CohortDecision[], isMeant: (one: CohortDecision) => boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { split, fromSplit } of moves.filter(isMeant))
    for (const { modeId, machines } of split) {
      const coming = machines - (fromSplit.find((one) => one.modeId === modeId)?.machines ?? 0);
      if (coming > 0) counts.set(modeId, (counts.get(modeId) ?? 0) + coming);
    }
  return counts;
}

function countOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}

function sameCounts(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([modeId, machines]) => b.get(modeId) === machines);
}

/** Whether a clause such as `600.0 kW (economic) and 335.7 kW (operator-order)` says what these cohorts come to. */
function samePowers(clause: string | undefined, cohorts: readonly CohortDecision[]): boolean {
  const kw = new Map<string, number>();
  for (const one of cohorts)
    for (const part of one.curtailed) kw.set(part.reason, (kw.get(part.reason) ?? 0) + part.kw);
  const said = [...(clause ?? "").matchAll(/([\d.,]+) kW \((\S+)\)/g)];
  return (
    said.length === kw.size &&
    said.every(([, number, reason]) => rounds((number as string).replaceAll(",", ""), kw.get(reason as string)))
  );
}

function cohortProblems(plan: SitePlan, record: DecisionRecord, cohort: CohortDecision): string[] {
  if (cohort.curtailed.length > 1) return sharedProblems(cohort);
  if (cohort.reason !== "economic") return namedProblems(plan, record, cohort);
  const read = ECONOMIC.exec(cohort.sentence);
  if (read === null) return ["not a sentence on a price"];
  const [, name, verb, mode, until, price, from, to, terms, side, minutes, capMw, wish] = read;
  const own = plan.cohorts.find((one) => one.cohortId === cohort.cohortId);
  const expected = record.output.expectedPrice?.expectedUsdPerMwh;
  const up = heightOf(plan, cohort, cohort.priceWish) > heightOf(plan, cohort, cohort.split);
  return [
    name === own?.model || name === `${own?.model} (${cohort.cohortId})` ? "" : "another cohort",
    mode === sharesText(cohort.split, " and ", "at ") && (verb === "stay") === !moved(cohort) ? "" : "another mode",
    until === clockOf(cohort.heldUntil) ? "" : "held until another time",
    priceProblem(price as string, from as string, to as string, record.input.intervalStart, expected),
    ...(terms as string).split(" and ").map((term) => termProblem(plan, cohort, term, price as string, expected)),
    minutes === undefined ||
    (side === (up ? "off" : "on") && Number(minutes) === (up ? own?.minOffMinutes : own?.minOnMinutes))
      ? ""
      : "another hold time",
    capMw === undefined || (Number(capMw) === plan.singleSourceMwMax && wish === sharesText(cohort.priceWish, ", ", ""))
      ? ""
      : "another cap or wish",
  ].filter((problem) => problem !== "");
}

/**
 * The stated threshold is a compared pair's, it is the stated multiple of the stated strike, and the stated numbers
 * stand as the words say.
 */
function termProblem(
  plan: SitePlan,
  { comparisons }: CohortDecision,
  term: string,
  price: string,
  expected: number | undefined,
): string {
  const read = TERM.exec(term);
  if (read === null) return `no comparison in "${term}"`;
  const [, word, threshold, factor, what, value, adders] = read as unknown as readonly [
    string,
    string,
    string,
    string,
    string,
    string,
    string | undefined,
  ];
  const isOff = word.endsWith("above");
  const limitOf = (pair: ModeComparison): number => (isOff ? pair.offAboveUsdPerMwh : pair.onBelowUsdPerMwh);
  const pair = comparisons.find(
    (one) =>
      rounds(threshold, limitOf(one)) &&
      rounds(value, what === "strike" ? one.strikeUsdPerMwh : one.valueUsdPerH / one.deltaMw) &&
      holds(word, expected ?? NaN, limitOf(one)),
  );
  if (pair === undefined) return `no such threshold: ${term}`;
  if (!holds(word, Number(price), Number(threshold))) return `${price} is not ${word} ${threshold}`;
  const policy = isOff ? plan.economic.offFactor : plan.economic.onFactor;
  const less = Number(adders ?? 0);
  const stated = policy * (pair.valueUsdPerH / pair.deltaMw) - less;
  return Number(factor) === policy &&
    less === plan.avoidableAddersUsdPerMwh &&
    Math.abs(stated - limitOf(pair)) < 1e-9 * Math.max(1, Math.abs(stated), less)
    ? ""
    : `another factor: ${term}`;
}

function holds(word: string, price: number, threshold: number): boolean {
  return word === "above"
    ? price > threshold
    : word === "below"
      ? price < threshold
      : word === "not above"
        ? price <= threshold
        : price >= threshold;
}

/** Sentences on anything but a price name what is in the record, and hold no other number. */
function namedProblems(plan: SitePlan, { input }: DecisionRecord, cohort: CohortDecision): string[] {
  const named = [
    ...plan.cohorts.flatMap((one) => [one.model, one.cohortId, ...one.modes.map(({ modeId }) => modeId)]),
    ...input.facts.instructions.flatMap((one) => [one.instructionId, one.issuer]),
    ...input.facts.orders.flatMap((one) => [one.orderId, one.actor, one.reason]),
    input.facts.grid.level.toUpperCase(),
    preAlertClause(input),
  ].toSorted((a, b) => b.length - a.length);
  const rest = named.reduce((text, name) => text.replaceAll(name, ""), cohort.sentence);
  const source = {
    instruction: input.facts.instructions.map((one) => one.instructionId),
    "operator-order": input.facts.orders.map((one) => one.orderId),
    "eea-policy": [input.facts.grid.level.toUpperCase()],
    "pre-alert": [preAlertClause(input)],
  }[cohort.reason as string];
  return [
    /\d/.test(rest) ? `a number that is nowhere in the record: ${rest}` : "",
    source === undefined || source.some((name) => cohort.sentence.includes(name))
      ? ""
      : "does not name what it follows",
  ].filter((problem) => problem !== "");
}

/** The one clause that a pre-alert's numbers may say, in their own digits: PRC first, below the figure. */
function preAlertClause({ facts }: DecisionRecord["input"]): string {
  const { preAlert } = facts.grid;
  if (preAlert === undefined || preAlert.prcMw >= preAlert.belowMw) return "no pre-alert in the record";
  return `PRC of ${preAlert.prcMw} MW is below the ${preAlert.belowMw} MW of a Watch`;
}

function priceProblem(price: string, from: string, to: string, start: Instant, expected: number | undefined): string {
  if (expected === undefined || !rounds(price, expected)) return `another price: ${price}`;
  return from === clockOf(start)?.slice(0, 5) && to === clockOf(addSeconds(start, 900))?.slice(0, 5)
    ? ""
    : "another interval";
}

/** Whether `text` is `value` to the decimals it shows. */
function rounds(text: string, value: number | undefined): boolean {
  const decimals = text.split(".")[1]?.length ?? 0;
  return value !== undefined && Math.abs(Number(text) - value) <= 0.5 * 10 ** -decimals * (1 + 1e-9) + 1e-9;
}

/** Sum over the machines of the index of their mode. */
function heightOf(plan: SitePlan, { cohortId }: CohortDecision, split: Split | undefined): number {
  const modes = plan.cohorts.find((one) => one.cohortId === cohortId)?.modes ?? [];
  return (split ?? []).reduce(
    (sum, { modeId, machines }) => sum + machines * modes.findIndex((mode) => mode.modeId === modeId),
    0,
  );
}

function moved({ split, fromSplit }: CohortDecision): boolean {
  return sharesText(split, ",", "") !== sharesText(fromSplit, ",", "");
}

function sharesText(split: Split | undefined, join: string, at: string): string {
  const [only, ...others] = split ?? [];
  if (only === undefined || others.length === 0) return only?.modeId ?? "";
  return (split ?? [])
    .map(({ modeId, machines }) => `${machines} ${modeId === "off" ? "off" : `${at}${modeId}`}`)
    .join(join);
}

/** A cohort that several rules hold down says each one's kW, in the order of the record. */
function sharedProblems({ sentence, curtailed }: CohortDecision): string[] {
  const said = [...sentence.matchAll(/(?:down|and) (\d[\d,]*\.\d) kW by /g)].map(([, kw]) => kw as string);
  return said.length === curtailed.length && said.every((kw, i) => rounds(kw.replaceAll(",", ""), curtailed[i]?.kw))
    ? []
    : ["another power for a rule"];
}

/** The kW of the clauses on bounds that do not hold, and of the record, come to the same. */
function brokenProblem(clauses: string, broken: readonly BrokenBand[]): string {
  const said = [...clauses.matchAll(/: missed by (\d[\d,]*\.\d) kW/g)].map(([, kw]) => countOf(kw as string));
  const sum = broken.reduce((kw, one) => kw + one.kw, 0);
  const missed = said.reduce((kw, one) => kw + one, 0);
  return Math.abs(sum - missed) <= 0.05 * said.length + 1e-6 ? "" : "another power missed";
}
