import { z } from "zod";
import type { HashpriceObservation } from "../../domain/inputs/hashprice.ts";
import { MarketRowError } from "../../domain/market/normalizeField.ts";
import { normalizeHashprice } from "../../domain/market/normalizeHashprice.ts";
import { UnitError, parseInstant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import { hashpriceProblem } from "../../domain/units/hashprice.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { FeedSource } from "../../ports/feedSource.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { hashpriceSilence, nextPeriod, pollEverySeconds } from "./polls.ts";

const fragment = z
  .strictObject({
    use: z.literal("hashprice/constant"),
    usdPerPhDay: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .meta({ description: 'Hashprice, $ per PH/s and day; decimal number ≥ 0 in quotes, e.g. "39.00"' }),
    pollEverySeconds,
  })
  .meta({ description: "A fixed value of a PH/s for a day, before pool fee; marked ASSUMED in every record" });

const SOURCE = "constant/hashprice";

/**
 * A fixed hashprice from the configuration (a document of Ballast's own making), said again every hour so that it does
 * not go stale. Quality ASSUMED in every record.
 */
export const hashpriceConstant: FeedSource<z.infer<typeof fragment>> & { readonly fragment: typeof fragment } = {
  use: "hashprice/constant",
  title: "A fixed hashprice of the configuration, marked ASSUMED in every record",
  source: SOURCE,
  gives: "hashprice",
  role: "record",
  isOptional: false,
  fragment,
  usual: { use: "hashprice/constant", usdPerPhDay: "39.00", pollEverySeconds: 3600 },
  identity,
  open: (parameters) => {
    const usdPerPhDay = normalizeHashprice("usdPerPhDay", parameters.usdPerPhDay);
    return {
      feedId: identity(parameters),
      parse: parseHashpriceConstant,
      nextPollAt: (at) => nextPeriod(at, parameters.pollEverySeconds),
      poll: (_cursor, fetchedAt) =>
        Promise.resolve({ documents: [constantDocument(usdPerPhDay, fetchedAt)], cursor: fetchedAt }),
    };
  },
  read: parseHashpriceConstant,
  silentAfterSeconds: ({ hashpriceSeconds }) => hashpriceSeconds,
  problems: (settings, site) => {
    const problem = hashpriceProblem(Number(settings.usdPerPhDay));
    return [
      ...(problem === undefined
        ? []
        : [{ in: "feed" as const, path: ["usdPerPhDay"], message: `is ${settings.usdPerPhDay}`, expected: problem }]),
      ...hashpriceSilence(settings, site),
    ];
  },
  local: ({ usdPerPhDay }, at) => parseHashpriceConstant(constantDocument(usdPerPhDay, at), ""),
  describe: ({ usdPerPhDay }) => `hashprice ${usdPerPhDay} (constant)`,
};

function identity({ usdPerPhDay }: z.infer<typeof fragment>): string {
  return `hashprice/constant/${usdPerPhDay}`;
}

function constantDocument(usdPerPhDay: string, fetchedAt: Instant): RawDocument {
  return {
    source: SOURCE,
    documentId: `constant@${fetchedAt}`,
    fetchedAt,
    contentType: "application/json",
    bytes: Buffer.from(JSON.stringify({ asOf: fetchedAt, usdPerPhDay })),
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
