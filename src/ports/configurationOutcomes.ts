import type { SitePlan } from "../domain/decision/model.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** `accepted`: the site goes by it. `withdrawn`: it never will. */
export type ConfigurationOutcome = "accepted" | "withdrawn";

/** A configuration that was sent to a site. */
export interface SentConfiguration {
  readonly requestId: string;
  readonly planHash: string;
}

/**
 * What became of each configuration that was sent to a site, and the plans that it has decided by. Append-only; the
 * first word on a request counts. Throws PortUnavailableError without database.
 */
export interface ConfigurationOutcomes {
  /** Say what becomes of it, unless that was said before; returns what holds. */
  settle(siteId: SiteId, sent: SentConfiguration, outcome: ConfigurationOutcome): Promise<ConfigurationOutcome>;
  /** The one that the site has accepted last; undefined before the first. */
  newestAccepted(siteId: SiteId): Promise<SentConfiguration | undefined>;
  /** Keep a plan under its hash, once. */
  keepPlan(plan: SitePlan, planHash: string): Promise<void>;
  /** The plan that was kept under a hash. */
  plan(siteId: SiteId, planHash: string): Promise<SitePlan | undefined>;
}
