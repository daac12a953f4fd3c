import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { FeedSource } from "../../ports/feedSource.ts";
import { hashpriceInForce, parseHashpriceCsv, readHashpriceRows } from "./parseHashprice.ts";
import { hashpriceSilence, nextPeriod, pollEverySeconds } from "./polls.ts";

const fragment = z
  .strictObject({
    use: z.literal("hashprice/file"),
    path: z.string().min(1).meta({ description: "CSV with instant or date and usd_per_ph_day, relative to this file" }),
    pollEverySeconds,
  })
  .meta({ description: "A series of hashprices, $ per PH/s and day, before pool fee" });

const SOURCE = "file/hashprice";

/**
 * Hashprice from a file of Ballast's own format, read again at every poll, so it may be edited: news when the file has
 * changed or market time has reached its next row.
 */
export const hashpriceFile: FeedSource<z.infer<typeof fragment>> & { readonly fragment: typeof fragment } = {
  use: "hashprice/file",
  title: "Hashprices of a file: a row a day or an hour, in force from its moment on",
  source: SOURCE,
  gives: "hashprice",
  role: "record",
  isOptional: true,
  fragment,
  usual: { use: "hashprice/file", path: "hashprice.csv", pollEverySeconds: 3600 },
  identity,
  open: (parameters) => {
    const { path } = parameters;
    return {
      feedId: identity(parameters),
      parse: parseHashpriceCsv,
      nextPollAt: (at) => nextPeriod(at, parameters.pollEverySeconds),
      async poll(cursor, fetchedAt) {
        const bytes = await read(path);
        const sha = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
        const { asOf } = hashpriceInForce(readHashpriceRows(bytes, path), fetchedAt, path);
        const now = `${asOf}/${sha}`;
        if (cursor === now) return { documents: [], cursor };
        return {
          documents: [
            { source: SOURCE, documentId: `${basename(path)}@${now}`, fetchedAt, contentType: "text/csv", bytes },
          ],
          cursor: now,
        };
      },
    };
  },
  read: parseHashpriceCsv,
  silentAfterSeconds: ({ hashpriceSeconds }) => hashpriceSeconds,
  problems: hashpriceSilence,
  local: ({ path }, at) => {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (cause) {
      throw new PortDataError(
        `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code}); expected the CSV that its path names, ` +
          `relative to the configuration`,
        { cause },
      );
    }
    const { asOf, usdPerPhDay } = hashpriceInForce(readHashpriceRows(bytes, path), at, path);
    const head = { kind: "hashprice", source: SOURCE, documentId: basename(path), contentHash: "" } as const;
    return [{ ...head, fetchedAt: at, quality: "PUBLISHED", usdPerPhDay, asOf }];
  },
  describe: ({ path }) => `hashprice ${path}`,
};

function identity({ path }: z.infer<typeof fragment>): string {
  return `hashprice/file/${path}`;
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
