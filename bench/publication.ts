import { fileURLToPath } from "node:url";
import { feedsOfBook } from "../src/app/worker/bookFeeds.ts";
import { loadBook } from "../src/app/worker/loadBook.ts";
import { requestBudgets } from "../src/app/worker/requestBudgets.ts";
import { dayStart } from "../src/domain/market/calendar.ts";
import { addSeconds, type Instant, msOfInstant, secondsBetween } from "../src/domain/units/instant.ts";
import { PortUnavailableError } from "../src/ports/errors.ts";
import type { FeedPoll, MarketFeed } from "../src/ports/marketFeed.ts";
import { startErcotSimulator } from "../src/simulators/ercot/server.ts";
import { type Bench, type BenchOptions, type BenchReport, countOption } from "./support/bench.ts";
import { publicationDays } from "./support/publicationDay.ts";
import { daysFrom } from "./support/quietPrices.ts";
import { spreadOf } from "./support/spread.ts";

const BOOK = fileURLToPath(new URL("../config/book", import.meta.url));
const FIRST_DAY = "2026-06-10";
const MARK_MS = 300_000;
const RUN_AFTER_MARK_MS_MAX = 60_000;

/** How long a published price waits until it is fetched, and how often ERCOT's site is asked meanwhile. */
export const publication: Bench = {
  name: "publication",
  summary: "From a document's publication to its fetching, under delays that the polls do not know, all feeds on",
  options: (command) =>
    command.option("--hours <n>", "market hours from midnight on", "48").option("--seed <n>", "fixes every delay", "1"),
  run: measure,
};

/** A document that came while the feeds were watched. */
interface Fetched {
  readonly feedId: string;
  readonly waitedSeconds: number;
  /** Of a SCED run between two marks: it is looked for now and then, since nobody knows whether there is one. */
  readonly isOffMark: boolean;
}

async function measure(options: BenchOptions): Promise<BenchReport> {
  const [hours, seed] = [countOption(options, "hours"), countOption(options, "seed")];
  const start = dayStart(FIRST_DAY);
  const end = addSeconds(start, hours * 3_600);
  const { book } = loadBook(BOOK, FIRST_DAY);
  const points = new Map(book.deployments.map(({ plan }) => [plan.settlementPoint, plan.settlementPointType]));
  const clock = { at: start, nowMs: () => msOfInstant(clock.at) };
  const askedMs: number[] = [];
  const ercot = await startErcotSimulator({
    clock,
    day: publicationDays(daysFrom(FIRST_DAY, Math.ceil(hours / 24)), points),
    publication: { isHeavyTailed: true, seed },
    faults: ({ nowMs }) => void askedMs.push(nowMs),
  });
  try {
    const fetched: Fetched[] = [];
    const deployments = book.deployments.map((deployment) => ({
      ...deployment,
      feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: ercot.url } : feed)),
    }));
    const feeds = feedsOfBook({ deployments }, requestBudgets());
    const watched = [...feeds].map(([feedId, { feed }]) => new Watched(feedId, feed, start));
    for (let next = soonest(watched); next.dueAt < end; next = soonest(watched)) {
      clock.at = next.dueAt;
      const { documents } = await next.poll(clock.at);
      for (const { publishedAt, documentId } of documents) {
        if (publishedAt === undefined || publishedAt < start) continue;
        const about = ercot.publications().find(({ csvDocId }) => csvDocId === documentId);
        const afterMarkMs = (about?.aboutMs ?? Number.NaN) % MARK_MS;
        fetched.push({
          feedId: next.feedId,
          waitedSeconds: secondsBetween(publishedAt, clock.at),
          isOffMark: afterMarkMs > RUN_AFTER_MARK_MS_MAX,
        });
      }
    }
    return reportOf({ hours, seed, feeds: watched, fetched, askedMs });
  } finally {
    await ercot.close();
  }
}

/** A feed as its activity polls it: in its turn, with the cursor of the poll before. */
class Watched {
  readonly feedId: string;
  readonly #feed: MarketFeed;
  #cursor: string | undefined;
  dueAt: Instant;

