import { kwText } from "../units/numberText.ts";

/**
 * How far load is asked to come down: all of it, to a level, or by an amount. kW at the site meter; those of a cohort
 * are its own part of that.
 */
export type Demand =
  | { readonly kind: "off" }
  | { readonly kind: "target"; readonly kw: number }
  | {
      readonly kind: "reduce";
      readonly kw: number;
      /** Ordered load when it was taken up, kW: what the reduction counts from. */
      readonly fromKw?: number;
    };

/** The most that a demand leaves, kW; `normalKw` is what a reduction counts from where no load was noted. */
export function demandedMaxKw(demand: Exclude<Demand, { kind: "off" }>, normalKw: number): number {
  if (demand.kind === "target") return demand.kw;
  const leftKw = (demand.fromKw ?? normalKw) - demand.kw;
  return leftKw > 0 ? leftKw : 0;
}

/** What asks for a reduction, with the load that it counts from, kW; what says it itself or asks else, as is. */
export function countedFrom<T extends { readonly demand?: Demand }>(asked: T, loadKw: () => number): T {
  const { demand } = asked;
  return demand?.kind !== "reduce" || demand.fromKw !== undefined
    ? asked
    : { ...asked, demand: { ...demand, fromKw: loadKw() } };
}

/** What a demand asks for, after `to curtail`: nothing for `off`, else ` to 500.0 kW` or ` by 500.0 kW`. */
export function demandText(demand: Demand): string {
  if (demand.kind === "off") return "";
  return ` ${demand.kind === "target" ? "to" : "by"} ${kwText(demand.kw)}`;
}

/** Whether two demands ask for the same; `undefined` asks for off. The load that a reduction counts from is no part. */
export function sameDemand(one: Demand = OFF, other: Demand = OFF): boolean {
  if (one.kind === "off" || other.kind === "off") return one.kind === other.kind;
  return one.kind === other.kind && one.kw === other.kw;
}

const OFF: Demand = { kind: "off" };
