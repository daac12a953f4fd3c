import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Connection as TemporalConnection } from "@temporalio/client";
import { locateTemporal } from "../../local/temporalProgram.mjs";
import { type GuardedChild, startGuarded } from "./children.ts";
import { keepRunning, restartsOf } from "./keepRunning.ts";
import { prepareLog } from "./logRotation.ts";
import { freePort } from "./ports.ts";
import type { ProcessRecord } from "./processRecord.ts";
import { raiseRetention, retentionDays, shortRetention } from "./retention.ts";
import { untilReady, withFreshPort } from "./waiting.ts";
import { temporalAccess } from "../temporalAccess.ts";

export type SearchAttributeType = "Keyword" | "Bool" | "Int" | "Double" | "Datetime" | "Text" | "KeywordList";

/** The search attributes that the project's workflows set. */
export const searchAttributes: Record<string, SearchAttributeType> = {
  SiteId: "Keyword",
  OperatingDay: "Keyword",
  Mode: "Keyword",
  NeedsReview: "Bool",
};

const startTimeoutMs = 60_000;
const answerTimeoutMs = 5000;
const indexedValueType: Record<SearchAttributeType, number> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** Without the second setting workflow timers fire on whole seconds only. */
const dynamicConfig = ["system.enableActivityEagerExecution=true", 'history.timerProcessorMaxTimeShift="20ms"'];

export type RunningTemporal = { child: GuardedChild; address: string };
export type TemporalOptions = {
  dataDir: string;
  keep: boolean;
  record: ProcessRecord;
  freePort?: () => Promise<number>;
  namespace: string;
  attributes: Record<string, string>;
  onProgress?: (line: string) => void;
};

/**
 * Starts Temporal's development server on a free port of 127.0.0.1 and resolves when the namespace and its search
 * attributes can be read through gRPC. With `keep` its state is in `dataDir/temporal` and a server that dies is started
 * again on its port; without, its state is in memory and dies with it. Throws, with the server's first and last log
 * lines, when it does not start, and when no program is found.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const found = await locateTemporal();
  if (found?.kind !== "program")
    throw new Error(
      "there is no Temporal server program yet; run npm run setup, or set TEMPORAL_ADDRESS to a server that " +
        "already runs",
    );
  const logFile = join(options.dataDir, "logs", "temporal.log");
  prepareLog(logFile, options.keep);
  const home = join(options.dataDir, "temporal");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return await withFreshPort(options.freePort ?? freePort, async (port) => {
    const launch = () =>
      startGuarded(
        {
          name: "temporal",
          program: found.path,
          args: serverArguments(port, options),
          cwd: home,
          env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: home, TZ: "UTC" },
          logFile,
          endSignal: "SIGTERM",
          graceMs: 3000,
          node: false,
        },
        options.record,
      );
    const address = `127.0.0.1:${port}`;
    const ready = (child: GuardedChild) => untilReady(child, startTimeoutMs, () => answers(address, options));
    const first = await launch();
    await ready(first);
    await withConnection(address, (connection) => raiseRetention(connection, options.namespace));
    const child = options.keep
      ? keepRunning(first, { launch, ready }, options.onProgress ?? (() => {}), restartsOf(options.keep))
      : first;
    return { child, address };
  });
}

/**
 * Checks that a Temporal server of the user's own answers, adds the search attributes that its namespace lacks, and
 * says aloud when it keeps closed runs too short. Throws, naming the variable, when it does not answer.
 */
export async function checkTemporal(
  address: string,
  namespace: string,
  attributes: Record<string, string>,
  onProgress: (line: string) => void,
): Promise<void> {
  try {
    const { Connection } = await import("@temporalio/client");
    const connection = await Connection.connect({ address, connectTimeout: "10s", ...temporalAccess() });
    try {
      const { customAttributes } = await readNamespace(connection, namespace);
      const missing = Object.entries(attributes).filter(([name]) => !(name in customAttributes));
      if (missing.length > 0) {
        const types = Object.fromEntries(
          missing.map(([name, type]) => [name, indexedValueType[type as SearchAttributeType]]),
        );
        await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types });
      }
      const warning = shortRetention(namespace, await retentionDays(connection, namespace));
      if (warning !== undefined) onProgress(warning);
    } finally {
      await connection.close();
    }
  } catch (error) {
    throw new Error(
      `TEMPORAL_ADDRESS is ${address} but namespace "${namespace}" cannot be used there: ` +
        `${(error as Error).message}; start the server, make the namespace, or correct or unset the variable`,
    );
  }
}

async function withConnection(address: string, work: (connection: TemporalConnection) => Promise<void>): Promise<void> {
  const { Connection } = await import("@temporalio/client");
  const connection = await Connection.connect({ address, connectTimeout: "10s", ...temporalAccess() });
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

function serverArguments(port: number, { dataDir, keep, namespace, attributes }: TemporalOptions): string[] {
  const file = join(dataDir, "temporal", "temporal.db");
  return [
    "server",
    "start-dev",
    "--headless",
    "--ip",
    "127.0.0.1",
    "--port",
    String(port),
    "--namespace",
    namespace,
    "--log-level",
    "error",
    ...(keep ? ["--db-filename", file] : []),
    ...["journal_mode=WAL", "synchronous=NORMAL"].flatMap((pragma) => ["--sqlite-pragma", pragma]),
    ...dynamicConfig.flatMap((setting) => ["--dynamic-config-value", setting]),
    ...Object.entries(attributes).flatMap(([name, type]) => ["--search-attribute", `${name}=${type}`]),
  ];
}

/**
 * One try: true when the namespace and every search attribute can be read, false while the server is still starting.
 */
async function answers(address: string, { namespace, attributes }: TemporalOptions): Promise<boolean> {
  const { Connection } = await import("@temporalio/client");
  let connection: TemporalConnection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: "1s", ...temporalAccess() });
    const { customAttributes } = await readNamespace(connection, namespace);
    if (Object.keys(attributes).every((name) => name in customAttributes)) return true;
  } catch {
    // Whatever it says while it starts; the caller's time limit and the server's log tell the rest.
  } finally {
    await connection?.close();
  }
  await pause(50);
  return false;
}

/** Its search attributes. A server that takes the question and does not answer is one that cannot be used. */
async function readNamespace(connection: TemporalConnection, namespace: string) {
  return await connection.withDeadline(Date.now() + answerTimeoutMs, async () => {
    await connection.workflowService.describeNamespace({ namespace });
    return await connection.operatorService.listSearchAttributes({ namespace });
  });
}
