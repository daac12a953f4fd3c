import type { CapacityProduct } from "./capacityProducts.ts";

/** Kinds of the services as awards (EWS `AwardedAS`) and instructions name them, in capitals without marks. */
const PRODUCT_BY_TYPE: Readonly<Record<string, CapacityProduct>> = {
  REGUP: "REGUP",
  REGDN: "REGDN",
  REGDOWN: "REGDN",
  RRS: "RRS",
  RRSPF: "RRS",
  RRSFF: "RRS",
  RRSUF: "RRS",
  RRSPFR: "RRS",
  RRSFFR: "RRS",
  RRSUFR: "RRS",
  FFR: "RRS",
  UFR: "RRS",
  ECRS: "ECRS",
  ECRSS: "ECRS",
  ECRSM: "ECRS",
  NSPIN: "NSPIN",
  NSPNM: "NSPIN",
  NSRS: "NSPIN",
  NONSPIN: "NSPIN",
  ONNONSPIN: "NSPIN",
  OFFNONSPIN: "NSPIN",
};

/**
 * The ancillary service that an award's type or an instruction's product is a kind of: `ECRSM` is ECRS, `On-Non-Spin`
 * NSPIN. Undefined for a name of none: how much of which service it is, is nobody's to guess. Source: ERCOT's
 * ErcotAwardTypes.xsd (`AwardedAS`) for awards.
 */
export function awardProduct(type: string): CapacityProduct | undefined {
  return PRODUCT_BY_TYPE[awardCode(type)];
}

/** A type without case and marks: two spellings of one type are one. */
export function awardCode(type: string): string {
  return type.toUpperCase().replace(/[^A-Z0-9]/g, "");
}
