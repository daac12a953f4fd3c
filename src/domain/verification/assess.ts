import { secondsBetween } from "../units/instant.ts";
import type { ResponseInput, ResponseVerdict } from "./model.ts";

/** Share of the expected change that the meter must show. */
const CONFIRMED_SHARE_MIN = 0.95;

/**
 * Did the load move? The meter alone decides, whatever the machines say: confirmed at ≥ 95 % of the expected change,
 * short below, unknown when a reading before or after is missing. kW; negative is a shed. With nothing expected it is
 * confirmed by definition, but for one case: machines were driven and not one is at its target. Then nobody knew what
 * to expect, and it is unknown. A revision that took another back is to bring the load to a level from either side: 5 %
 * of the larger of expected and planned change may be missing or too much.
 */
export function assess(input: ResponseInput): ResponseVerdict {
  const { expectedDeltaKw, beforeKw, nowKw } = input;
  const secondsSinceOrder = secondsBetween(input.orderedAt, input.readAt);
  const measuredDeltaKw = beforeKw === undefined || nowKw === undefined ? undefined : nowKw - beforeKw;
  const measured = measuredDeltaKw === undefined ? {} : { measuredDeltaKw };
  if (expectedDeltaKw === 0 && input.machines > 0 && input.atTarget === 0) {
    const sentence =
      `Revision ${input.revision}: no machine was known to be able to follow, and none is at its ` +
      `target${shown(measuredDeltaKw)}: unknown. ${machines(input)}`;
    return { outcome: "unknown", ...measured, secondsSinceOrder, sentence };
  }
  const tookBack = input.plannedDeltaKw !== undefined && Math.abs(input.plannedDeltaKw) > 0;
  if (expectedDeltaKw === 0 && !tookBack) {
    const sentence =
      `Revision ${input.revision} expected no change of load: confirmed by ` +
      `definition${shown(measuredDeltaKw)}. ${machines(input)}`;
    return { outcome: "confirmed", ...measured, secondsSinceOrder, sentence };
  }
  const wanted =
    `${change(expectedDeltaKw)} expected of revision ` +
    `${input.revision}${tookBack ? " since before the one it took back" : ""}`;
  if (measuredDeltaKw === undefined) {
    const silent = beforeKw === undefined ? "no meter reading from before the order" : "the meter is silent";
    return {
      outcome: "unknown",
      secondsSinceOrder,
      sentence: `${wanted}, ${silent} ${secondsSinceOrder} s after the order: unknown. ${machines(input)}`,
    };
  }
  if (tookBack) {
    const missingKw = Math.abs(measuredDeltaKw - expectedDeltaKw);
    const allowedKw = (1 - CONFIRMED_SHARE_MIN) * Math.max(Math.abs(expectedDeltaKw), Math.abs(input.plannedDeltaKw));
    const outcome = missingKw <= allowedKw ? "confirmed" : "short";
    const sentence =
      `${wanted}, ${change(measuredDeltaKw)} metered ${secondsSinceOrder} s after the order: ` +
      `${outcome}. ${machines(input)}`;
    return {
      outcome,
      measuredDeltaKw,
      ...(expectedDeltaKw !== 0 && { shareOfExpected: measuredDeltaKw / expectedDeltaKw }),
      secondsSinceOrder,
      sentence,
    };
  }
  const shareOfExpected = measuredDeltaKw / expectedDeltaKw;
  const outcome = shareOfExpected >= CONFIRMED_SHARE_MIN ? "confirmed" : "short";
  const sentence =
    `${wanted}, ${change(measuredDeltaKw)} metered (${(shareOfExpected * 100).toFixed(1)} %) ` +
    `${secondsSinceOrder} s after the order: ${outcome}. ${machines(input)}`;
  return { outcome, measuredDeltaKw, shareOfExpected, secondsSinceOrder, sentence };
}

function shown(measuredDeltaKw: number | undefined): string {
  return measuredDeltaKw === undefined ? " (the meter is silent)" : ` (metered ${change(measuredDeltaKw)})`;
}

function change(deltaKw: number): string {
  return `${deltaKw < 0 ? "−" : "+"}${grouped(Math.abs(deltaKw).toFixed(1))} kW`;
}

function machines({ machines, atTarget, stragglers, unread }: ResponseInput): string {
  return (
    `Machines at target ${grouped(String(atTarget))} of ${grouped(String(machines))}, not there ` +
    `${grouped(String(stragglers))}, not read ${grouped(String(unread))}.`
  );
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, (gap, _digits, at: number) =>
    digits.includes(".") && at > digits.indexOf(".") ? gap : ",",
  );
}
