import type { SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";

/** Something that a site could not do as asked and that a person should see. */
export interface SiteFinding {
  readonly siteId: SiteId;
  /** Market time; absent before the first input. */
  readonly at?: Instant;
  readonly inputIds: readonly string[];
  readonly problem: string;
}
