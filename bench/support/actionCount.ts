/** An event of a history as Temporal's proto JSON has it. */
export type HistoryEvent = { readonly eventType: string; readonly eventTime: string } & Readonly<
  Record<string, unknown>
>;

/**
 * What Temporal bills. Start: a run begins, also by continue-as-new, also a child. Activity: an attempt. Source:
 * docs.temporal.io/cloud/actions. Heartbeats and queries are billed too and are in no history: they are reported apart.
 */
export type ActionKind = "start" | "signal" | "update" | "activity" | "timer" | "search attributes" | "child";
export const ACTION_KINDS: readonly ActionKind[] = [
  "start",
  "signal",
  "update",
  "activity",
  "timer",
  "search attributes",
  "child",
];

export interface Action {
  readonly kind: ActionKind;
  /** Name of the signal's input kind, the activity, the timer. */
  readonly what: string;
}

/** Actions of one run in order. */
export function actionsOf(events: readonly HistoryEvent[]): Action[] {
  return events.flatMap((event): Action[] => {
    const attributes = attributesOf(event);
    switch (event.eventType) {
      case "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED":
        return [{ kind: "start", what: "run" }];
      case "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED":
        return [{ kind: "signal", what: inputKind(attributes) }];
      case "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED":
        return [{ kind: "update", what: "operator" }];
      case "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED":
        return [{ kind: "activity", what: (attributes["activityType"] as { name: string }).name }];
      case "EVENT_TYPE_ACTIVITY_TASK_STARTED":
        return Array.from({ length: Number(attributes["attempt"] ?? 1) - 1 }, () => ({
          kind: "activity",
          what: "attempt again",
        }));
      case "EVENT_TYPE_TIMER_STARTED":
        return [{ kind: "timer", what: "next look" }];
      case "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES":
        return [{ kind: "search attributes", what: "mode shown" }];
      case "EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED":
        return [{ kind: "child", what: "dispatch" }];
      default:
        return [];
    }
  });
}

/** Actions between one SCED price and the next. */
export interface PriceWindow {
  readonly actions: readonly Action[];
  /** No other input arrived and nothing was commanded. */
  readonly quiet: boolean;
}

/**
 * What happened before the first price that was decided on belongs to no window: a site that begins takes up the
 * backlog of its feed with one decision.
 */
export function priceWindows(actions: readonly Action[]): PriceWindow[] {
  const windows: Action[][] = [];
  for (const action of actions) {
    if (action.kind === "signal" && action.what === "sced-lmp") windows.push([action]);
    else windows.at(-1)?.push(action);
  }
  const decided = windows.findIndex((window) => window.some(({ what }) => what === "recordDecision"));
  return windows.slice(Math.max(decided, 0)).map((window) => ({
    actions: window,
    quiet: !window
      .slice(1)
      .some(({ kind, what }) => kind === "update" || kind === "child" || (kind === "signal" && what !== "sced-lmp")),
  }));
}

/** Number of each kind. */
export function countByKind(actions: readonly Action[]): Record<ActionKind, number> {
  return Object.fromEntries(
    ACTION_KINDS.map((kind) => [kind, actions.filter((action) => action.kind === kind).length]),
  ) as Record<ActionKind, number>;
}

export function attributesOf(event: HistoryEvent): Record<string, unknown> {
  const name = Object.keys(event).find((key) => key.endsWith("EventAttributes"));
  return (name === undefined ? {} : event[name]) as Record<string, unknown>;
}

/** First argument of a signal or start, decoded. */
export function firstArgument(attributes: Readonly<Record<string, unknown>>): unknown {
  const payload = (attributes["input"] as { payloads?: { data: string }[] } | undefined)?.payloads?.[0];
  return payload === undefined ? undefined : JSON.parse(Buffer.from(payload.data, "base64").toString("utf8"));
}

function inputKind(attributes: Readonly<Record<string, unknown>>): string {
  return (firstArgument(attributes) as { kind?: string } | undefined)?.kind ?? String(attributes["signalName"]);
}
