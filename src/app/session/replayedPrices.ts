import { intervalKey, intervalsOfDay, intervalStart } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { count } from "../../domain/units/figures.ts";
import { msOfInstant } from "../../domain/units/instant.ts";
import { PriceFileError } from "../../simulators/ercot/priceFile.ts";
import type { PriceDay } from "../../simulators/ercot/priceDay.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";

/** What a day is replayed at. */
export interface ReplayedPoint {
  readonly operatingDay: OperatingDay;
  readonly settlementPoint: string;
  /** As the person wrote it; absent when the type is to follow from the point. */
  readonly askedType?: string;
  /** The site's own point and type, by its configuration. */
  readonly configured: SettlementPoint;
}

/**
 * Settlement point type under which a loaded day is replayed: the one asked for, the configuration's at its own point,
 * else the only one that the day's prices have there. Every interval of the day has a price of it in whole cents, so
 * that the day can be settled and stated.
 * @throws PriceFileError when two types have prices and none was asked for, or an interval has no such price: how many,
 * the first of them, and what the files have instead
 */
export function replayedPointType(day: PriceDay, replayed: ReplayedPoint): string {
  const { operatingDay, settlementPoint, askedType, configured } = replayed;
  const prices = day.intervals
    .filter((interval) => interval.day === operatingDay)
    .flatMap(({ startMs, prices: of }) => of.map((price) => ({ startMs, ...price })))
    .filter(({ point }) => point === settlementPoint);
  const types = [...new Set(prices.map(({ type }) => type))].sort();
  const own = configured.settlementPoint === settlementPoint ? configured.settlementPointType : undefined;
  const type = askedType ?? own ?? (types.length === 1 ? types[0] : undefined);
  if (type === undefined)
    throw new PriceFileError(
      `${settlementPoint} has settlement prices of the types ${types.join(" and ")} on ${operatingDay}; say which ` +
        `with --point-type`,
    );
  const settled = new Set(
    prices.filter((one) => one.type === type && isWholeCents(one.price)).map((one) => one.startMs),
  );
  const without = intervalsOfDay(operatingDay).filter((interval) => !settled.has(msOfInstant(intervalStart(interval))));
  const [first] = without;
  if (first === undefined) return type;
  const others = types.filter((other) => other !== type);
  throw new PriceFileError(
    `${count(without.length, "interval")} without settlement price of ${settlementPoint} (${type}) in whole cents; ` +
      `first ${intervalKey(first)}; ` +
      (others.length > 0 && !types.includes(type)
        ? `the prices of that day are of type ${others.join(" and ")}: give --point-type ${others[0]}`
        : `expected one for each of the ${intervalsOfDay(operatingDay).length} intervals of ${operatingDay}, or the ` +
          `day cannot be settled`),
  );
}

function isWholeCents(price: string): boolean {
  return /^-?\d+(\.\d{1,2}0*)?$/.test(price);
}
