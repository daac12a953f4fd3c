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
import { feedWord } from "../src/domain/inputs/feedSilence.ts";
import { atSite } from "./atSite.ts";
import { type FeedWatchdog, siteInput, type WatchFeedInput, workflowIds } from "./contracts.ts";
import { goOn } from "./goOn.ts";
import { marketNow } from "./marketNow.ts";
import { feedWait } from "./options.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

const { awaitPublication } = proxyActivities<Activities>(feedWait);

type FeedSeen = Awaited<ReturnType<Activities["awaitPublication"]>>;

/**
 * One type for all feeds. An activity waits for the next publication, stores raw bytes and rows and fans out to the
 * sites; the ledger keeps the cursor. A new run begins with each operating day, until nobody needs the feed: then it
 * ends.
 */
export async function watchFeed(start: WatchFeedInput): Promise<void> {
  const { feedId } = start;
  let { siteIds } = start;
  const watchdog = start.watchdog === undefined ? undefined : new Watchdog(start, start.watchdog);
  while (true) {
    const { operatingDay, isOver } = await next();
    if (isOver === true) return watchdog?.stop();
    if (operatingDay !== start.operatingDay || workflowInfo().continueAsNewSuggested) {
      await watchdog?.stop();
      return goOn<typeof watchFeed>({}, { ...start, siteIds, operatingDay, watchdog: watchdog?.settings });
    }
  }

  async function next(): Promise<{ operatingDay: string; isOver?: true }> {
    if (start.kind !== "market") return watchSite(start.kind);
    const hearEverySeconds = start.watchdog?.hearEverySeconds;
    const seen = await awaitPublication({ feedId, siteIds, hearEverySeconds });
    siteIds = seen.subscribers?.map(({ siteId }) => siteId) ?? siteIds;
    await watchdog?.heard(seen);
    return seen;
  }

  /** A site's own machines and meters. */
  async function watchSite(kind: "registers" | "fleet"): Promise<{ operatingDay: string; isOver?: true }> {
    const [siteId = ""] = siteIds;
    const seen =
      kind === "registers"
        ? await atSite({ siteId, what: "the reading of the meters", feedId, isMeter: true }, feedWait, (own, isLate) =>
            own.readRegisters({ feedId, siteIds, ...(isLate && { wasUntaken: true }) }),
          )
        : await atSite({ siteId, what: "the count of machines that are able to run", feedId }, feedWait, (own) =>
            own.watchFleet({ feedId, siteIds }),
          );
    return seen ?? { operatingDay: start.operatingDay, isOver: true };
  }
}

/**
 * The activity tells the sites when its feed is silent. When nothing is heard of the activity either, the workflow
 * does, each site by its own patience: that needs no worker for activities. Whoever told of a silence tells of its end
 * too. One timer lasts over many returns of the activity.
 */
class Watchdog {
  readonly #feedId: string;
  readonly #watchdog: FeedWatchdog;
  readonly #patrol = new CancellationScope();
  readonly #ended: Promise<void>;
  /** Seconds without a sign of life after which a site is told, by site. */
  #patience: ReadonlyMap<string, number>;
  #heardAtMs = Date.now();
  #told: ReadonlySet<string>;

  constructor({ feedId, siteIds }: WatchFeedInput, watchdog: FeedWatchdog) {
    this.#feedId = feedId;
    this.#watchdog = watchdog;
    const { seconds, patience = {} } = watchdog;
    this.#patience = new Map(siteIds.map((siteId) => [siteId, patience[siteId] ?? seconds]));
    this.#told = new Set(watchdog.told);
    this.#ended = this.#patrol
      .run(() => this.#watch())
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** For the next run: who was told of a silence that still lasts. */
  get settings(): FeedWatchdog {
    const told = this.#told.size === 0 ? undefined : [...this.#told];
    return { ...this.#watchdog, patience: Object.fromEntries(this.#patience), told };
  }

  /** The activity has returned: a sign of life, news or not. */
  async heard({ silent, subscribers }: Pick<FeedSeen, "silent" | "subscribers">): Promise<void> {
    this.#heardAtMs = Date.now();
    if (subscribers !== undefined) {
      const { graceSeconds } = this.#watchdog;
      this.#patience = new Map(subscribers.map((one) => [one.siteId, one.silentAfterSeconds + graceSeconds]));
    }
    const isSilent = new Map(subscribers?.map((one) => [one.siteId, one.silent]));
    const restored = [...this.#told].filter((siteId) => !(isSilent.get(siteId) ?? silent));
    if (restored.length === 0) return;
    this.#told = new Set([...this.#told].filter((siteId) => !restored.includes(siteId)));
    await this.#tell(false, restored);
  }

  async stop(): Promise<void> {
    this.#patrol.cancel();
    await this.#ended;
  }

  get #untold(): [siteId: SiteId, seconds: number][] {
    return [...this.#patience].filter(([siteId]) => !this.#told.has(siteId));
  }

  async #watch(): Promise<void> {
    while (true) {
      await condition(() => this.#untold.length > 0);
      const leftMs = (seconds: number): number => this.#heardAtMs + seconds * 1000 - Date.now();
      const firstMs = leftMs(Math.min(...this.#untold.map(([, seconds]) => seconds)));
      if (firstMs > 0) {
        await sleep(firstMs, { summary: "not heard of the feed" });
        continue;
      }
      const due = this.#untold.flatMap(([siteId, seconds]) => (leftMs(seconds) > 0 ? [] : [siteId]));
      this.#told = new Set([...this.#told, ...due]);
      await CancellationScope.nonCancellable(() => this.#tell(true, due));
    }
  }

  async #tell(isSilent: boolean, siteIds: readonly SiteId[]): Promise<void> {
    const feedId = this.#feedId;
    const at = marketNow(this.#watchdog.clock);
    const word = feedWord(isSilent, { by: feedId, at, feed: this.#watchdog.silentAs });
    log.warn(`telling the sites by the feed's own watchdog: ${word.kind}`, { feedId, at });
    const tellings = siteIds.map((siteId) =>
      getExternalWorkflowHandle(workflowIds.site(siteId)).signal(siteInput, word),
    );
    for (const [i, telling] of (await Promise.allSettled(tellings)).entries()) {
      if (telling.status === "rejected")
        log.error("a site could not be told", { siteId: siteIds[i], problem: String(telling.reason) });
    }
  }
}
