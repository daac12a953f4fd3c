import { memberAt } from "../../domain/evidence/historyEvent.ts";
import { payloadOfCommand } from "../payload.ts";
import type { CommandKind } from "./kind.ts";
import { asIs, fields } from "./shape.ts";

/** A memo that was changed. */
export const memo: CommandKind = {
  command: "modifyWorkflowProperties",
  fromCommand: (body, { ordinals }) => ({
    key: ordinals.next("memo"),
    must: { fields: fields(memberAt(body, "upsertedMemo", "fields"), payloadOfCommand) },
  }),
  fromEvents: {
    WORKFLOW_PROPERTIES_MODIFIED: ({ attributes: a }, { ordinals }) => ({
      key: ordinals.next("memo"),
      must: { fields: fields(memberAt(a, "upsertedMemo", "fields"), asIs) },
    }),
  },
};
