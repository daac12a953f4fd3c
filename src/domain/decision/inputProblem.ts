import {
  cohortIds,
  count,
  demand,
  instant,
  isObject,
  kw,
  name,
  number,
  object,
  oneOf,
  optional,
  problemOf,
  shown,
  text,
  usd,
} from "../inputs/checks.ts";
import type { Members } from "../inputs/checks.ts";
import { MARKET_FACTS } from "../inputs/index.ts";
import type { MarketInput } from "../inputs/marketFacts.ts";
import type { OperatorOrder, SilentFeed, SiteInput } from "./model.ts";

/** Longest input as JSON. */
const INPUT_CHARS = 120_000;

/** What can be silent: a kind that feeds bring, or the meter. */
const feed = oneOf<SilentFeed>([...MARKET_FACTS.map(({ kind }) => kind), "meter"]);
const effective: Members = { from: instant, cohortIds: optional(cohortIds) };

/** The members of each kind of input beside `kind`, `id` and `at`. */
const MEMBERS: Readonly<Record<Exclude<SiteInput["kind"], MarketInput["kind"]>, Members>> = {
  "feed-silent": { feed, lastSeenAt: optional(instant) },
  "feed-restored": { feed },
  order: {
    order: object({
      ...effective,
      orderId: name,
      actor: name,
      reason: text,
      action: oneOf(["curtail", "run"]),
      demand: optional(demand),
      minKw: optional(kw),
      breakAtUsdPerMwh: optional(usd),
      until: instant,
    }),
  },
  release: { orderId: name, actor: name, reason: text },
  instruction: {
    instruction: object({
      ...effective,
      instructionId: name,
      issuer: name,
      action: oneOf(["curtail"]),
      revision: optional(count),
      product: optional(name),
      demand: optional(demand),
      effectiveBy: optional(instant),
      until: optional(instant),
      restoreNotBefore: optional(instant),
    }),
  },
  recall: { instructionId: name },
  "dispatch-verdict": {
    revision: count,
    outcome: oneOf(["confirmed", "short", "unknown", "superseded"]),
    measuredKw: optional(number),
    seconds: optional(number),
    stragglers: count,
  },
  freeze: { cohortId: optional(name), actor: name, reason: name },
  thaw: { cohortId: optional(name), actor: name, reason: name },
  wake: {},
};
const ALL = new Map<string, Members>([
  ...MARKET_FACTS.map(({ kind, members }) => [kind, members] as const),
  ...Object.entries(MEMBERS),
]);

/**
 * Why something that was sent to a site's mailbox cannot be taken up, for whoever sent it; undefined for a `SiteInput`.
 * Takes whatever a sender may send: no value makes it throw. Unknown kinds, members of the wrong type, numbers that are
 * none, instants in another form or outside 2000-2099, an end that is not after its beginning and oversize are refused;
 * members that nobody reads are let through.
 */
export function inputProblem(input: unknown): string | undefined {
  if (!isObject(input)) return `the input is ${shown(input)}; expected an object with kind, id and at`;
  const { kind } = input;
  const members = typeof kind === "string" ? ALL.get(kind) : undefined;
  if (typeof kind !== "string" || members === undefined)
    return `the input's kind is ${shown(kind)}; expected one of ${[...ALL.keys()].join(", ")}`;
  const problem = problemOf({ id: name, at: instant, ...members }, input);
  if (problem !== undefined) return `${kind}: ${problem}`;
  const scope = scopeProblem(kind === "order" ? input["order"] : kind === "instruction" ? input["instruction"] : {});
  if (scope !== undefined) return `${kind}: ${scope}`;
  const chars = JSON.stringify(input).length;
  return chars > INPUT_CHARS ? `${kind}: ${chars} characters as JSON; expected at most ${INPUT_CHARS}` : undefined;
}

/** kW are those of one cohort or of the whole site; which of several cohorts would give them is nobody's to guess. */
function scopeProblem(asked: unknown): string | undefined {
  const { cohortIds, demand, minKw } = asked as Partial<OperatorOrder>;
  const hasKw = minKw !== undefined || (demand !== undefined && demand.kind !== "off");
  return hasKw && cohortIds !== undefined && cohortIds.length > 1
    ? `kW of ${cohortIds.length} cohorts; name one cohort, or none for the whole site`
    : undefined;
}

/** They come as updates alone, which name who gave them and are answered. */
const BY_UPDATE: ReadonlySet<SiteInput["kind"]> = new Set(["order", "release", "freeze", "thaw"]);

/** `inputProblem` of what arrives as a signal, which is nothing that an operator says. */
export function signalProblem(input: unknown): string | undefined {
  const problem = inputProblem(input);
  if (problem !== undefined) return problem;
  const { kind } = input as SiteInput;
  return BY_UPDATE.has(kind) ? `${kind}: expected as an update, not as a signal` : undefined;
}
