import { Client, Connection } from "@temporalio/client";
import { postgresInstructionLedger } from "../../adapters/postgres/instructionLedger.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { CHANNEL_ARGS } from "../../adapters/temporal/channel.ts";
import { instructedSite } from "../../domain/decision/instructedSite.ts";
import type { InstructedSite } from "../../domain/inputs/instructionWord.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { InstructionDesk } from "../../ports/instructionDesk.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import { clockOfRun } from "../system/runClock.ts";
import { readRunFile } from "../system/runFolder.ts";
import type { RunFile } from "../system/system.ts";
import { temporalAccess } from "../temporalAccess.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";
import { siteGatewayOf } from "../worker/wire.ts";
import { instructionDesk } from "./instructionDesk.ts";

/** A message is kept in milliseconds: a sender hears that it is not before it is let go. */
const KEPT_WITHIN_MS = 7_000;

/** The desk of a run and its market time. Close it at the end. */
export interface DeskOfRun {
  readonly desk: InstructionDesk;
  readonly clock: Pick<MarketClock, "now">;
  close(): Promise<void>;
}

interface Connected extends DeskOfRun {
  readonly described: string;
  readonly clock: MarketClock;
}

/**
 * The desk of the run in a data folder, over its servers as the run is described at each message: a stack that starts
 * anew is found again. What cannot be reached throws PortUnavailableError when it is used.
 */
export function deskOfRun(dataDir: string, log: Log): DeskOfRun {
  let connected: Connected | undefined;
  const now = async (): Promise<Connected> => {
    const run = described(dataDir);
    const text = JSON.stringify(run);
    if (connected?.described !== text) {
      const before = connected;
      connected = connectedTo(run, text, log);
      await before?.close();
    }
    return connected;
  };
  return {
    desk: {
      take: async (handedIn) => (await now()).desk.take(handedIn),
      turnAway: async (stranger) => (await now()).desk.turnAway(stranger),
    },
    clock: { now: async () => (await now()).clock.now() },
    close: async () => connected?.close(),
  };
}

function described(dataDir: string): RunFile {
  try {
    return readRunFile(dataDir);
  } catch (error) {
    throw new PortUnavailableError(thrownText(error), { cause: error });
  }
}

function connectedTo(run: RunFile, text: string, log: Log): Connected {
  const { bookId, namespace, temporalAddress: address, appDatabaseUrl, deployments, retired } = run;
  // The client's own retries outlive a connection that is closed: what is not told at once, the worker tells later.
  const connection = Connection.lazy({ address, channelArgs: CHANNEL_ARGS, interceptors: [], ...temporalAccess() });
  const client = new Client({ connection, namespace });
  const pool = createPool(appDatabaseUrl, 4, KEPT_WITHIN_MS);
  const clock = clockOfRun(run);
  const gateway = siteGatewayOf({
    deployments,
    retired,
    client,
    taskQueue: taskQueueOf(bookId),
    pool,
    clock: run.clock,
    log,
  });
  const desk = instructionDesk({
    ledger: postgresInstructionLedger(pool),
    gateway,
    clock,
    sites: () => sitesOf(run),
    log,
  });
  return {
    described: text,
    desk,
    clock,
    async close() {
      clock.close();
      await pool.end();
      await connection.close();
    },
  };
}

function sitesOf({ deployments, retired = [] }: RunFile): readonly InstructedSite[] {
  return deployments.map(({ plan }) =>
    instructedSite(
      plan,
      retired.some(({ siteId }) => siteId === plan.siteId),
    ),
  );
}
