import { capacityPrices, derivedMark } from "../capacityPrices.ts";
import { fieldsOf, delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";
import { endLabel } from "./settlementPrices.ts";

const INTERVAL_MS = 900_000;

/** NP6-331: clearing prices for capacity that are settled at, one document an interval. */
export const settlementMcpc: SimulatedReport = {
  reportTypeId: 24898,
  reportName: "Real-Time Clearing Prices for Capacity by 15-Minute Settlement Interval",
  listedMs: SIX_HOURS_MS,
  api: {
    emilId: "np6-331-cd",
    endpoints: [
      {
        name: "rt_clear_price_cap",
        fields: fieldsOf({
          deliveryDate: "DATE",
          deliveryHour: "INTEGER",
          deliveryInt: "INTEGER",
          repeatHourFlag: "BOOLEAN",
          ASType: "VARCHAR",
          MCPC: "DOUBLE",
        }),
      },
    ],
  },
  documents(day, times) {
    const prices = capacityPrices(day);
    return day.intervals.map((interval) => {
      const { startMs, hourEnding, interval: quarter, repeated } = interval;
      const services = prices.interval(startMs);
      const [year, month, date] = interval.day.split("-");
      return {
        stem: `RTMCPC15MIN${derivedMark(services)}_${endLabel(interval)}${repeated ? "xhr" : ""}`,
        aboutMs: startMs,
        publishMs: startMs + INTERVAL_MS + delayMs("mcpc", startMs, times.sppDelaySeconds, times),
        header: ["DeliveryDate", "DeliveryHour", "DeliveryInterval", "RepeatedHourFlag", "ASType", "MCPC"],
        rows: () =>
          services.map(({ code, price }) => [
            `${month}/${date}/${year}`,
            String(hourEnding),
            String(quarter),
            repeated ? "Y" : "N",
            code,
            price,
          ]),
      };
    });
  },
};
