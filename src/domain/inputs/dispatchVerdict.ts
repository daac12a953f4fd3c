import { count, number, oneOf, optional } from "./checks.ts";
import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** What sites and histories call it. */
export const DISPATCH_VERDICT = "dispatch-verdict";

/** What came of a dispatch, as the meter shows. */
export interface DispatchVerdictInput extends Told {
  readonly kind: typeof DISPATCH_VERDICT;
  readonly revision: number;
  readonly outcome: "confirmed" | "short" | "unknown" | "superseded";
  readonly measuredKw?: number;
  readonly seconds?: number;
  readonly stragglers: number;
}

/** The newest verdict. */
export interface KnownVerdict {
  readonly verdict?: Pick<DispatchVerdictInput, "revision" | "outcome" | "stragglers" | "at">;
}

/** What came of the site's dispatches: it changes no decision, and no record has it. */
export const dispatchVerdict: SiteFact<DispatchVerdictInput, KnownVerdict, KnownVerdict, object> = {
  kind: DISPATCH_VERDICT,
  scope: "site",
  called: "dispatch verdicts",
  messages: {
    [DISPATCH_VERDICT]: {
      revision: count,
      outcome: oneOf(["confirmed", "short", "unknown", "superseded"]),
      measuredKw: optional(number),
      seconds: optional(number),
      stragglers: count,
    },
  },
  none: {},
  absorb: (_known, { revision, outcome, stragglers, at }) => ({
    patch: { verdict: { revision, outcome, stragglers, at } },
    relevant: false,
  }),
  freeze: () => ({}),
  /** The next dispatch takes nothing as confirmed. */
  recovered: () => ({}),
};

/** Whether a message is a verdict. */
export function isDispatchVerdict(input: Told): input is DispatchVerdictInput {
  return input.kind === DISPATCH_VERDICT;
}
