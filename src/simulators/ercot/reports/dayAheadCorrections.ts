import { capacityPrices } from "../capacityPrices.ts";
import { central, isRepeatedHour } from "../centralTime.ts";
import type { PriceCorrection, PriceDay } from "../priceDay.ts";
import { dayAheadPricesOf } from "./dayAheadPrices.ts";
import { mcpcCells, movedUsd, stemOf } from "./priceCorrections.ts";
import { fieldsOf, type ReportDocument, type SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
const HOUR_FIELDS = { deliveryDate: "DATE", deliveryHour: "INTEGER" } as const;

/** NP4-196-M: corrected day-ahead prices, derived, of the hours whose real-time prices are corrected. */
export const dayAheadCorrections: SimulatedReport = {
  reportTypeId: 13044,
  reportName: "DAM Price Corrections",
  listedMs: 30 * 24 * HOUR_MS,
  api: {
    emilId: "np4-196-m",
    endpoints: [
      {
        name: "dam_price_corrections_mcpc",
        of: /DAM_MCPC/,
        fields: fieldsOf({
          ...HOUR_FIELDS,
          ASType: "VARCHAR",
          MCPCOriginal: "DOUBLE",
          MCPCCorrected: "DOUBLE",
          priceCorrectionTime: "DATETIME",
          DSTFlag: "BOOLEAN",
        }),
      },
      {
        name: "dam_price_corrections_spp",
        of: /DAM_SPP/,
        fields: fieldsOf({
          ...HOUR_FIELDS,
          settlementPoint: "VARCHAR",
          SPPOriginal: "DOUBLE",
          SPPCorrected: "DOUBLE",
          priceCorrectionTime: "TIME",
          DSTFlag: "BOOLEAN",
        }),
      },
    ],
  },
  documents: (day) =>
    [...Map.groupBy(day.corrections, ({ publishAtMs }) => publishAtMs)].flatMap(([publishMs, own]) => [
      capacityDocument(day, own, publishMs),
      ...priceDocument(day, own, publishMs),
    ]),
};

/** The clearing prices of the hours, each half of what it was. */
function capacityDocument(day: PriceDay, own: readonly PriceCorrection[], publishMs: number): ReportDocument {
  const prices = capacityPrices(day);
  const hours = [...new Set(own.map(({ startMs }) => hourOf(startMs)))];
  return {
    stem: stemOf("DAM_MCPC", publishMs),
    aboutMs: hours[0] ?? publishMs,
    publishMs,
    header: [
      "DeliveryDate",
      "DeliveryHour",
      "ASType",
      "MCPCOriginal",
      "MCPCCorrected",
      "PriceCorrectionTime",
      "DSTFlag",
    ],
    rows: () =>
      hours.flatMap((hourMs) =>
        prices.hour(hourMs).map((one) => [...hourCells(hourMs), ...mcpcCells(one, publishMs), flagOf(hourMs)]),
      ),
  };
}

/** The prices of the hours at their points, each moved by a quarter of what an interval's price was. */
function priceDocument(day: PriceDay, own: readonly PriceCorrection[], publishMs: number): ReportDocument[] {
  const means = dayAheadPricesOf(day);
  const corrected = new Map(own.map((one) => [`${hourOf(one.startMs)} ${one.point}`, one]));
  const rows = [...corrected.values()].flatMap((one) => {
    const hourMs = hourOf(one.startMs);
    const original = means.get(one.point)?.get(hourMs);
    if (original === undefined) return [];
    const price = (Number(original) + movedUsd(day.intervals, one) / 4).toFixed(2);
    const at = central(publishMs).toFormat("MM/dd/yyyy HH:mm:ss");
    return [[...hourCells(hourMs), one.point, original, price, at, flagOf(hourMs)]];
  });
  if (rows.length === 0) return [];
  return [
    {
      stem: stemOf("DAM_SPP", publishMs),
      aboutMs: hourOf(own[0]?.startMs ?? publishMs),
      publishMs,
      header: [
        "DeliveryDate",
        "DeliveryHour",
        "SettlementPoint",
        "SPPOriginal",
        "SPPCorrected",
        "PriceCorrectionTime",
        "DSTFlag",
      ],
      rows: () => rows,
    },
  ];
}

function hourOf(ms: number): number {
  return ms - (ms % HOUR_MS);
}

function hourCells(hourMs: number): string[] {
  const at = central(hourMs);
  return [at.toFormat("MM/dd/yyyy"), String(at.hour + 1)];
}

function flagOf(ms: number): string {
  return isRepeatedHour(ms) ? "Y" : "N";
}
