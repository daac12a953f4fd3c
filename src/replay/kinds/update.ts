import { listAt, memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import { payloadOfCommand } from "../payload.ts";
import type { CommandKind } from "./kind.ts";
import { comparable } from "./shape.ts";

/** The answer to an update: its acceptance, then its outcome. */
export const update: CommandKind = {
  command: "updateResponse",
  fromCommand(body) {
    const id = String(memberAt(body, "protocolInstanceId"));
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
  },
  fromEvents: {
    WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ({ attributes: a }) => ({
      key: `update ${textAt(a, "protocolInstanceId")} accepted`,
      must: {},
    }),
    WORKFLOW_EXECUTION_UPDATE_COMPLETED({ attributes: a }, { events }) {
      const accepted = events[Number(textAt(a, "acceptedEventId")) - 1];
      return { key: `update ${textAt(accepted?.attributes, "protocolInstanceId")} outcome`, must: outcome(a) };
    },
  },
};

function outcome(attributes: unknown): Record<string, unknown> {
  const failure = textAt(attributes, "outcome", "failure", "message");
  if (memberAt(attributes, "outcome", "failure") !== undefined)
    return { failure, type: textAt(attributes, "outcome", "failure", "applicationFailureInfo", "type") };
  return { success: comparable(listAt(attributes, "outcome", "success", "payloads")[0]) };
}
