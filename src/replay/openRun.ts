import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { HistoryEvent } from "../domain/evidence/historyEvent.ts";
import { listAt, memberAt, textAt } from "../domain/evidence/historyEvent.ts";
import type { EvidenceRun } from "../domain/evidence/model.ts";
import { parseJson } from "./bundle.ts";

/** A run's history as every layer after the first sees it: one reading, that of the replay itself. */
export interface OpenedRun {
  readonly run: EvidenceRun;
  /** What the replay is fed. */
  readonly bytes: Uint8Array;
  readonly events: readonly HistoryEvent[];
}

/**
 * Reads stored history bytes (proto JSON, UTF-8). The events are written out again from what the protobuf reader
 * understood, so that a field spelt twice cannot show one value to the replay and another to the checks.
 * @throws TypeError or BundleError when the bytes are no history
 */
export function openRun(run: EvidenceRun, bytes: Uint8Array): OpenedRun {
  const history = historyFromJSON(parseJson(run.file, bytes));
  const events = listAt(JSON.parse(historyToJSON(history)), "events").map(readEvent);
  return { run, bytes, events };
}

function readEvent(event: unknown): HistoryEvent {
  const kind = Object.keys(event as object).find((key) => key.endsWith("EventAttributes"));
  const eventId = Number(textAt(event, "eventId"));
  if (kind === undefined)
    throw new TypeError(`history event ${eventId}: expected an ...EventAttributes member, got none`);
  const type = textAt(event, "eventType")?.replace(/^EVENT_TYPE_/, "") ?? "UNSPECIFIED";
  // the replay goes by the type, the checks by the attributes: they must name the same thing
  const expected = `${camelCase(type)}EventAttributes`;
  if (kind !== expected) throw new TypeError(`history event ${eventId}: type ${type} expects ${expected}, got ${kind}`);
  return {
    eventId,
    type,
    eventTime: textAt(event, "eventTime") ?? "",
    attributes: memberAt(event, kind) as Record<string, unknown>,
    summary: memberAt(event, "userMetadata", "summary"),
  };
}

function camelCase(constantCase: string): string {
  return constantCase.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
