import type { RawDocument } from "../../ports/marketFeed.ts";
import { apiEnvelope, envelopeRows } from "./apiEnvelope.ts";
import { type ColumnAliases, csvHeader, type ReportRows, reportRows } from "./reportCsv.ts";
import { unzipCsv } from "./unzipCsv.ts";

/**
 * Rows of a kept document of a report that mention `point`, by logical field: of the CSV in a zip, as MIS and the
 * archive of the Public API give it, or of a page of the Public API's answer. Both go through the same columns. Pure.
 * @throws PortDataError as `unzipCsv`, `reportRows` and `envelopeRows`
 */
export function documentRows<Field extends string, Optional extends string = never>(
  { bytes }: RawDocument,
  columns: ColumnAliases<Field>,
  point: string,
  where: string,
  optional?: ColumnAliases<Optional>,
): ReportRows<Field, Optional> {
  return isZip(bytes)
    ? reportRows(unzipCsv(bytes, where), columns, point, where, optional)
    : envelopeRows(apiEnvelope(bytes, where), columns, point, where, optional);
}

/**
 * The columns of a kept document of a report in their order: names of the CSV, names with types of an answer of the
 * Public API. Pure. @throws PortDataError when it is neither
 */
export function documentColumns({ bytes }: RawDocument, where: string): readonly string[] {
  if (isZip(bytes)) return csvHeader(unzipCsv(bytes, where), where);
  return apiEnvelope(bytes, where).fields.map(({ name, dataType }) => `${name} ${dataType}`);
}

/** A zip begins with PK (APPNOTE.TXT 6.3.10, 4.3.7), JSON does not; what is neither is told as a zip that is none. */
function isZip(bytes: Uint8Array): boolean {
  return !/^\s*\{/.test(
    Buffer.from(bytes.subarray(0, 16))
      .toString("latin1")
      .replace(/^\u00ef\u00bb\u00bf/, ""),
  );
}
