import type { SettledMeter } from "./dayFacts.ts";
import type { DayMeter, SettlementDayInput } from "./model.ts";

/** The meters that a day was settled by, without when they were first read; undefined for a day kept without them. */
export function dayMeters({ meters }: Pick<SettlementDayInput, "meters">): SettledMeter[] | undefined {
  return meters?.map(({ meterId, clientId, rolloverWh, plausibleMaxWh, readUntil }) => ({
    meterId,
    ...(clientId === undefined ? {} : { clientId }),
    rolloverWh: BigInt(rolloverWh),
    ...(plausibleMaxWh === undefined ? {} : { plausibleMaxWh: BigInt(plausibleMaxWh) }),
    ...(readUntil === undefined ? {} : { readUntil }),
  }));
}

/** A meter as it is kept with the day that is settled by it: Wh as integer text. */
export function keptMeter({ meterId, clientId, rolloverWh, plausibleMaxWh, readUntil }: SettledMeter): DayMeter {
  return {
    meterId,
    ...(clientId === undefined ? {} : { clientId }),
    rolloverWh: rolloverWh.toString(),
    ...(plausibleMaxWh === undefined ? {} : { plausibleMaxWh: plausibleMaxWh.toString() }),
    ...(readUntil === undefined ? {} : { readUntil }),
  };
}
