import { memberAt } from "../domain/evidence/historyEvent.ts";
import { comparable, commandInput, durationMs, fields, Ordinals, set, type Shape } from "./commandShape.ts";
import { payloadOfCommand } from "./payload.ts";

const REUSE = [undefined, "ALLOW_DUPLICATE", "ALLOW_DUPLICATE_FAILED_ONLY", "REJECT_DUPLICATE", "TERMINATE_IF_RUNNING"];
const PARENT_CLOSE = ["UNSPECIFIED", "TERMINATE", "ABANDON", "REQUEST_CANCEL"];

/** Commands that say nothing a payload could hide: the replay itself holds their kind and order. */
const LEFT_TO_REPLAY = new Set([
  "setPatchMarker",
  "respondToQuery",
  "requestCancelActivity",
  "cancelTimer",
  "cancelChildWorkflowExecution",
  "requestCancelExternalWorkflowExecution",
  "cancelSignalWorkflow",
  "requestCancelLocalActivity",
  "requestCancelNexusOperation",
]);

/** What the code commanded, and which commands could not be compared. */
export interface CommandShapes {
  readonly shapes: readonly Shape[];
  /** Kinds that leave no input in the history: named to the reader, never passed over. */
  readonly uncompared: readonly string[];
}

/**
 * Reduces the commands of a run to what its events must say. Field names after `coresdk.workflow_commands` of the SDK.
 * @param replayQueue the replay's stand-in queue: a command that carries it named no queue of its own
 * @param ownQueue the queue that the run itself was started on
 */
export function commandShapes(
  activations: readonly (readonly unknown[])[],
  replayQueue: string,
  ownQueue: string | undefined,
): CommandShapes {
  const commands = activations.flat();
  const ordinals = new Ordinals();
  const cancelled = cancelledSeqs(commands);
  const uncompared = new Set<string>();
  const shapes: Shape[] = [];
  for (const command of commands) {
    const kind = Object.keys(command as object).find(
      (key) => key !== "userMetadata" && key !== "eventGroupMarkers" && memberAt(command, key) != null,
    );
    if (kind === undefined || LEFT_TO_REPLAY.has(kind)) continue;
    const shape = shapeOf(kind, memberAt(command, kind), {
      ordinals,
      cancelled,
      queue: (name) => (name === replayQueue ? ownQueue : name),
      summary: summaryOf(command),
    });
    if (shape !== undefined) shapes.push(shape);
    else if (kind !== "updateResponse") uncompared.add(kind);
    // nothing after the end of a run is sent
    if (shape?.key === "end") break;
  }
  return { shapes, uncompared: [...uncompared] };
}

interface Setting {
  readonly ordinals: Ordinals;
  readonly cancelled: ReadonlySet<string>;
  readonly queue: (name: unknown) => unknown;
  readonly summary: unknown;
}

function shapeOf(kind: string, body: unknown, { ordinals, cancelled, queue, summary }: Setting): Shape | undefined {
  const get = (...path: string[]): unknown => memberAt(body, ...path) ?? undefined;
  const seq = String(get("seq"));
  switch (kind) {
    case "scheduleActivity": {
      const must = {
        type: get("activityType"),
        input: commandInput(get("arguments")),
        summary,
        taskQueue: queue(get("taskQueue")),
        ...timeouts(body),
        ...retry(get("retryPolicy")),
      };
      // set or not: a limit that the code did not ask for is no limit
      return {
        key: `activity ${String(get("activityId"))}`,
        must: { heartbeatMs: undefined, ...set(must) },
        optional: cancelled.has(`activity ${seq}`),
      };
    }
    case "startTimer":
      return {
        key: `timer ${seq}`,
        must: set({ milliseconds: durationMs(get("startToFireTimeout")), summary }),
        optional: cancelled.has(`timer ${seq}`),
      };
    case "startChildWorkflowExecution": {
      const must = {
        type: get("workflowType"),
        input: commandInput(get("input")),
        summary,
        taskQueue: queue(get("taskQueue")),
        reusePolicy: REUSE[Number(get("workflowIdReusePolicy"))],
        parentClosePolicy: PARENT_CLOSE[Number(get("parentClosePolicy"))],
        memo: fields(get("memo"), payloadOfCommand),
        searchAttributes: fields(get("searchAttributes", "indexedFields"), payloadOfCommand),
      };
      return {
        key: ordinals.next(`child ${String(get("workflowId"))}`),
        must: set(must),
        optional: cancelled.has(`child ${seq}`),
      };
    }
    case "signalExternalWorkflowExecution": {
      const target = get("childWorkflowId") ?? get("workflowExecution", "workflowId");
      return {
        key: ordinals.next("signal sent"),
        must: { target, name: get("signalName"), input: commandInput(get("args")) },
        optional: cancelled.has(`signal ${seq}`),
      };
    }
    case "upsertWorkflowSearchAttributes":
      return {
        key: ordinals.next("search attributes"),
        must: { fields: fields(get("searchAttributes", "indexedFields"), payloadOfCommand) },
      };
    case "modifyWorkflowProperties":
      return { key: ordinals.next("memo"), must: { fields: fields(get("upsertedMemo", "fields"), payloadOfCommand) } };
    case "updateResponse":
      return updateShape(String(get("protocolInstanceId")), body);
    case "continueAsNewWorkflowExecution":
      return {
        key: "end",
        must: set({
          how: "CONTINUED_AS_NEW",
          type: get("workflowType"),
          input: commandInput(get("arguments")),
          ...carried(body),
        }),
      };
    case "completeWorkflowExecution":
      return {
        key: "end",
        must: { how: "COMPLETED", result: get("result") === undefined ? [] : commandInput([get("result")]) },
      };
    case "failWorkflowExecution":
      return { key: "end", must: { how: "FAILED", message: get("failure", "message") } };
    case "cancelWorkflowExecution":
      return { key: "end", must: { how: "CANCELED" } };
    default:
      return undefined;
  }
}

