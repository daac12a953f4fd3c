import { type HistoryEvent, listAt, memberAt, textAt } from "../domain/evidence/historyEvent.ts";
import { comparable, durationMs, eventInput, fields, Ordinals, type Shape } from "./commandShape.ts";

/** An event that records a command, with the event itself for the finding. */
export interface EventShape extends Shape {
  readonly event: HistoryEvent;
}

/** Reduces the events of a run that record commands to the shapes that the code's commands must match. */
export function eventShapes(events: readonly HistoryEvent[]): EventShape[] {
  const ordinals = new Ordinals();
  const shapes: EventShape[] = [];
  for (const event of events) {
    const shape = shapeOf(event, events, ordinals);
    if (shape !== undefined) shapes.push({ ...shape, event });
  }
  return shapes;
}

function shapeOf(event: HistoryEvent, events: readonly HistoryEvent[], ordinals: Ordinals): Shape | undefined {
  const a = event.attributes;
  const summary = event.summary === undefined ? undefined : comparable(event.summary);
  const asIs = (payload: unknown): unknown => payload;
  switch (event.type) {
    case "ACTIVITY_TASK_SCHEDULED":
      return {
        key: `activity ${textAt(a, "activityId")}`,
        must: {
          type: textAt(a, "activityType", "name"),
          input: eventInput(a),
          summary,
          taskQueue: textAt(a, "taskQueue", "name"),
          scheduleToCloseMs: durationMs(memberAt(a, "scheduleToCloseTimeout")),
          startToCloseMs: durationMs(memberAt(a, "startToCloseTimeout")),
          heartbeatMs: durationMs(memberAt(a, "heartbeatTimeout")),
          retryInitialMs: durationMs(memberAt(a, "retryPolicy", "initialInterval")),
          retryMaximumMs: durationMs(memberAt(a, "retryPolicy", "maximumInterval")),
          retryAttempts: memberAt(a, "retryPolicy", "maximumAttempts"),
          retryBackoff: memberAt(a, "retryPolicy", "backoffCoefficient"),
          finalErrors: listAt(a, "retryPolicy", "nonRetryableErrorTypes"),
        },
      };
    case "TIMER_STARTED":
      return {
        key: `timer ${textAt(a, "timerId")}`,
        must: { milliseconds: durationMs(memberAt(a, "startToFireTimeout")), summary },
      };
    case "START_CHILD_WORKFLOW_EXECUTION_INITIATED":
      return {
        key: ordinals.next(`child ${textAt(a, "workflowId")}`),
        must: {
          type: textAt(a, "workflowType", "name"),
          input: eventInput(a),
          summary,
          taskQueue: textAt(a, "taskQueue", "name"),
          reusePolicy: textAt(a, "workflowIdReusePolicy")?.replace("WORKFLOW_ID_REUSE_POLICY_", ""),
          parentClosePolicy: textAt(a, "parentClosePolicy")?.replace("PARENT_CLOSE_POLICY_", ""),
          memo: fields(memberAt(a, "memo", "fields"), asIs),
          searchAttributes: fields(memberAt(a, "searchAttributes", "indexedFields"), asIs),
        },
      };
    case "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED":
      return {
        key: ordinals.next("signal sent"),
        must: {
          target: textAt(a, "workflowExecution", "workflowId"),
          name: textAt(a, "signalName"),
          input: eventInput(a),
        },
      };
    case "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES":
      return {
        key: ordinals.next("search attributes"),
        must: { fields: fields(memberAt(a, "searchAttributes", "indexedFields"), asIs) },
      };
    case "WORKFLOW_PROPERTIES_MODIFIED":
      return { key: ordinals.next("memo"), must: { fields: fields(memberAt(a, "upsertedMemo", "fields"), asIs) } };
    case "WORKFLOW_EXECUTION_UPDATE_ACCEPTED":
      return { key: `update ${textAt(a, "protocolInstanceId")} accepted`, must: {} };
    case "WORKFLOW_EXECUTION_UPDATE_COMPLETED": {
      const accepted = events[Number(textAt(a, "acceptedEventId")) - 1];
      return { key: `update ${textAt(accepted?.attributes, "protocolInstanceId")} outcome`, must: outcome(a) };
    }
    default:
      return ending(event);
  }
}

function outcome(attributes: unknown): Record<string, unknown> {
  const failure = textAt(attributes, "outcome", "failure", "message");
  if (memberAt(attributes, "outcome", "failure") !== undefined)
    return { failure, type: textAt(attributes, "outcome", "failure", "applicationFailureInfo", "type") };
  return { success: comparable(listAt(attributes, "outcome", "success", "payloads")[0]) };
}

function ending({ type, attributes: a }: HistoryEvent): Shape | undefined {
  switch (type) {
    case "WORKFLOW_EXECUTION_CONTINUED_AS_NEW":
      return {
        key: "end",
        must: {
          how: "CONTINUED_AS_NEW",
          type: textAt(a, "workflowType", "name"),
          input: eventInput(a),
          memo: fields(memberAt(a, "memo", "fields"), (payload) => payload),
          searchAttributes: fields(memberAt(a, "searchAttributes", "indexedFields"), (payload) => payload),
        },
      };
    case "WORKFLOW_EXECUTION_COMPLETED":
      return { key: "end", must: { how: "COMPLETED", result: listAt(a, "result", "payloads").map(comparable) } };
    case "WORKFLOW_EXECUTION_FAILED":
      return { key: "end", must: { how: "FAILED", message: textAt(a, "failure", "message") } };
    case "WORKFLOW_EXECUTION_CANCELED":
      return { key: "end", must: { how: "CANCELED" } };
    default:
      return undefined;
  }
}
