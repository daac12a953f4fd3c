import { central } from "../centralTime.ts";
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
  documents({ corrections, intervals }) {
    const moments = [...new Set(corrections.map(({ publishAtMs }) => publishAtMs))];
    return moments.map((moment) => {
      const own = corrections.filter(({ publishAtMs }) => publishAtMs === moment);
      const before = corrections.filter(({ publishAtMs }) => publishAtMs < moment);
      return correctionDocument(intervals, own, before);
    });
  },
};

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
    stem: `PRICECORRECTIONS_RTM_SPP_${at.toFormat("yyyyMMdd_HHmmss")}`,
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
