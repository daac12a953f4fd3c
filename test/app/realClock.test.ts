import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { WorkflowNotFoundError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitText } from "../../src/domain/decision/split.ts";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { createPool, query } from "../../src/adapters/postgres/pool.ts";
import { claimForBook } from "../../src/adapters/postgres/migrate.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { readRunFile } from "../../src/app/system/runFolder.ts";
import { ensureSchedules, scheduleIds } from "../../src/app/system/schedules.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { planHashOf, withoutGridFeed } from "../../src/app/worker/loadDeployment.ts";
import { type LocalStack, startLocalStack } from "../../src/app/stack/localStack.ts";
import { type RunFile, startSystem, type System } from "../../src/app/system/system.ts";
import { centralWall, operatingDayOf, previousDay, settlementInterval } from "../../src/domain/market/calendar.ts";
import { instantFromMs } from "../../src/domain/units/instant.ts";
import { startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { startMeters } from "../../src/simulators/meter/meters.ts";
import { startMinerFleet } from "../../src/simulators/miners/fleet.ts";
import { idle, workflowIds } from "../../workflows/contracts.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const clock = { nowMs: () => Date.now() };
const folder = mkdtempSync(join(tmpdir(), "ballast-real-"));
const closers: (() => Promise<unknown>)[] = [];

/** Reports of the last half hour: 20 $/MWh, and 4,000 on the newest SCED run. */
function reports(): { lmpPath: string; sppPath: string; days: string[] } {
  const now = Date.now();
  const wall = (ms: number) => centralWall(instantFromMs(ms));
  const us = (day: string) => `${day.slice(5, 7)}/${day.slice(8, 10)}/${day.slice(0, 4)}`;
  const lmps = Array.from({ length: 8 }, (_, i) => now - (7 - i) * 300_000 - 90_000).map(
    (ms, i) => `${us(wall(ms).day)} ${wall(ms).time},N,HB_HOUSTON,${i === 7 ? 4000 : 20}`,
  );
  const spps = [2, 3]
    .map((quarters) => settlementInterval(instantFromMs(now - quarters * 900_000)))
    .map((i) => `${us(i.operatingDay)},${i.hourEnding},${i.interval},HB_HOUSTON,HU,20.00,N`);
  writeFileSync(
    join(folder, "lmp.csv"),
    ["SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP", ...lmps, ""].join("\n"),
  );
  writeFileSync(
    join(folder, "spp.csv"),
    [
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
      ...spps,
      "",
    ].join("\n"),
  );
  const days = [
    ...new Set([...lmps, ...spps].map((row) => `${row.slice(6, 10)}-${row.slice(0, 2)}-${row.slice(3, 5)}`)),
  ].sort();
  return { lmpPath: join(folder, "lmp.csv"), sppPath: join(folder, "spp.csv"), days };
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(100);
  }
  throw new Error(`${what}: not within 30 s`);
}

