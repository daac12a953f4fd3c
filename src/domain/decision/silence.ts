import { addSeconds } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { DecisionInput, SilenceAction, SilentFeed, SitePlan } from "./model.ts";

/** A silent input, what the site does about it, and what to call it to a person. */
export interface Silence {
  readonly feed: Exclude<SilentFeed, "settlement-price">;
  readonly what: string;
  readonly action: SilenceAction;
}

/**
 * The inputs that are silent at `asOf`, each with the site's `onSilence` action. A feed is silent when its watcher said
 * so; the SCED price and the hashprice also when absent or as old as their limit. No price is ever guessed in their
 * place. A grid condition arrives on change only, so its age says nothing: the last level stays in force (`eeaClaim`),
 * and it is silent here when its watcher said so or when no readable level was ever seen. The settlement-price feed
 * only carries the adder and never acts.
 */
export function silences(plan: SitePlan, input: DecisionInput): Silence[] {
  const said = new Set(input.silentFeeds);
  const found: Silence[] = [];
  if (priceIsSilent(plan, input))
    found.push({ feed: "sced-lmp", what: "SCED price", action: plan.onSilence.scedPrice });
  if (hashpriceIsSilent(plan, input))
    found.push({ feed: "hashprice", what: "hashprice", action: plan.onSilence.hashprice });
  const gridUnknown = input.grid.level === "unknown" || input.grid.unreadable === true || said.has("grid-condition");
  if (gridUnknown && !input.grid.assumed)
    found.push({ feed: "grid-condition", what: "grid condition", action: plan.onSilence.gridCondition });
  if (said.has("meter")) found.push({ feed: "meter", what: "site meter", action: plan.onSilence.meter });
  return found;
}

/**
 * Whether the expected price may not be used: feed silent, no run in force at the interval's start, newest run at its
 * age limit.
 */
export function priceIsSilent(plan: SitePlan, input: DecisionInput): boolean {
  const deadline = scedDeadline(plan, input);
  const inForceAtStart = input.scedRuns.some((run) => run.scedAt <= input.intervalStart);
  return input.silentFeeds.includes("sced-lmp") || !inForceAtStart || deadline === undefined || deadline <= input.asOf;
}

/** Whether the hashprice may not be used: feed silent, absent, or at its age limit. */
export function hashpriceIsSilent(plan: SitePlan, input: DecisionInput): boolean {
  const deadline = hashpriceDeadline(plan, input);
  return input.silentFeeds.includes("hashprice") || deadline === undefined || deadline <= input.asOf;
}

/** When the newest known SCED run reaches its age limit; undefined when none is known. */
export function scedDeadline(plan: SitePlan, input: DecisionInput): Instant | undefined {
  const newest = input.scedRuns.at(-1);
  return newest === undefined ? undefined : addSeconds(newest.scedAt, plan.staleness.scedPriceSeconds);
}

/** When the hashprice reaches its age limit; undefined when there is none. */
export function hashpriceDeadline(plan: SitePlan, input: DecisionInput): Instant | undefined {
  return input.hashprice === undefined ? undefined : addSeconds(input.hashprice.asOf, plan.staleness.hashpriceSeconds);
}
