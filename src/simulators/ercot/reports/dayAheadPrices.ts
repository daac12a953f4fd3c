import { DERIVED_MARK } from "../capacityPrices.ts";
import { central, isRepeatedHour, msOfWall } from "../centralTime.ts";
import type { PriceDay } from "../priceDay.ts";
import { fieldsOf, delayMs, type SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
const PUBLISHED_AT = "13:30:00";

/**
 * NP4-190: day-ahead prices, one document a day, early in the afternoon of the day before. Derived: the mean of each
 * hour's settlement prices, where the whole day has them; the mark in the name says that ERCOT never published it.
 */
export const dayAheadPrices: SimulatedReport = {
  reportTypeId: 12331,
  reportName: "DAM Settlement Point Prices",
  listedMs: 7 * 24 * HOUR_MS,
  api: {
    emilId: "np4-190-cd",
    endpoints: [
      {
        name: "dam_stlmnt_pnt_prices",
        fields: fieldsOf({
          deliveryDate: "DATE",
          hourEnding: "VARCHAR",
          settlementPoint: "VARCHAR",
          settlementPointPrice: "DOUBLE",
          DSTFlag: "BOOLEAN",
        }),
      },
    ],
  },
  documents: (day, times) =>
    day.days.flatMap((operatingDay) => {
      const startMs = msOfWall(operatingDay, "00:00:00", false) as number;
      const hours = hoursOf(startMs);
      const means = hourlyMeans(day);
      const points = [...means].filter(([, prices]) => hours.every((hourMs) => prices.has(hourMs)));
      if (points.length === 0) return [];
      const before = central(startMs).minus({ days: 1 }).toFormat("yyyy-MM-dd");
      const afternoonMs = msOfWall(before, PUBLISHED_AT, false) as number;
      return [
        {
          stem: `DAMSPNP4190${DERIVED_MARK}`,
          aboutMs: startMs,
          publishMs: afternoonMs + delayMs("dam-spp", afternoonMs, times.lmpDelaySeconds, times),
          header: ["DeliveryDate", "HourEnding", "SettlementPoint", "SettlementPointPrice", "DSTFlag"],
          rows: () =>
            hours.flatMap((hourMs) => {
              const at = central(hourMs);
              const hour = `${String(at.hour + 1).padStart(2, "0")}:00`;
              const flag = isRepeatedHour(hourMs) ? "Y" : "N";
              return points.map(([point, prices]) => [
                at.toFormat("MM/dd/yyyy"),
                hour,
                point,
                prices.get(hourMs) as string,
                flag,
              ]);
            }),
        },
      ];
    }),
};

/** Mean of the settlement prices that begin in each hour, by point: a zone's plain price before its weighted one. */
export function hourlyMeans({ intervals }: PriceDay): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const said = new Map<string, Map<number, number[]>>();
  for (const { startMs, prices } of intervals)
    for (const { point, type, price } of prices) {
      const hourMs = Math.floor(startMs / HOUR_MS) * HOUR_MS;
      const isTwin = type === "LZEW" && prices.some((one) => one.point === point && one.type === "LZ");
      if (isTwin) continue;
      const hours = said.get(point) ?? new Map<number, number[]>();
      said.set(point, hours.set(hourMs, [...(hours.get(hourMs) ?? []), Number(price)]));
    }
  const mean = (all: readonly number[]): string => (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(2);
  return new Map(
    [...said].map(([point, hours]) => [point, new Map([...hours].map(([hourMs, all]) => [hourMs, mean(all)]))]),
  );
}

/** Starts of the hours of the Central day that begins at a moment: 24, or 23 and 25. */
function hoursOf(startMs: number): number[] {
  const endMs = central(startMs).plus({ days: 1 }).toMillis();
  return Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, hour) => startMs + hour * HOUR_MS);
}
