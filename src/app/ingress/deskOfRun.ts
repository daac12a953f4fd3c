import { Client, Connection } from "@temporalio/client";
import { postgresDoorStops } from "../../adapters/postgres/doorStops.ts";
import { postgresAwardLedger } from "../../adapters/postgres/awardLedger.ts";
import { postgresInstructionLedger } from "../../adapters/postgres/instructionLedger.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { CHANNEL_ARGS } from "../../adapters/temporal/channel.ts";
import { instructedSite } from "../../domain/decision/instructedSite.ts";
import type { InstructedSite } from "../../domain/inputs/instructionWord.ts";
import type { StopWord } from "../../domain/inputs/stopAcceptance.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { KeptStop } from "../../ports/doorStops.ts";
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
import { isKeyFor, readStopKey, sendKeptStop, type StopKey, type StopWay } from "./stopKey.ts";
import { tellStop, type TellStops, UntoldStops } from "./tellStops.ts";

/** A message is kept in milliseconds: a sender hears that it is not before it is let go. */
const KEPT_WITHIN_MS = 7_000;

/** The desk of a run and its market time. Close it at the end. */
export interface DeskOfRun {
  readonly desk: InstructionDesk;
  readonly clock: Pick<MarketClock, "now">;
  /** Tells sites the safety stops that they were not told. @throws PortUnavailableError without database */
  tellStops(): Promise<void>;
  close(): Promise<void>;
}

interface Connected extends DeskOfRun {
  readonly described: string;
  readonly clock: MarketClock;
}

/**
 * The desk of the run in a data folder, over its servers as the run is described at each message: a stack that starts
 * anew is found again. What cannot be reached throws PortUnavailableError when it is used. It takes safety stops where
 * it has the `stopKeyFile` of an ingress.
 */
export function deskOfRun(dataDir: string, log: Log, stopKeyFile?: string): DeskOfRun {
  const stopKey = stopKeyFile === undefined ? undefined : { dataDir, file: stopKeyFile };
  let connected: Connected | undefined;
  const now = async (): Promise<Connected> => {
    const run = described(dataDir);
    const text = JSON.stringify(run);
    if (connected?.described !== text) {
      const before = connected;
      connected = connectedTo(run, text, log, stopKey);
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
    tellStops: async () => (await now()).tellStops(),
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

function connectedTo(run: RunFile, text: string, log: Log, stopKey: StopKey | undefined): Connected {
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
  const retiredAt = (siteId: string) => retired?.find((one) => one.siteId === siteId);
  const stops =
    stopKey && stopsOver({ gateway, client, clock, retiredAt }, stopKey, { ledger: postgresDoorStops(pool), log });
  const desk = instructionDesk({
    ledger: postgresInstructionLedger(pool),
    awards: postgresAwardLedger(pool),
    gateway,
    clock,
    sites: () => sitesOf(run),
    log,
    ...(stops === undefined ? {} : { stops }),
  });
  return {
    described: text,
    desk,
    clock,
    tellStops: async () => stops?.tellAll(),
    async close() {
      clock.close();
      await pool.end();
      await connection.close();
    },
  };
}

/** Safety stops over the servers of a run, signed with the key of an ingress. */
function stopsOver(way: StopWay, key: StopKey, kept: Pick<TellStops, "ledger" | "log">) {
  const telling: TellStops = { ...kept, send: (stop) => sendKeptStop(way, key, stop) };
  const untold = new UntoldStops(telling);
  return {
    isAble: (word: StopWord): boolean => {
      try {
        return isKeyFor(readStopKey(key), word, word.siteId);
      } catch (error) {
        kept.log.error({ problem: thrownText(error) }, "a safety stop is refused: the key of this ingress is no use");
        return false;
      }
    },
    tell: (stop: KeptStop) => tellStop(telling, stop),
    tellBefore: (siteId: string) => untold.tell(siteId),
    tellAll: () => untold.tell(),
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
