import {
  CancellationScope,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxyActivities,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { siteInput, type WatchFeedInput, workflowIds } from "./contracts.ts";
import { marketNow } from "./marketNow.ts";
import { feedWait } from "./options.ts";

const { awaitPublication, readRegisters } = proxyActivities<Activities>(feedWait);

/**
 * One type for all feeds. An activity waits for the next publication, stores raw bytes and rows and fans out to the
 * sites; the ledger keeps the cursor. A new run begins with each operating day.
 */
export async function watchFeed(start: WatchFeedInput): Promise<void> {
  const { feedId, siteIds } = start;
  while (true) {
    const seen = await watched(
      start,
      start.kind === "registers" ? readRegisters({ feedId, siteIds }) : awaitPublication({ feedId, siteIds }),
    );
    if (seen.operatingDay !== start.operatingDay || workflowInfo().continueAsNewSuggested) {
      return continueAsNew<typeof watchFeed>({ ...start, operatingDay: seen.operatingDay });
    }
  }
}

/**
 * The activity tells the sites when its feed is silent. When nothing is heard of the activity either, the workflow
 * does: that needs no worker for activities.
 */
async function watched<T>(start: WatchFeedInput, waiting: Promise<T>): Promise<T> {
  const { watchdog } = start;
  if (watchdog === undefined) return waiting;
  const patience = new CancellationScope();
  const told = patience
    .run(async () => {
      await sleep(watchdog.seconds * 1000, { summary: "not heard of the feed" });
      await CancellationScope.nonCancellable(() => tellSilence(start, watchdog));
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  try {
    return await waiting;
  } finally {
    patience.cancel();
    await told;
  }
}

async function tellSilence(
  { feedId, siteIds }: WatchFeedInput,
  { silentAs, clock }: NonNullable<WatchFeedInput["watchdog"]>,
): Promise<void> {
  const at = marketNow(clock);
  log.warn("nothing heard of the feed's activity; telling the sites that it is silent", { feedId, at });
  const tellings = siteIds.map((siteId) =>
    getExternalWorkflowHandle(workflowIds.site(siteId)).signal(siteInput, {
      kind: "feed-silent",
      id: `feed-silent/${feedId}/${at}`,
      at,
      feed: silentAs,
    }),
  );
  for (const [i, telling] of (await Promise.allSettled(tellings)).entries()) {
    if (telling.status === "rejected")
      log.error("a site could not be told", { siteId: siteIds[i], problem: String(telling.reason) });
  }
}
