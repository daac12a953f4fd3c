import type { CohortFrame } from "../frame.ts";
import type { Silence } from "../silence.ts";
import { exactly, noRestart, off } from "./exactly.ts";
import type { Bound } from "../band.ts";
import type { Rule } from "./rule.ts";

/**
 * What silent inputs demand by the site's `onSilence`, strictest first; a choice of the site, priced like any other
 * and no excuse. `curtail` takes the cohorts off. `hold` keeps them where they are; for the grid condition it keeps
 * the last level and starts nothing, so that a price spike still curtails. `run` carries on without the input: without
 * a price or hashprice that is the normal mode, without another input the price decides as before and nothing is
 * demanded.
 */
export const silence = {
  reason: "silence",
  settlement: "ECONOMIC",
  bands: ({ input: { asOf }, frames, silent }) => {
    const isGrid = (one: Silence): boolean => one.rule.holds === "level";
    const isPriced = (one: Silence): boolean => one.rule.isPrice === true;
    const curtailing = silent.filter((one) => one.action === "curtail");
    const holding = silent.filter((one) => one.action === "hold" && !isGrid(one));
    const noRestarts = silent.filter((one) => one.action === "hold" && isGrid(one));
    const running = silent.filter((one) => one.action === "run" && isPriced(one));
    const each = (of: readonly Silence[], does: string, bound: (frame: CohortFrame) => Partial<Bound>): Bound[] =>
      of.length === 0
        ? []
        : frames.map((frame) => ({ ...bound(frame), from: asOf, yields: true, why: whyOf(of, does) }));
    return [
      ...each(curtailing, "curtail", off),
      ...each(holding, "hold", (frame) => exactly(frame, frame.current)),
      ...each(noRestarts, "start nothing", noRestart),
      ...each(running, "run", (frame) => exactly(frame, frame.normal)),
    ];
  },
  waitsFor: () => "It waits until that is current again, or it is ordered to run.",
} as const satisfies Rule;

function whyOf(silent: readonly Silence[], does: string): string {
  return `no current ${silent.map((one) => one.called).join(" and ")}, the site's policy is to ${does}`;
}
