/**
 * The write session of a LuxOS machine: one for the whole miner, 60 s idle, renewed by use. Code 402: somebody else
 * writes. A session is never taken over and never killed: this driver waits a little and then says busy.
 * Vendor document: docs.luxor.tech, LuxOS firmware API; API 3.7.
 */
import { setTimeout as delay } from "node:timers/promises";
import { at, failureOf, type Link, readTelemetry, request } from "./luxosLink.ts";
import {
  CommandFailure,
  parseSessionId,
  refuseErrors,
  SessionLostError,
  UnreadableReplyError,
} from "./luxosReplies.ts";
import { NoReplyError } from "./oneShotTcp.ts";

const LOGOFF_TIMEOUT_MS = 1_000; // an unanswered logoff costs nothing but the 60 s until the session expires
const BUSY_POLL_MS = 500;

export type Write = (command: "curtail" | "profileset", argument: string) => Promise<void>;

/**
 * Logs on, runs the writes, logs off whatever happened. @throws what the writes throw, CommandFailure busy while
 * somebody else writes, and the abort reason
 */
export async function inSession(link: Link, writes: (write: Write) => Promise<void>): Promise<void> {
  const session = { id: await logon(link) };
  try {
    await writes((command, argument) => writeOnce(link, session, command, argument));
  } finally {
    const leaving = logoff(link, session.id);
    // after an abort nobody waits; the logoff still goes out so that the next revision is not locked out for a minute
    if (!link.signal.aborted) await leaving;
  }
}

/**
 * One restart-type write. A session that was lost, or that somebody else has taken, did nothing: it is opened again and
 * the write repeated once. A lost reply is read back and never repeated.
 */
async function writeOnce(link: Link, session: { id: string }, command: string, argument: string): Promise<void> {
  const send = () => {
    link.progress.writes += 1;
    return request(link, command, `${session.id},${argument}`).then(refuseErrors);
  };
  try {
    await send().catch(async (error: unknown) => {
      const isTaken = error instanceof CommandFailure && error.outcome === "busy";
      if (!(error instanceof SessionLostError || isTaken)) throw error;
      session.id = await logon(link);
      await send();
    });
  } catch (error) {
    if (link.signal.aborted || error instanceof CommandFailure) throw error;
    if (error instanceof SessionLostError)
      throw new CommandFailure(
        "unauthorized",
        `${at(link.machine)}: ${command}: ${error.message}, after a second logon`,
      );
    if (error instanceof NoReplyError && !error.sent) {
      link.progress.writes -= 1;
      throw new CommandFailure("unreachable", `${command} ${argument} was not sent: ${error.message}`);
    }
    if (!(error instanceof NoReplyError || error instanceof UnreadableReplyError)) throw error;
    throw new CommandFailure(
      "unknown",
      `no usable answer to ${command} ${argument} (${error.message}); read back: ${await readBack(link)}`,
    );
  }
}

async function readBack(link: Link): Promise<string> {
  try {
    const { config } = await readTelemetry({ ...link, retries: 0 }, ["config"]);
    return config ? `CurtailMode ${config.CurtailMode}, profile ${config.Profile}` : "no readable config";
  } catch (error) {
    return failureOf(link, error).message;
  }
}

/** Session id for writing. A miner that somebody else writes to is asked again within the budget. */
async function logon(link: Link): Promise<string> {
  const giveUpAt = performance.now() + link.busyBudgetMs;
  for (;;) {
    try {
      return parseSessionId(refuseErrors(await request(link, "logon")));
    } catch (error) {
      const isBusy = error instanceof CommandFailure && error.outcome === "busy";
      if (!isBusy || performance.now() + BUSY_POLL_MS > giveUpAt) throw error;
    }
    await delay(BUSY_POLL_MS, undefined, { signal: link.signal });
  }
}

async function logoff(link: Link, sessionId: string): Promise<void> {
  try {
    const detached: Link = { ...link, timeoutMs: LOGOFF_TIMEOUT_MS, signal: new AbortController().signal };
    refuseErrors(await request(detached, "logoff", sessionId));
  } catch (error) {
    link.progress.notes.push(
      `logoff failed, the session ends by itself after 60 s (${error instanceof Error ? error.message : error})`,
    );
  }
}
