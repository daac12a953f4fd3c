import { setTimeout as delay } from "node:timers/promises";
import { type Client, QueryNotRegisteredError, WorkflowNotFoundError } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type { SiteInput } from "../../domain/inputs/facts.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortConflictError, PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";
import {
  type RunClock,
  idle,
  type RunSiteInput,
  settleAgain,
  siteInput,
  workflowIds,
} from "../../../workflows/contracts.ts";
import type { runSite, settleDay } from "../../../workflows/index.ts";
import { endingWith } from "./endingWith.ts";
import { isOutage } from "./outages.ts";

const SITE_ID = defineSearchAttributeKey("SiteId", SearchAttributeType.KEYWORD);
const OPERATING_DAY = defineSearchAttributeKey("OperatingDay", SearchAttributeType.KEYWORD);
/** How long a site may take over one input on a paced clock, real time. */
const IDLE_WITHIN_MS = 120_000;
const INSIST_PAUSE_MS_MAX = 5_000;

export interface SiteGatewayOptions {
  readonly client: Client;
  readonly taskQueue: string;
  readonly clock: MarketClock;
  readonly clockKind: RunClock["kind"];
  /** What a site that has no open run starts with. */
  readonly nextRun: (siteId: string, at: Instant) => Promise<RunSiteInput>;
  readonly log: Log;
}

/**
 * Sites and settlements reached through Temporal. A site that has no open run is started, from its own
 * records where it has some; any other failure of
 * Temporal is thrown on.
 */
export function temporalSiteGateway({
  client,
  taskQueue,
  clock,
  clockKind,
  nextRun,
  log,
}: SiteGatewayOptions): SiteGateway {
  const paced = clockKind === "paced";

  async function deliver(
    siteId: string,
    told: SiteInput,
    riders: readonly SiteInput[] = [],
    signal?: AbortSignal,
  ): Promise<void> {
    const workflowId = workflowIds.site(siteId);
    const input = riders.length === 0 ? told : { ...told, riders };
    try {
      // A site that runs needs no start: its plan, many times the size of a price, does not go over the wire again.
      await client.workflow.getHandle(workflowId).signal(siteInput, input);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await client.workflow.signalWithStart<typeof runSite, [SiteInput]>("runSite", {
        workflowId,
        taskQueue,
        args: [await nextRun(siteId, input.at)],
        signal: siteInput,
        signalArgs: [input],
        typedSearchAttributes: [
          { key: SITE_ID, value: siteId },
          { key: OPERATING_DAY, value: operatingDayOf(input.at) },
        ],
      });
    }
    if (paced) await awaitIdle(client, workflowId, signal);
  }

  return {
    deliver,

    async settleAgain(siteId, day, request, signal) {
      const workflowId = workflowIds.settlement(siteId, day);
      try {
        await client.workflow.getHandle<typeof settleDay>(workflowId).signal(settleAgain, request);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return;
        throw error;
      }
      if (paced) await awaitIdle(client, workflowId, signal);
    },

    async wakeAt(siteId, at) {
      if (!paced) return;
      const key = wakeKey(siteId);
      // The clock stands under the key until the wait below is registered under it.
      await clock.hold(key);
      wake(siteId, key, at).catch((error: unknown) => {
        if (error instanceof PortConflictError) return; // a later wish took its place
        log.error({ siteId, at, problem: thrownText(error) }, "the site cannot be woken by the market clock");
      });
    },
  };

  async function wake(siteId: string, key: string, at: Instant): Promise<void> {
    const now = await clock.waitUntil(key, at, undefined, [siteId]);
    const delivering = deliveringHold(siteId);
    await clock.hold(delivering);
    await clock.release(key);
    await insist(siteId, () => deliver(siteId, { kind: "wake", id: `wake/${now}`, at: now }));
    await clock.release(delivering);
  }

  /** Nobody else wakes the site: again until it holds or never can. The id makes a repeat harmless. */
  async function insist(siteId: string, work: () => Promise<void>): Promise<void> {
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, INSIST_PAUSE_MS_MAX)) {
      try {
        return await work();
      } catch (error) {
        const problem = thrownText(error);
        if (error instanceof PortDataError) return log.warn({ siteId, problem }, "the site is woken no more");
        log.warn({ siteId, problem }, "the site could not be woken; trying again");
      }
      await delay(pauseMs);
    }
  }
}

/** Under this key the paced clock wakes a site, and stands from the wake on. */
export function wakeKey(siteId: string): string {
  return `wake/${siteId}`;
}

/** Under this name the paced clock stands while a site takes up its wake. */
export function deliveringHold(siteId: string): string {
  return `waking/${siteId}`;
}

/** Of hundreds that decide at once, all who are asked again and again keep each other from deciding. */
function idlePauseMsMax(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 2, 40), 500);
}

/**
 * Wait until a workflow has dealt with everything sent to it. A worker that ends must not wait for what it alone would
 * answer: `signal` ends the wait. @throws PortUnavailableError when it does not within two minutes, the signal's reason
 */
export async function awaitIdle(client: Client, workflowId: string, signal?: AbortSignal): Promise<void> {
  const asked = (): Promise<boolean> => client.workflow.getHandle(workflowId).query(idle);
  const begunMs = Date.now();
  const until = begunMs + IDLE_WITHIN_MS;
  for (let pauseMs = 5; Date.now() < until; pauseMs = Math.min(pauseMs * 2, idlePauseMsMax(Date.now() - begunMs))) {
    try {
      if (await (signal === undefined ? asked() : endingWith(client, signal, asked))) return;
    } catch (error) {
      signal?.throwIfAborted();
      // A run that has just begun has no handlers yet; a server or worker that has died is being started again.
      if (
        !isOutage(error) &&
        !(error instanceof QueryNotRegisteredError) &&
        !/no poller|not.*started|first workflow task|Workflow did not register/i.test(String(error))
      )
        throw error;
    }
    await delay(pauseMs);
    signal?.throwIfAborted();
  }
  throw new PortUnavailableError(`Workflow ${workflowId} is still at work after ${IDLE_WITHIN_MS / 1000} s.`);
}