describe("a site on the real clock", () => {
  let stack: LocalStack;
  let system: System;
  let fleet: Awaited<ReturnType<typeof startMinerFleet>>;

  beforeAll(async () => {
    const today = operatingDayOf(instantFromMs(Date.now()));
    const site = withoutGridFeed(
      smallSite({ config: "config/replay-k75.yaml", day: today, net: await freeNet(), machinesPerCohort: 6 }),
    );
    const { miners, meters: meterSpecs } = simulatedSite(site);
    const ercot = await startErcotSimulator({ clock, day: loadPriceDay({ ...reports(), point: "HB_HOUSTON" }) });
    fleet = await startMinerFleet({ clock, miners, seed: 1, faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 } });
    const meters = await startMeters({ clock, source: fleet, meters: meterSpecs });
    closers.push(
      () => ercot.close(),
      () => fleet.close(),
      () => meters.close(),
    );
    stack = await startLocalStack({ dataDir: join(folder, "data"), signals: "leave" });
    const deployment = inWorld(
      { ...site, dispatch: { ...site.dispatch, settleDownSeconds: 8 } },
      { clockUrl: "", ercotUrl: ercot.url, meters: meters.meters },
    );
    system = await startSystem({ stack, deployment, clock: { kind: "real" } });
  }, 120_000);

  afterAll(async () => {
    await system?.stop();
    await stack?.stop();
    await Promise.all(closers.map((close) => close()));
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it("goes off on a 4,000 $/MWh run within seconds of reading it, and the meter confirms it", async () => {
    const decisions = postgresDecisionStore(system.pool);
    const record = await eventually("a decision to go off", async () => {
      const latest = await decisions.latest("replay-k75");
      return [latest?.output.cohorts[0], latest?.input.cohorts[0]].some((one) => one && splitText(one.split) === "off")
        ? latest
        : undefined;
    });
    expect(record.output.cohorts[0]).toMatchObject({ cohortId: "k75", split: [{ modeId: "off" }], reason: "economic" });
    const verdict = await eventually(
      "a verdict",
      async () =>
        (
          await query<{ outcome: string; sentence: string }>(
            system.pool,
            "SELECT outcome, sentence FROM response_verdict",
            [],
          )
        )[0],
    );
    expect(verdict.outcome, verdict.sentence).toBe("confirmed");
    expect(fleet.machineIds.every((id) => fleet.state(id).asleep)).toBe(true);
  }, 90_000);

  it("leaves a second site on the same servers its own: each has its prices, its database, its decision", async () => {
    const owner = new pg.Client({ connectionString: stack.ownerDatabaseUrl });
    await owner.connect();
    await owner.query("CREATE DATABASE second_site");
    await owner.end();
    const url = new URL(stack.ownerDatabaseUrl);
    url.pathname = "/second_site";
    const dataDir = mkdtempSync(join(folder, "second-"));
    const plan = { ...system.deployment.plan, siteId: "second-site", control: "advise" as const };
    const second = await startSystem({
      stack: {
        ...stack,
        dataDir,
        ownerDatabaseUrl: url.href,
        spawnNode: (name, ...rest) => stack.spawnNode(`second-${name}`, ...rest),
      },
      deployment: { ...system.deployment, plan, planHash: planHashOf(plan) },
      clock: { kind: "real" },
    });
    const decisions = postgresDecisionStore(second.pool);
    const record = await eventually("a decision of the second site", async () => decisions.latest("second-site"));
    expect(record.siteId).toBe("second-site");
    const sitesOf = (pool: System["pool"]) => query(pool, "SELECT DISTINCT site_id FROM decision", []);
    expect([await sitesOf(system.pool), await sitesOf(second.pool)]).toEqual([
      [{ site_id: "replay-k75" }],
      [{ site_id: "second-site" }],
    ]);
    // A new connection of the first still gets in after the second's start.
    const { appDatabaseUrl } = JSON.parse(readFileSync(join(stack.dataDir, "run.json"), "utf8")) as RunFile;
    const again = createPool(appDatabaseUrl, 1);
    expect(await sitesOf(again)).toHaveLength(1);
    await again.end();
    await second.stop();
    await expect(claimForBook(stack.ownerDatabaseUrl, "second-site")).rejects.toThrow("holds book replay-k75");
  }, 60_000);

  it("is not started from a second database too: its own keeps it, and run.json is not touched", async () => {
    const owner = new pg.Client({ connectionString: stack.ownerDatabaseUrl });
    await owner.connect();
    await owner.query("CREATE DATABASE twin");
    await owner.end();
    const url = new URL(stack.ownerDatabaseUrl);
    url.pathname = "/twin";
    const dataDir = mkdtempSync(join(folder, "twin-"));
    const twin = { ...stack, dataDir, ownerDatabaseUrl: url.href };
    await expect(startSystem({ stack: twin, deployment: system.deployment, clock: { kind: "real" } })).rejects.toThrow(
      /^site replay-k75 is open in namespace default of the Temporal server for another database/,
    );
    expect(existsSync(join(dataDir, "run.json"))).toBe(false);
  });

  it("is not started twice on its database: the second start changes nothing, the first keeps its login", async () => {
    const dataDir = mkdtempSync(join(folder, "again-"));
    const again = startSystem({ stack: { ...stack, dataDir }, deployment: system.deployment, clock: { kind: "real" } });
    await expect(again).rejects.toThrow(
      /^the database is in use by another start of Ballast \(ballast, process \d+ on/,
    );
    const login = new pg.Client({ connectionString: readRunFile(stack.dataDir).appDatabaseUrl });
    await login.connect();
    await login.end();
  });

  it("begins the settlement of yesterday when the daily schedule fires, and writes no version of a day without records", async () => {
    await ensureSchedules(system.client, system.book.bookId, system.deployment);
    await ensureSchedules(system.client, system.book.bookId, system.deployment); // a restart finds them there
    await system.client.schedule.getHandle(scheduleIds.daily("replay-k75")).trigger();
    const yesterday = previousDay(operatingDayOf(instantFromMs(Date.now())));
    const settling = system.client.workflow.getHandle(workflowIds.settlement("replay-k75", yesterday));
    await eventually("the settlement of yesterday has looked at the day", async () => {
      const isIdle = await settling.query(idle).catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      });
      return isIdle ? true : undefined;
    });
    const versions = await query<{ version: number }>(
      system.pool,
      "SELECT version FROM settlement_version WHERE site_id = 'replay-k75' AND operating_day = $1",
      [yesterday],
    );
    expect(versions).toEqual([]);
  }, 60_000);
});