  constructor(feedId: string, feed: MarketFeed, startAt: Instant) {
    this.feedId = feedId;
    this.#feed = feed;
    this.dueAt = startAt;
  }

  async poll(at: Instant): Promise<Pick<FeedPoll, "documents">> {
    const turn = this.#feed.turnAt?.(at) ?? at;
    if (turn > at) {
      this.dueAt = turn;
      return { documents: [] };
    }
    try {
      const { documents, cursor } = await this.#feed.poll(this.#cursor, at);
      this.#cursor = cursor;
      this.dueAt = this.#feed.nextPollAt(at, documents.length > 0);
      return { documents };
    } catch (error) {
      if (!(error instanceof PortUnavailableError)) throw error;
      const again = addSeconds(at, error.retryAfterSeconds ?? 1);
      const regular = this.#feed.nextPollAt(at, false);
      this.dueAt = again > regular ? again : regular;
      return { documents: [] };
    }
  }
}

/** Of those due at one instant, the first by its id, as the paced clock wakes them. */
function soonest(feeds: readonly Watched[]): Watched {
  return feeds.reduce((a, b) => (b.dueAt < a.dueAt || (b.dueAt === a.dueAt && b.feedId < a.feedId) ? b : a));
}

function reportOf(given: {
  readonly hours: number;
  readonly seed: number;
  readonly feeds: readonly Watched[];
  readonly fetched: readonly Fetched[];
  readonly askedMs: readonly number[];
}): BenchReport {
  const { hours, seed, feeds, fetched, askedMs } = given;
  const rows = [...Map.groupBy(fetched, ({ feedId, isOffMark }) => (isOffMark ? `${feedId}, off the mark` : feedId))];
  const waits = rows.map(([name, own]) => [name, spreadOf(own.map(({ waitedSeconds }) => waitedSeconds))] as const);
  const sced = spreadOf(
    fetched
      .filter(({ feedId, isOffMark }) => feedId.startsWith("sced-lmp/") && !isOffMark)
      .map(({ waitedSeconds }) => waitedSeconds),
  );
  const all = spreadOf(fetched.map(({ waitedSeconds }) => waitedSeconds));
  return {
    inputSize: `${hours} market hours, ${feeds.length} feeds of config/book, ${fetched.length} documents`,
    seed,
    tables: [
      {
        title: "From publication to fetching, market seconds",
        columns: ["Feed", "Documents", "p50", "p90", "p99", "max"],
        rows: [...waits, ["all of them", all] as const].map(([name, { samples, p50, p90, p99, max }]) =>
          [name, samples, p50, p90, p99, max].map(String),
        ),
      },
    ],
    figures: {
      publishedToFetchedP50Seconds: sced.p50,
      publishedToFetchedP99Seconds: sced.p99,
      publishedToFetchedMaxSeconds: sced.max,
      allFeedsP50Seconds: all.p50,
      allFeedsP99Seconds: all.p99,
      requestsPerMinute: askedMs.length / (hours * 60),
      busiestMinuteRequests: busiestMinute(askedMs),
    },
    peakMemoryMb: { bench: Math.round(process.resourceUsage().maxRSS / 1024) },
    goals: [
      { figure: "publishedToFetchedP50Seconds", what: "a SCED price waits, half of them", limit: 3, sense: "max" },
      { figure: "publishedToFetchedP99Seconds", what: "a SCED price waits, 99 of 100", limit: 8, sense: "max" },
      { figure: "requestsPerMinute", what: "requests to ERCOT's site, all feeds", limit: 10, sense: "max" },
    ],
    notes: [
      "The published-to-fetched figures are of the SCED prices of a mark; the table has every feed.",
      "Market time stands while a document is fetched: a request's own time comes on top.",
      "The first polls, before a delay is known, are counted. What was published before the first poll is not.",
    ],
  };
}

/** Most requests in any minute. */
function busiestMinute(askedMs: readonly number[]): number {
  let [from, most] = [0, 0];
  askedMs.forEach((ms, i) => {
    while ((askedMs[from] as number) <= ms - 60_000) from += 1;
    most = Math.max(most, i - from + 1);
  });
  return most;
}
