import type { SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { InstructedSite, WordSender } from "./instructionWord.ts";
import { refusedWord, type WordVerdict } from "./wordVerdict.ts";

/** Awards of one site in one message: as many as it can hold at a time. */
const AWARDS_MAX = 400;
/** Resources that a note names. */
const NAMED_MAX = 5;

/** MW of a service that ERCOT awarded to a resource for a span, as its QSE passed it on (EWS `AwardedAS`). */
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

/**
 * Awards that come in one message are kept all or none: each of a site that the sender may speak for. One of a resource
 * that its site's file does not name is taken with a note: it is owed all the same.
 */
export function awardsVerdict(
  awards: readonly AsAward[],
  { sender, sites }: { readonly sender: WordSender; readonly sites: readonly InstructedSite[] },
): WordVerdict {
  for (const [index, { siteId, resource, startsAt, endsAt, awardedMw }] of awards.entries()) {
    const where = (member: string): string => `AwardedAS[${index}].${member}`;
    const site = sites.find((one) => one.siteId === siteId);
    if (site === undefined || (sender.sites !== undefined && !sender.sites.includes(siteId)))
      return refusedWord("site", where("resource"), `${resource} is of site ${siteId}`, "a resource of a site here");
    if (site.isRetired)
      return refusedWord("site", where("resource"), `site ${siteId} is out of service for good`, "another site");
    if (endsAt <= startsAt)
      return refusedWord("time", where("endTime"), `it ends at ${endsAt}`, `a moment after ${startsAt}`);
    const kw = Number(awardedMw) * 1000;
    if (!(kw >= 0 && kw <= site.maxKw))
      return refusedWord("power", where("awardedMW"), `${awardedMw} MW`, `0 to ${site.maxKw / 1000} MW`);
  }
  for (const { siteId, length } of bySite(awards))
    if (length > AWARDS_MAX)
      return refusedWord("room", "AwardedAS", `${length} awards of ${siteId}`, `at most ${AWARDS_MAX} a message`);
  const unlisted = new Set(
    awards.flatMap(({ siteId, resource }) =>
      sites.find((one) => one.siteId === siteId)?.reserveResources.includes(resource)
        ? []
        : [`${resource} of ${siteId}`],
    ),
  );
  if (unlisted.size === 0) return { kind: "accepted" };
  const named = [...unlisted].slice(0, NAMED_MAX).join(", ");
  return { kind: "accepted", note: `in no site's file under reserve.resources: ${named}; it is owed all the same` };
}

function bySite(awards: readonly AsAward[]): readonly { readonly siteId: SiteId; readonly length: number }[] {
  return [...Map.groupBy(awards, ({ siteId }) => siteId)].map(([siteId, { length }]) => ({ siteId, length }));
}
