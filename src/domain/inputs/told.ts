import type { Instant } from "../units/instant.ts";

/** What reaches a site's mailbox: `id` is the de-duplication key, `at` the market time at which it was sent. */
export interface Told {
  readonly kind: string;
  readonly id: string;
  readonly at: Instant;
}
