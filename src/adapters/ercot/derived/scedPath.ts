import { basename } from "node:path";
import { z } from "zod";
import { scedLmp, type ScedLmpObservation } from "../../../domain/inputs/scedLmp.ts";
import { intervalKey, intervalStart, settlementInterval } from "../../../domain/market/calendar.ts";
import type { SettlementPoint } from "../../../domain/market/settlementPoint.ts";
import { addSeconds, type Instant, instantFromMs, msOfInstant, parseInstant } from "../../../domain/units/instant.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { FeedParameters, FeedSource } from "../../../ports/feedSource.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { jsonOf } from "./jsonOf.ts";
import { publishedDays } from "./publishedPrices.ts";

const fragment = z
  .strictObject({
    use: z.literal("derived/sced-path"),
    path: z.string().min(1).meta({
      description: "CSV of 15-minute settlement prices, columns of NP6-905 or NP6-785, relative to this file",
    }),
  })
  .meta({ description: "SCED runs DERIVED from 15-minute settlement prices, for days of which no runs are published" });

type Settings = z.infer<typeof fragment>;

const SOURCE = "derived/sced-path";
const RUN_SECONDS = 300;
/** A run is told this long after it, as a published one about is. */
const TOLD_AFTER_SECONDS = 60;
/** Runs of the last 20 minutes are told at the first poll: one of them is in force. */
const FIRST_SECONDS = 1_200;

/**
 * SCED runs of a past day of which only the 15-minute settlement prices are published: three runs a quarter hour, on
 * its full five minutes, each at the interval's own settlement price, so that their mean by seconds is that price to
 * the cent. Such a path knows each quarter hour's price from its first run on, which no one did on the day: it shows
 * how the system behaves, not what it would have earned. Quality DERIVED, in every record.
 */
export const scedPath: FeedSource<Settings> & { readonly fragment: typeof fragment } = {
  use: "derived/sced-path",
  title: "SCED runs derived from published 15-minute settlement prices, marked DERIVED in every record",
  source: SOURCE,
  gives: scedLmp.kind,
  role: "record",
  isOptional: true,
  fragment,
  usual: { use: "derived/sced-path", path: "settlement-prices.csv" },
  identity,
  open(parameters) {
    const published = publishedDays(parameters.path, parameters);
    return {
      feedId: identity(parameters),
      parse: (document, contentHash) => parseDerivedRun(document, contentHash, parameters),
      nextPollAt: (at) => addSeconds(runAt(addSeconds(at, -TOLD_AFTER_SECONDS)), RUN_SECONDS + TOLD_AFTER_SECONDS),
      poll(cursor, fetchedAt) {
        const newest = runAt(addSeconds(fetchedAt, -TOLD_AFTER_SECONDS));
        const from =
          cursor === undefined ? addSeconds(newest, -FIRST_SECONDS) : addSeconds(parseInstant(cursor), RUN_SECONDS);
        const documents: RawDocument[] = [];
        for (let at = from; at <= newest; at = addSeconds(at, RUN_SECONDS))
          documents.push(derivedRun(parameters, published, at, fetchedAt));
        return Promise.resolve({ documents, cursor: newest });
      },
    };
  },
  read: parseDerivedRun,
  silentAfterSeconds: ({ scedPriceSeconds }) => scedPriceSeconds,
  local(parameters, at) {
    const published = publishedDays(parameters.path, parameters);
    const run = derivedRun(parameters, published, runAt(addSeconds(at, -TOLD_AFTER_SECONDS)), at);
    return parseDerivedRun(run, "", parameters);
  },
  describe: ({ path }) => `SCED runs derived from ${path}`,
};

function identity({ path, settlementPoint, settlementPointType }: FeedParameters<Settings>): string {
  return `derived-sced/${settlementPoint}/${settlementPointType}/${path}`;
}

/** The newest derived run at or before an instant. */
function runAt(at: Instant): Instant {
  const period = RUN_SECONDS * 1000;
  return instantFromMs(Math.floor(msOfInstant(at) / period) * period);
}

type Published = ReturnType<typeof publishedDays>;

/** A document of Ballast's own making: the run, and the published price that it is made of. */
function derivedRun(
  { path, settlementPoint, settlementPointType }: FeedParameters<Settings>,
  published: Published,
  scedAt: Instant,
  fetchedAt: Instant,
): RawDocument {
  const interval = settlementInterval(scedAt);
  const key = intervalKey(interval);
  const { prices, sha256 } = published(interval.operatingDay);
  const priceUsdPerMwh = prices.get(key);
  if (priceUsdPerMwh === undefined)
    throw new PortDataError(
      `${path}: no settlement price of ${settlementPoint} for ${key}, from ${intervalStart(interval)}`,
    );
  const run = {
    scedAt,
    settlementPoint,
    settlementPointType,
    interval: key,
    priceUsdPerMwh,
    file: basename(path),
    sha256,
  };
  return {
    source: SOURCE,
    documentId: `${settlementPoint}/${settlementPointType}/${scedAt}`,
    fetchedAt,
    contentType: "application/json",
    bytes: Buffer.from(JSON.stringify(run)),
  };
}

const RUN = z.object({
  scedAt: z.string(),
  settlementPoint: z.string(),
  settlementPointType: z.string(),
  priceUsdPerMwh: z.string(),
});

/** The run of a stored derived document, none of another point. Pure. @throws PortDataError for another document */
export function parseDerivedRun(
  document: RawDocument,
  contentHash: string,
  wanted: SettlementPoint,
): ScedLmpObservation[] {
  const { source, documentId, fetchedAt } = document;
  const { success, data } = RUN.safeParse(jsonOf(document));
  if (!success)
    throw new PortDataError(`${source} document ${documentId}: expected a derived run with scedAt, point and price`);
  if (data.settlementPoint !== wanted.settlementPoint) return [];
  return [
    {
      kind: scedLmp.kind,
      source,
      documentId,
      contentHash,
      fetchedAt,
      quality: "DERIVED",
      settlementPoint: data.settlementPoint,
      scedAt: parseInstant(data.scedAt),
      lmpUsdPerMwh: data.priceUsdPerMwh,
    },
  ];
}
