import type { MarketObservation } from "../domain/inputs/marketFacts.ts";
import type { StopInput } from "../domain/inputs/stopContact.ts";
import type { SitePlan } from "../domain/decision/model.ts";
import type { MeterId } from "../domain/units/ids.ts";

/** A feed that a site rests on. */
export interface FeedView {
  /** What it is called when it falls silent. */
  readonly silentAs: MarketObservation["kind"];
  /** Age of what the source said last, market seconds, at which it is silent. */
  readonly silentAfterSeconds: number;
}

/** What of a site's configuration a read model joins with its records. */
export interface SiteView {
  readonly plan: SitePlan;
  readonly siteMeterId: MeterId;
  readonly meterIds: readonly MeterId[];
  /** The site's own feeds by id. */
  readonly feeds: ReadonlyMap<string, FeedView>;
  /** Of feeds that are listed and not read at this site: why. */
  readonly feedsNotRead: readonly string[];
  /** Contacts that stop machines for safety. */
  readonly stopInputs: readonly StopInput[];
}
