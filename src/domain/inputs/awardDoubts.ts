import { awardCode } from "../market/awardProducts.ts";
import type { CapacityProduct } from "../market/capacityProducts.ts";
import type { DecimalText } from "../units/decimal.ts";
import type { Instant } from "../units/instant.ts";
import type { HeldAward } from "./asAwards.ts";

/** What a resource may be awarded of one service. */
export interface Qualification {
  readonly product: CapacityProduct;
  /** Its kinds, as ERCOT names them: `RRSUF`, `ECRSM`. */
  readonly asTypes: readonly string[];
  readonly maxMw: DecimalText;
  readonly qualifiedFrom: Instant;
  readonly qualifiedUntil?: Instant;
}

/** A condition of taking part at all: a forward hedge in place, margin posted. Unmet without `metFrom`. */
export interface EligibilityGate {
  readonly gateId: string;
  /** For a person. */
  readonly called: string;
  readonly metFrom?: Instant;
  readonly until?: Instant;
  readonly evidence?: string;
}

/** Who may be awarded what, and the conditions of it. */
export interface Eligibility {
  readonly resources: readonly { readonly resource: string; readonly products: readonly Qualification[] }[];
  readonly gates: readonly EligibilityGate[];
}

/**
 * Why a site should not have an award at a moment, a clause each: an unknown resource, a kind or an amount that it is
 * not qualified for, a gate that is not met. It is owed all the same: ERCOT counts on it.
 */
export function awardDoubts(
  { resource, asType, awardedMw }: Pick<HeldAward, "resource" | "asType" | "awardedMw">,
  { resources, gates }: Eligibility,
  at: Instant,
): readonly string[] {
  const unmet = unmetGates(gates, at).map(({ called }) => `${called} is not met`);
  const known = resources.find((one) => one.resource === resource);
  if (known === undefined) return [`${resource} is no resource of the site's file`, ...unmet];
  const isOfType = ({ asTypes }: Qualification): boolean =>
    asTypes.some((type) => awardCode(type) === awardCode(asType));
  const held = known.products.find((one) => isOfType(one) && isDuring(one.qualifiedFrom, one.qualifiedUntil, at));
  if (held === undefined) return [`${resource} is not qualified for ${asType}`, ...unmet];
  if (Number(awardedMw) <= Number(held.maxMw)) return unmet;
  return [`${resource} is qualified for ${held.maxMw} MW of ${asType}, not for ${awardedMw}`, ...unmet];
}

/** The gates that are not met at a moment: while there is one, the site takes part in nothing new. */
export function unmetGates(gates: readonly EligibilityGate[], at: Instant): readonly EligibilityGate[] {
  return gates.filter(({ metFrom, until }) => metFrom === undefined || !isDuring(metFrom, until, at));
}

function isDuring(from: Instant, until: Instant | undefined, at: Instant): boolean {
  return from <= at && (until === undefined || until > at);
}
