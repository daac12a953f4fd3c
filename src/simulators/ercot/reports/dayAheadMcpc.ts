import { capacityPrices, derivedMark } from "../capacityPrices.ts";
import { central, isRepeatedHour, msOfWall } from "../centralTime.ts";
import { hoursOfDay } from "../marketFiles.ts";
import { fieldsOf, delayMs, type SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
const PUBLISHED_AT = "13:30:00";

/** NP4-188: day-ahead clearing prices for capacity, one document a day, early in the afternoon of the day before. */
export const dayAheadMcpc: SimulatedReport = {
  reportTypeId: 12329,
  reportName: "DAM Clearing Prices for Capacity",
  listedMs: 7 * 24 * HOUR_MS,
  api: {
    emilId: "np4-188-cd",
    endpoints: [
      {
        name: "dam_clear_price_for_cap",
        fields: fieldsOf({
          deliveryDate: "DATE",
          hourEnding: "VARCHAR",
          ancillaryType: "VARCHAR",
          MCPC: "DOUBLE",
          DSTFlag: "BOOLEAN",
        }),
      },
    ],
  },
  documents(day, times) {
    const prices = capacityPrices(day);
    return day.days.map((operatingDay) => {
      const startMs = msOfWall(operatingDay, "00:00:00", false) as number;
      const hours = hoursOfDay(operatingDay).map((hourMs) => ({ hourMs, services: prices.hour(hourMs) }));
      const before = central(startMs).minus({ days: 1 }).toFormat("yyyy-MM-dd");
      const afternoonMs = msOfWall(before, PUBLISHED_AT, false) as number;
      return {
        stem: `DAMCLRPRC${derivedMark(hours.flatMap(({ services }) => services))}_${operatingDay.replaceAll("-", "")}`,
        aboutMs: startMs,
        publishMs: afternoonMs + delayMs("dam-mcpc", afternoonMs, times.lmpDelaySeconds, times),
        header: ["DeliveryDate", "HourEnding", "AncillaryType", "MCPC", "DSTFlag"],
        rows: () =>
          hours.flatMap(({ hourMs, services }) => {
            const at = central(hourMs);
            const hour = `${String(at.hour + 1).padStart(2, "0")}:00`;
            const flag = isRepeatedHour(hourMs) ? "Y" : "N";
            return services.map(({ code, price }) => [at.toFormat("MM/dd/yyyy"), hour, code, price, flag]);
          }),
      };
    });
  },
};
