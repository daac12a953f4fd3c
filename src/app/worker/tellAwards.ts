import { inputOfAwards } from "../../domain/inputs/takenAwards.ts";
import type { AwardLedger, UntoldAwards } from "../../ports/awardLedger.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";
import { type ForSite, tellSites } from "./tellSites.ts";

/** Messages of a site told at a time: a site that cannot be told keeps no other waiting. */
const MESSAGES_MAX = 50;

export interface TellAwards {
  readonly awards: AwardLedger;
  readonly gateway: Pick<SiteGateway, "deliver">;
  readonly clock: Pick<MarketClock, "now">;
  readonly log: Log;
}

/**
 * Tells sites of awards that were taken for them, as `tellSites` does; awards that are all over by then end untold.
 * Returns what is told. @throws PortUnavailableError without database or clock
 */
export async function tellAwards({ awards, gateway, clock, log }: TellAwards): Promise<readonly ForSite[]> {
  const untold = await awards.untold(MESSAGES_MAX);
  if (untold.length === 0) return [];
  const at = await clock.now();
  const isOver = (one: UntoldAwards): boolean => one.awards.every(({ endsAt }) => endsAt <= at);
  for (const { messageNo, siteId } of untold.filter(isOver)) {
    const why = `each was over by ${at}, when its site could be told`;
    await awards.end(messageNo, siteId, why);
    log.warn({ siteId, message: messageNo, why }, "awards are not told");
  }
  const forSites = untold
    .filter((one) => !isOver(one))
    .map((one) => ({
      no: one.messageNo,
      siteId: one.siteId,
      input: inputOfAwards(one, { id: `awards/${one.messageNo}`, at }),
    }));
  return tellSites(forSites, {
    called: "an award",
    gateway,
    log,
    told: ({ no, siteId }) => awards.told(no, siteId),
    endOfRetired: async (siteId) => (await awards.endOfRetired(siteId)).map(({ messageNo: no, why }) => ({ no, why })),
  });
}
