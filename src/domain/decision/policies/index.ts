import { hysteresis } from "./hysteresis.ts";
import type { Policy } from "./policy.ts";

/** How the price alone may place cohorts; a site's plan names one. */
export const POLICIES = [hysteresis] as const satisfies readonly Policy[];

/** The policy of a kind; hysteresis where a plan names none. @throws RangeError for one that is none. */
export function policyOf(kind: string = hysteresis.kind): Policy {
  const policy: Policy | undefined = POLICIES.find((one) => one.kind === kind);
  if (policy === undefined) throw new RangeError(`decision: no policy "${kind}"`);
  return policy;
}
