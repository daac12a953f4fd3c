import { secondsBetween } from "../units/instant.ts";
import { fixed, grouped, kwChangeText, kwText } from "../units/numberText.ts";
import type { ResponseInput, ResponseVerdict } from "./model.ts";

/** Share of the expected change that the meter must show. */
const CONFIRMED_SHARE_MIN = 0.95;

/**
 * Did the load move? The meter alone decides, whatever the machines say: confirmed at ≥ 95 % of the expected change,
 * short below, unknown when a reading before or after is missing. kW; negative is a shed. With nothing expected it is
 * confirmed by definition, but for one case: machines were driven and not one is at its target. Then nobody knew what
 * to expect, and it is unknown. What machines did not draw before that should have, as those that start behind a trip,
 * is no shortfall and no megawatt either: where that alone decides, it is unknown. A revision that took another back is
 * to bring the load to a level from either side: 5 % of the larger of expected and planned change may be missing or too
 * much.
 */
export function assess(input: ResponseInput): ResponseVerdict {
  const { expectedDeltaKw, beforeKw, nowKw } = input;
  const secondsSinceOrder = secondsBetween(input.orderedAt, input.readAt);
  const measuredDeltaKw = beforeKw === undefined || nowKw === undefined ? undefined : nowKw - beforeKw;
  const measured = measuredDeltaKw === undefined ? {} : { measuredDeltaKw };
  if (expectedDeltaKw === 0 && input.machines > 0 && input.atTarget === 0) {
    const sentence =
      `Revision ${input.revision}: no machine was known to be able to follow, and none is read back as ` +
      `ordered${shown(measuredDeltaKw)}: unknown. ${machines(input)}`;
    return { outcome: "unknown", ...measured, secondsSinceOrder, sentence };
  }
  const tookBack = input.plannedDeltaKw !== undefined && Math.abs(input.plannedDeltaKw) > 0;
  if (expectedDeltaKw === 0 && !tookBack) {
    const sentence =
      `Revision ${input.revision} expected no change of load, so the meter has nothing to ` +
      `confirm${shown(measuredDeltaKw)}. ${machines(input)}`;
    return { outcome: "confirmed", ...measured, secondsSinceOrder, sentence };
  }
  const after = `${fixed(secondsSinceOrder, 0)} s after the order`;
  const wanted =
    `${kwChangeText(expectedDeltaKw)} expected of revision ` +
    `${input.revision}${tookBack ? " and the unfinished order it replaced, together" : ""}`;
  if (measuredDeltaKw === undefined) {
    const before = beforeKw === undefined ? ["no meter reading from before the order"] : [];
    const now = nowKw === undefined ? "the meter is silent" : `${kwText(nowKw)} metered at the site`;
    const sentence = `${[wanted, ...before, now].join(", ")} ${after}: unknown. ${machines(input)}`;
    return { outcome: "unknown", secondsSinceOrder, sentence };
  }
  if (tookBack) {
    const overKw = measuredDeltaKw - expectedDeltaKw;
    const allowedKw = (1 - CONFIRMED_SHARE_MIN) * Math.max(Math.abs(expectedDeltaKw), Math.abs(input.plannedDeltaKw));
    const isThere = Math.abs(overKw) <= allowedKw;
    const outcome = isThere ? "confirmed" : wasNotDrawn(input, overKw, allowedKw) ? "unknown" : "short";
    const sentence =
      `${wanted}, ${kwChangeText(measuredDeltaKw)} metered at the site ` +
      `${after}: ${outcome}${whyText(input, outcome)}. ${machines(input)}`;
    return {
      outcome,
      measuredDeltaKw,
      ...(expectedDeltaKw !== 0 && { shareOfExpected: measuredDeltaKw / expectedDeltaKw }),
      secondsSinceOrder,
      sentence,
    };
  }
  const shareOfExpected = measuredDeltaKw / expectedDeltaKw;
  const isConfirmed = shareOfExpected >= CONFIRMED_SHARE_MIN;
  const [overKw, allowedKw] = [
    measuredDeltaKw - expectedDeltaKw,
    (1 - CONFIRMED_SHARE_MIN) * Math.abs(expectedDeltaKw),
  ];
  const outcome = isConfirmed ? "confirmed" : wasNotDrawn(input, overKw, allowedKw) ? "unknown" : "short";
  const sentence =
    `${wanted}, ${kwChangeText(measuredDeltaKw)} metered at the site (${fixed(shareOfExpected * 100, 1)} %) ` +
    `${after}: ${outcome}${whyText(input, outcome)}. ${machines(input)}`;
  return { outcome, measuredDeltaKw, shareOfExpected, secondsSinceOrder, sentence };
}

/**
 * Whether the load stands higher than expected, beyond what is allowed, by no more than what its machines may never
 * have drawn, while each of them is read back as ordered. It says nothing of a load that was to come back.
 */
function wasNotDrawn(input: ResponseInput, overKw: number, allowedKw: number): boolean {
  const { expectedDeltaKw, undrawnKw, atTarget } = input;
  if (undrawnKw === undefined || expectedDeltaKw > 0 || atTarget < input.machines) return false;
  return overKw > allowedKw && overKw <= undrawnKw + allowedKw;
}

function whyText({ undrawnKw }: ResponseInput, outcome: ResponseVerdict["outcome"]): string {
  if (outcome !== "unknown" || undrawnKw === undefined) return "";
  return `, not judged, for ${kwText(undrawnKw)} of it was not drawn yet when last surveyed before the order`;
}

function shown(measuredDeltaKw: number | undefined): string {
  return measuredDeltaKw === undefined
    ? " (the meter is silent)"
    : ` (metered at the site ${kwChangeText(measuredDeltaKw)})`;
}

function machines({ machines, atTarget, stragglers, unread }: ResponseInput): string {
  const [ordered, there, otherwise, silent] = [machines, atTarget, stragglers, unread].map((n) => grouped(String(n)));
  return `Read back as ordered: ${there} of ${ordered} machines, otherwise ${otherwise}, not read ${silent}.`;
}
