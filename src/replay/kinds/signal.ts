import { memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import type { CommandKind } from "./kind.ts";
import { commandInput, eventInput } from "./shape.ts";

/** A signal sent to another workflow. */
export const signal: CommandKind = {
  command: "signalExternalWorkflowExecution",
  cancelledBy: { command: "cancelSignalWorkflow", seqOf: "seq" },
  fromCommand: (body, { ordinals }) => ({
    key: ordinals.next("signal sent"),
    must: {
      target: memberAt(body, "childWorkflowId") ?? memberAt(body, "workflowExecution", "workflowId"),
      name: memberAt(body, "signalName") ?? undefined,
      input: commandInput(memberAt(body, "args")),
    },
  }),
  fromEvents: {
    SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: ({ attributes: a }, { ordinals }) => ({
      key: ordinals.next("signal sent"),
      must: {
        target: textAt(a, "workflowExecution", "workflowId"),
        name: textAt(a, "signalName"),
        input: eventInput(a),
      },
    }),
  },
};
