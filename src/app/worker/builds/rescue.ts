import type { Client } from "@temporalio/client";
import {
  defaultPayloadConverter,
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from "@temporalio/common";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { fetchHistory, type HistoryEvents } from "../../../adapters/temporal/history.ts";
import { openReplayer } from "../../../replay/replayer.ts";
import type { DeploymentVersions, OpenRun } from "./deploymentVersions.ts";

/** What was done with a run whose own build cannot be served. */
export interface Rescue {
  readonly run: OpenRun;
  readonly how: "moved" | "ended" | "begun anew" | "left";
  /** Why, and what a person has to do where something is left to do. */
  readonly told: string;
}

export interface RescueDeps {
  readonly client: Client;
  readonly versions: DeploymentVersions;
  readonly siteId: string;
  readonly taskQueue: string;
  readonly workflowsPath: string;
}

/** Repeated from their own input these do nothing twice: ledger, revision and chain are their fences. */
const REPEATABLE: readonly string[] = ["watchFeed", "dispatchTarget", "exportEvidence"];
const siteIdKey = defineSearchAttributeKey("SiteId", SearchAttributeType.KEYWORD);

/**
 * Lets runs go on by the current build, each only once its history has been replayed on the current code. A run that
 * does not fit: the site's own ends, and the site comes back from its records with the next news of a feed; what is
 * repeatable begins anew; any other is left to a person. @throws the client's errors
 */
export async function rescueRuns(runs: readonly OpenRun[], deps: RescueDeps): Promise<Rescue[]> {
  const replayer = await openReplayer(deps.workflowsPath);
  try {
    const rescues: Rescue[] = [];
    for (const run of runs) {
      const events = await fetchHistory(deps.client, run.workflowId, run.runId);
      const bytes = new TextEncoder().encode(historyToJSON({ events }));
      const { error } = await replayer.show({ workflowId: run.workflowId, taskQueue: deps.taskQueue, bytes });
      rescues.push(error === undefined ? await moved(run, deps) : await replaced(run, events, error, deps));
    }
    return rescues;
  } finally {
    replayer.close();
  }
}

async function moved(run: OpenRun, { versions }: RescueDeps): Promise<Rescue> {
  await versions.unpin(run);
  return { run, how: "moved", told: "its history replays on the current code: it goes on by that" };
}

async function replaced(run: OpenRun, events: HistoryEvents, why: string, deps: RescueDeps): Promise<Rescue> {
  const { client, siteId, taskQueue } = deps;
  const { workflowId, runId, workflowType } = run;
  const unfit = `its history does not replay on the current code (${why})`;
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
      typedSearchAttributes: new TypedSearchAttributes([{ key: siteIdKey, value: siteId }]),
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
