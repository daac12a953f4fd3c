import { ActivityFailure, ApplicationFailure } from "@temporalio/common";
import { condition, proxyActivities, setHandler, workflowInfo } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { instantFromMs, type Instant } from "../src/domain/units/instant.ts";
import { idle, settleAgain, type SettleDayInput, type SettleRequest } from "./contracts.ts";
import { goOn } from "./goOn.ts";
import { settlementWork } from "./options.ts";

const { settleVersion } = proxyActivities<Activities>(settlementWork);

/** A run of an open day ends after this long, so that no workflow code has to be kept for the whole time. */
const RUN_MS_MAX = 30 * 86_400_000;
const SHADOW: SettleRequest = { id: "shadow", kind: "shadow", why: "day closed" };

/**
 * Settles one operating day of one site: the shadow version at once, then a new version for every statement or price
 * correction that arrives while the day is open. Equal inputs give no new version. What the rules refuse stays as it
 * is, is kept for a person, and the day stays open for the next request. A new run goes on each month, or when the
 * server suggests it, with every request not yet settled. Returns the last version's number.
 */
export async function settleDay({ siteId, operatingDay, openSeconds, carried }: SettleDayInput): Promise<number> {
  const requests: SettleRequest[] = carried === undefined ? [SHADOW] : [...carried.requests];
  let working = true;
  setHandler(settleAgain, (request) => void requests.push(request));
  setHandler(idle, () => !working && requests.length === 0);
  const runEndsAtMs = Date.now() + RUN_MS_MAX;
  let version = carried === undefined ? 0 : carried.version;
  let closesAt: Instant = carried === undefined ? closing() : carried.closesAt;
  while (true) {
    while (requests.length > 0 && !runIsOver()) {
      const { kind, why } = requests[0] as SettleRequest;
      version = await unlessRefused(version, () => settleVersion({ siteId, operatingDay, kind, why }));
      requests.shift();
      closesAt = closing();
    }
    if (runIsOver()) {
      const carriedOn = { requests, version, closesAt };
      return goOn<typeof settleDay>({}, { siteId, operatingDay, openSeconds, carried: carriedOn });
    }
    working = false;
    const waitMs = Math.min(Date.parse(closesAt), runEndsAtMs) - Date.now();
    const woken = await condition(() => requests.length > 0 || workflowInfo().continueAsNewSuggested, waitMs, {
      summary: `open for corrections of ${operatingDay}`,
    });
    if (!woken && Date.now() >= Date.parse(closesAt)) return version;
    working = requests.length > 0;
  }

  /** The day is open for as long as no correction has come for `openSeconds`. */
  function closing(): Instant {
    return instantFromMs(Date.now() + openSeconds * 1000);
  }

  function runIsOver(): boolean {
    return workflowInfo().continueAsNewSuggested || Date.now() >= runEndsAtMs;
  }
}

/** The version settled, or the one before where the rules refuse it. @throws whatever else fails. */
async function unlessRefused(before: number, settling: () => Promise<{ version: number }>): Promise<number> {
  try {
    return (await settling()).version;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (cause instanceof ApplicationFailure && cause.nonRetryable === true) return before;
    throw error;
  }
}
