import type { MeterReading } from "./model.ts";

export interface RegisterEnergy {
  /** Absent when the two readings give no believable energy. */
  readonly energyWh?: bigint;
  readonly quality: Exclude<MeterReading["quality"], "stale">;
  /** Why it is missing. */
  readonly reason?: string;
}

/**
 * Energy between two readings of a cumulative register that counts 0 … rollover − 1 and starts again, Wh. A register
 * that ran backwards or jumped gives no energy at all, never a negative or a guessed one: after a meter change or reset
 * somebody must look. `plausibleMaxWh` is the most the meter can have seen between the readings (e.g. nameplate × 1.05
 * × hours); half the register's range unless given, which tells a wrap from a backward step but lets a forward jump
 * pass.
 */
export function registerEnergyWh(
  before: bigint | undefined,
  after: bigint | undefined,
  rollover: bigint,
  plausibleMaxWh: bigint = rollover / 2n,
): RegisterEnergy {
  if (before === undefined || after === undefined) {
    const which =
      before === undefined ? (after === undefined ? "either reading" : "the earlier reading") : "the later reading";
    return missing(`${which} is missing`);
  }
  for (const register of [before, after]) {
    if (register < 0n || register >= rollover)
      return missing(`register ${register} Wh is outside 0 … ${rollover - 1n}`);
  }
  const wrapped = after < before;
  const energyWh = wrapped ? after + rollover - before : after - before;
  if (energyWh <= plausibleMaxWh) return { energyWh, quality: "metered" };
  return missing(
    wrapped
      ? `register ran backwards from ${before} to ${after} Wh; as a rollover it would be ${energyWh} Wh, above ` +
          `${plausibleMaxWh}`
      : `register jumped from ${before} to ${after} Wh: ${energyWh} Wh is above ${plausibleMaxWh}`,
  );
}

function missing(reason: string): RegisterEnergy {
  return { quality: "missing", reason };
}
