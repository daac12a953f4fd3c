import { createHash } from "node:crypto";
import { type Client, isGrpcServiceError } from "@temporalio/client";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { type ClosedRun, type RunHistories, UnknownRunError } from "../../ports/evidenceRuns.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { instantFromMs } from "../../domain/units/instant.ts";

const CLOSING = new Set([
  "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED",
  "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
  "EVENT_TYPE_WORKFLOW_EXECUTION_FAILED",
  "EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT",
  "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED",
  "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
]);

/**
 * Events asked for at once. One event may hold 2 MB, so a page of them stays below the 128 MB that a connection takes;
 * the server's default of 256 would not.
 */
const PAGE_EVENTS = 16;

/** gRPC status INVALID_ARGUMENT (a run id that is none) and NOT_FOUND. */
const UNKNOWN_RUN: readonly (number | undefined)[] = [3, 5];

interface JsonEvent {
  readonly eventType: string;
  readonly eventTime: string;
  readonly workflowTaskCompletedEventAttributes?: {
    readonly workerVersion?: { readonly buildId?: string };
    readonly deploymentVersion?: { readonly buildId?: string };
  };
  readonly workflowExecutionContinuedAsNewEventAttributes?: { readonly newExecutionRunId?: string };
}

/** Histories of closed runs from a Temporal server. */
export function temporalHistories(client: Client): RunHistories {
  return {
    exportRun: (workflowId, runId) => exportRun(client, workflowId, runId),

    async runBefore(workflowId, runId) {
      const { events } = await asked(workflowId, runId, () => fetchPage(client, workflowId, runId, 1));
      return events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    },
  };
}

/**
 * Fetch one closed run as the bytes that are kept as evidence: proto JSON, UTF-8, hashed as they are stored.
 * @throws PortUnavailableError when the server does not answer; UnknownRunError when it does not know the run;
 *   PortDataError when the run is still open
 */
export async function exportRun(client: Client, workflowId: string, runId: string): Promise<ClosedRun> {
  // without the run id the server would answer with the latest run
  const json = await fetchJson(client, workflowId, runId);
  const bytes = new TextEncoder().encode(json);
  const { events } = JSON.parse(json) as { events: readonly JsonEvent[] };
  const last = events.at(-1);
  if (last === undefined || !CLOSING.has(last.eventType)) {
    throw new PortDataError(
      `history of ${workflowId} run ${runId}: expected a closed run, its last event is ` +
        `${last?.eventType ?? "missing"}; export it once it has closed`,
    );
  }
  return {
    workflowId,
    runId,
    bytes,
    digest: createHash("sha256").update(bytes).digest("hex"),
    events: events.length,
    closedAt: instantFromMs(Date.parse(last.eventTime)),
    buildId: buildIdOf(events),
    closedBy: last.eventType.replace("EVENT_TYPE_", ""),
    nextRunId: last.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId,
  };
}

async function fetchJson(client: Client, workflowId: string, runId: string): Promise<string> {
  return historyToJSON({ events: await fetchHistory(client, workflowId, runId) });
}

/**
 * The events of one run, open or closed, as the server has them now. @throws PortUnavailableError, UnknownRunError as
 * `exportRun`
 */
export function fetchHistory(client: Client, workflowId: string, runId: string): Promise<HistoryEvents> {
  return asked(workflowId, runId, () => fetchEvents(client, workflowId, runId));
}

/** What the server answers, its errors as the port's. */
async function asked<T>(workflowId: string, runId: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!isGrpcServiceError(cause)) throw cause;
    if (UNKNOWN_RUN.includes(cause.code)) {
      throw new UnknownRunError(
        `history of ${workflowId} run ${runId}: the server does not know this run; it may be past the namespace's ` +
          `retention, or of another server or namespace`,
        { cause },
      );
    }
    throw new PortUnavailableError(
      `history of ${workflowId} run ${runId}: the Temporal server gave no answer: ${thrownText(cause)}`,
      { cause },
    );
  }
}

/** Events of a history as the SDK's protobuf types have them. */
export type HistoryEvents = NonNullable<Parameters<typeof historyToJSON>[0]["events"]>;

/** Page by page: a whole history is larger than one message may be. */
async function fetchEvents(client: Client, workflowId: string, runId: string): Promise<HistoryEvents> {
  const all: HistoryEvents = [];
  let next: Uint8Array | undefined;
  do {
    const page = await fetchPage(client, workflowId, runId, PAGE_EVENTS, next);
    all.push(...page.events);
    next = page.next;
  } while (next !== undefined);
  return all;
}

async function fetchPage(
  client: Client,
  workflowId: string,
  runId: string,
  maximumPageSize: number,
  nextPageToken?: Uint8Array,
): Promise<{ events: HistoryEvents; next?: Uint8Array }> {
  const page = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize,
    nextPageToken,
  });
  const next = page.nextPageToken?.length ? page.nextPageToken : undefined;
  return { events: page.history?.events ?? [], ...(next === undefined ? {} : { next }) };
}

function buildIdOf(events: readonly JsonEvent[]): string {
  const completed = events.findLast(
    (event) => event.workflowTaskCompletedEventAttributes !== undefined,
  )?.workflowTaskCompletedEventAttributes;
  return completed?.deploymentVersion?.buildId ?? completed?.workerVersion?.buildId ?? "unknown";
}
