import { meterReadings } from "../../src/adapters/meter/meterReadings.ts";
import { schneiderPm5340 } from "../../src/adapters/meter/schneiderPm5340.ts";
import type { MeterReadings } from "../../src/ports/meterReadings.ts";

/** A PM5340 on the network; `maxKw`: most power that everything behind it can draw. */
export interface Pm5340 {
  readonly meterId: string;
  readonly host: string;
  readonly port: number;
  readonly unitId: number;
  readonly maxKw?: number;
}

/** Meters over Modbus TCP as the wiring opens them. `timeoutMs`: real milliseconds. */
export function modbusMeters(options: {
  readonly meters: readonly Pm5340[];
  readonly timeoutMs: number;
  readonly onError?: (meterId: string, error: Error) => void;
}): MeterReadings & { close(): void } {
  const meters = options.meters.map(({ meterId, host, port, unitId: unit, maxKw }) => ({
    meterId,
    line: schneiderPm5340.open(meterId, { use: "pm5340", host, port, unit }, options.timeoutMs),
    maxKw,
  }));
  return meterReadings(meters, options.onError);
}
