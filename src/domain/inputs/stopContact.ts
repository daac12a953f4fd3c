import type { CohortId } from "../units/ids.ts";
import { earlierOf, type Instant, secondsBetween } from "../units/instant.ts";

/** A contact that stops machines for safety, as a site's file says it. */
export interface StopInput {
  readonly inputId: string;
  /** What it is, for a person. */
  readonly name: string;
  readonly activeWhen: "on" | "off";
  /** The whole site when absent. */
  readonly cohorts?: readonly CohortId[];
  readonly pollSeconds: number;
  readonly silentAfterSeconds: number;
  readonly onSilence: "warn" | "stop";
}

/** `unread`: no two equal reads yet; `idle`: nothing is to stop; `silent`: it did not answer for its bounded time. */
type ContactState = "unread" | "idle" | "active" | "silent";

/** What is known of a stop input. */
export interface StopContact {
  readonly state: ContactState;
  readonly since: Instant;
  readonly lookedAt: Instant;
  /** The last read that was answered; absent before the first. */
  readonly answeredAt?: Instant;
  /** Why it did not answer at the last look. */
  readonly problem?: string;
}

/** The watch of one contact: what is known, since when it is watched, and what the last read showed. */
export interface ContactWatch {
  readonly watchedSince: Instant;
  /** Whether two equal reads in a row were ever had in this watch. */
  readonly hasBeenSteady: boolean;
  /** Looks since two equal reads in a row, or since the beginning. Not seconds: a look may be long in coming. */
  readonly unsteadyLooks: number;
  readonly contact: StopContact;
  /** Absent where the last look was not answered. */
  readonly isOn?: boolean;
}

/** What a look came to: whether the contact is on, or why nobody knows. */
export type ContactRead = { readonly isOn: boolean } | { readonly problem: string };

/** The watch of a contact as it begins, by what was known before: a restart neither forgets nor repeats. */
export function contactWatch(known: StopContact | undefined, at: Instant): ContactWatch {
  return {
    watchedSince: at,
    hasBeenSteady: false,
    unsteadyLooks: 0,
    contact: known ?? { state: "unread", since: at, lookedAt: at },
  };
}

/** A lost read, or one that bounces, costs the row of equal reads two looks: that is not yet unsteady. */
const LOOKS_TO_BE_STEADY_AGAIN = 2;
const UNSTEADY = "it answers, but no two reads in a row are equal: does it bounce, or is every second answer lost?";

/**
 * What is known after a look. Two equal reads in a row make the state: one that bounces, or is not answered, begins the
 * row anew. Without an answer for the bounded time, counted from the last answer or from when it is watched, it is
 * silent until two equal reads again; so it is where it does answer and no two reads in a row have been equal for that
 * time and two looks: nobody knows what it shows. After a clock was set back its time
 * is counted from then.
 */
export function contactAfter(input: StopInput, before: ContactWatch, read: ContactRead, at: Instant): ContactWatch {
  const { contact } = before;
  const { state, since, answeredAt } = contact;
  const as = (next: ContactState) => (next === state ? { state, since } : { state: next, since: at });
  const watchedSince = earlierOf(before.watchedSince, at);
  const unsteadyLooks = before.unsteadyLooks + 1;
  const watch = { watchedSince, hasBeenSteady: before.hasBeenSteady, unsteadyLooks };
  const steadyWithinSeconds = input.silentAfterSeconds + LOOKS_TO_BE_STEADY_AGAIN * input.pollSeconds;
  const isUnsteady = unsteadyLooks * input.pollSeconds >= steadyWithinSeconds;
  if ("problem" in read) {
    const isOwn = answeredAt !== undefined && answeredAt >= watchedSince && answeredAt <= at;
    const heardAt = isOwn ? answeredAt : watchedSince;
    const isSilent = state === "silent" || isUnsteady || secondsBetween(heardAt, at) >= input.silentAfterSeconds;
    const { problem } = read;
    const known = { ...(isSilent ? as("silent") : { state, since }), lookedAt: at, problem };
    return { ...watch, contact: answeredAt === undefined ? known : { ...known, answeredAt } };
  }
  const { isOn } = read;
  const answered = { lookedAt: at, answeredAt: at };
  if (before.isOn === isOn) {
    const told = as(isOn === (input.activeWhen === "on") ? "active" : "idle");
    return { watchedSince, hasBeenSteady: true, unsteadyLooks: 0, contact: { ...told, ...answered }, isOn };
  }
  const told = isUnsteady || state === "silent" ? { ...as("silent"), problem: UNSTEADY } : { state, since };
  return { ...watch, contact: { ...told, ...answered }, isOn };
}

/**
 * Whether a watch knows by itself what its contact shows, by two equal reads or by its silence. Before, it goes by what
 * was kept: that may be of a wire, or of a rule, that has been changed since.
 */
export function isOwnKnowledge(input: StopInput, { watchedSince, hasBeenSteady, contact }: ContactWatch): boolean {
  const isSilent = contact.state === "silent" && contact.problem !== undefined;
  return hasBeenSteady || (isSilent && secondsBetween(watchedSince, contact.lookedAt) >= input.silentAfterSeconds);
}

/** Whether a stop input holds machines down: it is active, or silent where silence stops. */
export function holdsDown({ onSilence }: StopInput, { state }: Pick<StopContact, "state">): boolean {
  return state === "active" || (state === "silent" && onSilence === "stop");
}

const INPUT_ACTOR = "input:";

/** In whose name a stop input stops; no operator can have such a name. */
export function inputActor(inputId: string): string {
  return `${INPUT_ACTOR}${inputId}`;
}

/** Whether an actor is a stop input. */
export function isInputActor(actor: string): boolean {
  return actor.startsWith(INPUT_ACTOR);
}
