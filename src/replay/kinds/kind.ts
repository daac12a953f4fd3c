import type { HistoryEvent } from "../../domain/evidence/historyEvent.ts";
import type { Ordinals, Shape } from "./shape.ts";

/** What a command's shape is made with, beside its body. */
export interface CommandSetting {
  readonly ordinals: Ordinals;
  /** Fixed summary written with the command. */
  readonly summary: unknown;
  /** The queue that a command names, or, for one that names none of its own, that of its run. */
  readonly queue: (name: unknown) => unknown;
}

/** What an event's shape is made with. */
export interface EventSetting {
  readonly ordinals: Ordinals;
  /** The whole history, in order: an event may speak of an earlier one. */
  readonly events: readonly HistoryEvent[];
  /** Fixed summary kept with the event. */
  readonly summary: unknown;
}

/** One kind of command of the SDK, and the events that record it. */
export interface CommandKind {
  /** Member of `coresdk.workflow_commands.WorkflowCommand`. */
  readonly command: string;
  /**
   * The command, which may be taken back before it is sent: such a pair leaves no event. `seqOf` is the member of the
   * cancelling command that names it.
   */
  readonly cancelledBy?: { readonly command: string; readonly seqOf: string };
  /** What the event must say; undefined where the history keeps nothing of this one. */
  fromCommand(body: unknown, setting: CommandSetting): Shape | undefined;
  /** By event type, without `EVENT_TYPE_`. */
  readonly fromEvents: Readonly<Record<string, (event: HistoryEvent, setting: EventSetting) => Shape>>;
}
