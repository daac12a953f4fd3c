import { DERIVED_MARK, capacityPrices, type ServicePrice } from "../capacityPrices.ts";
import { central, isRepeatedHour } from "../centralTime.ts";
import type { PriceCorrection, PriceDay, PriceInterval } from "../priceDay.ts";
import {
  type ApiDataType,
  fieldsOf,
  type ReportDocument,
  type SimulatedEndpoint,
  type SimulatedReport,
} from "./report.ts";

const INTERVAL_MS = 900_000;
const STAMP = "MM/dd/yyyy HH:mm:ss";
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

const DELIVERY = { deliveryDate: "DATE", deliveryHour: "INTEGER", deliveryInterval: "INTEGER" } as const;
const MCPC_FIELDS = {
  ASType: "VARCHAR",
  MCPCOriginal: "DOUBLE",
  MCPCCorrected: "DOUBLE",
  priceCorrectionTime: "DATETIME",
  repeatHourFlag: "BOOLEAN",
} as const;

const endpoint = (name: string, of: RegExp, types: Readonly<Record<string, ApiDataType>>): SimulatedEndpoint => ({
  name: `rtm_price_corrections_${name}`,
  of,
  fields: fieldsOf(types),
});

/** NP4-197-M: corrected settlement prices, one document for everything that is corrected at the same moment. */
export const priceCorrections: SimulatedReport = {
  reportTypeId: 13045,
  reportName: "RTM Price Corrections",
  listedMs: 30 * 24 * 3_600_000,
  api: {
    emilId: "np4-197-m",
    endpoints: [
      endpoint("spp", /RTM_SPP/, {
        ...DELIVERY,
        settlementPointName: "VARCHAR",
        settlementPointType: "VARCHAR",
        SPPOriginal: "DOUBLE",
        SPPCorrected: "DOUBLE",
        priceCorrectionTime: "DATETIME",
        DSTFlag: "BOOLEAN",
      }),
      endpoint("splmp", /RTM_SPLMP/, {
        SCEDTimestamp: "DATETIME",
        settlementPointName: "VARCHAR",
        LMPOriginal: "DOUBLE",
        LMPCorrected: "DOUBLE",
        priceCorrectionTime: "DATETIME",
        DSTFlag: "BOOLEAN",
      }),
      endpoint("mcpc_sced", /RTM_MCPC_SCED/, { SCEDTimestamp: "DATETIME", ...MCPC_FIELDS }),
      endpoint("mcpc_spp", /RTM_MCPC_SPP/, { ...DELIVERY, ...MCPC_FIELDS }),
    ],
  },
  documents(day) {
    const { corrections, intervals, runs } = day;
    const moments = [...new Set(corrections.map(({ publishAtMs }) => publishAtMs))];
    const prices = capacityPrices(day);
    return moments.flatMap((moment) => {
      const own = corrections.filter(({ publishAtMs }) => publishAtMs === moment);
      const before = corrections.filter(({ publishAtMs }) => publishAtMs < moment);
      const { startMs } = own[0] as PriceCorrection;
      const interval = intervals.find((one) => one.startMs === startMs) as PriceInterval;
      const runMs = runs.findLast(({ atMs }) => atMs <= startMs)?.atMs;
      return [
        correctionDocument(intervals, own, before),
        ...runPrices(day, own, moment),
        intervalMcpc(interval, prices.interval(startMs), moment),
        ...(runMs === undefined ? [] : [runMcpc(runMs, prices.sced(runMs), moment)]),
      ];
    });
  },
};

/**
 * The LMPs of the SCED runs that began in the corrected intervals: derived, each moved by as much as its interval's
 * price was.
 */
function runPrices(
  { runs, intervals }: PriceDay,
  own: readonly PriceCorrection[],
  publishMs: number,
): ReportDocument[] {
  const points = [...new Set(own.map(({ startMs, point }) => `${startMs} ${point}`))].map((key) => {
    const one = own.find(({ startMs, point }) => `${startMs} ${point}` === key) as PriceCorrection;
    return { ...one, movedUsd: movedUsd(intervals, one) };
  });
  const rows = points.flatMap(({ startMs, point, movedUsd: moved }) =>
    runs
      .filter(({ atMs }) => atMs >= startMs && atMs < startMs + INTERVAL_MS)
      .flatMap(({ atMs, lmps }) =>
        lmps
          .filter((one) => one.point === point)
          .map(({ lmp }) => [
            central(atMs).toFormat(STAMP),
            point,
            lmp,
            (Number(lmp) + moved).toFixed(2),
            central(publishMs).toFormat(STAMP),
            isRepeatedHour(atMs) ? "Y" : "N",
          ]),
      ),
  );
  if (rows.length === 0) return [];
  return [
    {
      stem: stemOf("RTM_SPLMP", publishMs),
      aboutMs: points[0]?.startMs ?? publishMs,
      publishMs,
      header: ["SCEDTimestamp", "SettlementPointName", "LMPOriginal", "LMPCorrected", "PriceCorrectionTime", "DSTFlag"],
      rows: () => rows,
    },
  ];
}

/** By how much a correction moves the price that was published first, $/MWh. */
export function movedUsd(
  intervals: readonly PriceInterval[],
  { startMs, point, type, price }: PriceCorrection,
): number {
  const published = intervals
    .find((one) => one.startMs === startMs)
    ?.prices.find((one) => one.point === point && one.type === type);
  return published === undefined ? 0 : Number(price) - Number(published.price);
}

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
    rows: () => prices.map((one) => [...key, ...mcpcCells(one, publishMs), repeated ? "Y" : "N"]),
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
    rows: () => prices.map((one) => [at, ...mcpcCells(one, publishMs), isRepeatedHour(atMs) ? "Y" : "N"]),
  };
}

const MCPC_HEADER = ["ASType", "MCPCOriginal", "MCPCCorrected", "PriceCorrectionTime", "RepeatHourFlag"];

/** Cells of a service: its code, what it was, half of that, and when that was found. */
export function mcpcCells({ code, price }: ServicePrice, correctedMs: number): string[] {
  const half = (Number(price) / 2).toFixed(2);
  return [code, price, half, central(correctedMs).toFormat(STAMP)];
}

/** Name of a document of corrections: but those of settlement prices are derived. */
export function stemOf(prices: string, publishMs: number): string {
  const mark = prices === "RTM_SPP" ? "" : `_${DERIVED_MARK}`;
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
  const rows = corrections.map(({ startMs, point, type, price }) => {
    const interval = intervals.find((one) => one.startMs === startMs);
    const published = interval?.prices.find((one) => one.point === point && one.type === type);
    if (interval === undefined || published === undefined)
      throw new RangeError(`correction: no price of ${point} ${type} at ${new Date(startMs).toISOString()} to correct`);
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
  });
  return {
    stem: stemOf("RTM_SPP", publishMs),
    aboutMs: first.startMs,
    publishMs,
    header: HEADER,
    rows: () => rows,
  };
}
