import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import { postgresInvoluntaryTrips } from "../../src/adapters/postgres/involuntaryTrips.ts";
import { postgresMeterWatch } from "../../src/adapters/postgres/meterWatch.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { postgresSafetyStops } from "../../src/adapters/postgres/safetyStops.ts";
import { scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import { operatorCommands } from "../../src/app/operator/operatorCommands.ts";
import { firstRun } from "../../src/app/worker/nextRun.ts";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import { INVOLUNTARY_TRIP, type InvoluntaryTripInput, tripMessageId } from "../../src/domain/inputs/involuntaryTrip.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { CohortId } from "../../src/domain/units/ids.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import type { Commands } from "../../src/ports/commands.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import { obligationsNow } from "../../src/readModels/obligationsNow.ts";
import { siteInput, workflowIds } from "../../workflows/contracts.ts";
import type { runSite } from "../../workflows/index.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const NOW = wallToInstant({ day: DAY, time: "12:01:00", repeatedHour: false });
/** Three of the largest machines are the least fall that is looked into. */
const MACHINES = 4;
/** Real time. */
const JUDGED_WITHIN_MS = 40_000;
const TRIPPED = "caprock-s21" as CohortId;

let bench: DispatchBench;
let clock: MarketClock & { close(): void };
let workflowId: string;
let commands: Commands;
let serial = 0;

beforeAll(async () => {
  const deployment = smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: MACHINES });
  const cohorts = deployment.plan.cohorts.map((cohort) => ({ ...cohort, minOffMinutes: 0, minOnMinutes: 0 }));
  bench = await startDispatchBench({
    database: await testDatabase(),
    temporal: testTemporal(),
    deployment: { ...deployment, plan: { ...deployment.plan, cohorts } },
    seed: 17,
    faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0, slowWake: 0, refuse: 0, sham: 0, hang: 0, dead: 0 },
    startAt: NOW,
    driver: { timeoutMs: 1_000 },
    tellsSite: true,
  });
  const { plan } = bench.deployment;
  workflowId = workflowIds.site(plan.siteId);
  await bench.client.workflow.start<typeof runSite>("runSite", {
    workflowId,
    taskQueue: bench.taskQueue,
    args: [firstRun(bench.deployment, { kind: "paced" }, NOW)],
  });
  clock = pacedMarketClock({ url: bench.world.addresses.clockUrl });
  const privateKeyPem = scriptKey(bench.dataDir, "maria");
  const link = { client: bench.client, clock, siteId: plan.siteId, actor: "maria", privateKeyPem };
  commands = operatorCommands(link, bench.taskQueue);
  await news();
}, 120_000);
afterAll(async () => {
  await bench?.client.workflow.getHandle(workflowId).terminate("the test ends");
  clock?.close();
  await bench?.close();
});

/** What a feed tells the site, by the way of the product: a site without a run comes back from its records. */
async function tell(fact: object): Promise<void> {
  const input = { id: `told/${serial++}`, at: bench.now(), source: "test", contentHash: "00", ...fact };
  await bench.sites.deliver(bench.deployment.plan.siteId, input as unknown as SiteInput);
  await awaitIdle(bench.client, workflowId);
}
/** What the feeds tell: 5 $/MWh, below every strike, and a calm grid. */
async function news(): Promise<void> {
  const { settlementPoint } = bench.deployment.plan;
  const now = bench.now();
  const calm = { feedId: "grid-condition", level: "normal", stateText: "normal" };
  await tell({ kind: "grid-condition", ...calm, since: now, observedAt: now });
  await tell({ kind: "hashprice", usdPerPhDay: 54, asOf: now });
  for (const seconds of [-370, -70])
    await tell({ kind: "sced-lmp", settlementPoint, scedAt: addSeconds(bench.now(), seconds), lmpUsdPerMwh: 5 });
}
const machines = (cohortId?: CohortId) =>
  bench.deployment.machines.filter((machine) => cohortId === undefined || machine.cohortId === cohortId);
const asleep = (cohortId?: CohortId) =>
  machines(cohortId).filter(({ machineId }) => bench.world.fleet.state(machineId).asleep).length;
const latest = async () => (await bench.decisions.latest(bench.deployment.plan.siteId)) as DecisionRecord;
const reasons = async () => (await latest()).output.cohorts.map(({ reason }) => reason);
const woken = (mark: number) =>
  bench.commandsSince(mark).flatMap(({ machineId, parameter }) => (parameter === "wakeup" ? [machineId] : []));
/** The newest dispatch is judged by the meter, and the site has heard it. */
async function confirmed(): Promise<void> {
  const of = (revision: number | undefined) =>
    bench.told.some((input) => input.kind === "dispatch-verdict" && "revision" in input && input.revision === revision);
  const until = Date.now() + JUDGED_WITHIN_MS;
  while (!of((await latest()).dispatch?.revision ?? (await bench.newestRevision()))) {
    await delay(20);
    if (Date.now() > until) throw new Error(`no verdict: ${JSON.stringify([bench.world.keeper.status(), bench.told])}`);
  }
  await awaitIdle(bench.client, workflowId);
}

