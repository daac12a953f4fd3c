import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitText } from "../../src/domain/decision/split.ts";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { type LocalStack, startLocalStack } from "../../src/app/stack/localStack.ts";
import { startSystem, type System } from "../../src/app/system/system.ts";
import { feedsWaiting } from "../../src/app/system/watches.ts";
import { startWorld, type World } from "../../src/app/session/world.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { silenceDecides } from "../../src/domain/inputs/facts.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";

const DAY = "2026-08-18";
const at = (time: string): Instant => wallToInstant({ day: DAY, time, repeatedHour: false });
const STOPPED = { from: at("19:26:00"), to: at("19:46:00") };
const folder = mkdtempSync(join(tmpdir(), "ballast-silence-"));

let stack: LocalStack;
let world: World;
let system: System;
let decisions: readonly DecisionRecord[];
let wakeups: readonly Instant[];

/** Nine machines on the demo's scarcity evening; the price alone would have them back from 20:40 on. */
async function site(): Promise<Deployment> {
  const small = smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: 3 });
  const plan = {
    ...small.plan,
    cohorts: small.plan.cohorts.map((cohort) => ({ ...cohort, minOffMinutes: 0, minOnMinutes: 0 })),
  };
  return { ...small, plan, planHash: planHashOf(plan) };
}

beforeAll(async () => {
  const deployment = await site();
  world = await startWorld(
    {
      startAt: at("18:56:00"),
      speed: null,
      initialHolds: ["start"],
      prices: demoPrices(),
      seed: 12,
      faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
      ...simulatedSite(deployment),
    },
    {
      // For twenty minutes nothing comes from ERCOT: neither prices nor the grid condition.
      faults: ({ nowMs }) =>
        nowMs >= Date.parse(STOPPED.from) && nowMs < Date.parse(STOPPED.to)
          ? { kind: "status", status: 503 }
          : undefined,
    },
  );
  stack = await startLocalStack({ dataDir: join(folder, "data"), signals: "leave" });
  system = await startSystem({
    stack,
    deployment: inWorld(deployment, world.addresses),
    clock: { kind: "paced", url: world.addresses.clockUrl },
  });
  await feedsWaiting(system.book, world.addresses.clockUrl, join(stack.dataDir, "logs"));
  world.keeper.release("start");
  await Promise.race([world.keeper.waitUntil("~test", Date.parse(at("21:26:00"))), stack.failure]);
  decisions = await postgresDecisionStore(system.pool).between(deployment.plan.siteId, at("18:56:00"), at("21:26:00"));
  wakeups = world.fleet
    .commandLog()
    .filter(({ command, parameter }) => command === "curtail" && parameter === "wakeup")
    .map(({ atMs }) => new Date(atMs).toISOString() as Instant);
}, 180_000);

