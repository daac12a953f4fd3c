import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { SafetyStop } from "./safetyStops.ts";
import { type ContactWatch, holdsDown, inputActor, isOwnKnowledge } from "./stopContact.ts";
import type { StopContact, StopInput } from "./stopContact.ts";

/** What a stop input is to ask of its site. */
export interface DueStop {
  /** The whole site where undefined. */
  readonly scopes: readonly (CohortId | undefined)[];
  /** Set where it was asked before and nobody knows whether the site has decided: the same request goes again. */
  readonly askedAt?: Instant;
}

/**
 * The stops that a contact is to make, by what it shows, what it asked before and what is in force; undefined for none.
 * Each beginning of its state stops in its own name what is not stopped in it; afterwards only what somebody let start
 * again, and that only by what this watch has seen itself: a state kept from before may be of a contact that was taken
 * out and put in again. One whose answer is not known is asked again as the same request.
 */
export function stopDue(
  input: StopInput,
  watch: ContactWatch,
  asked: { readonly since: Instant; readonly askedAt: Instant; readonly isDecided: boolean } | undefined,
  inForce: readonly SafetyStop[],
): DueStop | undefined {
  const { contact } = watch;
  if (!holdsDown(input, contact)) return undefined;
  const scopes: readonly (CohortId | undefined)[] = input.cohorts ?? [undefined];
  const standing = (scope: CohortId | undefined): SafetyStop | undefined =>
    inForce.find(({ cohortId }) => cohortId === scope);
  const isNew = asked?.since !== contact.since;
  if (asked !== undefined && !isNew && !asked.isDecided) {
    const again = scopes.filter((scope) => [undefined, asked.askedAt].includes(standing(scope)?.at));
    return { scopes: again, askedAt: asked.askedAt };
  }
  if (!isNew && !isOwnKnowledge(input, watch)) return undefined;
  const own = inputActor(input.inputId);
  const due = scopes.filter((scope) => {
    const stop = standing(scope);
    return stop === undefined || (isNew && stop.actor !== own);
  });
  return due.length === 0 ? undefined : { scopes: due };
}

/** Why a stop input stops, as the stop's reason says it. */
export function inputReason({ name, activeWhen, silentAfterSeconds }: StopInput, { state }: StopContact): string {
  return state === "silent"
    ? `${name}: the contact has not answered steadily for ${silentAfterSeconds} s, and silence stops here`
    : `${name}: the contact is ${activeWhen}`;
}
