import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
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

/** Market seconds after which a feed that still waits for its turn says so again: `ballast feeds` looks for it. */
const WAIT_NOTED_SECONDS = 60;

/**
 * Whether a feed whose turn has not come is to be written down, when it was written down last at `polledAt`: as it
 * begins to wait, and again by the minute. A turn that is put off by seconds in between is not worth a row.
 */
export function isWaitToBeNoted(waitsSince: Instant | undefined, polledAt: Instant | undefined, at: Instant): boolean {
  return waitsSince === undefined || polledAt === undefined || secondsBetween(polledAt, at) >= WAIT_NOTED_SECONDS;
}
