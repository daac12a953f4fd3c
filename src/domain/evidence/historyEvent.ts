/** One event of a Temporal history, from its proto-JSON form: the type without `EVENT_TYPE_`, ids as numbers. */
export interface HistoryEvent {
  readonly eventId: number;
  readonly eventTime: string;
  /** For example `ACTIVITY_TASK_SCHEDULED`. */
  readonly type: string;
  /** The event's own `...EventAttributes` object, field names as in the proto JSON. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Fixed summary written with the command, a payload in proto JSON, when there is one. */
  readonly summary?: unknown;
}

/** What lies under a path of member names in a JSON value; undefined as soon as one is missing. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

/** Text under a path; undefined when missing, empty or not a text (proto JSON leaves empty text out). */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = memberAt(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** List under a path; empty when missing (proto JSON leaves empty lists out). */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = memberAt(value, ...path);
  return Array.isArray(found) ? found : [];
}
