import type { Parsers } from "../../replay/sourceBook.ts";
import { FEED_SOURCES } from "../worker/registries.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";

/** Readers of kept documents for an audit, by source: the functions that read them when they arrived. */
export function auditParsers({ settlementPoint, settlementPointType }: SettlementPoint): Parsers {
  const point = { settlementPoint, settlementPointType };
  return Object.fromEntries(
    FEED_SOURCES.map(({ source, read }): [string, Parsers[string]] => [
      source,
      (document, contentHash) => read(document, contentHash, point),
    ]),
  );
}
