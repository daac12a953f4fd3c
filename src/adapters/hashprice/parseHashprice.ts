import { parse } from "csv-parse/sync";
import { dayStart } from "../../domain/market/calendar.ts";
import type { HashpriceObservation } from "../../domain/inputs/hashprice.ts";
import { MarketRowError } from "../../domain/market/normalizeField.ts";
import { normalizeHashprice } from "../../domain/market/normalizeHashprice.ts";
import { csvOverBudget } from "../../domain/units/csvBudget.ts";
import { UnitError, parseInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";

export interface HashpriceRow {
  readonly asOf: Instant;
  readonly usdPerPhDay: string;
}

/**
 * The hashprice in force in a stored file: its newest row not after the moment of the fetch, so that a replay cannot
 * look ahead. Pure. @throws PortDataError for a missing column, a bad row, or no row that old.
 */
export function parseHashpriceCsv(document: RawDocument, contentHash: string): HashpriceObservation[] {
  const { source, documentId, fetchedAt } = document;
  const { asOf, usdPerPhDay } = hashpriceInForce(readHashpriceRows(document.bytes, documentId), fetchedAt, documentId);
  return [{ kind: "hashprice", source, documentId, contentHash, fetchedAt, quality: "PUBLISHED", usdPerPhDay, asOf }];
}

/**
 * Rows of a hashprice file, a format of Ballast's own: columns `date` (Central day, in force from its midnight) or
 * `instant` (ISO-8601 with offset), and `usd_per_ph_day`. @throws PortDataError naming the file, the line and what was
 * expected.
 */
export function readHashpriceRows(bytes: Uint8Array, where: string): HashpriceRow[] {
  const records = csv(bytes, where);
  const header = records[0] === undefined ? [] : Object.keys(records[0].record);
  const time = header.find((name) => name === "date" || name === "instant");
  if (time === undefined || !header.includes("usd_per_ph_day")) {
    throw new PortDataError(
      `${where}: expected the columns date or instant, and usd_per_ph_day, with at least one row, found ` +
        `${header.length === 0 ? "no row" : header.join(",")}`,
    );
  }
  return records.map(({ record, info }) => {
    try {
      const usdPerPhDay = normalizeHashprice("usd_per_ph_day", record.usd_per_ph_day);
      const text = String(record[time]);
      return { asOf: time === "date" ? dayStart(text) : parseInstant(text), usdPerPhDay };
    } catch (error) {
      if (!(error instanceof MarketRowError) && !(error instanceof UnitError)) throw error;
      throw new PortDataError(`${where}: line ${info.lines}: ${error.message}`, { cause: error });
    }
  });
}

/** The newest row not after `at`. @throws PortDataError when every row is later. */
export function hashpriceInForce(rows: readonly HashpriceRow[], at: Instant, where: string): HashpriceRow {
  let inForce: HashpriceRow | undefined;
  for (const row of rows) if (row.asOf <= at && (inForce === undefined || row.asOf >= inForce.asOf)) inForce = row;
  if (inForce === undefined)
    throw new PortDataError(
      `${where}: expected a row at or before ${at}, the first is ${rows[0]?.asOf}; add an earlier row`,
    );
  return inForce;
}

function csv(bytes: Uint8Array, where: string): { record: Record<string, string>; info: { lines: number } }[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const over = csvOverBudget(text);
  if (over !== undefined) throw new PortDataError(`${where}: ${over}; expected a file of a row a day or an hour`);
  try {
    return parse(text, { bom: true, trim: true, columns: true, skip_empty_lines: true, info: true }) as unknown as {
      record: Record<string, string>;
      info: { lines: number };
    }[];
  } catch (error) {
    throw new PortDataError(
      `${where}: expected CSV with the same number of fields on every line: ` +
        `${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
