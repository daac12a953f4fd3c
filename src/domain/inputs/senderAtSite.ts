import type { SiteId } from "../units/ids.ts";
import type { InstructedSite, WordSender } from "./instructionWord.ts";
import { refusedWord, type WordRefusal } from "./wordVerdict.ts";

/** Why a sender may say nothing about a site: it is not the sender's, not here, or retired; undefined when it may. */
export function senderAtSite(
  siteId: SiteId,
  { sender, site }: { readonly sender: WordSender; readonly site: InstructedSite | undefined },
  what: string,
): WordRefusal | undefined {
  if (sender.sites !== undefined && !sender.sites.includes(siteId))
    return refusedWord(
      "site",
      "site",
      `${sender.name} may not ${what} the site ${siteId}`,
      sender.sites.join(", ") || "no site at all",
    );
  if (site === undefined) return refusedWord("site", "site", `there is no site ${siteId} here`, "one that runs here");
  if (site.isRetired) return refusedWord("site", "site", `site ${siteId} is out of service for good`, "another site");
  return undefined;
}
