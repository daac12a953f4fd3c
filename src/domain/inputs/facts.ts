import type { Instant } from "../units/instant.ts";
import type { Members } from "./checks.ts";
import { heard } from "./feedSilence.ts";
import { FACTS } from "./index.ts";
import type { About, Freezing, SiteFact, SiteView } from "./siteFact.ts";

type Listed = (typeof FACTS)[number];
type InputOf<F> = F extends SiteFact<infer I, infer _R, infer _P, infer _F> ? I : never;
type KnownOf<F> = F extends SiteFact<infer _I, infer _R, infer P, infer _F> ? P : never;
type FrozenOf<F> = F extends SiteFact<infer _I, infer _R, infer _P, infer F2> ? F2 : never;
/** `A | B` as `A & B`: each fact brings its own members. */
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

/** What reaches a site's mailbox. */
export type SiteInput = InputOf<Listed>;
/** What a site knows of every fact: plain JSON, carried from run to run. */
export type KnownFacts = All<KnownOf<Listed>>;
/** Every fact as a decision sees it and its record keeps it. One that an older record lacks is absent there. */
export type FrozenFacts = All<FrozenOf<Listed>>;

/** A listed kind, whichever it is. */
export type AnyFact = Omit<SiteFact<SiteInput, KnownFacts, object, object>, "messages"> & {
  readonly messages: Readonly<Record<string, Members>>;
};

const LIST: readonly AnyFact[] = FACTS;
const BY_MESSAGE = new Map(LIST.flatMap((fact) => Object.keys(fact.messages).map((kind) => [kind, fact] as const)));

/** The fact that a message brings; undefined for a kind that this program does not know. */
export function factOf(messageKind: string): AnyFact | undefined {
  return BY_MESSAGE.get(messageKind);
}

/** What a site knows before anything has reached it. */
export const NOTHING_KNOWN = LIST.reduce((known, { none }) => ({ ...known, ...none }), {}) as KnownFacts;

/** What taking up an input comes to. */
export interface TakenUp {
  readonly known: KnownFacts;
  /** Whether a decision could come out otherwise because of it. */
  readonly relevant: boolean;
  /** Commands may go again. */
  readonly resumes: boolean;
  /** Why it is not taken up as it asks, for a person. */
  readonly problem?: string;
}

/**
 * Takes an input up into what a site knows: by its own fact, and by those that hear it too. An input that no fact knows
 * changes nothing. @throws UnitError on an impossible interval key
 */
export function takeUp(known: KnownFacts, input: SiteInput, about: About): TakenUp {
  const takers = LIST.filter(({ messages, overhears }) => input.kind in messages || overhears?.includes(input.kind));
  const elapsed = takers.map((fact) => fact.elapsed?.(known, about));
  let next = elapsed.reduce((all, one) => ({ ...all, ...one?.patch }), known);
  let [relevant, resumes, isOvertaken] = [elapsed.some((one) => one?.relevant === true), false, false];
  let problem: string | undefined;
  for (const fact of takers) {
    const absorbed = fact.absorb(next, input, about);
    next = { ...next, ...absorbed.patch };
    const end = absorbed.isHeard === true ? heard(next, fact.kind, absorbed.source, about.site) : undefined;
    next = { ...next, ...end?.patch };
    relevant ||= absorbed.relevant || [absorbed.turned, end?.isTurned ? fact.kind : undefined].some(silenceDecides);
    resumes ||= absorbed.resumes === true;
    isOvertaken ||= absorbed.isOvertaken === true;
    problem ??= absorbed.problem;
  }
  return { known: next, relevant: relevant && !isOvertaken, resumes, ...(problem === undefined ? {} : { problem }) };
}

/** Whether silence of that kind changes decisions. */
export function silenceDecides(kind: string | undefined): boolean {
  return LIST.some((fact) => fact.kind === kind && fact.silence !== undefined);
}

/** Everything known, frozen into the input of one decision. Nothing stamped later than its moment gets in. */
export function frozenFacts(known: KnownFacts, at: Freezing): FrozenFacts {
  return LIST.reduce((frozen, fact) => ({ ...frozen, ...fact.freeze(known, at) }), {}) as FrozenFacts;
}

/** What stays known once a decision of `asOf` is recorded that takes load down for those reasons. */
export function afterRecord(
  known: KnownFacts,
  asOf: Instant,
  site: SiteView,
  taking: readonly string[],
): Partial<KnownFacts> {
  return LIST.reduce((patch, fact) => ({ ...patch, ...fact.after?.(known, asOf, site, taking) }), {});
}

/** What the records of a site, oldest first, still say of every fact; `at` is that of the newest. */
export function recoveredFacts(records: readonly FrozenFacts[], at: Freezing): KnownFacts {
  return LIST.reduce((known, fact) => ({ ...known, ...fact.recovered(records, at) }), {}) as KnownFacts;
}

/** What is known of a settlement point, as it is before anything is known. */
export function pointForgotten(): Partial<KnownFacts> {
  return LIST.reduce((patch, { scope, none }) => (scope === "point" ? { ...patch, ...none } : patch), {});
}
