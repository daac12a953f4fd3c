import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Client } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { marketActivities, type WatchedFeed } from "../../activities/market.ts";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import { postgresMarketStore } from "../../src/adapters/postgres/marketStore.ts";
import { postgresRidingFacts } from "../../src/adapters/postgres/ridingFacts.ts";
import { createPool } from "../../src/adapters/postgres/pool.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { createLog } from "../../src/app/log.ts";
import { siteGatewayOf, wireActivities, type Wiring } from "../../src/app/worker/wire.ts";
import { WORKER_OPTIONS } from "../../src/app/worker/workerOptions.ts";
import type { WorkerSettings } from "../../src/app/worker/workerSettings.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import type { SiteGateway } from "../../src/ports/siteGateway.ts";
import { BENCH_QUEUE, type LatencyStamp } from "./latencyStamps.ts";
import { nowMs, stampWriter } from "./stamps.ts";

/**
 * The product's worker on the real clock, with two differences: its price feed polls on a market clock that the bench
 * lets go from SCED run to SCED run, and moments are noted. The sites' side is the product's own wiring, untouched.
 */
async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(required("BALLAST_WORKER_SETTINGS"), "utf8")) as WorkerSettings;
  const log = createLog("worker");
  Runtime.install({
    logger: new DefaultLogger("ERROR"),
    telemetryOptions: { logging: { filter: { core: "WARN", other: "ERROR" }, forward: {} } },
  });
  const pool = createPool(required("BALLAST_APP_DATABASE_URL"), 20);
  const connection = await NativeConnection.connect({ address: settings.temporalAddress });
  const client = new Client({ connection, namespace: settings.namespace });
  const { deployments } = settings;
  const { signingKeyFile, operatorsFile } = settings;
  const wiring: Wiring = {
    deployments,
    client,
    taskQueue: BENCH_QUEUE,
    pool,
    clock: { kind: "real" },
    log,
    signingKeyFile,
    operatorsFile,
  };
  const activities = wireActivities(wiring);
  const feeds = new Map(deployments.flatMap((deployment) => [...feedsOf(deployment)]));
  const clock = notedClock(pacedMarketClock({ url: required("BENCH_CLOCK_URL") }));
  const market = marketActivities({
    clock,
    sites: notedGateway(siteGatewayOf(wiring)),
    market: postgresMarketStore(pool),
    riding: postgresRidingFacts(pool),
    feeds: notedFeeds(feeds),
    log,
  });
  const worker = await Worker.create({
    connection,
    namespace: settings.namespace,
    taskQueue: BENCH_QUEUE,
    ...WORKER_OPTIONS,
    activities: { ...activities, ...market, recordDecision: notedRecord(activities.recordDecision) },
  });
  process.send?.({ type: "ready" });
  await worker.run();
  process.exit(0);
}

const stamps = stampWriter<LatencyStamp>(required("BENCH_STAMPS"));
const lastByteMs = new Map<string, number>();

subscribe("http.client.response.finish", (message) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
  const documentId = new URL(request.path, "http://host").searchParams.get("doclookupId");
  if (documentId !== null) response.once("end", () => lastByteMs.set(documentId, nowMs()));
});

function notedFeeds(feeds: ReadonlyMap<string, WatchedFeed>): Map<string, WatchedFeed> {
  return new Map(
    [...feeds].map(([feedId, watched]) => [
      feedId,
      {
        ...watched,
        feed: {
          ...watched.feed,
          parse(document, contentHash) {
            const observations = watched.feed.parse(document, contentHash);
            for (const one of observations) {
              if (one.kind !== "sced-lmp") continue;
              const { documentId, fetchedAt } = document;
              stamps.note({
                kind: "fetched",
                scedAt: one.scedAt,
                documentId,
                fetchedAt,
                ms: lastByteMs.get(documentId) ?? fail(`no last byte of document ${documentId}`),
              });
            }
            return observations;
          },
        },
      },
    ]),
  );
}

function notedClock(clock: MarketClock): MarketClock {
  return {
    ...clock,
    waitUntil(key, until, ...rest) {
      const waiting = clock.waitUntil(key, until, ...rest);
      stamps.note({ kind: "waiting", key, ms: nowMs() });
      return waiting;
    },
  };
}

function notedGateway(sites: SiteGateway): SiteGateway {
  return {
    ...sites,
    async deliver(siteId, input, riders) {
      await sites.deliver(siteId, input, riders);
      if (input.kind === "sced-lmp") stamps.note({ kind: "told", siteId, scedAt: input.scedAt, ms: nowMs() });
    },
  };
}

type RecordDecision = ReturnType<typeof wireActivities>["recordDecision"];

function notedRecord(recordDecision: RecordDecision): RecordDecision {
  return async (record: DecisionRecord, nextLook: Instant) => {
    const { siteId, sequence } = record;
    const scedAt = record.input.facts.scedRuns.at(-1)?.scedAt;
    if (scedAt !== undefined) stamps.note({ kind: "recording", siteId, scedAt, ms: nowMs() });
    const result = await recordDecision(record, nextLook);
    if (scedAt !== undefined) stamps.note({ kind: "committed", siteId, scedAt, sequence, ms: nowMs() });
    return result;
  };
}

function required(name: string): string {
  return process.env[name] || fail(`the measured worker needs ${name} in its environment`);
}

function fail(why: string): never {
  throw new Error(why);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