describe("ballast stop", () => {
  it("takes every machine off, over an order to run and through a worker's restart; its row names who and why", async () => {
    const stopped = await commands.site.stop({ reason: "smoke in hall 2" });
    expect(stopped.sentence).toContain("orders 12 of 12 machines off");
    expect((await latest()).output.cohorts[0]?.sentence).toContain("safety stop of maria: smoke in hall 2");
    await confirmed();
    expect(asleep()).toBe(machines().length);
    const looks = await postgresMeterWatch(bench.pool).looksSince(bench.deployment.plan.siteId, NOW);
    const revision = await bench.newestRevision();
    // The dispatch's own readings are looks: the one before its commands, and the one of its verdict.
    expect(looks.filter((look) => look.beforeRevision === revision)).toMatchObject([{ powerKw: expect.any(Number) }]);
    expect(looks.at(-1)).toMatchObject({ powerKw: expect.any(Number), isMoving: true });
    const mark = bench.mark();
    await commands.site.order({ action: "run", until: "+1h", reason: "the desk wants it" });
    const shutdownsMs: number[] = [];
    for (let restart = 0; restart < 3; restart += 1) {
      const beganMs = Date.now();
      await bench.withoutWorker(async () => void shutdownsMs.push(Date.now() - beganMs));
    }
    // Nothing that a worker does waits for what only it would answer.
    expect(Math.max(...shutdownsMs)).toBeLessThan(10_000);
    await news();
    expect(await reasons()).toEqual(["safety-stop", "safety-stop", "safety-stop"]);
    expect([woken(mark), asleep()]).toEqual([[], machines().length]);
    const { siteId } = bench.deployment.plan;
    const rows = await query(
      bench.pool,
      "SELECT kind, cohort_id, actor, reason, at FROM safety_stop WHERE site_id = $1",
      [siteId],
    );
    expect(rows).toEqual([
      { kind: "stop", cohort_id: null, actor: "maria", reason: "smoke in hall 2", at: new Date(stopped.at) },
    ]);
  }, 60_000);

  it("is in force in the run of the next day, and at a site that comes back from its records, until start-again", async () => {
    const mark = bench.mark();
    const runId = async () => (await bench.client.workflow.getHandle(workflowId).describe()).runId;
    const before = await runId();
    await bench.pass(43_200);
    await news();
    expect(await runId()).not.toBe(before);
    expect(await reasons()).toEqual(["safety-stop", "safety-stop", "safety-stop"]);
    await bench.client.workflow.getHandle(workflowId).terminate("by mistake");
    await news();
    expect(await reasons()).toEqual(["safety-stop", "safety-stop", "safety-stop"]);
    expect([woken(mark), asleep()]).toEqual([[], machines().length]);
    await commands.site.startAgain({ reason: "the hall is clear" });
    await confirmed();
    expect([asleep(), woken(mark).length]).toEqual([0, machines().length]);
    expect(await reasons()).not.toContain("safety-stop");
  }, 60_000);

  it("that was kept and not yet decided when the run ended is in force at the site that comes back", async () => {
    const { siteId } = bench.deployment.plan;
    const [mark, at] = [bench.mark(), bench.now()];
    await bench.client.workflow.getHandle(workflowId).terminate("between the row and the decision");
    const stop = { kind: "stop", id: "stop/lost", at, cohortId: TRIPPED, actor: "maria", reason: "gas" } as const;
    await postgresSafetyStops(bench.pool).keep(siteId, stop);
    await news();
    await confirmed();
    expect([asleep(TRIPPED), asleep(), woken(mark)]).toEqual([MACHINES, MACHINES, []]);
    expect((await latest()).input.facts.stops).toMatchObject([{ cohortId: TRIPPED, actor: "maria", reason: "gas" }]);
    await commands.site.startAgain({ cohortId: TRIPPED, reason: "aired" });
    await confirmed();
    expect(asleep()).toBe(0);
  }, 60_000);
});

