import type { Instant } from "../units/instant.ts";
import type { Claim } from "./claim.ts";
import type { GridInstruction } from "./model.ts";

/** The QSE, TDSP or ERCOT instruction in force for a cohort at `asOf`: from `from` until `until`, or until recalled. */
export function instructionClaim(
  instructions: readonly GridInstruction[],
  cohortId: string,
  asOf: Instant,
): Claim | undefined {
  const active = instructions.find(
    (one) =>
      one.from <= asOf && (one.until === undefined || one.until > asOf) && (one.cohortIds?.includes(cohortId) ?? true),
  );
  if (active === undefined) return undefined;
  return {
    reason: "instruction",
    bound: "exactly",
    index: 0,
    why: `instruction ${active.instructionId} of ${active.issuer}`,
  };
}
