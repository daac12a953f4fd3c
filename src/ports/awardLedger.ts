import type { AsAward } from "../domain/inputs/asAward.ts";
import type { MessageEvidence } from "../domain/inputs/gridInstruction.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** What a message awarded at one site, which that site has not in its mailbox yet. */
export interface UntoldAwards {
  readonly messageNo: string;
  readonly siteId: SiteId;
  readonly sender: string;
  readonly evidence: MessageEvidence;
  /** As the message says them. */
  readonly awards: readonly Omit<AsAward, "siteId">[];
}

/** Awards that doors took, and which sites know of them. Each method throws PortUnavailableError without database. */
export interface AwardLedger {
  /**
   * In the order in which messages were taken; of each site the first `messagesMaxPerSite`. What was over a day before
   * the newest message is left out.
   */
  untold(messagesMaxPerSite: number): Promise<readonly UntoldAwards[]>;
  /** A site has the awards of a message in its mailbox. */
  told(messageNo: string, siteId: SiteId): Promise<void>;
  /** A site will never take up the awards of a message: `why`. */
  end(messageNo: string, siteId: SiteId, why: string): Promise<void>;
  /** Ends, with the reason, what a site that is out of service for good was not told; nothing for any other site. */
  endOfRetired(siteId: SiteId): Promise<readonly { readonly messageNo: string; readonly why: string }[]>;
}
