import { textAt } from "../../domain/evidence/historyEvent.ts";
import { type EventShape, eventShapes } from "../kinds/eventShapes.ts";
import { firstDifference, shown } from "../firstDifference.ts";
import type { LayerLog } from "../layerLog.ts";
import type { ReplayedRun } from "../replayer.ts";
import type { AuditLayer } from "./layer.ts";

/**
 * Holds what the code commanded on replay against what the history says it commanded: inputs and options of activities,
 * timer durations, child starts, signals sent, upserts, update outcomes, what the next run was handed. A replay alone
 * compares none of these.
 */
export function checkPayloads(run: ReplayedRun, log: LayerLog): void {
  if (run.error !== undefined) {
    log.note(`${run.run.file}: not compared, the replay failed`);
    return;
  }
  const recorded = new Map(eventShapes(run.events).map((shape) => [shape.key, shape]));
  for (const kind of run.uncompared)
    log.find(run.run.file, "commands whose input the history keeps", `${kind} (its input is not in the history)`);
  for (const shape of run.shapes) {
    const event = recorded.get(shape.key);
    if (event === undefined) {
      if (shape.optional !== true)
        log.find(`${run.run.file} ${shape.key}`, `an event for ${shown(shape.must)}`, "nothing in the history");
      continue;
    }
    recorded.delete(shape.key);
    compare(run, shape.must, event, log);
  }
  for (const [key, { event }] of recorded)
    log.find(place(run, event, key), "nothing: the code gives no such command", shown(event.attributes));
}

function compare(run: ReplayedRun, must: Readonly<Record<string, unknown>>, event: EventShape, log: LayerLog): void {
  log.check();
  for (const [name, expected] of Object.entries(must)) {
    const difference = firstDifference(expected, event.must[name], name);
    if (difference !== undefined)
      log.find(
        `${place(run, event.event, event.key)} ${difference.path}`,
        shown(difference.expected),
        shown(difference.found),
      );
  }
  // a summary that the code never wrote would go unseen otherwise
  if (event.must["summary"] !== undefined && must["summary"] === undefined)
    log.find(`${place(run, event.event, event.key)} summary`, "no summary", shown(event.must["summary"]));
}

function place(run: ReplayedRun, event: EventShape["event"], key: string): string {
  const type = textAt(event.attributes, "activityType", "name");
  return `${run.run.file} event ${event.eventId} ${event.type}${type === undefined ? "" : ` ${type}`} (${key})`;
}

export const payloads = {
  name: "payloads",
  what: "what the code commands is what the history says",
  needs: "replay",
  dependsOnBuild: true,
  check: (_site, log) => ({ replayed: (run) => checkPayloads(run, log) }),
} as const satisfies AuditLayer;
