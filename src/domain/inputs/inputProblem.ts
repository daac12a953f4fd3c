import { instant, isObject, type Members, name, oneOf, problemOf, shown } from "./checks.ts";
import { type AnyFact, factOf, type SiteInput } from "./facts.ts";
import { FACTS } from "./index.ts";

/** Longest input as JSON. */
const INPUT_CHARS = 120_000;

const LIST: readonly AnyFact[] = FACTS;
const KINDS = LIST.flatMap(({ messages }) => Object.keys(messages));
/** Who tells of silence names a kind that is watched. */
const feed = oneOf(LIST.filter(({ isWatched }) => isWatched === true).map(({ kind }) => kind));

/**
 * Why something that was sent to a site's mailbox cannot be taken up, for whoever sent it; undefined for a `SiteInput`.
 * Takes whatever a sender may send: no value makes it throw. Unknown kinds, members of the wrong type, numbers that are
 * none, instants in another form or outside 2000-2099, an end that is not after its beginning and oversize are refused;
 * members that nobody reads are let through.
 */
export function inputProblem(input: unknown): string | undefined {
  if (!isObject(input)) return `the input is ${shown(input)}; expected an object with kind, id and at`;
  const { kind } = input;
  const fact = typeof kind === "string" ? factOf(kind) : undefined;
  if (typeof kind !== "string" || fact === undefined)
    return `the input's kind is ${shown(kind)}; expected one of ${KINDS.join(", ")}`;
  const problem = problemOf({ id: name, at: instant, ...membersOf(fact, kind) }, input);
  if (problem !== undefined) return `${kind}: ${problem}`;
  const other = fact.problem?.(input as unknown as SiteInput);
  if (other !== undefined) return `${kind}: ${other}`;
  const chars = JSON.stringify(input).length;
  return chars > INPUT_CHARS ? `${kind}: ${chars} characters as JSON; expected at most ${INPUT_CHARS}` : undefined;
}

/** `inputProblem` of what arrives as a signal, which is nothing that an operator says. */
export function signalProblem(input: unknown): string | undefined {
  const problem = inputProblem(input);
  if (problem !== undefined) return problem;
  const { kind } = input as SiteInput;
  return factOf(kind)?.isAsked === true ? `${kind}: expected as an update, not as a signal` : undefined;
}

function membersOf(fact: AnyFact, kind: string): Members {
  const members: Members = { ...fact.messages[kind] };
  return "feed" in members ? { ...members, feed } : members;
}
