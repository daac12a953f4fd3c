import type { Client } from "@temporalio/client";
import {
  defaultPayloadConverter,
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from "@temporalio/common";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { HistoryEvents } from "../../../adapters/temporal/history.ts";
import { thrownText } from "../../../domain/units/foreignText.ts";
import type { ReplayAnswer } from "../../../replay/replayMessages.ts";
import type { Replayer } from "../../../replay/replayer.ts";
import type { DeploymentVersions, OpenRun } from "./deploymentVersions.ts";

/** What was done with a run whose own build cannot be served. */
export interface Rescue {
  readonly run: OpenRun;
  /** `not yet`: nothing was done, because it could not be proven what is right; it is looked at again. */
  readonly how: "moved" | "ended" | "begun anew" | "left" | "not yet";
  /** Why, and what a person has to do where something is left to do. */
  readonly told: string;
}

export interface RescueDeps {
  readonly client: Client;
  readonly versions: DeploymentVersions;
  readonly taskQueue: string;
  /** A replayer of the present workflow code. */
  readonly openReplayer: () => Promise<Replayer>;
  readonly fetchHistory: (workflowId: string, runId: string) => Promise<HistoryEvents>;
}

/** Repeated from their own input these do nothing twice: ledger, revision and chain are their fences. */
const REPEATABLE: readonly string[] = ["watchFeed", "dispatchTarget", "exportEvidence"];
const siteIdKey = defineSearchAttributeKey("SiteId", SearchAttributeType.KEYWORD);

/**
 * Lets runs go on by the current build, each only once its history has been replayed on the current code. Where the
 * replay proves that a run does not fit and its own code is gone for good: the site's own ends, and the site comes back
 * from its records with the next news of a feed; what is repeatable begins anew; any other is left to a person. Nothing
 * is done to a run of which nothing is proven: one fault costs no other run.
 */
export async function rescueRuns(runs: readonly OpenRun[], isGone: boolean, deps: RescueDeps): Promise<Rescue[]> {
  let replayer: Replayer;
  try {
    replayer = await deps.openReplayer();
  } catch (error) {
    return runs.map((run) => notYet(run, `the current code cannot be made ready to replay: ${thrownText(error)}`));
  }
  try {
    const rescues: Rescue[] = [];
    for (const run of runs)
      rescues.push(
        await rescued(run, isGone, replayer, deps).catch((error: unknown) => notYet(run, thrownText(error))),
      );
    return rescues;
  } finally {
    replayer.close();
  }
}

async function rescued(run: OpenRun, isGone: boolean, replayer: Replayer, deps: RescueDeps): Promise<Rescue> {
  const events = await deps.fetchHistory(run.workflowId, run.runId);
  const gap = gapIn(events);
  if (gap !== undefined) return notYet(run, gap);
  const bytes = new TextEncoder().encode(historyToJSON({ events }));
  const answer = await replayer.show({ workflowId: run.workflowId, taskQueue: deps.taskQueue, bytes });
  if (answer.error === undefined) return moved(run, deps);
  return answer.isMisfit === true ? replaced(run, isGone, events, answer, deps) : notYet(run, answer.error);
}

/** A history with a hole would be taken for one of other code. */
function gapIn(events: HistoryEvents): string | undefined {
  if (events.length === 0) return "the server gave a history without events";
  const at = events.findIndex(({ eventId }, i) => Number(eventId) !== i + 1);
  return at < 0
    ? undefined
    : `the server gave event ${String(events[at]?.eventId)} of its history where ${at + 1} is due`;
}

/** The site, or for a feed the book, that a workflow is of: its id names it second. */
function ownerOf(workflowId: string): string {
  return workflowId.split("/")[1] ?? workflowId;
}

function notYet(run: OpenRun, why: string): Rescue {
  return { run, how: "not yet", told: `whether it fits the current code is not known (${why}): it is left as it is` };
}

async function moved(run: OpenRun, { versions }: RescueDeps): Promise<Rescue> {
  await versions.unpin(run);
  return { run, how: "moved", told: "its history replays on the current code: it goes on by that" };
}

async function replaced(
  run: OpenRun,
  isGone: boolean,
  events: HistoryEvents,
  { error: why }: ReplayAnswer,
  deps: RescueDeps,
): Promise<Rescue> {
  const { client, taskQueue } = deps;
  const { workflowId, runId, workflowType } = run;
  const unfit = `its history does not replay on the current code (${why})`;
  const byHand = "or terminate the run, and it comes back with the next news or start";
  if (!isGone)
    return { run, how: "not yet", told: `${unfit}: it waits for a worker of its own build; see the log, ${byHand}` };
  if (workflowType === "runSite") {
    await client.workflow.getHandle(workflowId, runId).terminate(`build ${run.buildId} cannot be served, and ${unfit}`);
    return { run, how: "ended", told: `${unfit}: the site comes back from its records with the next news of a feed` };
  }
  if (REPEATABLE.includes(workflowType)) {
    const input = events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    await client.workflow.start(workflowType, {
      workflowId,
      taskQueue,
      workflowIdConflictPolicy: "TERMINATE_EXISTING",
      typedSearchAttributes: new TypedSearchAttributes([{ key: siteIdKey, value: ownerOf(workflowId) }]),
      args: input.map((payload) => defaultPayloadConverter.fromPayload(payload)),
    });
    return { run, how: "begun anew", told: `${unfit}: it began anew from its own input` };
  }
  return {
    run,
    how: "left",
    told:
      `${unfit}: put the bundle of build ${run.buildId} back into the folder of kept bundles, or terminate the run ` +
      `and start it again`,
  };
}
