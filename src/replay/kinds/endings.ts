import { listAt, memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import { payloadOfCommand } from "../payload.ts";
import type { CommandKind } from "./kind.ts";
import { asIs, commandInput, comparable, END, eventInput, fields, set } from "./shape.ts";

/** The run ended and another one goes on. */
export const continuedAsNew: CommandKind = {
  command: "continueAsNewWorkflowExecution",
  fromCommand: (body) => ({
    key: END,
    must: set({
      how: "CONTINUED_AS_NEW",
      type: memberAt(body, "workflowType") ?? undefined,
      input: commandInput(memberAt(body, "arguments")),
      memo: unlessEmpty(fields(memberAt(body, "memo"), payloadOfCommand)),
      searchAttributes: unlessEmpty(fields(memberAt(body, "searchAttributes", "indexedFields"), payloadOfCommand)),
    }),
  }),
  fromEvents: {
    WORKFLOW_EXECUTION_CONTINUED_AS_NEW: ({ attributes: a }) => ({
      key: END,
      must: {
        how: "CONTINUED_AS_NEW",
        type: textAt(a, "workflowType", "name"),
        input: eventInput(a),
        memo: fields(memberAt(a, "memo", "fields"), asIs),
        searchAttributes: fields(memberAt(a, "searchAttributes", "indexedFields"), asIs),
      },
    }),
  },
};

/** The run ended with a result. */
export const completed: CommandKind = {
  command: "completeWorkflowExecution",
  fromCommand: (body) => ({
    key: END,
    must: {
      how: "COMPLETED",
      result: memberAt(body, "result") == null ? [] : commandInput([memberAt(body, "result")]),
    },
  }),
  fromEvents: {
    WORKFLOW_EXECUTION_COMPLETED: ({ attributes: a }) => ({
      key: END,
      must: { how: "COMPLETED", result: listAt(a, "result", "payloads").map(comparable) },
    }),
  },
};

/** The run ended with an error. */
export const failed: CommandKind = {
  command: "failWorkflowExecution",
  fromCommand: (body) => ({
    key: END,
    must: { how: "FAILED", message: memberAt(body, "failure", "message") ?? undefined },
  }),
  fromEvents: {
    WORKFLOW_EXECUTION_FAILED: ({ attributes: a }) => ({
      key: END,
      must: { how: "FAILED", message: textAt(a, "failure", "message") },
    }),
  },
};

/** The run ended because it was cancelled. */
export const cancelled: CommandKind = {
  command: "cancelWorkflowExecution",
  fromCommand: () => ({ key: END, must: { how: "CANCELED" } }),
  fromEvents: { WORKFLOW_EXECUTION_CANCELED: () => ({ key: END, must: { how: "CANCELED" } }) },
};

function unlessEmpty(of: Record<string, unknown>): Record<string, unknown> | undefined {
  return Object.keys(of).length > 0 ? of : undefined;
}
