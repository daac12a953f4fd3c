import { listAt, memberAt, textAt } from "../../domain/evidence/historyEvent.ts";
import { PayloadError, payloadOfCommand, payloadValue } from "../payload.ts";

/**
 * A command or the event that records it, reduced to what both must agree on. `key` pairs them; `must` are the values.
 * A command that the history may lack (cancelled before it was sent) is `optional`.
 */
export interface Shape {
  readonly key: string;
  readonly must: Readonly<Record<string, unknown>>;
  readonly optional?: boolean;
}

/** Key of what ends a run, however it ends: there is one. */
export const END = "end";

/** Counts occurrences so that the n-th command of a kind pairs with the n-th event of that kind. */
export class Ordinals {
  readonly #counts = new Map<string, number>();

  next(kind: string): string {
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    return `${kind} #${n}`;
  }
}

/**
 * Payload as value: JSON compared as JSON, anything else byte for byte. @throws what the converter throws on bytes that
 * are neither.
 */
export function comparable(payload: unknown): unknown {
  try {
    return { value: payloadValue(payload) };
  } catch (error) {
    if (error instanceof PayloadError) return { raw: payload };
    throw error;
  }
}

/** Search attributes and memos: field by field, the value alone (servers add a type to the metadata). */
export function fields(of: unknown, toJson: (payload: unknown) => unknown): Record<string, unknown> {
  if (typeof of !== "object" || of === null) return {};
  return Object.fromEntries(Object.entries(of).map(([name, payload]) => [name, textAt(toJson(payload), "data")]));
}

/**
 * Milliseconds of a protobuf duration: bytes-side `{seconds, nanos}` or JSON text `1.500s`; undefined when unset or
 * zero.
 */
export function durationMs(duration: unknown): number | undefined {
  const ms = typeof duration === "string" ? Number(duration.slice(0, -1)) * 1000 : objectMs(duration);
  return ms === undefined || ms === 0 ? undefined : Math.round(ms * 1000) / 1000;
}

function objectMs(duration: unknown): number | undefined {
  if (typeof duration !== "object" || duration === null) return undefined;
  const seconds = memberAt(duration, "seconds");
  const nanos = memberAt(duration, "nanos");
  return (seconds == null ? 0 : Number(String(seconds))) * 1000 + (nanos == null ? 0 : Number(nanos)) / 1e6;
}

/** Leaves out what is not set, so that the server's own defaults are not held against the code. */
export function set(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Arguments of a command. */
export function commandInput(payloads: unknown): unknown[] {
  return (Array.isArray(payloads) ? payloads : []).map((payload: unknown) => comparable(payloadOfCommand(payload)));
}

/** Arguments in an event. */
export function eventInput(attributes: unknown): unknown[] {
  return listAt(attributes, "input", "payloads").map(comparable);
}

/** A payload of an event: it is in the proto-JSON form already. */
export function asIs(payload: unknown): unknown {
  return payload;
}
