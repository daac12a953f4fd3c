import { byCodePoint } from "../units/allocate.ts";
import { energyWh, parseEnergyWh } from "../units/money.ts";
import type { EnergyWh } from "../units/money.ts";
import { contractInForce } from "./contractInForce.ts";
import { curtailedEnergy } from "./curtailedEnergy.ts";
import type { CurtailedEnergy } from "./curtailedEnergy.ts";
import type { Contract, IntervalInput, MissingValue, SettlementDayInput } from "./model.ts";

/** One client's inputs, all present. */
export interface ClientInput {
  readonly contract: Contract;
  readonly energyWh: EnergyWh;
  readonly baselineWh: EnergyWh;
  readonly curtailed: CurtailedEnergy;
}

/**
 * Inputs of every client that has a feeder, a contract, a machine or a curtailed span, by client id; what is absent is
 * added to `missing`. A client without a contract in force that used nothing is left out, and one not connected.
 * @throws SettlementError for contradictory contracts, UnitError for a number that is none.
 */
export function clientInputs(day: SettlementDayInput, interval: IntervalInput, missing: MissingValue[]): ClientInput[] {
  const operatingDay = interval.interval.operatingDay;
  const away = new Set(interval.notConnected);
  const ids = new Set([
    ...day.contracts.map((c) => c.clientId),
    ...interval.feeders.map((f) => f.clientId),
    ...interval.curtailed.map((s) => s.clientId),
    ...interval.baselines.map((b) => b.clientId),
  ]);
  const inputs: ClientInput[] = [];
  for (const clientId of [...ids].filter((id) => !away.has(id)).sort(byCodePoint)) {
    const contract = contractInForce(day.contracts, clientId, operatingDay);
    const used = totalWh(interval.feeders.filter((f) => f.clientId === clientId).map((f) => f.energyWh));
    const baseline = totalWh(interval.baselines.filter((b) => b.clientId === clientId).map((b) => b.baselineWh));
    const spans = interval.curtailed.filter((span) => span.clientId === clientId);
    if (contract === undefined) {
      const hasFeeder = interval.feeders.some((f) => f.clientId === clientId);
      const idle = spans.length === 0 && (hasFeeder ? used === 0n : baseline === undefined || baseline === 0n);
      if (!idle) missing.push({ what: `contract of ${clientId} in force on ${operatingDay}` });
      continue;
    }
    if (used === undefined)
      missing.push(
        missingValue(
          `register of the feeder of ${clientId}`,
          interval.feeders.find((f) => f.clientId === clientId)?.energyMissing,
        ),
      );
    if (baseline === undefined) missing.push({ what: `baseline of ${clientId}` });
    if (used === undefined || baseline === undefined) continue;
    inputs.push({
      contract,
      energyWh: used,
      baselineWh: baseline,
      curtailed: curtailedEnergy({ baselineWh: baseline, energyWh: used, spans }),
    });
  }
  return inputs;
}

/** Sum of integer texts; undefined when there is none or one is absent. */
function totalWh(values: readonly (string | undefined)[]): EnergyWh | undefined {
  if (values.length === 0) return undefined;
  let wh = 0n;
  for (const value of values) {
    if (value === undefined) return undefined;
    wh += parseEnergyWh(value);
  }
  return energyWh(wh);
}

/** A missing value, with the reason where there is one. */
export function missingValue(what: string, why: string | undefined): MissingValue {
  return why === undefined ? { what } : { what, why };
}
