import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setTimeout as delay } from "node:timers/promises";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import { firstRun } from "../../src/app/worker/nextRun.ts";
import type { CohortId } from "../../src/domain/units/ids.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import { siteInput, workflowIds } from "../../workflows/contracts.ts";
import type { runSite } from "../../workflows/index.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const NOW = wallToInstant({ day: DAY, time: "12:01:00", repeatedHour: false });
const MACHINES = 3;

let bench: DispatchBench;
let workflowId: string;
/** The first cohort sleeps whole, of the second one machine does. */
let [whole, part]: CohortId[] = [];

beforeAll(async () => {
  const deployment = smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: MACHINES });
  [whole, part] = deployment.plan.cohorts.map(({ cohortId }) => cohortId);
  const [first] = deployment.machines.filter(({ cohortId }) => cohortId === part);
  const asleep = new Set(
    deployment.machines.flatMap(({ machineId, cohortId }) =>
      cohortId === whole || machineId === first?.machineId ? [machineId as string] : [],
    ),
  );
  bench = await startDispatchBench({
    database: await testDatabase(),
    temporal: testTemporal(),
    deployment,
    seed: 11,
    faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
    startAt: NOW,
    driver: { timeoutMs: 1_000 },
    isAsleep: (machineId) => asleep.has(machineId),
    isUnread: true,
  });
  workflowId = workflowIds.site(bench.deployment.plan.siteId);
  await bench.client.workflow.start<typeof runSite>("runSite", {
    workflowId,
    taskQueue: bench.taskQueue,
    args: [firstRun(bench.deployment, { kind: "paced" }, NOW)],
  });
  await awaitIdle(bench.client, workflowId);
}, 120_000);
afterAll(async () => {
  await bench?.client.workflow.getHandle(workflowId).terminate("the test ends");
  await bench?.close();
});

describe("a site begins with machines asleep, at a price below every strike", () => {
  it("its first priced decision wakes them, nobody else is written to, and the meter confirms their power", async () => {
    const { plan, machines } = bench.deployment;
    const said = { source: "test", contentHash: "00" };
    const site = bench.client.workflow.getHandle(workflowId);
    await site.signal(siteInput, {
      kind: "grid-condition",
      id: "grid/1",
      at: NOW,
      feedId: "grid-condition",
      level: "normal",
      since: addSeconds(NOW, -60),
      stateText: "normal",
      observedAt: NOW,
      ...said,
    });
    await site.signal(siteInput, {
      kind: "hashprice",
      id: "hashprice/1",
      at: NOW,
      usdPerPhDay: 54,
      asOf: addSeconds(NOW, -60),
      ...said,
    });
    for (const seconds of [-370, -70])
      await site.signal(siteInput, {
        kind: "sced-lmp",
        id: `sced-lmp/${seconds}`,
        at: NOW,
        settlementPoint: plan.settlementPoint,
        scedAt: addSeconds(NOW, seconds),
        lmpUsdPerMwh: 5,
        ...said,
      });
    await awaitIdle(bench.client, workflowId);
    const verdict = () => bench.told.find(({ kind }) => kind === "dispatch-verdict");
    while (verdict() === undefined) await delay(20);
    expect(verdict()).toMatchObject({ revision: 1, outcome: "confirmed", stragglers: 0 });
    expect(machines.every(({ machineId }) => !bench.world.fleet.state(machineId).asleep)).toBe(true);
    const written = bench.commandsSince(0).filter(({ outcome }) => outcome === "applied");
    expect(written.map(({ machineId, parameter }) => `${machineId} ${parameter}`).toSorted()).toEqual(
      machines
        .filter(({ cohortId }, i) => cohortId === whole || (cohortId === part && i === MACHINES))
        .map(({ machineId }) => `${machineId} wakeup`)
        .toSorted(),
    );
    const records = await bench.decisions.between(plan.siteId, NOW, addSeconds(NOW, 3_600));
    expect(records.filter(({ dispatch }) => dispatch !== undefined)).toHaveLength(1);
  }, 120_000);
});
