import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { postgresStopInputs } from "../../src/adapters/postgres/stopInputs.ts";
import { operatorCommands } from "../../src/app/operator/operatorCommands.ts";
import { scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import type { DeployedStopInput } from "../../src/app/worker/deployment.ts";
import { firstRun } from "../../src/app/worker/nextRun.ts";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import { stopInputKeysFolder } from "../../src/app/worker/stopInputKeys.ts";
import { watchStopInputs } from "../../src/app/worker/stopInputs.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { CohortId } from "../../src/domain/units/ids.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import type { Commands } from "../../src/ports/commands.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import { type SimContacts, startContacts } from "../../src/simulators/stopInput/contacts.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import type { runSite } from "../../workflows/index.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const NOW = wallToInstant({ day: DAY, time: "12:01:00", repeatedHour: false });
const MACHINES = 4;
const HALL = "caprock-s21" as CohortId;
/** A normally open contact of the whole site, and a normally closed one of one hall. */
const SITE = "estop";
const HALL_INPUT = "fire-hall-2";
const COIL = 3;

let bench: DispatchBench;
let device: SimContacts;
let clock: MarketClock & { close(): void };
let workflowId: string;
let commands: Commands;
let serial = 0;
let watching: { end(): Promise<void> } | undefined;

beforeAll(async () => {
  const deployment = smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: MACHINES });
  const cohorts = deployment.plan.cohorts.map((cohort) => ({ ...cohort, minOffMinutes: 0, minOnMinutes: 0 }));
  device = await startContacts();
  const { host, port, unit } = device;
  const every = { pollSeconds: 2, silentAfterSeconds: 20 };
  const stopInputs: readonly DeployedStopInput[] = [
    {
      inputId: SITE,
      name: "Emergency stop at the gate",
      contact: { use: "modbus-discrete", host, port, unit, address: 0 },
      activeWhen: "on",
      ...every,
      onSilence: "warn",
    },
    {
      inputId: HALL_INPUT,
      name: "Fire alarm relay of hall 2",
      contact: { use: "modbus-coil", host, port, unit, address: COIL },
      activeWhen: "off",
      cohorts: [HALL],
      ...every,
      onSilence: "stop",
    },
  ];
  device.set("coils", COIL, true);
  bench = await startDispatchBench({
    database: await testDatabase(),
    temporal: testTemporal(),
    deployment: { ...deployment, plan: { ...deployment.plan, cohorts }, stopInputs },
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
  await watch();
}, 120_000);
afterAll(async () => {
  await watching?.end();
  await bench?.client.workflow.getHandle(workflowId).terminate("the test ends");
  clock?.close();
  await bench?.close();
  await device?.close();
});

/** As a worker does beside its tasks; resolves once it waits for its next look. */
async function watch(): Promise<void> {
  bench.world.keeper.hold("~test");
  const over = new AbortController();
  const ended = watchStopInputs(
    {
      deployments: [bench.deployment],
      client: bench.client,
      taskQueue: bench.taskQueue,
      pool: bench.pool,
      clock: { kind: "paced", url: bench.world.addresses.clockUrl },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      signingKeyFile: "",
      operatorsFile: "",
      stopInputKeysFolder: stopInputKeysFolder(bench.dataDir),
    },
    over.signal,
  );
  watching = { end: () => (over.abort(new Error("the worker ends")), ended) };
  const waits = (inputId: string): boolean =>
    bench.world.keeper.status().waiters.some(({ key }) => key === `stop-input/${siteId()}/${inputId}`);
  while (!waits(SITE) || !waits(HALL_INPUT)) await delay(5);
  bench.world.keeper.release("~test");
}

/** What a feed tells the site. */
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

const siteId = () => bench.deployment.plan.siteId;
const machines = (cohortId?: CohortId) =>
  bench.deployment.machines.filter((machine) => cohortId === undefined || machine.cohortId === cohortId);
const asleep = (cohortId?: CohortId) =>
  machines(cohortId).filter(({ machineId }) => bench.world.fleet.state(machineId).asleep).length;
const latest = async () => (await bench.decisions.latest(siteId())) as DecisionRecord;
const stopRows = () =>
  query<{ kind: string; cohort_id: string | null; actor: string; reason: string }>(
    bench.pool,
    "SELECT kind, cohort_id, actor, reason FROM safety_stop WHERE site_id = $1 ORDER BY stop_no",
    [siteId()],
  );
const stateOf = async (inputId: string) =>
  (await postgresStopInputs(bench.pool).all(siteId())).find((one) => one.inputId === inputId)?.contact.state;
/** Every machine of these is off, or every one is on, by the machines themselves. */
async function machinesAre(isOff: boolean, cohortId?: CohortId): Promise<void> {
  const until = Date.now() + 40_000;
  while (asleep(cohortId) !== (isOff ? machines(cohortId).length : 0)) {
    await bench.pass(5);
    await delay(20);
    if (Date.now() > until) throw new Error(JSON.stringify([bench.world.keeper.status(), await latest()]));
  }
}

describe("a contact that stops machines", () => {
  it("shows nothing to stop, and bounces once: nothing happens", async () => {
    await bench.pass(6);
    expect([await stateOf(SITE), await stateOf(HALL_INPUT)]).toEqual(["idle", "idle"]);
    device.bounce("discrete", 0, 1);
    await bench.pass(20);
    expect([await stopRows(), await stateOf(SITE)]).toEqual([[], "idle"]);
  });

  it("takes the site's machines off within two reads, in its own name, and a restart does not stop them again", async () => {
    device.set("discrete", 0, true);
    await bench.pass(6);
    expect(await stopRows()).toEqual([
      {
        kind: "stop",
        cohort_id: null,
        actor: "input:estop",
        reason: "Emergency stop at the gate: the contact is on",
      },
    ]);
    expect((await latest()).output.cohorts[0]?.sentence).toContain(
      "safety stop of input:estop: Emergency stop at the gate: the contact is on",
    );
    await machinesAre(true);
    await watching?.end();
    await watch();
    await bench.pass(20);
    expect(await stopRows()).toHaveLength(1);
  }, 60_000);

  it("holds them while it is active: start-again is refused; when it falls back nothing starts until a person says so", async () => {
    await expect(commands.site.startAgain({ reason: "all clear" })).rejects.toThrow(
      /stop input estop holds the site down since .* Central \(Emergency stop at the gate: the contact is on\)/,
    );
    device.set("discrete", 0, false);
    await bench.pass(20);
    expect([await stateOf(SITE), asleep()]).toEqual(["idle", machines().length]);
    await commands.site.startAgain({ reason: "all clear" });
    await machinesAre(false);
    expect((await stopRows()).map(({ kind, actor }) => [kind, actor])).toEqual([
      ["stop", "input:estop"],
      ["stop-over", "maria"],
    ]);
  }, 60_000);

  it("closed while nobody watched, is found at the next start", async () => {
    await watching?.end();
    device.set("coils", COIL, false);
    await bench.pass(10);
    expect(await stopRows()).toHaveLength(2);
    await watch();
    await bench.pass(6);
    await machinesAre(true, HALL);
    expect([asleep(), (await stopRows()).at(-1)]).toEqual([
      MACHINES,
      {
        kind: "stop",
        cohort_id: HALL,
        actor: "input:fire-hall-2",
        reason: "Fire alarm relay of hall 2: the contact is off",
      },
    ]);
    device.set("coils", COIL, true);
    await bench.pass(10);
    await commands.site.startAgain({ cohortId: HALL, reason: "aired" });
    await machinesAre(false);
  }, 60_000);

  it("that does not answer is told to a person, and stops where silence stops", async () => {
    const before = (await stopRows()).length;
    await device.fault({ kind: "stopped" });
    await bench.pass(14);
    expect([await stateOf(SITE), await stateOf(HALL_INPUT)]).toEqual(["idle", "idle"]);
    await bench.pass(20);
    await machinesAre(true, HALL);
    expect([await stateOf(SITE), await stateOf(HALL_INPUT), asleep()]).toEqual(["silent", "silent", MACHINES]);
    expect((await stopRows()).slice(before)).toEqual([
      {
        kind: "stop",
        cohort_id: HALL,
        actor: "input:fire-hall-2",
        reason: "Fire alarm relay of hall 2: the contact has not answered steadily for 20 s, and silence stops here",
      },
    ]);
    const findings = await query<{ problem: string }>(
      bench.pool,
      "SELECT problem FROM site_finding WHERE site_id = $1 ORDER BY note_id",
      [siteId()],
    );
    expect(findings.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(
        /^stop input estop .* has not answered steadily for 20 s: it protects nothing until it does; /,
      ),
      expect.stringMatching(
        /^stop input fire-hall-2 .* has not answered steadily for 20 s: it stops as if it were active; /,
      ),
    ]);
    await expect(commands.site.startAgain({ cohortId: HALL, reason: "it is only the module" })).rejects.toThrow(
      /stop input fire-hall-2 holds caprock-s21 down/,
    );
    await device.fault(undefined);
    await bench.pass(10);
    expect([await stateOf(SITE), await stateOf(HALL_INPUT)]).toEqual(["idle", "idle"]);
    await commands.site.startAgain({ cohortId: HALL, reason: "the module has power" });
    await machinesAre(false);
  }, 60_000);
});
