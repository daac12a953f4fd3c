import { holdsDown, type StopContact, type StopInput } from "../domain/inputs/stopContact.ts";
import { type Instant, secondsBetween } from "../domain/units/instant.ts";
import type { KeptStopInput } from "../ports/stopInputs.ts";

/** One contact that stops machines for safety, as it last showed. */
export interface StopInputNow {
  readonly inputId: string;
  readonly name: string;
  /** The whole site when absent. */
  readonly cohorts?: StopInput["cohorts"];
  /** Absent before the first look. */
  readonly contact?: StopContact;
  /** It is active, or silent where silence stops: nothing of its own starts. */
  readonly holdsDown: boolean;
  /** Nobody has looked at it for its bounded time, be it that no process reads it. */
  readonly isUnwatched: boolean;
}

/** How much later than it looked a process notes what has not changed, seconds. */
const NOTED_WITHIN_SECONDS = 15;

/** Each contact of a site's configuration with what is known of it. */
export function stopInputsNow(
  inputs: readonly StopInput[],
  kept: readonly KeptStopInput[],
  at: Instant,
): readonly StopInputNow[] {
  return inputs.map((input) => {
    const { inputId, name, cohorts, silentAfterSeconds } = input;
    const contact = kept.find((one) => one.inputId === inputId)?.contact;
    const isUnwatched =
      contact === undefined || secondsBetween(contact.lookedAt, at) > silentAfterSeconds + NOTED_WITHIN_SECONDS;
    return {
      inputId,
      name,
      ...(cohorts === undefined ? {} : { cohorts }),
      ...(contact === undefined ? {} : { contact }),
      holdsDown: contact !== undefined && holdsDown(input, contact),
      isUnwatched,
    };
  });
}
