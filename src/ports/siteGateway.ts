import type { SiteInput } from "../domain/inputs/facts.ts";
import type { OperatingDay } from "../domain/market/model.ts";
import type { SettlementKind } from "../domain/settlement/model.ts";
import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";

/**
 * The way into a site's workflows. On a paced clock a delivery returns only when the site has dealt with it, so that
 * the clock stands meanwhile; on the real clock it returns when the message is accepted.
 */
export interface SiteGateway {
  /**
   * `riders` go in the same signal, and are taken up before it. `signal` ends the wait for the site, and rejects with
   * its reason: what was told stays told.
   */
  deliver(siteId: SiteId, input: SiteInput, riders?: readonly SiteInput[], signal?: AbortSignal): Promise<void>;
  /**
   * Ask for a new version of a day already settled; a day not yet settled ignores it (its shadow will see the new
   * value). `signal` as in `deliver`.
   */
  settleAgain(
    siteId: SiteId,
    day: OperatingDay,
    request: { id: string; kind: SettlementKind; why: string },
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * On a paced clock: wake the site at a market instant, in place of an earlier wish; resolves when the wish is known
   * to the clock. The real clock leaves that to the workflow's timer.
   */
  wakeAt(siteId: SiteId, at: Instant): Promise<void>;
}
