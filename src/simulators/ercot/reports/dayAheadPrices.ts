import { DERIVED_MARK } from "../capacityPrices.ts";
import { central, isRepeatedHour, msOfWall } from "../centralTime.ts";
import { hoursOfDay } from "../marketFiles.ts";
import type { PriceDay } from "../priceDay.ts";
import { fieldsOf, delayMs, type SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
const PUBLISHED_AT = "13:30:00";

/**
 * NP4-190: day-ahead prices, one document a day, early in the afternoon of the day before: those of a file of ERCOT's
 * at the points that have the whole day in it. Where no point has, they are derived: the mean of each hour's settlement
 * prices; the mark in the name says that ERCOT never published it.
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
      const hours = hoursOfDay(operatingDay);
      const ofFile = wholeDays(day.published?.dayAhead, hours);
      const isDerived = ofFile.length === 0;
      const points = isDerived ? wholeDays(hourlyMeans(day), hours) : ofFile;
      if (points.length === 0) return [];
      const before = central(startMs).minus({ days: 1 }).toFormat("yyyy-MM-dd");
      const afternoonMs = msOfWall(before, PUBLISHED_AT, false) as number;
      return [
        {
          stem: `DAMSPNP4190${isDerived ? DERIVED_MARK : ""}`,
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

/** Day-ahead prices by point and hour: those of a file of ERCOT's over the derived ones. */
export function dayAheadPricesOf(day: PriceDay): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const derived = hourlyMeans(day);
  const published = [...(day.published?.dayAhead ?? [])];
  return new Map([
    ...derived,
    ...published.map(([point, prices]) => [point, new Map([...(derived.get(point) ?? []), ...prices])] as const),
  ]);
}

type ByPoint = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Points with a price of each of the hours. */
function wholeDays(byPoint: ByPoint = new Map(), hours: readonly number[]): [string, ReadonlyMap<number, string>][] {
  return [...byPoint].filter(([, prices]) => hours.every((hourMs) => prices.has(hourMs)));
}

/** Mean of the settlement prices that begin in each hour, by point: a zone's plain price before its weighted one. */
function hourlyMeans({ intervals }: PriceDay): ReadonlyMap<string, ReadonlyMap<number, string>> {
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
