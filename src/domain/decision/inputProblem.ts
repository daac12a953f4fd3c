import {
  cohortIds,
  count,
  feed,
  hashpriceUsd,
  instant,
  interval,
  isObject,
  level,
  name,
  number,
  object,
  oneOf,
  optional,
  problemOf,
  shown,
  text,
  usd,
} from "./inputChecks.ts";
import type { Members } from "./inputChecks.ts";
import type { SiteInput } from "./model.ts";

/** Longest input as JSON. */
const INPUT_CHARS = 120_000;

const provenance: Members = { source: name, contentHash: name };
const effective: Members = { from: instant, cohortIds: optional(cohortIds) };

/** The members of each kind of input beside `kind`, `id` and `at`. */
const MEMBERS: Readonly<Record<SiteInput["kind"], Members>> = {
  "sced-lmp": {
    ...provenance,
    settlementPoint: name,
    scedAt: instant,
    lmpUsdPerMwh: usd,
    newerFollows: optional(oneOf([true])),
  },
  "settlement-price": {
    ...provenance,
    settlementPoint: name,
    settlementPointType: name,
    intervalKey: interval,
    priceUsdPerMwh: usd,
  },
  "grid-condition": {
    ...provenance,
    level,
    unreadable: optional(oneOf([true])),
    stateText: text,
    prcMw: optional(number),
    preAlert: optional(object({ prcMw: number, belowMw: number, observedAt: instant })),
    observedAt: instant,
  },
  hashprice: { ...provenance, usdPerPhDay: hashpriceUsd, asOf: instant },
  "feed-silent": { feed, lastSeenAt: optional(instant) },
  "feed-restored": { feed },
  order: {
    order: object({
      ...effective,
      orderId: name,
      actor: name,
      reason: text,
      action: oneOf(["curtail", "run"]),
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
      until: optional(instant),
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

/**
 * Why something that was sent to a site's mailbox cannot be taken up, for whoever sent it; undefined for a `SiteInput`.
 * Takes whatever a sender may send: no value makes it throw. Unknown kinds, members of the wrong type, numbers that are
 * none, instants in another form or outside 2000-2099, an end that is not after its beginning and oversize are refused;
 * members that nobody reads are let through.
 */
export function inputProblem(input: unknown): string | undefined {
  if (!isObject(input)) return `the input is ${shown(input)}; expected an object with kind, id and at`;
  const { kind } = input;
  if (typeof kind !== "string" || !Object.hasOwn(MEMBERS, kind))
    return `the input's kind is ${shown(kind)}; expected one of ${Object.keys(MEMBERS).join(", ")}`;
  const problem = problemOf({ id: name, at: instant, ...MEMBERS[kind as SiteInput["kind"]] }, input);
  if (problem !== undefined) return `${kind}: ${problem}`;
  const chars = JSON.stringify(input).length;
  return chars > INPUT_CHARS ? `${kind}: ${chars} characters as JSON; expected at most ${INPUT_CHARS}` : undefined;
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
