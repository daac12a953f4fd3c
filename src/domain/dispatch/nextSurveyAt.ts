import { addSeconds, type Instant, instantFromMs, msOfInstant } from "../units/instant.ts";

const EVERY_MS = 300_000;
/** After the mark of a SCED run, before its price is published: no dispatch is under way that the run before caused. */
const AFTER_MARK_SECONDS = 30;

/** When a site's machines are to be counted next after `at`: half a minute after each five-minute mark. */
export function nextSurveyAt(at: Instant): Instant {
  const sinceMarkMs = msOfInstant(at) - AFTER_MARK_SECONDS * 1000;
  const mark = instantFromMs(Math.floor(sinceMarkMs / EVERY_MS) * EVERY_MS + EVERY_MS);
  return addSeconds(mark, AFTER_MARK_SECONDS);
}
