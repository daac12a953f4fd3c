import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { COMMAND_KINDS, LEFT_TO_REPLAY } from "../../src/replay/kinds/index.ts";

/** What the protobuf library says of a message type. */
interface Described {
  readonly oneofs: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
}

const proto = createRequire(import.meta.url)("@temporalio/proto") as {
  readonly coresdk: { readonly workflow_commands: { readonly WorkflowCommand: Described } };
  readonly temporal: { readonly api: { readonly enums: { readonly v1: { readonly EventType: object } } } };
};
const OF_SDK = proto.coresdk.workflow_commands.WorkflowCommand.oneofs["variant"]!.oneof;
/** The history keeps only what these two came to: an audit names them as commands that it cannot compare. */
const NOT_IN_THE_HISTORY = ["scheduleLocalActivity", "scheduleNexusOperation"];

describe("what the audit holds against a history", () => {
  it("every command that the SDK knows is compared, left to the replay, or named as one that cannot be compared", () => {
    const known = [...COMMAND_KINDS.map(({ command }) => command), ...LEFT_TO_REPLAY, ...NOT_IN_THE_HISTORY];
    expect(known.toSorted()).toEqual([...OF_SDK].toSorted());
  });

  it("a command is taken back only by a command that the SDK knows", () => {
    const takingBack = COMMAND_KINDS.flatMap(({ cancelledBy }) => cancelledBy?.command ?? []);
    expect(takingBack.filter((command) => !OF_SDK.includes(command))).toEqual([]);
  });

  it("every event that is read is one of Temporal's, and one kind reads it", () => {
    const types = COMMAND_KINDS.flatMap(({ fromEvents }) => Object.keys(fromEvents));
    const ofTemporal = Object.keys(proto.temporal.api.enums.v1.EventType);
    expect(types.filter((type) => !ofTemporal.includes(`EVENT_TYPE_${type}`))).toEqual([]);
    expect(new Set(types).size).toBe(types.length);
  });
});
