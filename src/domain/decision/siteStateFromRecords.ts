import { parseIntervalKey, intervalStart } from "../market/calendar.ts";
import { addSeconds } from "../units/instant.ts";
import { KEPT_SECONDS_BEFORE_INTERVAL, SETTLED_INTERVALS } from "./absorbMarket.ts";
import { SEEN_IDS } from "./absorb.ts";
import { CLOSED_IDS } from "./closed.ts";
import { runsFrom, withRun } from "./knownRuns.ts";
import type { CohortState, DecisionRecord, GridState, SitePlan } from "./model.ts";
import { adopt, initialSiteState } from "./siteState.ts";
import type { SiteState } from "./siteStateModel.ts";

/** Records that a site's state is made again from: every id it still remembers stands in them. */
export const RECOVERY_RECORDS = 400;

/**
 * What a site knows by its own records alone: the start of the run that follows one which ended without handing its
 * state over. Sequence, hash chain, revision, modes with since and reason, orders and instructions in force are those
 * after the newest record; prices, settled intervals and ids are gathered from all of them. Inputs that arrived after
 * the newest record are not in it, nor is the meter's last verdict: the next dispatch takes nothing as confirmed. A
 * cohort that the records do not know, or whose mode the plan lacks, starts in its normal mode.
 * @param records newest `RECOVERY_RECORDS` of the site's chain or all, ascending
 * @param newest hash of the last record, and the revision of the newest dispatch of all
 */
export function siteStateFromRecords(
  plan: SitePlan,
  records: readonly DecisionRecord[],
  newest: { readonly recordHash: string; readonly revision: number },
): SiteState {
  const last = records.at(-1);
  const initial = initialSiteState(plan);
  if (last === undefined) return initial;
  const { input } = last;
  const decided = new Set(last.output.cohorts.map(({ cohortId }) => cohortId));
  const known = new Map(
    input.cohorts.flatMap((cohort) => (isPossible(plan, cohort, last) ? [[cohort.cohortId, cohort]] : [])),
  );
  const before: SiteState = {
    ...initial,
    asOf: input.asOf,
    sequence: last.sequence - 1,
    previousHash: last.previousHash,
    revision: newest.revision,
    cohorts: initial.cohorts.flatMap(({ cohortId }) => (decided.has(cohortId) ? (known.get(cohortId) ?? []) : [])),
    scedRuns: scedRuns(records, last),
    settled: settled(records),
    ...(input.grid.assumed ? {} : { grid: gridOf(last) }),
    ...(input.hashprice === undefined ? {} : { hashprice: input.hashprice }),
    ...(input.fleetAble === undefined ? {} : { fleetAble: input.fleetAble }),
    silentFeeds: input.silentFeeds,
    orders: input.orders,
    instructions: input.instructions,
    closedIds: closedIds(records, last),
    inputIds: input.inputIds,
    seenIds: records.flatMap((record) => record.input.inputIds).slice(-SEEN_IDS),
  };
  const after = adopt(plan, before, last, newest.recordHash);
  return {
    ...after,
    cohorts: initial.cohorts.map((cohort) => after.cohorts.find((one) => one.cohortId === cohort.cohortId) ?? cohort),
  };
}

/** Whether the plan has the mode that the cohort was in and the one that the record put it in. */
function isPossible(plan: SitePlan, cohort: CohortState, last: DecisionRecord): boolean {
  const modes = plan.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId)?.modes ?? [];
  const wanted = last.output.cohorts.find(({ cohortId }) => cohortId === cohort.cohortId)?.split ?? [];
  return [...cohort.split, ...wanted].every((share) => modes.some(({ modeId }) => modeId === share.modeId));
}

function gridOf({ input }: DecisionRecord): GridState {
  const { assumed: _assumed, ...grid } = input.grid;
  return grid;
}

/** Every run that a record saw, from the one in force two intervals before the newest record's; a later word wins. */
function scedRuns(records: readonly DecisionRecord[], last: DecisionRecord): SiteState["scedRuns"] {
  const from = addSeconds(last.input.intervalStart, -KEPT_SECONDS_BEFORE_INTERVAL);
  const all = records.flatMap(({ input }) => input.scedRuns).reduce<SiteState["scedRuns"]>(withRun, []);
  return runsFrom(all, from);
}

function settled(records: readonly DecisionRecord[]): SiteState["settled"] {
  const byInterval = new Map(
    records.flatMap(({ input: { lastSettled } }) =>
      lastSettled === undefined
        ? []
        : [
            [
              lastSettled.intervalKey,
              { intervalKey: lastSettled.intervalKey, priceUsdPerMwh: lastSettled.priceUsdPerMwh },
            ] as const,
          ],
    ),
  );
  return [...byInterval.values()]
    .toSorted((a, b) => (startOf(a.intervalKey) < startOf(b.intervalKey) ? -1 : 1))
    .slice(-SETTLED_INTERVALS);
}

function startOf(key: string): string {
  return intervalStart(parseIntervalKey(key));
}

/** Orders and instructions that a record had in force and the newest has not, though their end has not come. */
function closedIds(records: readonly DecisionRecord[], last: DecisionRecord): string[] {
  const { asOf, orders, instructions } = last.input;
  const open = new Set([...orders.map((one) => one.orderId), ...instructions.map((one) => one.instructionId)]);
  const seen = records.flatMap(({ input }) => [
    ...input.orders.map((one) => ({ id: one.orderId, until: one.until as string | undefined })),
    ...input.instructions.map((one) => ({ id: one.instructionId, until: one.until as string | undefined })),
  ]);
  const closed = seen.filter(({ id, until }) => !open.has(id) && (until === undefined || until > asOf));
  return [...new Set(closed.map(({ id }) => id))].slice(-CLOSED_IDS);
}
