import type { Instant } from "../../domain/units/instant.ts";
import type { MeterReading } from "../../domain/verification/model.ts";
import { powerProblem } from "../../domain/verification/plausiblePower.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { MeterLine } from "../../ports/meterKind.ts";
import type { MeterReadings } from "../../ports/meterReadings.ts";

/** A meter that is read. */
export interface ReadMeter {
  readonly meterId: string;
  readonly line: MeterLine;
  /** Most power that everything behind it can draw, kW; where it is not known only the sign is checked. */
  readonly maxKw?: number;
}

/**
 * Meters of any model, judged by a rule of Ballast's own. A reading is `metered` only with both power and register, and
 * with a power that the load can have: with either not available, or the meter silent, it is `missing`, and carries
 * what could be read. `onError` is told why: PortUnavailableError or PortDataError naming meter, address and what was
 * expected.
 * @throws (read rejects) PortDataError when asked for a meter that is not configured.
 */
export function meterReadings(
  meters: readonly ReadMeter[],
  onError?: (meterId: string, error: Error) => void,
): MeterReadings & { close(): void } {
  const byId = new Map(meters.map((meter) => [meter.meterId, meter]));

  async function readOne(meterId: string, readAt: Instant): Promise<MeterReading> {
    const meter = byId.get(meterId);
    if (!meter)
      throw new PortDataError(
        `meter: no meter "${meterId}" is configured; configured are ${[...byId.keys()].join(", ")}`,
      );
    try {
      const { powerKw, registerWh } = await meter.line.read();
      const problem =
        powerKw === undefined || registerWh === undefined
          ? `${powerKw === undefined ? "power" : "energy register"} marked as not available`
          : powerProblem(powerKw, meter.maxKw);
      if (problem !== undefined) onError?.(meterId, new PortDataError(`${meter.line.name}: ${problem}`));
      return {
        meterId,
        readAt,
        ...(powerKw !== undefined && { powerKw }),
        ...(registerWh !== undefined && { registerWh }),
        quality: problem === undefined ? "metered" : "missing",
      };
    } catch (error) {
      onError?.(meterId, error as Error);
      return { meterId, readAt, quality: "missing" };
    }
  }

  return {
    read: (meterIds, readAt) => Promise.all(meterIds.map((meterId) => readOne(meterId, readAt))),
    close: () => meters.forEach(({ line }) => line.drop()),
  };
}
