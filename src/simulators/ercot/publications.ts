import { strToU8, zipSync } from "fflate";
import { central, isRepeatedHour } from "./centralTime.ts";
import type { PriceCorrection, PriceDay, PriceInterval, PriceRun } from "./priceDay.ts";

/** Delays between an event and the moment its document exists, in market seconds. */
export interface PublicationTimes {
  readonly lmpDelaySeconds: number;
  readonly sppDelaySeconds: number;
  /** Every delay is shifted by a fixed draw within ± this. */
  readonly jitterSeconds: number;
  readonly seed: number;
}

/** One document ERCOT publishes at `publishMs`, as CSV and XML. */
export interface Publication {
  readonly reportTypeId: 12300 | 12301 | 13045;
  readonly reportName: string;
  readonly csvDocId: string;
  readonly xmlDocId: string;
  /** `LMPSROSNODENP6788_20260818_170012` */
  readonly stem: string;
  /** Start of the SCED run or of the interval. */
  readonly aboutMs: number;
  readonly publishMs: number;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const EPOCH_2010_S = 1_262_304_000;
const INTERVAL_MS = 900_000;
// fflate writes local time into the zip: a local date gives the same bytes in every zone.
const ZIP_TIME = new Date(1980, 0, 1);
const LMP_REPORT = { reportTypeId: 12300, reportName: "LMPs by Resource Nodes, Load Zones and Trading Hubs" } as const;
const SPP_REPORT = {
  reportTypeId: 12301,
  reportName: "Settlement Point Prices at Resource Nodes, Hubs and Load Zones",
} as const;

const CORRECTION_REPORT = { reportTypeId: 13045, reportName: "RTM Price Corrections" } as const;
const CORRECTION_HEADER = [
  "DeliveryDate",
  "DeliveryHour",
  "DeliveryInterval",
  "SettlementPointName",
  "SettlementPointType",
  "SPPOriginal",
  "SPPCorrected",
  "PriceCorrectionTime",
  "DSTFlag",
];

/**
 * Every document of the days, in the order of publication. A document's ids are made from its report and publication
 * second.
 */
export function publicationsOf(day: PriceDay, times: PublicationTimes): Publication[] {
  const taken = new Set<string>();
  return [
    ...day.runs.map((run) => runPublication(run, times, taken)),
    ...day.intervals.map((interval) => {
      const publishMs = interval.startMs + INTERVAL_MS + delayMs("spp", interval.startMs, times.sppDelaySeconds, times);
      return intervalPublication(interval, publishMs, taken);
    }),
    ...correctionPublications(day, taken),
  ].sort((a, b) => a.publishMs - b.publishMs);
}

/** One document for everything that is corrected at the same moment. */
function correctionPublications(day: PriceDay, taken: Set<string>): Publication[] {
  const moments = [...new Set(day.corrections.map(({ publishAtMs }) => publishAtMs))];
  return moments.map((moment) => {
    const own = day.corrections.filter(({ publishAtMs }) => publishAtMs === moment);
    const before = day.corrections.filter(({ publishAtMs }) => publishAtMs < moment);
    return correctionPublication(day.intervals, own, before, taken);
  });
}

/**
 * The NP4-197-M document of corrections that come at one moment; `before` are the earlier ones, whose price is then the
 * original. @throws RangeError when an interval does not have the price.
 */
export function correctionPublication(
  intervals: readonly PriceInterval[],
  corrections: readonly PriceCorrection[],
  before: readonly PriceCorrection[],
  taken: Set<string>,
): Publication {
  const [first] = corrections;
  if (first === undefined) throw new RangeError("correction: nothing to correct");
  const publishMs = first.publishAtMs;
  const at = central(publishMs);
  return {
    ...CORRECTION_REPORT,
    ...docIds(publishMs, 2, taken),
    stem: `PRICECORRECTIONS_RTM_SPP_${at.toFormat("yyyyMMdd_HHmmss")}`,
    aboutMs: first.startMs,
    publishMs,
    header: CORRECTION_HEADER,
    rows: corrections.map(({ startMs, point, type, price }) => {
      const interval = intervals.find((one) => one.startMs === startMs);
      const published = interval?.prices.find((one) => one.point === point && one.type === type);
      if (interval === undefined || published === undefined)
        throw new RangeError(
          `correction: no price of ${point} ${type} at ${new Date(startMs).toISOString()} to correct`,
        );
      const earlier = before.findLast((one) => one.startMs === startMs && one.point === point && one.type === type);
      const [year, month, date] = interval.day.split("-");
      return [
        `${month}/${date}/${year}`,
        String(interval.hourEnding),
        String(interval.interval),
        point,
        type,
        earlier?.price ?? published.price,
        price,
        at.toFormat("MM/dd/yyyy HH:mm:ss"),
        interval.repeated ? "Y" : "N",
      ];
    }),
  };
}

function runPublication(run: PriceRun, times: PublicationTimes, taken: Set<string>): Publication {
  const at = central(run.atMs);
  const repeated = isRepeatedHour(run.atMs);
  const publishMs = run.atMs + delayMs("lmp", run.atMs, times.lmpDelaySeconds, times);
  return {
    ...LMP_REPORT,
    ...docIds(publishMs, 0, taken),
    stem: `LMPSROSNODENP6788_${at.toFormat("yyyyMMdd_HHmmss")}${repeated ? "xhr" : ""}`,
    aboutMs: run.atMs,
    publishMs,
    header: ["SCEDTimestamp", "RepeatedHourFlag", "SettlementPoint", "LMP"],
    rows: run.lmps.map(({ point, lmp }) => [at.toFormat("MM/dd/yyyy HH:mm:ss"), repeated ? "Y" : "N", point, lmp]),
  };
}

/** The document of an interval. */
function intervalPublication(interval: PriceInterval, publishMs: number, taken: Set<string>): Publication {
  const [year, month, date] = interval.day.split("-");
  return {
    ...SPP_REPORT,
    ...docIds(publishMs, 2, taken),
    stem: `SPPHLZNP6905_${endLabel(interval)}${interval.repeated ? "xhr" : ""}`,
    aboutMs: interval.startMs,
    publishMs,
    header: [
      "DeliveryDate",
      "DeliveryHour",
      "DeliveryInterval",
      "SettlementPointName",
      "SettlementPointType",
      "SettlementPointPrice",
      "DSTFlag",
    ],
    rows: interval.prices.map(({ point, type, price }) => [
      `${month}/${date}/${year}`,
      String(interval.hourEnding),
      String(interval.interval),
      point,
      type,
      price,
      interval.repeated ? "Y" : "N",
    ]),
  };
}

/** Wall time of the interval's start plus 15 minutes, also in the repeated hour; midnight is 0000 of the next day. */
function endLabel({ startMs, day, hourEnding, interval }: PriceInterval): string {
  const endMinute = (hourEnding - 1) * 60 + interval * 15;
  if (endMinute === 24 * 60) return central(startMs + INTERVAL_MS).toFormat("yyyyMMdd_HHmm");
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.replaceAll("-", "")}_${two(Math.floor(endMinute / 60))}${two(endMinute % 60)}`;
}

/** CSV text of a document. */
export function csvOf({ header, rows }: Pick<Publication, "header" | "rows">): string {
  return [header, ...rows].map((cells) => cells.join(",")).join("\r\n") + "\r\n";
}

/** A zip with one file named as ERCOT names it; the same bytes on every machine. */
export function zipOf(publication: Publication, format: "csv" | "xml", csv: string = csvOf(publication)): Uint8Array {
  const stamp = central(publication.publishMs).toFormat("yyyyMMdd.HHmmss");
  const reportType = String(publication.reportTypeId).padStart(8, "0");
  const name = `cdr.${reportType}.0000000000000000.${stamp}.${publication.stem}.${format}`;
  const text =
    format === "csv"
      ? csv
      : `<?xml version="1.0" encoding="UTF-8"?>\n<Report><Rows>${publication.rows.length}</Rows></Report>\n`;
  return zipSync({ [name]: strToU8(text) }, { mtime: ZIP_TIME, os: 3 });
}

/** Two free document ids, ascending with the publication second. */
function docIds(publishMs: number, slot: 0 | 2, taken: Set<string>): { csvDocId: string; xmlDocId: string } {
  let seconds = Math.floor(publishMs / 1000) - EPOCH_2010_S;
  while (taken.has(String(seconds * 4 + slot))) seconds += 1;
  const csvDocId = String(seconds * 4 + slot);
  taken.add(csvDocId);
  return { csvDocId, xmlDocId: String(seconds * 4 + slot + 1) };
}

function delayMs(kind: string, atMs: number, delaySeconds: number, { jitterSeconds, seed }: PublicationTimes): number {
  const draw = hash(`${seed}/${kind}/${atMs}`) % (2 * jitterSeconds + 1);
  return Math.max(1, delaySeconds - jitterSeconds + draw) * 1000;
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
