import { strToU8, zipSync } from "fflate";
import { central } from "./centralTime.ts";
import type { PriceDay } from "./priceDay.ts";
import { REPORTS } from "./reports/index.ts";
import type { PublicationTimes, ReportDocument, SimulatedReport } from "./reports/report.ts";

/** One document ERCOT publishes at `publishMs`, as CSV and XML. */
export interface Publication extends ReportDocument {
  /** Of a report in the list. */
  readonly reportTypeId: number;
  readonly reportName: string;
  readonly csvDocId: string;
  readonly xmlDocId: string;
}

const EPOCH_2010_S = 1_262_304_000;
const REPORT_TYPES = 100_000;
// fflate writes local time into the zip: a local date gives the same bytes in every zone.
const ZIP_TIME = new Date(1980, 0, 1);

/** Every document of the days, in the order of publication. */
export function publicationsOf(day: PriceDay, times: PublicationTimes): Publication[] {
  const taken = new Set<string>();
  return REPORTS.flatMap((report) =>
    report.documents(day, times).map((document) => publicationOf(report, document, taken)),
  ).sort((a, b) => a.publishMs - b.publishMs);
}

/**
 * A document with its ids, made from its report and publication second; they join those that are `taken`. A second
 * document of a report in one second takes the ids of the next.
 */
export function publicationOf(report: SimulatedReport, document: ReportDocument, taken: Set<string>): Publication {
  const { reportTypeId, reportName } = report;
  let seconds = Math.floor(document.publishMs / 1000) - EPOCH_2010_S;
  const idOf = (format: 0 | 1) => String((seconds * REPORT_TYPES + reportTypeId) * 2 + format);
  while (taken.has(idOf(0))) seconds += 1;
  const csvDocId = idOf(0);
  taken.add(csvDocId);
  return { reportTypeId, reportName, csvDocId, xmlDocId: idOf(1), ...document };
}

/** CSV text of a document. */
export function csvOf({ header, rows }: Pick<ReportDocument, "header" | "rows">): string {
  return [header, ...rows()].map((cells) => cells.join(",")).join("\r\n") + "\r\n";
}

/** A zip with one file named as ERCOT names it; the same bytes on every machine. */
export function zipOf(document: Publication, format: "csv" | "xml", csv: string = csvOf(document)): Uint8Array {
  const stamp = central(document.publishMs).toFormat("yyyyMMdd.HHmmss");
  const reportType = String(document.reportTypeId).padStart(8, "0");
  const name = `cdr.${reportType}.0000000000000000.${stamp}.${document.stem}.${format}`;
  const text =
    format === "csv"
      ? csv
      : `<?xml version="1.0" encoding="UTF-8"?>\n<Report><Rows>${document.rows().length}</Rows></Report>\n`;
  return zipSync({ [name]: strToU8(text) }, { mtime: ZIP_TIME, os: 3 });
}
