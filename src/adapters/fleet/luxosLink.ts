/**
 * Requests to one LuxOS machine and what becomes of those that fail: TCP 4028, one JSON request and one reply a
 * connection. Vendor document: docs.luxor.tech, LuxOS firmware API; API 3.7.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Machine } from "../../domain/dispatch/model.ts";
import type { RunningSetpoint } from "../../domain/units/setpoint.ts";
import {
  CommandFailure,
  parseReply,
  parseTelemetry,
  SessionLostError,
  UnreadableReplyError,
  type LuxosReply,
  type LuxosSection,
  type LuxosTelemetry,
} from "./luxosReplies.ts";
import { exchangeOnce, NoReplyError } from "./oneShotTcp.ts";

const READ_RETRY_DELAY_MS = 200;

/** What one `read` or `apply` has done so far. */
interface Progress {
  writes: number;
  setpointBefore?: RunningSetpoint;
  readonly notes: string[];
}

/** One machine for the time of one `read` or `apply`. Times in real ms. */
export interface Link {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly busyBudgetMs: number;
  readonly progress: Progress;
}

/**
 * Several reads in one exchange (`a+b`). @throws CommandFailure, NoReplyError, UnreadableReplyError or SessionLostError
 * for what the machine answers or does not, and the abort reason
 */
export async function readTelemetry(link: Link, sections: readonly LuxosSection[]): Promise<LuxosTelemetry> {
  return parseTelemetry(await requestAgain(link, sections.join("+")), sections);
}

/** A read may be repeated: it changes nothing. Silence is not waited for twice. */
async function requestAgain(link: Link, command: string): Promise<LuxosReply> {
  for (let triesLeft = link.retries; ; triesLeft -= 1) {
    try {
      return await request(link, command);
    } catch (error) {
      const passing =
        error instanceof UnreadableReplyError || (error instanceof NoReplyError && error.reason !== "timeout");
      if (!passing || triesLeft <= 0) throw error;
      await delay(READ_RETRY_DELAY_MS, undefined, { signal: link.signal });
    }
  }
}

/** One request, one reply. @throws as {@link readTelemetry} */
export async function request(
  { machine, timeoutMs, signal }: Link,
  command: string,
  parameter?: string,
): Promise<LuxosReply> {
  return parseReply(
    command,
    await exchangeOnce(machine.host, machine.port, JSON.stringify({ command, parameter }), timeoutMs, signal),
  );
}

/** Failure as an outcome. @throws the abort reason, or the error itself when no machine caused it. */
export function failureOf(link: Link, error: unknown): CommandFailure {
  if (link.signal.aborted) throw link.signal.reason;
  if (error instanceof CommandFailure) return error;
  if (error instanceof NoReplyError || error instanceof UnreadableReplyError)
    return new CommandFailure("unreachable", error.message);
  if (error instanceof SessionLostError) return new CommandFailure("unauthorized", error.message);
  throw error;
}

/** A machine as a person looks for it. */
export function at({ machineId, host, port }: Machine): string {
  return `${machineId} (${host}:${port})`;
}
