import { readFileSync } from "node:fs";
import { hashpriceInForce, readHashpriceRows } from "../../adapters/hashprice/parseHashprice.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { DeployedFeed } from "./deployment.ts";

/**
 * Why the hashprice file that a site's feeds name gives no hashprice at an instant: file, line and what was expected;
 * undefined when it gives one, or the feeds name no file. @throws only what no file can cause
 */
export function hashpriceFileProblem(feeds: readonly DeployedFeed[], at: Instant): string | undefined {
  for (const feed of feeds) {
    if (feed.kind !== "hashprice-file") continue;
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(feed.path);
    } catch (error) {
      return (
        `hashprice file ${feed.path}: cannot be read (${(error as NodeJS.ErrnoException).code}); expected the CSV ` +
        `that feeds.hashprice.path names, relative to the configuration`
      );
    }
    try {
      hashpriceInForce(readHashpriceRows(bytes, feed.path), at, feed.path);
    } catch (error) {
      if (!(error instanceof PortDataError)) throw error;
      return `hashprice file ${error.message}`;
    }
  }
  return undefined;
}
