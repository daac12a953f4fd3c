import { secondsBetween } from "../units/instant.ts";
import type { MeterReading } from "./model.ts";

/** A register that counts single Wh cannot miss ten of them. */
const CERTAIN_WH = 10;

/**
 * The reading, of quality `stale` when the meter is frozen: its register shows what it showed at `before`, an earlier
 * boundary, though the lesser of the two powers it gave itself, whatever their sign, would have moved it by at least
 * 10 Wh since; or it was frozen then and has not moved. Power of a frozen meter is as old as its register, so neither
 * proves anything. Nothing is concluded where a register or a power was not read.
 */
export function checkFrozen(before: MeterReading | undefined, reading: MeterReading): MeterReading {
  if (reading.registerWh === undefined || before?.registerWh !== reading.registerWh) return reading;
  const seconds = secondsBetween(before.readAt, reading.readAt);
  if (before.quality === "stale" && seconds > 0) return { ...reading, quality: "stale" };
  if (before.powerKw === undefined || reading.powerKw === undefined) return reading;
  const [a, b] = [magnitude(before.powerKw), magnitude(reading.powerKw)];
  const countedWh = ((a < b ? a : b) * 1000 * seconds) / 3600;
  return countedWh >= CERTAIN_WH ? { ...reading, quality: "stale" } : reading;
}

/** A reversed current transformer shows the load with the other sign. */
function magnitude(kw: number): number {
  return kw < 0 ? -kw : kw;
}
