import type { SiteInput } from "../domain/inputs/facts.ts";
import type { OperatorOrder } from "../domain/inputs/orders.ts";
import type { SitePlan } from "../domain/decision/model.ts";
import type { KeptRecord } from "../domain/decision/schema1.ts";
import type { SiteState } from "../domain/decision/siteStateModel.ts";
import { canonicalJson } from "../domain/evidence/canonicalJson.ts";
import { type HistoryEvent, listAt, memberAt, textAt } from "../domain/evidence/historyEvent.ts";
import { unpacked } from "../domain/inputs/unpacked.ts";
import type { Instant } from "../domain/units/instant.ts";
import { payloadValue } from "./payload.ts";

/** What the first argument of `runSite` holds that the audit goes by. */
export interface RunStart {
  readonly plan: SitePlan;
  readonly planHash: string;
  readonly ruleSet: string;
  /** How its dispatches are driven. */
  readonly dispatch?: unknown;
  readonly state: SiteState;
  readonly pending: readonly SiteInput[];
  /** Set when the site came back by its own records after a run that ended without handing its state over. */
  readonly recovered?: {
    readonly runId: string;
    readonly cause: string;
    readonly actor: string;
    /** The dispatch that it drives again before it decides. */
    readonly unanswered?: unknown;
  };
}

/** A plan by its hash and the settings of its dispatches, as canonical JSON: what one configuration brings. */
export interface Configured {
  readonly planHash: string | undefined;
  readonly dispatch: string;
}

/** Input of a run of `runSite`. @throws PayloadError when its payload is not JSON */
export function runStart(started: HistoryEvent): RunStart {
  const start = payloadValue(listAt(started.attributes, "input", "payloads")[0]) as Partial<RunStart>;
  return { ...start, pending: start.pending ?? [] } as RunStart;
}

/**
 * What an event brings to the site's mailbox, in the order of the taking up. `admitted` is what the operator's
 * request of this event asks, when it was admitted.
 */
export function arrivalsOf(event: HistoryEvent, admitted: object | undefined): readonly SiteInput[] {
  if (event.type === "WORKFLOW_EXECUTION_SIGNALED" && textAt(event.attributes, "signalName") === "siteInput")
    return unpacked(payloadValue(listAt(event.attributes, "input", "payloads")[0])) as readonly SiteInput[];
  if (event.type !== "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" || admitted === undefined) return [];
  const asked = askedBy(event, admitted);
  return asked === undefined ? [] : [asked];
}

function askedBy(event: HistoryEvent, admitted: object): SiteInput | undefined {
  switch (textAt(event.attributes, "acceptedRequest", "input", "name")) {
    case "placeOrder":
      return { kind: "order", ...(admitted as { id: string; at: Instant; order: OperatorOrder }) };
    case "releaseOrder":
      return {
        kind: "release",
        ...(admitted as { id: string; at: Instant; orderId: string; actor: string; reason: string }),
      };
    case "freezeCommands":
    case "stopMachines":
      return admitted as SiteInput;
    default:
      return undefined;
  }
}

/** What a run goes by and an admitted request of an operator brings; undefined for every other event. */
export function configuredBy(event: HistoryEvent, admitted: object | undefined): Configured | undefined {
  if (event.type !== "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" || admitted === undefined) return undefined;
  const name = textAt(event.attributes, "acceptedRequest", "input", "name");
  if (name !== "configure") return undefined;
  return { planHash: textAt(admitted, "planHash"), dispatch: canonicalJson(memberAt(admitted, "dispatch") ?? null) };
}

/** The record that an event hands to the ledger; undefined for every other event. */
export function recordOf(event: HistoryEvent): KeptRecord | undefined {
  if (event.type !== "ACTIVITY_TASK_SCHEDULED" || textAt(event.attributes, "activityType", "name") !== "recordDecision")
    return undefined;
  return payloadValue(listAt(event.attributes, "input", "payloads")[0]) as KeptRecord;
}

/** What an activity answered, with its type and the event that scheduled it; undefined for every other event. */
export function activityResultOf(
  event: HistoryEvent,
  events: readonly HistoryEvent[],
): { readonly type: string | undefined; readonly scheduledEventId: number; readonly result: unknown } | undefined {
  if (event.type !== "ACTIVITY_TASK_COMPLETED") return undefined;
  const scheduledEventId = Number(textAt(event.attributes, "scheduledEventId"));
  const payload = listAt(event.attributes, "result", "payloads")[0];
  return {
    type: textAt(events[scheduledEventId - 1]?.attributes, "activityType", "name"),
    scheduledEventId,
    result: payload === undefined ? undefined : payloadValue(payload),
  };
}

/** What a child workflow answered; undefined for every other event. */
export function childResultOf(
  event: HistoryEvent,
): { readonly workflowId: string | undefined; readonly result: unknown } | undefined {
  if (event.type !== "CHILD_WORKFLOW_EXECUTION_COMPLETED") return undefined;
  const payload = listAt(event.attributes, "result", "payloads")[0];
  return {
    workflowId: textAt(event.attributes, "workflowExecution", "workflowId"),
    result: payload === undefined ? undefined : payloadValue(payload),
  };
}

/** Workflow id and input of the child that an event starts; undefined for every other event. */
export function childStartedBy(
  event: HistoryEvent,
): { readonly workflowId: string; readonly input: unknown } | undefined {
  const workflowId = textAt(event.attributes, "workflowId");
  if (event.type !== "START_CHILD_WORKFLOW_EXECUTION_INITIATED" || workflowId === undefined) return undefined;
  const payload = listAt(event.attributes, "input", "payloads")[0];
  return { workflowId, input: payload === undefined ? undefined : payloadValue(payload) };
}
