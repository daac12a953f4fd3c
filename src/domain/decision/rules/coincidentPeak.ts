import { COINCIDENT_PEAK, eventDays } from "../../inputs/peakPlan.ts";
import { centralWall, operatingDayOf } from "../../market/calendar.ts";
import { peakRuleOn } from "../../market/coincidentPeakRule.ts";
import type { OperatingDay } from "../../market/model.ts";
import { fixed } from "../../units/numberText.ts";
import type { Bound, RuleSite } from "../band.ts";
import { kwAt } from "../frame.ts";
import type { CohortFrame } from "../frame.ts";
import { modeStrikes } from "../modeStrikes.ts";
import { type PeakCost, type PeakSpell, peakSpells } from "../peakSpells.ts";
import { off } from "./exactly.ts";
import type { Rule } from "./rule.ts";

/**
 * Off while an interval may be the coincident peak of its month that transmission is charged by (16 TAC 25.192(b), or
 * what succeeds it), where the chance of that is worth more than the energy margin lost and the restart: cohort by
 * cohort, for whole runs of intervals, hours ahead. Of a demand that is billed at the least anyway, that part stays on.
 * No more days of a month than the site's cap. Without a price or hashprice the least chance alone decides.
 */
export const coincidentPeak = {
  reason: COINCIDENT_PEAK,
  settlement: "CP_AVOIDANCE",
  slaExclusion: "CP_AVOIDANCE",
  bands: (site) => {
    // the worst machines first: a floor above, such as a reservation, then keeps the best on
    const worstFirst = site.frames.toSorted((one, other) => thsPerWatt(one) - thsPerWatt(other));
    const called = worstFirst.map((frame) => ({ frame, spells: spellsOf(site, frame) }));
    const days = openDays(site, called);
    return called.flatMap(({ frame, spells }) =>
      spells
        .filter(({ from }) => days.has(operatingDayOf(from)))
        .map((spell) => ({ ...boundOf(site, frame, spell), from: spell.from, until: spell.until, why: whyOf(spell) })),
    );
  },
  waitsFor: () => "It waits until the intervals that may be the peak are over.",
} as const satisfies Rule;

function spellsOf(site: RuleSite, frame: CohortFrame): PeakSpell[] {
  const { plan, input } = site;
  const [{ coincidentPeak: policy }, { peakPlan }] = [plan, input.facts];
  if (policy === undefined || peakPlan === undefined) return [];
  const isOff = frame.state.reason === COINCIDENT_PEAK && frame.current < frame.normal;
  return peakSpells(
    peakPlan.intervals.filter(({ endsAt }) => endsAt > input.asOf),
    costOf(site, frame, policy.restartMinutes),
    { asOf: input.asOf, isOff, leastProbability: policy.leastProbability },
  );
}

/** Hashrate of a watt between off and normal. */
function thsPerWatt({ cohort: { modes, normalModeId } }: CohortFrame): number {
  const [lowest, normal] = [modes[0], modes.find(({ modeId }) => modeId === normalModeId)];
  if (lowest === undefined || normal === undefined) return Number.NaN;
  return (normal.hashrateThs - lowest.hashrateThs) / (normal.powerW - lowest.powerW);
}

/** What being off costs a cohort by the price expected now; undefined where price or hashprice is not known. */
function costOf(
  { plan, expectedUsdPerMwh, usdPerPhDay }: RuleSite,
  { cohort, able }: CohortFrame,
  restartMinutes: number,
): PeakCost | undefined {
  if (expectedUsdPerMwh === undefined || usdPerPhDay === undefined) return undefined;
  const normal = cohort.modes.findIndex(({ modeId }) => modeId === cohort.normalModeId);
  const machines = able === 0 ? cohort.machines : able;
  const steps = modeStrikes({ ...cohort, machines }, usdPerPhDay, plan).slice(0, normal);
  const sum = (of: (step: (typeof steps)[number]) => number): number => steps.reduce((all, one) => all + of(one), 0);
  const grossUsdPerMwh = sum((one) => one.valueUsdPerH) / sum((one) => one.deltaMw);
  return {
    marginUsdPerMwh: grossUsdPerMwh - plan.avoidableAddersUsdPerMwh - expectedUsdPerMwh,
    restartUsdPerMw: (grossUsdPerMwh * restartMinutes) / 60,
  };
}

/** Days on which the site may be off for a peak: those on which it was, and the next ones up to its cap a month. */
function openDays(
  { plan, input }: RuleSite,
  called: readonly { readonly spells: readonly PeakSpell[] }[],
): ReadonlySet<OperatingDay> {
  const events = input.facts.peakPlan?.events ?? [];
  const cap = plan.coincidentPeak?.maxEventDaysPerMonth;
  const wanted = [
    ...new Set(called.flatMap(({ spells }) => spells.map(({ from }) => operatingDayOf(from)))),
  ].toSorted();
  if (cap === undefined) return new Set(wanted);
  const open = new Set<OperatingDay>();
  for (const day of wanted) {
    const had = eventDays(events, day.slice(0, 7));
    const taken = new Set([...had, ...[...open].filter((one) => one.startsWith(day.slice(0, 7)))]);
    if (taken.has(day) || taken.size < cap) open.add(day);
  }
  return open;
}

/** Off, or down to the share that is billed anyway. */
function boundOf({ plan }: RuleSite, frame: CohortFrame, { from }: PeakSpell): Pick<Bound, "cohortId" | "maxKw"> {
  const share = peakRuleOn(plan.coincidentPeak?.rules ?? [], operatingDayOf(from))?.minBillingShare;
  if (share === undefined) return off(frame);
  return { cohortId: frame.cohort.cohortId, maxKw: Math.max(kwAt(frame, 0), share * kwAt(frame, frame.normal)) };
}

function whyOf({ from, until, probability, valueUsdPerMw, costUsdPerMw, likeliest }: PeakSpell): string {
  const [start, end] = [from, until].map((at) => centralWall(at).time.slice(0, 5));
  const cost =
    costUsdPerMw === undefined
      ? "and no price to hold against it"
      : `against ${fixed(costUsdPerMw, 2)} $/MW of energy margin and restart`;
  return (
    `${start} to ${end} may be the coincident peak of ${operatingDayOf(from).slice(0, 7)} (${likeliest.rule}), ` +
    `chance ${fixed(probability * 100, 1)} % at ${fixed(likeliest.expectedMw, 0)} MW, ` +
    `worth ${fixed(valueUsdPerMw, 2)} $/MW ${cost}`
  );
}
