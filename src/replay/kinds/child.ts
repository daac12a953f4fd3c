import { memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import { payloadOfCommand } from "../payload.ts";
import type { CommandKind } from "./kind.ts";
import { asIs, commandInput, eventInput, fields, set } from "./shape.ts";

const REUSE = [undefined, "ALLOW_DUPLICATE", "ALLOW_DUPLICATE_FAILED_ONLY", "REJECT_DUPLICATE", "TERMINATE_IF_RUNNING"];
const PARENT_CLOSE = ["UNSPECIFIED", "TERMINATE", "ABANDON", "REQUEST_CANCEL"];

/** A child workflow that was started. */
export const child: CommandKind = {
  command: "startChildWorkflowExecution",
  cancelledBy: { command: "cancelChildWorkflowExecution", seqOf: "childWorkflowSeq" },
  fromCommand(body, { ordinals, queue, summary }) {
    const must = {
      type: memberAt(body, "workflowType") ?? undefined,
      input: commandInput(memberAt(body, "input")),
      summary,
      taskQueue: queue(memberAt(body, "taskQueue")),
      reusePolicy: REUSE[Number(memberAt(body, "workflowIdReusePolicy"))],
      parentClosePolicy: PARENT_CLOSE[Number(memberAt(body, "parentClosePolicy"))],
      memo: fields(memberAt(body, "memo"), payloadOfCommand),
      searchAttributes: fields(memberAt(body, "searchAttributes", "indexedFields"), payloadOfCommand),
    };
    return { key: ordinals.next(`child ${String(memberAt(body, "workflowId"))}`), must: set(must) };
  },
  fromEvents: {
    START_CHILD_WORKFLOW_EXECUTION_INITIATED: ({ attributes: a }, { ordinals, summary }) => ({
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
    }),
  },
};
