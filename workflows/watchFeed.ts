import { continueAsNew, proxyActivities, workflowInfo } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import type { WatchFeedInput } from "./contracts.ts";
import { feedWait } from "./options.ts";

const { awaitPublication, readRegisters } = proxyActivities<Activities>(feedWait);

/**
 * One type for all feeds. An activity waits for the next publication, stores raw bytes and rows and fans out to the sites; the
 * ledger keeps the cursor. A new run begins with each operating day.
 */
export async function watchFeed(start: WatchFeedInput): Promise<void> {
  const { feedId, siteIds } = start;
  while (true) {
    const seen = start.kind === "registers" ? await readRegisters({ feedId, siteIds }) : await awaitPublication({ feedId, siteIds });
    if (seen.operatingDay !== start.operatingDay || workflowInfo().continueAsNewSuggested) {
      return continueAsNew<typeof watchFeed>({ ...start, operatingDay: seen.operatingDay });
    }
  }
}
