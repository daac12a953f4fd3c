import { secondsBetween } from "../units/instant.ts";
import type { MeterReading } from "./model.ts";

/** A register that counts single Wh cannot miss ten of them. */
const CERTAIN_WH = 10;

/**
 * The reading, of quality `stale` when the meter is frozen: its register shows what it showed at `before`, though the
 * lesser of the two powers it gave itself would have moved it by at least 10 Wh since. Power of a frozen meter is as
 * old as its register, so neither proves anything. Nothing is concluded where a register or a power was not read.
 */
export function checkFrozen(before: MeterReading | undefined, reading: MeterReading): MeterReading {
  if (reading.quality !== "metered" || before?.registerWh === undefined || before.registerWh !== reading.registerWh)
    return reading;
  if (before.powerKw === undefined || reading.powerKw === undefined) return reading;
  const leastKw = before.powerKw < reading.powerKw ? before.powerKw : reading.powerKw;
  const countedWh = (leastKw * 1000 * secondsBetween(before.readAt, reading.readAt)) / 3600;
  return countedWh >= CERTAIN_WH ? { ...reading, quality: "stale" } : reading;
}
