import { type HistoryEvent, textAt } from "./historyEvent.ts";

/** Takes down a finding: where, what was expected, what was found. */
export type Find = (where: string, expected: string, found: string) => void;

/**
 * Every id by which an event refers to another names an earlier one of the right kind, and names repeated from it are
 * the same.
 */
export function checkReferences(event: HistoryEvent, events: readonly HistoryEvent[], find: Find): void {
  const expectation: readonly (readonly [string, readonly string[]])[] = [
    ["workflowTaskCompletedEventId", ["WORKFLOW_TASK_COMPLETED"]],
    ["acceptedEventId", ["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]],
    [
      "initiatedEventId",
      [
        "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
        "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED",
        "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED",
      ],
    ],
    ["startedEventId", [event.type.replace(/_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED|FIRED)$/, "_STARTED")]],
    ["scheduledEventId", ["ACTIVITY_TASK_SCHEDULED", "WORKFLOW_TASK_SCHEDULED", "NEXUS_OPERATION_SCHEDULED"]],
  ];
  for (const [field, types] of expectation) {
    const text = textAt(event.attributes, field);
    if (text === undefined || text === "0") continue;
    const target = events[Number(text) - 1];
    if (target === undefined || target.eventId >= event.eventId || !types.includes(target.type)) {
      find(
        `event ${event.eventId} ${event.type}`,
        `${field} names an earlier ${types.join(" or ")}`,
        `${text}${target === undefined ? " (no such event)" : ` (${target.type})`}`,
      );
    } else checkNames(event, target, find);
  }
}

/** Names that an event repeats from the one that it refers to. */
function checkNames(event: HistoryEvent, target: HistoryEvent, find: Find): void {
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    [
      "child workflow id",
      textAt(event.attributes, "workflowExecution", "workflowId"),
      target.type === "START_CHILD_WORKFLOW_EXECUTION_INITIATED" ? textAt(target.attributes, "workflowId") : undefined,
    ],
    [
      "child workflow type",
      textAt(event.attributes, "workflowType", "name"),
      target.type === "START_CHILD_WORKFLOW_EXECUTION_INITIATED"
        ? textAt(target.attributes, "workflowType", "name")
        : undefined,
    ],
    [
      "timer id",
      textAt(event.attributes, "timerId"),
      target.type === "TIMER_STARTED" ? textAt(target.attributes, "timerId") : undefined,
    ],
    [
      "update id",
      textAt(event.attributes, "meta", "updateId"),
      textAt(target.attributes, "acceptedRequest", "meta", "updateId"),
    ],
    [
      "child run id",
      textAt(event.attributes, "workflowExecution", "runId"),
      target.type === "CHILD_WORKFLOW_EXECUTION_STARTED"
        ? textAt(target.attributes, "workflowExecution", "runId")
        : undefined,
    ],
  ];
  for (const [what, here, there] of pairs) {
    if (here !== undefined && there !== undefined && here !== there)
      find(`event ${event.eventId} ${event.type} ${what}`, there, here);
  }
}
