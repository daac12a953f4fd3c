import { NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { Client, Connection } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { realMarketClock } from "../../src/adapters/clock/real.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { WORKER_OPTIONS } from "../../src/app/worker/workerOptions.ts";
import { operatingDayOf } from "../../src/domain/market/calendar.ts";
import { addSeconds, instantFromMs } from "../../src/domain/units/instant.ts";
import type { MarketFeed } from "../../src/ports/marketFeed.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { type ErcotSimulator, startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import type { watchFeed } from "../../workflows/index.ts";
import { bundled, quietRuntime, workflowsPath } from "../replay/recordSite.ts";
import { type Bench, startBench } from "./marketBench.ts";
import { dailyPrcFeed } from "../support/feeds.ts";

const WATCHDOG_SECONDS = 2;
const taskQueue = "faults/quiet-feed";
const workflowId = "feed/quiet-grid";
const { address, namespace } = testTemporal();

let bench: Bench;
let ercot: ErcotSimulator;
let connections: { readonly native: NativeConnection; readonly client: Connection };
let client: Client;
let polls = 0;

/** ERCOT's dashboard of the grid, asked every half second so that minutes of watching pass in seconds. */
function gridFeed(): MarketFeed {
  const feed = dailyPrcFeed({ baseUrl: ercot.url });
  return {
    ...feed,
    poll: (cursor, at) => (polls++, feed.poll(cursor, at)),
    nextPollAt: (at) => instantFromMs(Date.parse(at) + 500),
  };
}

const running: (() => Promise<void>)[] = [];

/** A worker that only runs workflows, or only activities. Ends when the returned function is called. */
async function startWorker(
  options: Pick<WorkerOptions, "activities" | "workflowBundle">,
): Promise<() => Promise<void>> {
  const { workflowsPath: _bundled, ...rest } = WORKER_OPTIONS;
  const worker = await Worker.create({ ...rest, ...options, connection: connections.native, namespace, taskQueue });
  const ended = worker.run();
  const stop = async (): Promise<void> => {
    if (worker.getState() === "RUNNING") worker.shutdown();
    await ended;
  };
  running.push(stop);
  return stop;
}

function activities(): object {
  const grid = { feed: gridFeed(), silentAs: "grid-condition", silentAfterSeconds: 300, role: "record" } as const;
  return marketActivities({ ...bench, clock: realMarketClock(), feeds: new Map([["grid-condition", grid]]) });
}

/** What the feed's own workflow has told the site `north`, in order, by the server's history. */
async function toldByWorkflow(): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ signalExternalWorkflowExecutionInitiatedEventAttributes: sent }) =>
    sent ? [defaultPayloadConverter.fromPayload<{ kind: string }>(sent.input?.payloads?.[0] as never).kind] : [],
  );
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return;
    await delay(100);
  }
  throw new Error(`not within 30 s; told by the workflow: ${(await toldByWorkflow()).join(", ")}`);
}

beforeAll(async () => {
  quietRuntime();
  bench = startBench(await testDatabase(), instantFromMs(Date.now()));
  const day = loadPriceDay(demoPrices());
  const steady = { atMs: Date.now() - 3_600_000, prcMw: 9_000, state: "normal", eeaLevel: 0 };
  ercot = await startErcotSimulator({
    clock: { nowMs: () => Date.now() },
    day: { ...day, conditions: [steady] },
    publication: { prcEverySeconds: 1 },
  });
  connections = {
    native: await NativeConnection.connect({ address }),
    client: await Connection.connect({ address }),
  };
  client = new Client({ connection: connections.client, namespace });
}, 60_000);

afterAll(async () => {
  for (const stop of running) await stop();
  await client?.workflow.getHandle(workflowId).terminate();
  await connections?.native.close();
  await connections?.client.close();
  await ercot?.close();
  await bench?.close();
});

describe("a grid that stays normal for several periods of the watchdog, on the real clock", () => {
  it("is silent to nobody while it is polled; an outage of whoever polls it is told as silence, and its end follows by itself", async () => {
    await startWorker({
      workflowBundle: await bundled(workflowsPath),
    });
    const stopActivities = await startWorker({ activities: activities() });
    const now = instantFromMs(Date.now());
    await client.workflow.start<typeof watchFeed>("watchFeed", {
      workflowId,
      taskQueue,
      args: [
        {
          feedId: "grid-condition",
          kind: "market",
          operatingDay: operatingDayOf(now),
          siteIds: ["north"],
          watchdog: {
            seconds: WATCHDOG_SECONDS,
            graceSeconds: 0,
            hearEverySeconds: 1,
            silentAs: "grid-condition",
            clock: { kind: "real" },
          },
        },
      ],
    });
    await until(async () => bench.told.length > 0);
    await until(async () => addSeconds(now, 3 * WATCHDOG_SECONDS + 1) < instantFromMs(Date.now()));
    // its first poll says a level once, the second confirms it
    expect(bench.told.map((input) => input.kind)).toEqual(["grid-condition", "grid-condition"]);
    expect(polls).toBeGreaterThan(10);
    expect(await toldByWorkflow()).toEqual([]);

    await stopActivities();
    await until(async () => (await toldByWorkflow()).length > 0);
    await startWorker({ activities: activities() });
    await until(async () => (await toldByWorkflow()).includes("feed-restored"));
    expect(await toldByWorkflow()).toEqual(["feed-silent", "feed-restored"]);
    const pollsThen = polls;
    await until(async () => polls > pollsThen + 4);
    expect(await toldByWorkflow()).toEqual(["feed-silent", "feed-restored"]);
  }, 60_000);
});
