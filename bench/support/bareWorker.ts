import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { createPool, query } from "../../src/adapters/postgres/pool.ts";
import { WORKER_OPTIONS, workerRoom } from "../../src/app/worker/workerOptions.ts";
import type { BareStamp } from "./latencyStamps.ts";
import { nowMs, stampWriter } from "./stamps.ts";

export const BARE_QUEUE = "bench-bare";

export type BareActivities = {
  tellAll(round: { round: number; sites: number; input: unknown }): Promise<void>;
  insertRow(row: { site: number; round: number; body: string }): Promise<void>;
};

export function bareWorkflowId(site: number): string {
  return `bench-bare/${site}`;
}

/** The yardstick's worker: the product's worker options, Temporal and PostgreSQL alone. */
async function main(): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger("ERROR"),
    telemetryOptions: { logging: { filter: { core: "WARN", other: "ERROR" }, forward: {} } },
  });
  const pool = createPool(required("BENCH_DATABASE_URL"), 20);
  const connection = await NativeConnection.connect({ address: required("BENCH_TEMPORAL_ADDRESS") });
  const namespace = required("BENCH_NAMESPACE");
  const client = new Client({ connection, namespace });
  const stamps = stampWriter<BareStamp>(required("BENCH_STAMPS"));
  const activities: BareActivities = {
    async tellAll({ round, sites, input }) {
      stamps.note({ kind: "begun", round, ms: nowMs() });
      await Promise.all(
        Array.from({ length: sites }, (_, site) =>
          client.workflow.getHandle(bareWorkflowId(site)).signal("bareSignal", { round, input }),
        ),
      );
    },
    async insertRow({ site, round, body }) {
      await query(pool, `INSERT INTO bench_row (site, round, body) VALUES ($1, $2, $3)`, [site, round, body]);
      stamps.note({ kind: "committed", round, site, ms: nowMs() });
    },
  };
  const workflowsPath = fileURLToPath(new URL("bareWorkflow.ts", import.meta.url));
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: BARE_QUEUE,
    ...WORKER_OPTIONS,
    ...workerRoom({ deployments: [] }),
    workflowsPath,
    activities,
  });
  process.send?.({ type: "ready" });
  await worker.run();
  process.exit(0);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the yardstick's worker needs ${name} in its environment`);
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
