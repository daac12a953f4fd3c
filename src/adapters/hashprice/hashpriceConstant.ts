import type { HashpriceObservation } from "../../domain/inputs/hashprice.ts";
import { MarketRowError } from "../../domain/market/normalizeError.ts";
import { normalizeHashprice } from "../../domain/market/normalizeHashprice.ts";
import { UnitError, parseInstant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { MarketFeed, RawDocument } from "../../ports/marketFeed.ts";
import { nextPeriod } from "./hashpriceFile.ts";

export interface HashpriceConstantOptions {
  /** US dollars per PH/s per day, decimal text. */
  readonly usdPerPhDay: string;
  /** Between polls; 3600. */
  readonly pollEverySeconds?: number;
}

/**
 * A fixed hashprice from the configuration (a document of Ballast's own making), said again every hour so that it does
 * not go stale. Quality ASSUMED in every record.
 * @throws MarketRowError when it is no decimal number or outside what a hashprice can be.
 */
export function hashpriceConstant(options: HashpriceConstantOptions): MarketFeed {
  const usdPerPhDay = normalizeHashprice("usdPerPhDay", options.usdPerPhDay);
  const { pollEverySeconds = 3600 } = options;
  return {
    feedId: "hashprice",
    parse: parseHashpriceConstant,
    nextPollAt: (at) => nextPeriod(at, pollEverySeconds),
    poll: (_cursor, fetchedAt) => {
      const bytes = Buffer.from(JSON.stringify({ asOf: fetchedAt, usdPerPhDay }));
      return Promise.resolve({
        documents: [
          {
            source: "constant/hashprice",
            documentId: `constant@${fetchedAt}`,
            fetchedAt,
            contentType: "application/json",
            bytes,
          },
        ],
        cursor: fetchedAt,
      });
    },
  };
}

/** The value of a stored constant document. Pure. @throws PortDataError when it is none. */
export function parseHashpriceConstant(document: RawDocument, contentHash: string): HashpriceObservation[] {
  const { source, documentId, fetchedAt } = document;
  try {
    const { asOf, usdPerPhDay } = JSON.parse(Buffer.from(document.bytes).toString("utf8")) as {
      asOf: string;
      usdPerPhDay: string;
    };
    return [
      {
        kind: "hashprice",
        source,
        documentId,
        contentHash,
        fetchedAt,
        quality: "ASSUMED",
        usdPerPhDay: normalizeHashprice("usdPerPhDay", usdPerPhDay),
        asOf: parseInstant(asOf),
      },
    ];
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof MarketRowError) && !(error instanceof UnitError))
      throw error;
    throw new PortDataError(
      `${source} document ${documentId}: expected JSON with asOf and usdPerPhDay: ${error.message}`,
      { cause: error },
    );
  }
}
