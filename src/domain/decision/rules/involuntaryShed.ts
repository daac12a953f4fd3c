import { kwText } from "../../units/numberText.ts";
import { centralWall } from "../../market/calendar.ts";
import type { StandingTrip } from "../../inputs/involuntaryTrip.ts";
import type { Bound, RuleSite } from "../band.ts";
import { kwAt } from "../frame.ts";
import { noRestart } from "./exactly.ts";
import type { Rule } from "./rule.ts";

/**
 * After an involuntary trip nothing comes on that is not on, until a person has released it: of each cohort no more
 * machines run than were able to just after it, so those that lost their power are told off and stay off when it is
 * back. What runs may run on.
 */
export const involuntaryShed = {
  reason: "involuntary-shed",
  settlement: "UNAVAILABLE",
  slaExclusion: "UTILITY_OUTAGE",
  bands: (site) => (site.input.facts.trips ?? []).flatMap((trip) => heldAfter(site, trip)),
  waitsFor: () => "It waits until somebody releases the trip.",
} as const satisfies Rule;

function heldAfter({ frames }: RuleSite, { at, fromKw, toKw, cohorts }: StandingTrip): Bound[] {
  const why =
    `involuntary trip at ${centralWall(at).time.slice(0, 8)}: the load fell from ${kwText(fromKw)} to ` +
    `${kwText(toKw)} without a command, restarts are held`;
  return frames.flatMap((frame) => {
    const held = { ...noRestart(frame), from: at, why };
    const tripped = cohorts.find(({ cohortId }) => cohortId === frame.cohort.cohortId);
    const running = tripped?.ableMachines ?? frame.able;
    if (running >= frame.able || tripped?.darkMachines === 0) return [held];
    // One position a machine: in a cohort of several modes those left run in the lowest, so that none more can.
    return [{ cohortId: frame.cohort.cohortId, maxKw: kwAt(frame, running), from: at, why }, held];
  });
}
