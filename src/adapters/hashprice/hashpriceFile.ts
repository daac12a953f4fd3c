import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { instantFromMs, msOfInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { MarketFeed } from "../../ports/marketFeed.ts";
import { hashpriceInForce, parseHashpriceCsv, readHashpriceRows } from "./parseHashprice.ts";

export interface HashpriceFileOptions {
  /** CSV with `date` or `instant`, and `usd_per_ph_day`. Read again at every poll, so it may be edited. */
  readonly path: string;
  /** Between polls; 3600. */
  readonly pollEverySeconds?: number;
}

/**
 * Hashprice from a file of Ballast's own format: news when the file has changed or market time has reached its next
 * row.
 */
export function hashpriceFile(options: HashpriceFileOptions): MarketFeed {
  const { path, pollEverySeconds = 3600 } = options;
  return {
    feedId: "hashprice",
    parse: parseHashpriceCsv,
    nextPollAt: (at) => nextPeriod(at, pollEverySeconds),
    async poll(cursor, fetchedAt) {
      const bytes = await read(path);
      const sha = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
      const { asOf } = hashpriceInForce(readHashpriceRows(bytes, path), fetchedAt, path);
      const now = `${asOf}/${sha}`;
      if (cursor === now) return { documents: [], cursor };
      return {
        documents: [
          {
            source: "file/hashprice",
            documentId: `${basename(path)}@${now}`,
            fetchedAt,
            contentType: "text/csv",
            bytes,
          },
        ],
        cursor: now,
      };
    },
  };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new PortUnavailableError(
      `hashprice file ${path}: cannot be read (${String(error)}); check the path in the configuration`,
      { cause: error },
    );
  }
}

/** Start of the next whole period (UTC). */
export function nextPeriod(at: Instant, everySeconds: number): Instant {
  const period = everySeconds * 1000;
  return instantFromMs((Math.floor(msOfInstant(at) / period) + 1) * period);
}
