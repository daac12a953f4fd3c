import { setTimeout as delay } from "node:timers/promises";
import type { SiteInput } from "../../domain/inputs/facts.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";

/** Whoever sends waits no longer for a site that does not take its word: it is told later. */
const WITHIN_MS = 5_000;

/** Something that was taken for a site, and what the site is told of it. */
export interface ForSite {
  /** Its number in the ledger. */
  readonly no: string;
  readonly siteId: SiteId;
  readonly input: SiteInput;
}

/** How sites are told what a ledger keeps. */
export interface TellSites {
  /** What it is, with its article: `an instruction`. */
  readonly called: string;
  readonly gateway: Pick<SiteGateway, "deliver">;
  readonly log: Log;
  /** The site has it in its mailbox. */
  told(one: ForSite): Promise<void>;
  /** Ends what a site that is out of service for good was not told. */
  endOfRetired(siteId: SiteId): Promise<readonly { readonly no: string; readonly why: string }[]>;
}

/**
 * Tells sites what was taken for them, each in the order given; returns what is told. A site that does not take its
 * first in time is left for later; what waits for one that is out of service for good ends with that reason.
 * @throws PortUnavailableError without database
 */
export async function tellSites(all: readonly ForSite[], telling: TellSites): Promise<readonly ForSite[]> {
  const { called, gateway, log } = telling;
  const told: ForSite[] = [];
  const away = new Set<string>();
  for (const one of all) {
    const { no, siteId, input } = one;
    if (away.has(siteId)) continue;
    try {
      await inTime(gateway.deliver(siteId, input));
      await telling.told(one);
      told.push(one);
    } catch (error) {
      away.add(siteId);
      const ended = await telling.endOfRetired(siteId);
      for (const { no: ofRetired, why } of ended)
        log.warn({ siteId, word: ofRetired, why }, `${called} is not told: it has ended with its site`);
      if (ended.length > 0) continue;
      log.warn({ siteId, word: no, problem: thrownText(error) }, `${called} is kept, its site is not told yet`);
    }
  }
  return told;
}

async function inTime(work: Promise<void>): Promise<void> {
  const late = new AbortController();
  const limit = delay(WITHIN_MS, undefined, { signal: late.signal }).then(() => {
    throw new PortUnavailableError(`it did not take its word within ${WITHIN_MS / 1000} s`);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    late.abort();
    limit.catch(() => undefined);
  }
}
