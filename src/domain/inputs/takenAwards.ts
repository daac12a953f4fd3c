import type { Instant } from "../units/instant.ts";
import type { AsAward } from "./asAward.ts";
import type { SiteInput } from "./facts.ts";
import type { MessageEvidence } from "./gridInstruction.ts";

/** What a message awarded at one site. */
export interface TakenAwards {
  readonly sender: string;
  readonly evidence: MessageEvidence;
  readonly awards: readonly Omit<AsAward, "siteId">[];
}

/** What a site is told of the awards of a message at market time `at`, under an id of its own. */
export function inputOfAwards(
  { sender, evidence, awards }: TakenAwards,
  { id, at }: { readonly id: string; readonly at: Instant },
): SiteInput {
  return { kind: "as-awards", id, at, awards, sender, evidence };
}
