import { setTimeout as delay } from "node:timers/promises";
import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { nextLookAfter } from "../../domain/decision/nextLook.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { DecisionStore } from "../../ports/decisionStore.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";
import { workflowIds } from "../../../workflows/contracts.ts";
import { awaitIdle, deliveringHold } from "./siteGateway.ts";

const PAUSE_MS = 1_000;

export interface ResumeDeps {
  readonly client: Client;
  readonly clock: MarketClock;
  readonly decisions: DecisionStore;
  readonly sites: SiteGateway;
  readonly log: Log;
}

/**
 * What a worker does for a site on a paced clock before it takes work: the worker before it may have died with the
 * site's next wake in its memory, or while it delivered one. The clock stands from here until the returned function,
 * called once the worker runs, has let the site come to rest and has armed the wake that its last decision asks for.
 */
export async function resumeSite(
  siteId: string,
  { client, clock, decisions, sites, log }: ResumeDeps,
): Promise<() => Promise<void>> {
  await clock.hold(deliveringHold(siteId));
  return async () => {
    while (!(await armed())) await delay(PAUSE_MS);
    await clock.release(deliveringHold(siteId));
  };

  async function armed(): Promise<boolean> {
    try {
      await awaitIdle(client, workflowIds.site(siteId));
      const latest = await decisions.latest(siteId);
      if (latest) await sites.wakeAt(siteId, nextLookAfter(latest));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true; // the site has not begun
      log.warn({ siteId, problem: thrownText(error) }, "the site's next wake could not be armed; trying again");
      return false;
    }
  }
}
