import type { FeedSource } from "../../ports/feedSource.ts";
import type { Parsers } from "../../replay/sourceBook.ts";
import { FEED_SOURCES } from "../worker/registries.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";

/** Readers of kept documents for an audit, by source: the functions that read them when they arrived. */
export function auditParsers({ settlementPoint, settlementPointType }: SettlementPoint): Parsers {
  const point = { settlementPoint, settlementPointType };
  return Object.fromEntries(
    FEED_SOURCES.flatMap(({ source, alsoSources = [], read }: FeedSource) =>
      [source, ...alsoSources].map((one): [string, Parsers[string]] => [
        one,
        (document, contentHash) => read(document, contentHash, point),
      ]),
    ),
  );
}
