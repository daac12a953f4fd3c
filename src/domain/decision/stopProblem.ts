import { inputProblem } from "../inputs/inputProblem.ts";
import {
  isStopInput,
  type KnownStops,
  type SafetyStop,
  startsAgain,
  STOP_KINDS,
  type StopInput,
  stopsAfter,
} from "../inputs/safetyStops.ts";
import type { SiteInput } from "../inputs/facts.ts";
import type { Instant } from "../units/instant.ts";
import type { SitePlan } from "./model.ts";
import { ORDER_REASON_CHARS_MAX } from "./orderProblem.ts";

/** The safety stops in force once inputs that wait are taken up, in their order. */
export function stopsOnceTaken({ stops = [] }: KnownStops, waiting: readonly SiteInput[]): KnownStops {
  return { stops: waiting.filter(isStopInput).reduce(stopsAfter, stops) };
}

/**
 * The safety stops that stand as inputs at `at`, for a site whose state was made again from records: those that a
 * person was granted and that no record has. One that the records have is not told again. Each has an id of its own.
 */
export function standingStops(
  stops: readonly SafetyStop[],
  { stops: known = [] }: KnownStops,
  at: Instant,
): SiteInput[] {
  const isKnown = (stop: SafetyStop): boolean => known.some(({ cohortId }) => cohortId === stop.cohortId);
  return stops
    .filter((stop) => !isKnown(stop))
    .map(({ cohortId, actor, reason, at: since }) => ({
      kind: STOP_KINDS.stop,
      id: `stop/${cohortId === undefined ? "site" : `cohort/${cohortId}`}/${since}/standing-at/${at}`,
      at,
      ...(cohortId === undefined ? {} : { cohortId }),
      actor,
      reason,
    }));
}

/**
 * Why a safety stop or a start cannot be taken, for whoever gave it; undefined when it can. A stop is refused for its
 * form alone. A start takes a stop that stands. Takes whatever a sender may send: no value makes it throw.
 */
export function stopProblem(plan: SitePlan, input: StopInput, known: KnownStops): string | undefined {
  const malformed = inputProblem(input);
  if (malformed !== undefined) return malformed;
  const { cohortId, reason } = input;
  if (!isStopInput(input)) return "expected a stop or its end";
  if (reason.length > ORDER_REASON_CHARS_MAX)
    return `the reason has ${reason.length} characters, at most ${ORDER_REASON_CHARS_MAX} are kept`;
  const stops = known.stops ?? [];
  const isOfPlan = cohortId === undefined || plan.cohorts.some((cohort) => cohort.cohortId === cohortId);
  if (!isOfPlan && !(startsAgain(input) && stops.some((one) => one.cohortId === cohortId)))
    return `the site has no cohort "${cohortId}"`;
  if (!startsAgain(input)) return undefined;
  if (stops.some((one) => one.cohortId === cohortId)) return undefined;
  const whole = stops.find((one) => one.cohortId === undefined);
  if (whole !== undefined) return `the whole site was stopped by ${whole.actor} (${whole.reason}); start the site`;
  if (cohortId !== undefined || stops.length === 0) return `${cohortId ?? "the site"} is not stopped`;
  return `the site as a whole is not stopped; start one by one ${stops.map(stoppedText).join(", ")}`;
}

function stoppedText({ cohortId, actor, reason }: SafetyStop): string {
  return `${cohortId}, stopped by ${actor} (${reason})`;
}
