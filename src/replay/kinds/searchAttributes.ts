import { memberAt } from "../../domain/evidence/historyEvent.ts";
import { payloadOfCommand } from "../payload.ts";
import type { CommandKind } from "./kind.ts";
import { asIs, fields } from "./shape.ts";

/** Search attributes that were set. */
export const searchAttributes: CommandKind = {
  command: "upsertWorkflowSearchAttributes",
  fromCommand: (body, { ordinals }) => ({
    key: ordinals.next("search attributes"),
    must: { fields: fields(memberAt(body, "searchAttributes", "indexedFields"), payloadOfCommand) },
  }),
  fromEvents: {
    UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: ({ attributes: a }, { ordinals }) => ({
      key: ordinals.next("search attributes"),
      must: { fields: fields(memberAt(a, "searchAttributes", "indexedFields"), asIs) },
    }),
  },
};