describe("a trip whose run is terminated before it decides", () => {
  it("holds the machines of the site that comes back; once released it is told to no later run", async () => {
    const { siteId } = bench.deployment.plan;
    const [trips, at] = [postgresInvoluntaryTrips(bench.pool), bench.now()];
    const told = { fellAfter: addSeconds(at, -30), fellBy: addSeconds(at, -20), fromKw: 36, toKw: 22, looks: [] };
    const trip: InvoluntaryTripInput = {
      ...told,
      kind: INVOLUNTARY_TRIP,
      id: tripMessageId(told.fellBy),
      at,
      leastFallKw: 10,
      sentence: "it fell",
      cohorts: [{ cohortId: TRIPPED, darkMachines: MACHINES, darkKw: 14, ableMachines: 0 }],
    };
    await bench.withoutWorker(async () => {
      await trips.keep(siteId, trip);
      const run = bench.client.workflow.getHandle(workflowId);
      await run.signal(siteInput, trip);
      await run.terminate("between the signal and the decision");
    });
    expect(await trips.untaken(siteId)).toEqual([trip]);
    await news();
    await confirmed();
    expect((await latest()).input.facts.trips).toMatchObject([{ at, fromKw: 36, toKw: 22 }]);
    expect([asleep(TRIPPED), asleep()]).toEqual([MACHINES, MACHINES]);
    expect(await trips.untaken(siteId)).toEqual([]);
    await commands.site.release({ orderId: "trip", reason: "the feeder is closed" });
    await confirmed();
    await bench.client.workflow.getHandle(workflowId).terminate("after the release");
    await news();
    expect([(await latest()).input.facts.trips, asleep()]).toEqual([undefined, 0]);
  }, 60_000);

  it("is the newest 20 of those that wait, in their order", async () => {
    const trips = postgresInvoluntaryTrips(bench.pool);
    const ids = Array.from({ length: 22 }, (_, i) => addSeconds(NOW, i));
    for (const at of [...ids, ids[21] as typeof NOW])
      await trips.keep("elsewhere", { kind: INVOLUNTARY_TRIP, id: tripMessageId(at), at } as never);
    expect((await trips.untaken("elsewhere")).map(({ at }) => at)).toEqual(ids.slice(2));
  });
});

describe("a feeder that opens, and an instruction's clock", () => {
  it("restarts are held though it opens while nobody watches, until the trip is released; a verdict on each instruction stands in the database", async () => {
    const { siteId } = bench.deployment.plan;
    await bench.watching(async (pass) => {
      await pass(700);
      await news();
    });
    for (const { machineId } of machines(TRIPPED)) bench.world.fleet.inject(machineId, "dead");
    await bench.watching(async (pass) => {
      const mark = bench.mark();
      await pass(200);
      expect(bench.told.filter(({ kind }) => kind === "involuntary-trip")).toMatchObject([
        { cohorts: expect.arrayContaining([expect.objectContaining({ cohortId: TRIPPED, darkMachines: MACHINES })]) },
      ]);
      expect((await latest()).input.facts.trips).toHaveLength(1);

      for (const { machineId } of machines(TRIPPED)) bench.world.fleet.heal(machineId, "dead");
      await pass(120);
      expect(asleep(TRIPPED)).toBe(MACHINES);
      await commands.site.release({ orderId: "trip", reason: "the feeder is closed" });
      await pass(300);
      expect([asleep(), new Set(woken(mark)).size]).toEqual([0, MACHINES]);
      expect((await latest()).input.facts.trips).toBeUndefined();

      await news();
      const watch = postgresMeterWatch(bench.pool);
      const instruct = (instructionId: string, changes: object = {}) =>
        tell({
          kind: "instruction",
          instruction: {
            instructionId,
            issuer: "QSE",
            product: "ERS-10",
            action: "curtail",
            from: bench.now(),
            ...changes,
          },
        });
      const verdicts = () =>
        query(bench.pool, "SELECT instruction_id, outcome FROM response_clock WHERE site_id = $1 ORDER BY started_at", [
          siteId,
        ]);
      await pass(60);
      await instruct("ers-met", { until: addSeconds(bench.now(), 400) });
      await pass(300);
      expect(await verdicts()).toEqual([{ instruction_id: "ers-met", outcome: "met" }]);
      const now = obligationsNow(
        bench.deployment.plan,
        await latest(),
        await watch.clocks(siteId, addSeconds(bench.now(), -3_600)),
        (await watch.looksSince(siteId, addSeconds(bench.now(), -120))).at(-1),
        bench.now(),
      );
      expect(now.obligations).toMatchObject([{ instructionId: "ers-met", clock: { verdict: { outcome: "met" } } }]);
      // Of 38 kW, the last 5 % count as delivered.
      expect(now.obligations[0]?.missingKw).toBeLessThan(1.9);
      expect(now.obligations[0]?.clock?.verdict?.seconds).toBeLessThanOrEqual(120);

      await pass(400);
      await news();
      // The load is back: off to a site that is off has nothing to deliver, and is met.
      await pass(300);
      await news();
      expect(asleep()).toBe(0);
      for (const { machineId } of machines()) bench.world.fleet.inject(machineId, "refuse");
      await instruct("ers-short");
      await pass(700);
      expect(await verdicts()).toEqual([
        { instruction_id: "ers-met", outcome: "met" },
        { instruction_id: "ers-short", outcome: "short" },
      ]);
    });
  }, 120_000);
});