afterAll(async () => {
  await system?.stop();
  await stack?.stop();
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const reasonsIn = (from: Instant, to: Instant): string[] => [
  ...new Set(
    decisions
      .filter(({ input }) => input.asOf >= from && input.asOf < to)
      .flatMap(({ output }) => output.cohorts.map(({ split, reason }) => `${splitText(split)} ${reason}`)),
  ),
];
const levelsIn = (from: Instant, to: Instant): string[] => [
  ...new Set(
    decisions.filter(({ input }) => input.asOf >= from && input.asOf < to).map(({ input }) => input.facts.grid.level),
  ),
];
const firstWith = (holds: (record: DecisionRecord) => boolean): DecisionRecord | undefined => decisions.find(holds);

describe("ERCOT falls silent for twenty minutes of a scarcity evening, 19:26 to 19:46, the grid at EEA1 and on its way to EEA2", () => {
  it("finds every cohort down for its price before", () => {
    expect(reasonsIn(at("19:21:20"), STOPPED.from)).toEqual(["off economic"]);
    expect(levelsIn(at("19:21:20"), STOPPED.from)).toEqual(["eea1"]);
  });

  it("acts by onSilence ten minutes after the last SCED run: the cohorts hold, the reason is silence, nobody guesses a price", () => {
    const first = firstWith(
      ({ input, output }) => input.asOf > STOPPED.from && output.cohorts.every(({ reason }) => reason === "silence"),
    );
    const lastRun = first?.input.facts.scedRuns.at(-1)?.scedAt as Instant;
    expect(lastRun < STOPPED.from).toBe(true);
    expect((Date.parse(first?.input.asOf as Instant) - Date.parse(lastRun)) / 1000).toBe(600);
    expect(first?.output.expectedPrice).toBeUndefined();
    expect(first?.output.cohorts[0]?.sentence).toMatch(
      /^S19j Pro to stay off: no current SCED price.* the site's policy is to hold\.$/,
    );
    expect(reasonsIn(first?.input.asOf as Instant, STOPPED.to)).toEqual(["off silence"]);
    // EEA2 acts ten seconds after the first poll that shows it
    expect(reasonsIn(STOPPED.to, at("19:47:00"))).toEqual(["off economic", "off eea-policy"]);
  });

  it("keeps the grid level that it knew, and does not know of EEA2 before ERCOT speaks again", () => {
    expect(levelsIn(STOPPED.from, STOPPED.to)).toEqual(["eea1"]);
    expect(firstWith(({ input }) => input.facts.silentFeeds.includes("grid-condition"))?.input.asOf.slice(0, 16)).toBe(
      at("19:30:00").slice(0, 16),
    );
    const eea2 = firstWith(({ input }) => input.facts.grid.level === "eea2")?.input.asOf as Instant;
    expect(eea2 > STOPPED.to && eea2 < at("19:49:00")).toBe(true);
  });

  it("starts no machine meanwhile", () => {
    expect(wakeups.filter((moment) => moment >= at("19:00:00") && moment < at("20:40:00"))).toEqual([]);
  });

  it("takes up the prices that it missed and EEA2 within three minutes of ERCOT's return, and no feed that decides counts as silent any more", () => {
    const back = firstWith(
      ({ input: { asOf, facts } }) =>
        asOf > STOPPED.to &&
        !facts.silentFeeds.some(silenceDecides) &&
        facts.grid.level === "eea2" &&
        facts.scedRuns.at(-1)?.scedAt.slice(0, 16) === at("19:45:00").slice(0, 16),
    );
    expect((back?.input.asOf as Instant) < at("19:49:00")).toBe(true);
    expect(reasonsIn(back?.input.asOf as Instant, at("20:35:00"))).toEqual(["off eea-policy"]);
  });

  it("brings every machine back when price and grid allow it, as on any evening", () => {
    expect(decisions.at(-1)?.output.cohorts.map(({ split, reason }) => `${splitText(split)} ${reason}`)).toEqual(
      Array(3).fill("normal economic"),
    );
    expect(wakeups).toHaveLength(9);
    for (const machineId of world.fleet.machineIds) expect(world.fleet.state(machineId).asleep).toBe(false);
  });

  it("has stored each SCED run once, those of the silence too, and says in the log what did not answer and what fell silent", async () => {
    const runs = await query<{ value_key: string; versions: string }>(
      system.pool,
      `SELECT value_key, count(*) AS versions FROM market_observation
       WHERE kind = 'sced-lmp' AND value_key >= $1 AND value_key < $2 GROUP BY value_key`,
      [STOPPED.from, STOPPED.to],
    );
    const published = world.ercot.publications!().filter(
      ({ reportTypeId, aboutMs }) =>
        reportTypeId === 12300 && aboutMs >= Date.parse(STOPPED.from) && aboutMs < Date.parse(STOPPED.to),
    );
    expect(runs.map(({ versions }) => versions)).toEqual(Array(published.length).fill("1"));
    const log = readFileSync(join(stack.dataDir, "logs", "worker.log"), "utf8");
    expect(log).toMatch(/status 503; try again in 30 s.*poll failed; asking again at the next poll/);
    expect(log).toMatch(/"feedId":"grid-condition".*feed silent/);
  });
});
