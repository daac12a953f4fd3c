import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxyActivities,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { type FeedWatchdog, siteInput, type WatchFeedInput, workflowIds } from "./contracts.ts";
import { goOn } from "./goOn.ts";
import { marketNow } from "./marketNow.ts";
import { feedWait } from "./options.ts";

const { awaitPublication, readRegisters } = proxyActivities<Activities>(feedWait);

/**
 * One type for all feeds. An activity waits for the next publication, stores raw bytes and rows and fans out to the
 * sites; the ledger keeps the cursor. A new run begins with each operating day.
 */
export async function watchFeed(start: WatchFeedInput): Promise<void> {
  const { feedId, siteIds } = start;
  const watchdog = start.watchdog === undefined ? undefined : new Watchdog(start, start.watchdog);
  while (true) {
    const { operatingDay } = await next();
    if (operatingDay !== start.operatingDay || workflowInfo().continueAsNewSuggested) {
      await watchdog?.stop();
      return goOn<typeof watchFeed>({}, { ...start, operatingDay, watchdog: watchdog?.settings });
    }
  }

  async function next(): Promise<{ operatingDay: string }> {
    if (start.kind === "registers") return readRegisters({ feedId, siteIds });
    const hearEverySeconds = start.watchdog?.hearEverySeconds;
    const seen = await awaitPublication({ feedId, siteIds, hearEverySeconds });
    await watchdog?.heard(seen.silent);
    return seen;
  }
}

/**
 * The activity tells the sites when its feed is silent. When nothing is heard of the activity either, the workflow
 * does: that needs no worker for activities. Whoever told of a silence tells of its end too. One timer lasts over many
 * returns of the activity.
 */
class Watchdog {
  readonly #start: WatchFeedInput;
  readonly #watchdog: FeedWatchdog;
  readonly #patrol = new CancellationScope();
  readonly #ended: Promise<void>;
  #heardAtMs = Date.now();
  #hasTold: boolean;

  constructor(start: WatchFeedInput, watchdog: FeedWatchdog) {
    this.#start = start;
    this.#watchdog = watchdog;
    this.#hasTold = watchdog.hasTold === true;
    this.#ended = this.#patrol
      .run(() => this.#watch())
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** For the next run: whether a silence that this one told of still lasts. */
  get settings(): FeedWatchdog {
    return { ...this.#watchdog, hasTold: this.#hasTold ? true : undefined };
  }

  /** The activity has returned: a sign of life, news or not. */
  async heard(isSilent: boolean): Promise<void> {
    this.#heardAtMs = Date.now();
    if (!this.#hasTold || isSilent) return;
    this.#hasTold = false;
    await this.#tell("feed-restored");
  }

  async stop(): Promise<void> {
    this.#patrol.cancel();
    await this.#ended;
  }

  async #watch(): Promise<void> {
    while (true) {
      await condition(() => !this.#hasTold);
      const leftMs = this.#heardAtMs + this.#watchdog.seconds * 1000 - Date.now();
      if (leftMs > 0) {
        await sleep(leftMs, { summary: "not heard of the feed" });
        continue;
      }
      this.#hasTold = true;
      await CancellationScope.nonCancellable(() => this.#tell("feed-silent"));
    }
  }

  async #tell(kind: "feed-silent" | "feed-restored"): Promise<void> {
    const { feedId, siteIds } = this.#start;
    const at = marketNow(this.#watchdog.clock);
    log.warn(`telling the sites by the feed's own watchdog: ${kind}`, { feedId, at });
    const tellings = siteIds.map((siteId) =>
      getExternalWorkflowHandle(workflowIds.site(siteId)).signal(siteInput, {
        kind,
        id: `${kind}/${feedId}/${at}`,
        at,
        feed: this.#watchdog.silentAs,
      }),
    );
    for (const [i, telling] of (await Promise.allSettled(tellings)).entries()) {
      if (telling.status === "rejected")
        log.error("a site could not be told", { siteId: siteIds[i], problem: String(telling.reason) });
    }
  }
}
