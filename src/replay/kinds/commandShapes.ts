import { memberAt } from "../../domain/evidence/historyEvent.ts";
import { payloadOfCommand } from "../payload.ts";
import { COMMAND_KINDS, LEFT_TO_REPLAY } from "./index.ts";
import type { CommandKind } from "./kind.ts";
import { comparable, END, Ordinals, type Shape } from "./shape.ts";

/** What the code commanded, and which commands could not be compared. */
export interface CommandShapes {
  readonly shapes: readonly Shape[];
  /** Kinds that leave no input in the history: named to the reader, never passed over. */
  readonly uncompared: readonly string[];
}

const KINDS = new Map(COMMAND_KINDS.map((kind) => [kind.command, kind]));
const BESIDE_THE_COMMAND = new Set(["userMetadata", "eventGroupMarkers"]);

/**
 * Reduces the commands of a run to what its events must say. Field names after `coresdk.workflow_commands` of the SDK.
 * @param replayQueue the replay's stand-in queue: a command that carries it named no queue of its own, and one that
 *   begins with it a queue that hangs on the run's own
 * @param ownQueue the queue that the run itself was started on
 */
export function commandShapes(
  activations: readonly (readonly unknown[])[],
  replayQueue: string,
  ownQueue: string | undefined,
): CommandShapes {
  const commands = activations.flat();
  const ordinals = new Ordinals();
  const takenBack = takenBackIn(commands);
  const uncompared = new Set<string>();
  const shapes: Shape[] = [];
  for (const command of commands) {
    const name = nameOf(command);
    if (name === undefined || LEFT_TO_REPLAY.has(name)) continue;
    const kind = KINDS.get(name);
    const body = memberAt(command, name);
    const shape = kind?.fromCommand(body, {
      ordinals,
      summary: summaryOf(command),
      queue: (queue) => queueOf(queue, replayQueue, ownQueue),
    });
    if (shape === undefined) {
      uncompared.add(name);
      continue;
    }
    shapes.push(takenBack.has(`${name} ${String(memberAt(body, "seq"))}`) ? { ...shape, optional: true } : shape);
    // nothing after the end of a run is sent
    if (shape.key === END) break;
  }
  return { shapes, uncompared: [...uncompared] };
}

function queueOf(queue: unknown, replayQueue: string, ownQueue: string | undefined): unknown {
  if (queue === replayQueue) return ownQueue;
  const hangsOn = typeof queue === "string" && queue.startsWith(`${replayQueue}/`);
  return hangsOn ? `${ownQueue}${queue.slice(replayQueue.length)}` : (queue ?? undefined);
}

function nameOf(command: unknown): string | undefined {
  return Object.keys(command as object).find((key) => !BESIDE_THE_COMMAND.has(key) && memberAt(command, key) != null);
}

function summaryOf(command: unknown): unknown {
  const summary = memberAt(command, "userMetadata", "summary");
  return summary == null ? undefined : comparable(payloadOfCommand(summary));
}

/** What was started and cancelled again: in one task such a pair leaves no event. */
function takenBackIn(commands: readonly unknown[]): ReadonlySet<string> {
  const cancellable = COMMAND_KINDS.filter((kind): kind is Required<CommandKind> => kind.cancelledBy !== undefined);
  return new Set(
    commands.flatMap((command) =>
      cancellable.flatMap(({ command: name, cancelledBy }) => {
        const seq = memberAt(command, cancelledBy.command, cancelledBy.seqOf);
        return seq == null ? [] : [`${name} ${String(seq)}`];
      }),
    ),
  );
}
