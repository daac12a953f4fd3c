import { canonicalJson } from "../domain/evidence/canonicalJson.ts";
import { type HistoryEvent, listAt, memberAt, textAt } from "../domain/evidence/historyEvent.ts";
import type { Admission } from "../domain/evidence/operatorAdmission.ts";
import type { OperatorRequest } from "../domain/evidence/operatorProof.ts";
import { payloadValue, payloadValues } from "./payload.ts";
import { activityResultOf } from "./siteHistory.ts";

/** An operator's update that a run accepted, and what its admission said: undefined when there was none. */
export interface OperatorUpdate {
  readonly eventId: number;
  readonly asked: OperatorRequest;
  readonly admission: Admission | undefined;
}

/**
 * Every update of a run with the admission of the very same request, by the event that accepted it. @throws
 * PayloadError when a payload is not JSON
 */
export function operatorUpdates(siteId: string, events: readonly HistoryEvent[]): ReadonlyMap<number, OperatorUpdate> {
  const admissions = new Map<string, Admission>();
  for (const event of events) {
    const done = activityResultOf(event, events);
    if (done?.type !== "admitOperator") continue;
    const [input] = listAt(events[done.scheduledEventId - 1]?.attributes, "input", "payloads");
    admissions.set(canonicalJson(payloadValue(input)), done.result as Admission);
  }
  const updates = new Map<number, OperatorUpdate>();
  for (const { type, eventId, attributes } of events) {
    if (type !== "WORKFLOW_EXECUTION_UPDATE_ACCEPTED") continue;
    const [request] = payloadValues(listAt(attributes, "acceptedRequest", "input", "args", "payloads"));
    const update = textAt(attributes, "acceptedRequest", "input", "name") ?? "";
    const asked = { siteId, update, request } as OperatorRequest;
    updates.set(eventId, { eventId, asked, admission: admissions.get(canonicalJson(asked)) });
  }
  return updates;
}

/** What an admitted update asked, without its proof; undefined for a request that was not admitted. */
export function admittedRequest(update: OperatorUpdate | undefined): object | undefined {
  if (update?.admission?.kind !== "admitted" || memberAt(update.asked, "request", "proof") === undefined)
    return undefined;
  const { proof: _, ...request } = update.asked.request;
  return request;
}
