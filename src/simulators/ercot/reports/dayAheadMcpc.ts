import { DERIVED_MARK, derivedCapacityPrices } from "../capacityPrices.ts";
import { central, isRepeatedHour, msOfWall } from "../centralTime.ts";
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
    const prices = derivedCapacityPrices(day);
    return day.days.map((operatingDay) => {
      const startMs = msOfWall(operatingDay, "00:00:00", false) as number;
      const before = central(startMs).minus({ days: 1 }).toFormat("yyyy-MM-dd");
      const afternoonMs = msOfWall(before, PUBLISHED_AT, false) as number;
      return {
        stem: `DAMCLRPRC${DERIVED_MARK}_${operatingDay.replaceAll("-", "")}`,
        aboutMs: startMs,
        publishMs: afternoonMs + delayMs("dam-mcpc", afternoonMs, times.lmpDelaySeconds, times),
        header: ["DeliveryDate", "HourEnding", "AncillaryType", "MCPC", "DSTFlag"],
        rows: () =>
          hoursOf(startMs).flatMap((hourMs) => {
            const at = central(hourMs);
            const hour = `${String(at.hour + 1).padStart(2, "0")}:00`;
            const flag = isRepeatedHour(hourMs) ? "Y" : "N";
            return prices.hour(hourMs).map(({ code, price }) => [at.toFormat("MM/dd/yyyy"), hour, code, price, flag]);
          }),
      };
    });
  },
};

/** Starts of the hours of the Central day that begins at a moment: 24, or 23 and 25. */
export function hoursOf(startMs: number): number[] {
  const endMs = central(startMs).plus({ days: 1 }).toMillis();
  return Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, hour) => startMs + hour * HOUR_MS);
}