function updateShape(id: string, body: unknown): Shape | undefined {
  if (memberAt(body, "accepted") != null) return { key: `update ${id} accepted`, must: {} };
  const completed = memberAt(body, "completed");
  if (completed != null)
    return { key: `update ${id} outcome`, must: { success: comparable(payloadOfCommand(completed)) } };
  // an update rejected by its validator leaves no event; one that fails after acceptance does
  return {
    key: `update ${id} outcome`,
    must: {
      failure: memberAt(body, "rejected", "message"),
      type: memberAt(body, "rejected", "applicationFailureInfo", "type") ?? undefined,
    },
    optional: true,
  };
}

function carried(body: unknown): Record<string, unknown> {
  const memo = fields(memberAt(body, "memo"), payloadOfCommand);
  const searchAttributes = fields(memberAt(body, "searchAttributes", "indexedFields"), payloadOfCommand);
  return {
    memo: Object.keys(memo).length > 0 ? memo : undefined,
    searchAttributes: Object.keys(searchAttributes).length > 0 ? searchAttributes : undefined,
  };
}

function timeouts(body: unknown): Record<string, unknown> {
  const ms = (name: string): number | undefined => durationMs(memberAt(body, name));
  const [close, start, heartbeat] = [ms("scheduleToCloseTimeout"), ms("startToCloseTimeout"), ms("heartbeatTimeout")];
  // the server cuts shorter limits into longer ones
  const limit = Math.min(...[close, start].filter((value) => value !== undefined));
  return {
    scheduleToCloseMs: close,
    startToCloseMs: start === undefined ? undefined : Math.min(start, limit),
    heartbeatMs: heartbeat === undefined ? undefined : Math.min(heartbeat, limit),
  };
}

function retry(policy: unknown): Record<string, unknown> {
  const attempts = memberAt(policy, "maximumAttempts");
  return {
    retryInitialMs: durationMs(memberAt(policy, "initialInterval")),
    retryMaximumMs: durationMs(memberAt(policy, "maximumInterval")),
    retryAttempts: attempts == null || attempts === 0 ? undefined : Number(attempts),
    retryBackoff: memberAt(policy, "backoffCoefficient") ?? undefined,
    finalErrors:
      policy == null
        ? undefined
        : [...((memberAt(policy, "nonRetryableErrorTypes") as readonly string[] | null | undefined) ?? [])],
  };
}

function summaryOf(command: unknown): unknown {
  const summary = memberAt(command, "userMetadata", "summary");
  return summary == null ? undefined : comparable(payloadOfCommand(summary));
}

/** What was started and cancelled again: in one task such a pair leaves no event. */
function cancelledSeqs(commands: readonly unknown[]): ReadonlySet<string> {
  const seqs = new Set<string>();
  const kinds: readonly (readonly [string, string, string])[] = [
    ["cancelTimer", "seq", "timer"],
    ["requestCancelActivity", "seq", "activity"],
    ["cancelChildWorkflowExecution", "childWorkflowSeq", "child"],
    ["cancelSignalWorkflow", "seq", "signal"],
  ];
  for (const command of commands) {
    for (const [kind, member, name] of kinds) {
      const seq = memberAt(command, kind, member);
      if (seq != null) seqs.add(`${name} ${String(seq)}`);
    }
  }
  return seqs;
}
