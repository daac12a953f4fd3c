import { addSeconds, type Instant } from "../src/domain/units/instant.ts";
import { RETRY_AFTER_SECONDS_MAX } from "../src/ports/errors.ts";

/**
 * When a feed is asked next: at the appointment noted at its last poll, so that whoever takes over keeps it; at once
 * when there is none. An appointment later than both the feed's regular next poll and the longest wait that a source
 * may ask for was made by a clock that was ahead: the feed is asked at once. Market time throughout.
 */
export function pollAppointment(noted: Instant | undefined, at: Instant, regular: Instant): Instant {
  if (noted === undefined) return at;
  const isTooFar = noted > regular && noted > addSeconds(at, RETRY_AFTER_SECONDS_MAX);
  return isTooFar ? at : noted;
}
