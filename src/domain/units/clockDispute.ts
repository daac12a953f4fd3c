import { type Instant, secondsBetween } from "./instant.ts";

/** Further apart than this, one of two clocks is wrong, and nobody can say which: nothing is dated by either. */
const CLOCKS_APART_SECONDS_MAX = 120;

/**
 * Why `at`, by this machine's clock, cannot date anything while another clock says `witnessed`, for a log; undefined
 * when they are at most 120 s apart, either way.
 */
export function clockDispute(at: Instant, witnessed: Instant): string | undefined {
  const aheadSeconds = secondsBetween(witnessed, at);
  if (Math.abs(aheadSeconds) <= CLOCKS_APART_SECONDS_MAX) return undefined;
  return (
    `this machine's clock says ${at}, the database's ${witnessed}: ${Math.abs(aheadSeconds)} s ` +
    `${aheadSeconds > 0 ? "ahead" : "behind"}, at most ${CLOCKS_APART_SECONDS_MAX} s are expected; set the time ` +
    `services of both machines right`
  );
}
