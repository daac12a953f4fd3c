import { addSeconds, type Instant } from "../units/instant.ts";

/** Several routine messages are posted a day: a page whose newest is older than this is an old copy. */
const OLD_COPY_SECONDS = 48 * 3_600;

/**
 * The moment that a page of operations messages speaks of, read at `readAt`: that of the reading, for it lists what is
 * in force, unless its newest message is two days old; then that message's. The page has no stamp of its own.
 * Ballast's own rule. Pure.
 */
export function saidByPage(newestAt: Instant, readAt: Instant): Instant {
  return addSeconds(newestAt, OLD_COPY_SECONDS) < readAt ? newestAt : readAt;
}
