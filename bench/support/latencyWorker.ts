import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { createActivities } from "../../activities/index.ts";
import type { WatchedFeed } from "../../activities/market.ts";
import { activityDepsOf, siteGatewayOf, type Wiring } from "../../src/app/worker/wire.ts";
import { runWorker } from "../../src/app/worker/worker.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { SiteGateway } from "../../src/ports/siteGateway.ts";
import { type LatencyStamp, latencyStampsIn } from "./latencyStamps.ts";
import { nowMs, stampWriter } from "./stamps.ts";

const settingsFile = process.env["BALLAST_WORKER_SETTINGS"] || fail("the measured worker has no settings");
const stamps = stampWriter<LatencyStamp>(latencyStampsIn(dirname(settingsFile)));
const lastByteMs = new Map<string, number>();

subscribe("http.client.response.finish", (message) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
  const documentId = new URL(request.path, "http://host").searchParams.get("doclookupId");
  if (documentId !== null) response.once("end", () => lastByteMs.set(documentId, nowMs()));
});

/**
 * The activities of the product's worker, with moments noted. Sites are reached as on the real clock: a price is handed
 * to each and waited for by nobody. The bench lets market time go, so nothing wakes a site between two prices.
 */
function notedActivities(wiring: Wiring): ReturnType<typeof createActivities> {
  const deps = activityDepsOf(wiring);
  const sites = notedGateway(siteGatewayOf(wiring, "real"));
  const activities = createActivities({ ...deps, sites, feeds: notedFeeds(deps.feeds) });
  return { ...activities, recordDecision: notedRecord(activities.recordDecision) };
}

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

function notedGateway(sites: SiteGateway): SiteGateway {
  return {
    ...sites,
    async deliver(siteId, input, riders) {
      await sites.deliver(siteId, input, riders);
      if (input.kind === "sced-lmp") stamps.note({ kind: "told", siteId, scedAt: input.scedAt, ms: nowMs() });
    },
  };
}

type RecordDecision = ReturnType<typeof createActivities>["recordDecision"];

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

function fail(why: string): never {
  throw new Error(why);
}

runWorker(notedActivities).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
