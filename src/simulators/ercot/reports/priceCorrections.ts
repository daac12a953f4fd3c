import { DERIVED_MARK, derivedCapacityPrices, type ServicePrice } from "../capacityPrices.ts";
import { central, isRepeatedHour } from "../centralTime.ts";
import type { PriceCorrection, PriceInterval } from "../priceDay.ts";
import type { ReportDocument, SimulatedReport } from "./report.ts";

const HEADER = [
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

/** NP4-197-M: corrected settlement prices, one document for everything that is corrected at the same moment. */
export const priceCorrections: SimulatedReport = {
  reportTypeId: 13045,
  reportName: "RTM Price Corrections",
  listedMs: 30 * 24 * 3_600_000,
  documents(day) {
    const { corrections, intervals, runs } = day;
    const moments = [...new Set(corrections.map(({ publishAtMs }) => publishAtMs))];
    const prices = derivedCapacityPrices(day);
    return moments.flatMap((moment) => {
      const own = corrections.filter(({ publishAtMs }) => publishAtMs === moment);
      const before = corrections.filter(({ publishAtMs }) => publishAtMs < moment);
      const { startMs } = own[0] as PriceCorrection;
      const interval = intervals.find((one) => one.startMs === startMs) as PriceInterval;
      const runMs = runs.findLast(({ atMs }) => atMs <= startMs)?.atMs;
      return [
        correctionDocument(intervals, own, before),
        intervalMcpc(interval, prices.interval(startMs), moment),
        ...(runMs === undefined ? [] : [runMcpc(runMs, prices.sced(runMs), moment)]),
      ];
    });
  },
};

/** The clearing prices of a quarter hour, each half of what it was. */
function intervalMcpc(
  { startMs, day, hourEnding, interval, repeated }: PriceInterval,
  prices: readonly ServicePrice[],
  publishMs: number,
): ReportDocument {
  const [year, month, date] = day.split("-");
  const key = [`${month}/${date}/${year}`, String(hourEnding), String(interval)];
  return {
    stem: stemOf("RTM_MCPC_SPP", publishMs),
    aboutMs: startMs,
    publishMs,
    header: ["DeliveryDate", "DeliveryHour", "DeliveryInterval", ...MCPC_HEADER],
    rows: prices.map((one) => [...key, ...mcpcCells(one, publishMs), repeated ? "Y" : "N"]),
  };
}

/** The clearing prices of a SCED run, each half of what it was. */
function runMcpc(atMs: number, prices: readonly ServicePrice[], publishMs: number): ReportDocument {
  const at = central(atMs).toFormat("MM/dd/yyyy HH:mm:ss");
  return {
    stem: stemOf("RTM_MCPC_SCED", publishMs),
    aboutMs: atMs,
    publishMs,
    header: ["SCEDTimestamp", ...MCPC_HEADER],
    rows: prices.map((one) => [at, ...mcpcCells(one, publishMs), isRepeatedHour(atMs) ? "Y" : "N"]),
  };
}

const MCPC_HEADER = ["ASType", "MCPCOriginal", "MCPCCorrected", "PriceCorrectionTime", "RepeatHourFlag"];

/** Cells of a service: its code, what it was, half of that, and when that was found. */
export function mcpcCells({ code, price }: ServicePrice, correctedMs: number): string[] {
  const half = (Number(price) / 2).toFixed(2);
  return [code, price, half, central(correctedMs).toFormat("MM/dd/yyyy HH:mm:ss")];
}

/** Name of a document of corrections. */
export function stemOf(prices: string, publishMs: number): string {
  const mark = prices.includes("MCPC") ? `_${DERIVED_MARK}` : "";
  return `PRICECORRECTIONS_${prices}${mark}_${central(publishMs).toFormat("yyyyMMdd_HHmmss")}`;
}

/**
 * The document of corrections that come at one moment; `before` are the earlier ones, whose price is then the original.
 * @throws RangeError when an interval does not have the price.
 */
export function correctionDocument(
  intervals: readonly PriceInterval[],
  corrections: readonly PriceCorrection[],
  before: readonly PriceCorrection[],
): ReportDocument {
  const [first] = corrections;
  if (first === undefined) throw new RangeError("correction: nothing to correct");
  const publishMs = first.publishAtMs;
  const at = central(publishMs);
  return {
    stem: stemOf("RTM_SPP", publishMs),
    aboutMs: first.startMs,
    publishMs,
    header: HEADER,
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
