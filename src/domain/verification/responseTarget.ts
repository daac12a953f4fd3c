import { demandedMaxKw } from "../inputs/demand.ts";
import type { GridInstruction } from "../inputs/gridInstruction.ts";

/** What a target is counted from, kW at the site meter. */
export interface TargetBase {
  /** The site meter at the clock's start; absent where it was not read. */
  readonly baseKw?: number;
  /** What the site takes with every machine off: tenants, house, and what sleeping machines draw. */
  readonly allOffKw: number;
  /** What the named cohorts take with every machine off. */
  readonly namedOffKw: number;
  /** Half of what the smallest machine takes off when it goes off: beyond that somebody runs. */
  readonly halfMachineKw: number;
}

/** What a meter may show beside the load, of that load: its class, and the house. */
const METER_SHARE = 0.005;

/**
 * The load that an instruction asks for at the site meter, kW: a level of the whole site as it is; a reduction, or what
 * it asks of some cohorts, counted from the meter at the start. A part of a site has no meter of its own, so what it
 * was ordered to take when the instruction came (`loadKw`) stands for it; undefined where nobody noted that. Where off
 * was ordered already, and the meter shows no machine at the start, what it may show beside the load is added; so it is
 * to a site's off of which nobody read the start.
 */
export function responseTarget(
  { demand = { kind: "off" }, cohortIds, loadKw }: Pick<GridInstruction, "demand" | "cohortIds" | "loadKw">,
  { baseKw, allOffKw, namedOffKw, halfMachineKw }: TargetBase,
): number | undefined {
  const shareKw = METER_SHARE * (baseKw ?? allOffKw);
  const toleranceKw = shareKw < halfMachineKw ? shareKw : halfMachineKw;
  if (cohortIds === undefined && demand.kind === "off") {
    if (baseKw === undefined || baseKw < allOffKw) return allOffKw + toleranceKw;
    return baseKw - allOffKw <= halfMachineKw ? baseKw + toleranceKw : allOffKw;
  }
  if (cohortIds === undefined && demand.kind !== "reduce" && demand.kind !== "off") return demand.kw;
  if (baseKw === undefined) return undefined;
  if (demand.kind === "reduce") return baseKw - demand.kw;
  if (loadKw === undefined) return undefined;
  const leftKw = demand.kind === "off" ? namedOffKw : demandedMaxKw(demand, loadKw);
  const lessKw = loadKw - leftKw;
  return lessKw > 0 ? baseKw - lessKw : baseKw + toleranceKw;
}
