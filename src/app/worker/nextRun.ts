import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { standingFreezes } from "../../domain/decision/freezes.ts";
import { nextLookAfter } from "../../domain/decision/nextLook.ts";
import { RECOVERY_RECORDS, siteStateFromRecords } from "../../domain/decision/siteStateFromRecords.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { RULE_SET } from "../../domain/decision/decide.ts";
import { standingStops } from "../../domain/decision/stopProblem.ts";
import { initialSiteState, unseenSince } from "../../domain/decision/siteState.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { CommandFreezes } from "../../ports/commandFreezes.ts";
import type { InvoluntaryTrips } from "../../ports/involuntaryTrips.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { MarketStore } from "../../ports/marketStore.ts";
import type { Retirements } from "../../ports/retirements.ts";
import type { SafetyStops } from "../../ports/safetyStops.ts";
import type { SiteLedger } from "../../ports/siteLedger.ts";
import { type FeedState, standingInputs } from "../../domain/inputs/feedState.ts";
import { type RunClock, type RunSiteInput, workflowIds } from "../../../workflows/contracts.ts";
import { retiredText } from "./book.ts";
import type { Deployment } from "./deployment.ts";
import { feedsOf } from "./feeds.ts";

/** What a site's first run starts with. */
export function firstRun(deployment: Deployment, clock: RunClock, at: Instant): RunSiteInput {
  const { plan, planHash, dispatch } = deployment;
  return {
    plan,
    planHash,
    ruleSet: RULE_SET,
    clock,
    dispatch,
    operatingDay: operatingDayOf(at),
    state: initialSiteState(plan),
    pending: [],
  };
}

/** Where a site's own records and its Temporal server are found, and in whose name it goes on. */
export interface NextRunSources {
  readonly ledger: SiteLedger;
  readonly market: Pick<MarketStore, "cursor">;
  readonly freezes: Pick<CommandFreezes, "inForce">;
  readonly stops: Pick<SafetyStops, "inForce">;
  readonly trips: Pick<InvoluntaryTrips, "untaken">;
  readonly retirements: Pick<Retirements, "of">;
  readonly client: Client;
  readonly actor: string;
  /** What a person gave as the reason; absent where the site comes back by itself. */
  readonly reason?: string;
}

/**
 * What a site that has no open run starts with: from its own records where it has decided before, whatever became of
 * the run that wrote them, else as a new site. What its feeds told meanwhile, and do not tell again until it changes,
 * waits for it as its first inputs, and so do the freezes in force, the safety stops that no record has, and the
 * involuntary trips that no decision has taken up.
 * @throws PortDataError for a site that is retired
 */
export async function nextRun(
  deployment: Deployment,
  clock: RunClock,
  at: Instant,
  { ledger, market, freezes, stops, trips, retirements, client, actor, reason }: NextRunSources,
): Promise<RunSiteInput> {
  const first = firstRun(deployment, clock, at);
  const { plan, planHash } = deployment;
  const retired = await retirements.of(plan.siteId);
  if (retired !== undefined) throw new PortDataError(retiredText(retired));
  const standing = await ledger.standing(plan.siteId, RECOVERY_RECORDS);
  const last = standing?.records.at(-1);
  const cursors = await Promise.all([...feedsOf(deployment).keys()].map((feedId) => market.cursor(feedId)));
  const states = cursors.map(({ state }) => (state ?? {}) as FeedState);
  const frozen = standingFreezes(await freezes.inForce(plan.siteId), at);
  const tripped = await trips.untaken(plan.siteId);
  const told = [...frozen, ...tripped, ...standingInputs(states, last?.input.asOf, plan.siteId)];
  const stopped = await stops.inForce(plan.siteId);
  if (standing === undefined || last === undefined)
    return { ...first, pending: [...standingStops(stopped, {}, at), ...told] };
  const ended = await endedRun(client, plan.siteId);
  const cause = ended?.how ?? `namespace ${client.options.namespace} of the Temporal server has no run of the site`;
  // targets of another configuration may name what this one lacks
  const unanswered = standing.unanswered?.planHash === planHash ? standing.unanswered : undefined;
  const known = siteStateFromRecords(plan, standing.records, standing);
  return {
    ...first,
    pending: [...standingStops(stopped, known, at), ...told],
    state: unanswered === undefined ? unseenSince(known) : known,
    nextLook: nextLookAfter(last),
    recovered: {
      runId: ended?.runId ?? standing.runId,
      cause: reason === undefined ? cause : `${cause}; ${actor} gave as reason: ${reason}`,
      actor,
      ...(unanswered === undefined ? {} : { unanswered }),
    },
  };
}

/** The site's last run on this server, when it is closed. */
export interface EndedRun {
  readonly runId: string;
  /** How it ended and by whom, for a person. */
  readonly how: string;
}

/**
 * The last run of a site that this server knows: undefined when it knows none, or when the run is open.
 * @throws ServiceError of the Temporal client when the server does not answer
 */
async function endedRun(client: Client, siteId: string): Promise<EndedRun | undefined> {
  const workflowId = workflowIds.site(siteId);
  try {
    const { runId, status } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === "RUNNING") return undefined;
    const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const by = history?.events?.[0]?.workflowExecutionTerminatedEventAttributes;
    const who = by ? ` by ${by.identity || "somebody without a name"}: ${by.reason || "no reason given"}` : "";
    return { runId, how: `run ${runId} ended as ${status.name}${who}` };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
