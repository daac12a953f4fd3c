import type { SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { InstructedSite, WordSender } from "./instructionWord.ts";
import { refusedWord, type WordVerdict } from "./wordVerdict.ts";

/**
 * MW of an ancillary service that ERCOT awarded to a resource for a span, as its QSE passed it on (EWS `AwardedAS`).
 * It decides nothing.
 */
export interface AsAward {
  readonly siteId: SiteId;
  readonly resource: string;
  readonly qse: string;
  /** `ECRSM`, `RRSUF`, `On-Non-Spin`, ...: as ERCOT names it. */
  readonly asType: string;
  /** `DAM`, `SASM`, `RTM`; absent where it does not say. */
  readonly marketType?: string;
  readonly tradingDate: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** Decimal text. */
  readonly awardedMw: string;
}

/** Awards that come in one message are kept all or none: each of a site that the sender may speak for. */
export function awardsVerdict(
  awards: readonly AsAward[],
  { sender, sites }: { readonly sender: WordSender; readonly sites: readonly InstructedSite[] },
): WordVerdict {
  for (const [index, { siteId, resource, startsAt, endsAt, awardedMw }] of awards.entries()) {
    const where = (member: string): string => `AwardedAS[${index}].${member}`;
    const site = sites.find((one) => one.siteId === siteId);
    if (site === undefined || (sender.sites !== undefined && !sender.sites.includes(siteId)))
      return refusedWord("site", where("resource"), `${resource} is of site ${siteId}`, "a resource of a site here");
    if (endsAt <= startsAt)
      return refusedWord("time", where("endTime"), `it ends at ${endsAt}`, `a moment after ${startsAt}`);
    const kw = Number(awardedMw) * 1000;
    if (!(kw >= 0 && kw <= site.maxKw))
      return refusedWord("power", where("awardedMW"), `${awardedMw} MW`, `0 to ${site.maxKw / 1000} MW`);
  }
  return { kind: "accepted" };
}
