import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { Client } from "@temporalio/client";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import type { System } from "../../src/app/system/system.ts";
import { watchesOf } from "../../src/app/system/watches.ts";
import { ownLookAfter } from "../../src/domain/decision/nextLook.ts";
import { intervalStart, operatingDayOf, settlementInterval } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import { idle, type RunSiteInput, workflowIds } from "../../workflows/contracts.ts";
import { attributesOf, firstArgument, type HistoryEvent } from "./actionCount.ts";

/** Whatever is later than this past its time is stuck. */
const LATE_SECONDS = 60;
/** An activity that failed this often in a row makes no progress, unless an attempt is under way. */
const ATTEMPTS_MAX = 5;
const UNDER_WAY = 2; // PENDING_ACTIVITY_STATE_STARTED
const RUNNING = "RUNNING";

/** Every run of a workflow that the server knows, oldest first, with its events. */
export async function runsOf(client: Client, workflowId: string): Promise<readonly (readonly HistoryEvent[])[]> {
  const runs: { startTime: Date; runId: string }[] = [];
  for await (const { startTime, runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
    runs.push({ startTime, runId });
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  return Promise.all(
    runs.map(async ({ runId }) => {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      return (JSON.parse(historyToJSON(history)) as { events: HistoryEvent[] }).events;
    }),
  );
}

/** What does not get on, in words; empty when everything does. `now` is market time. */
export async function stuckWorkflows(system: System, now: Instant): Promise<string[]> {
  const open: { workflowId: string; runId: string }[] = [];
  const findings: string[] = [];
  for await (const { workflowId, runId, status } of system.client.workflow.list()) {
    if (status.name === RUNNING) open.push({ workflowId, runId });
    else if (status.name !== "COMPLETED" && status.name !== "CONTINUED_AS_NEW")
      findings.push(`${workflowId} ended as ${status.name}`);
  }
  for (const { workflowId, runId } of open) {
    findings.push(...(await withoutProgress(system, workflowId, runId)));
    if (workflowId.startsWith("dispatch/")) findings.push(`${workflowId} is still open`);
  }
  const running = new Set(open.map(({ workflowId }) => workflowId));
  const due = [
    workflowIds.site(system.deployment.plan.siteId),
    ...watchesOf(system.book).map(({ workflowId }) => workflowId),
  ];
  findings.push(...due.filter((id) => !running.has(id)).map((id) => `${id} does not run`));
  findings.push(...(await lateFeeds(system, now)), ...(await lateRegisters(system, now)));
  findings.push(...(await lateSite(system, now)));
  return findings;
}

async function withoutProgress({ client }: System, workflowId: string, runId: string): Promise<string[]> {
  const { namespace } = client.options;
  const execution = { workflowId, runId };
  const { pendingActivities, pendingWorkflowTask } = await client.workflowService.describeWorkflowExecution({
    namespace,
    execution,
  });
  const attempt = pendingWorkflowTask?.attempt ?? 1;
  const task = attempt > 1 ? [`${workflowId}: its workflow task is at attempt ${attempt}`] : [];
  const activities = (pendingActivities ?? [])
    .filter((one) => (one.attempt ?? 1) > ATTEMPTS_MAX && one.lastFailure && one.state !== UNDER_WAY)
    .map(
      ({ activityType, attempt: times, lastFailure }) =>
        `${workflowId}: ${activityType?.name} is at attempt ${times}: ${lastFailure?.message}`,
    );
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const { events } = JSON.parse(historyToJSON(history)) as { events: HistoryEvent[] };
  const failed = events.filter(failedTask).map((event) => `${workflowId}: a workflow task failed: ${causeOf(event)}`);
  return [...task, ...activities, ...failed];
}

/** Not the server's word that something arrived while a run was ending: the task is made again with it. */
function failedTask(event: HistoryEvent): boolean {
  return event.eventType === "EVENT_TYPE_WORKFLOW_TASK_FAILED" && !causeOf(event).includes("UNHANDLED_COMMAND");
}

function causeOf(event: HistoryEvent): string {
  const { cause, failure } = attributesOf(event) as { cause?: string; failure?: { message?: string } };
  return `${cause} ${failure?.message ?? ""}`;
}

/** Feeds whose next poll, as they noted it themselves, is long past. */
async function lateFeeds({ pool }: System, now: Instant): Promise<string[]> {
  const rows = await query<{ feed_id: string; state: { nextPollAt?: Instant } }>(
    pool,
    "SELECT feed_id, state FROM feed_cursor ORDER BY feed_id",
    [],
  );
  return rows
    .filter(({ state: { nextPollAt } }) => nextPollAt !== undefined && addSeconds(nextPollAt, LATE_SECONDS) < now)
    .map(({ feed_id, state }) => `feed/${feed_id} was due at ${state.nextPollAt} and has not polled since`);
}

async function lateRegisters({ pool, deployment }: System, now: Instant): Promise<string[]> {
  const boundary = intervalStart(settlementInterval(addSeconds(now, -2 * LATE_SECONDS)));
  const { siteId } = deployment.plan;
  const [row] = await query<{ boundary_at: Date | null }>(
    pool,
    "SELECT max(boundary_at) AS boundary_at FROM meter_register WHERE site_id = $1",
    [siteId],
  );
  const last = row?.boundary_at?.toISOString();
  if (last !== undefined && last >= boundary) return [];
  return [`feed/registers/${siteId} has not read the boundary ${boundary}; the last one is ${last}`];
}

async function lateSite(system: System, now: Instant): Promise<string[]> {
  const { client, pool, deployment } = system;
  const workflowId = workflowIds.site(deployment.plan.siteId);
  const findings: string[] = [];
  const [started] = (await runsOf(client, workflowId)).at(-1) ?? [];
  const day = started && (firstArgument(attributesOf(started)) as RunSiteInput).operatingDay;
  if (day !== operatingDayOf(now)) findings.push(`${workflowId} is in the run of ${day} at ${now}`);
  const latest = await postgresDecisionStore(pool).latest(deployment.plan.siteId);
  const look = latest && ownLookAfter(deployment.plan, latest);
  if (look !== undefined && addSeconds(look, LATE_SECONDS) < now)
    findings.push(`${workflowId} was to look at ${look}; its last decision is ${latest?.sequence}`);
  const rests = await client.workflow
    .getHandle(workflowId)
    .query(idle)
    .catch((error: unknown) => `does not answer: ${String(error)}`);
  if (rests !== true) findings.push(`${workflowId} is not at rest: ${String(rests)}`);
  return findings;
}

/** Closed runs' answers to the script need rest: waits until no dispatch is open and the site is idle. */
export async function atRest({ client, deployment }: System): Promise<boolean> {
  for await (const { workflowId, status } of client.workflow.list())
    if (status.name === RUNNING && workflowId.startsWith("dispatch/")) return false;
  return client.workflow
    .getHandle(workflowIds.site(deployment.plan.siteId))
    .query(idle)
    .catch(() => false);
}
