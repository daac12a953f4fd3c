import { central } from "../centralTime.ts";
import type { PriceInterval } from "../priceDay.ts";
import { fieldsOf, delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";

const INTERVAL_MS = 900_000;

/** NP6-905: settlement point prices, one document an interval. */
export const settlementPrices: SimulatedReport = {
  reportTypeId: 12301,
  reportName: "Settlement Point Prices at Resource Nodes, Hubs and Load Zones",
  listedMs: SIX_HOURS_MS,
  api: {
    emilId: "np6-905-cd",
    endpoints: [
      {
        name: "spp_node_zone_hub",
        fields: fieldsOf({
          deliveryDate: "DATE",
          deliveryHour: "INTEGER",
          deliveryInterval: "INTEGER",
          settlementPoint: "VARCHAR",
          settlementPointType: "VARCHAR",
          settlementPointPrice: "DOUBLE",
          DSTFlag: "BOOLEAN",
        }),
      },
    ],
  },
  documents: ({ intervals }, times) =>
    intervals.map((interval) => {
      const { startMs, hourEnding, interval: quarter, repeated, prices } = interval;
      const [year, month, date] = interval.day.split("-");
      return {
        stem: `SPPHLZNP6905_${endLabel(interval)}${repeated ? "xhr" : ""}`,
        aboutMs: startMs,
        publishMs: startMs + INTERVAL_MS + delayMs("spp", startMs, times.sppDelaySeconds, times),
        header: [
          "DeliveryDate",
          "DeliveryHour",
          "DeliveryInterval",
          "SettlementPointName",
          "SettlementPointType",
          "SettlementPointPrice",
          "DSTFlag",
        ],
        rows: () =>
          prices.map(({ point, type, price }) => [
            `${month}/${date}/${year}`,
            String(hourEnding),
            String(quarter),
            point,
            type,
            price,
            repeated ? "Y" : "N",
          ]),
      };
    }),
};

/** Wall time of the interval's start plus 15 minutes, also in the repeated hour; midnight is 0000 of the next day. */
export function endLabel(interval: PriceInterval): string {
  const clock = endClock(interval);
  if (clock === "24:00") return central(interval.startMs + INTERVAL_MS).toFormat("yyyyMMdd_HHmm");
  return `${interval.day.replaceAll("-", "")}_${clock.replace(":", "")}`;
}

/** The same as `HH:MM`; midnight is 24:00. */
export function endClock({ hourEnding, interval }: PriceInterval): string {
  const endMinute = (hourEnding - 1) * 60 + interval * 15;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(endMinute / 60))}:${two(endMinute % 60)}`;
}
