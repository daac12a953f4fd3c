import type { HistoryEvent } from "../../domain/evidence/historyEvent.ts";
import { COMMAND_KINDS } from "./index.ts";
import { comparable, Ordinals, type Shape } from "./shape.ts";

/** An event that records a command, with the event itself for the finding. */
export interface EventShape extends Shape {
  readonly event: HistoryEvent;
}

const BY_EVENT_TYPE = new Map(COMMAND_KINDS.flatMap(({ fromEvents }) => Object.entries(fromEvents)));

/** Reduces the events of a run that record commands to the shapes that the code's commands must match. */
export function eventShapes(events: readonly HistoryEvent[]): EventShape[] {
  const ordinals = new Ordinals();
  return events.flatMap((event) => {
    const summary = event.summary === undefined ? undefined : comparable(event.summary);
    const shape = BY_EVENT_TYPE.get(event.type)?.(event, { ordinals, events, summary });
    return shape === undefined ? [] : [{ ...shape, event }];
  });
}
