import { type AddersText, addersText } from "../market/addersText.ts";
import type { Provenance } from "../market/model.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import type { ObservedFact } from "./marketFact.ts";

/** Indicative adders and deployments of one RTD run: the steps that it looks ahead, ascending, as published. */
export interface RtdAddersObservation extends Provenance {
  readonly kind: "rtd-adders";
  readonly rtdAt: Instant;
  readonly steps: readonly (AddersText & { readonly endsAt: Instant })[];
}

/** RTD's indicative adders (ERCOT report NP6-325): kept from the first day on, for no history of them is published. */
export const rtdAdders: ObservedFact<RtdAddersObservation> = {
  kind: "rtd-adders",
  scope: "system",
  called: "RTD adders",
  comparedAs: "text",
  columns: (observation) => ({ point: "", pointType: "", key: observation.rtdAt, value: stepsText(observation) }),
  saidAt: ({ rtdAt }) => rtdAt,
  place: ({ rtdAt }) => rtdAt,
  text: stepsText,
};

/** `+287 RTRDPA=0 RTDNCLR=0 RTDERS=0; +587 ...`: what each step says, once for steps that say the same. */
function stepsText({ rtdAt, steps }: RtdAddersObservation): string {
  const said = steps.map((step) => ({ seconds: secondsBetween(rtdAt, step.endsAt), text: addersText(step) }));
  return said
    .map(({ seconds, text }, i) => (text === said[i - 1]?.text ? `+${seconds}` : `+${seconds} ${text}`))
    .join("; ");
}
