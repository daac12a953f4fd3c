import { memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import type { CommandKind } from "./kind.ts";
import { durationMs, set } from "./shape.ts";

/** A timer that was started. */
export const timer: CommandKind = {
  command: "startTimer",
  cancelledBy: { command: "cancelTimer", seqOf: "seq" },
  fromCommand: (body, { summary }) => ({
    key: `timer ${String(memberAt(body, "seq"))}`,
    must: set({ milliseconds: durationMs(memberAt(body, "startToFireTimeout")), summary }),
  }),
  fromEvents: {
    TIMER_STARTED: ({ attributes: a }, { summary }) => ({
      key: `timer ${textAt(a, "timerId")}`,
      must: { milliseconds: durationMs(memberAt(a, "startToFireTimeout")), summary },
    }),
  },
};
