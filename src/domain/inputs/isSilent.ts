import { type Instant, secondsBetween } from "../units/instant.ts";

/** Whether what a feed said last, `said`, is more than `limitSeconds` old at `at`. Ballast's own rule. */
export function isSilent(said: Instant, at: Instant, limitSeconds: number): boolean {
  return secondsBetween(said, at) > limitSeconds;
}
