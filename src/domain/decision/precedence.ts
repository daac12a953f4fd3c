import type { Claim } from "./claim.ts";
import type { Reason } from "./model.ts";

/** The mode that won, the one reason its curtailed kW are attributed to, and the lower reasons that agree with it. */
export interface Ruling {
  readonly index: number;
  readonly claim: Claim;
  readonly alsoApplicable: readonly Reason[];
}

/**
 * Settles a cohort's mode from the claims of all rules, highest precedence first. The first `exactly` claim decides,
 * but nothing runs what a higher `at-most` claim holds off: then that claim is the reason. Undefined when no claim
 * settles the mode.
 */
export function rule(claims: readonly Claim[], normalIndex: number): Ruling | undefined {
  const decidingAt = claims.findIndex((claim) => claim.bound === "exactly");
  const deciding = claims[decidingAt];
  if (deciding === undefined) return undefined;
  const limit = claims.slice(0, decidingAt).find((claim) => claim.index < deciding.index);
  const claim = limit ?? deciding;
  const below = claims.slice(claims.indexOf(claim) + 1);
  const agreeing = below.filter((other) => other.index <= claim.index && other.reason !== claim.reason);
  const alsoApplicable = claim.index < normalIndex ? [...new Set(agreeing.map((other) => other.reason))] : [];
  return { index: claim.index, claim, alsoApplicable };
}
