import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { splitText } from "../../src/domain/decision/split.ts";
import { evidenceActivities } from "../../activities/evidence.ts";
import { decisionActivities } from "../../activities/decision.ts";
import { MeterWakes } from "../../activities/meterWakes.ts";
import { realMarketClock } from "../../src/adapters/clock/real.ts";
import { postgresClockWitness } from "../../src/adapters/postgres/clockWitness.ts";
import { postgresInvoluntaryTrips } from "../../src/adapters/postgres/involuntaryTrips.ts";
import { postgresSafetyStops } from "../../src/adapters/postgres/safetyStops.ts";
import { postgresRetirements } from "../../src/adapters/postgres/bookSites.ts";
import { postgresCommandFreezes } from "../../src/adapters/postgres/commandFreezes.ts";
import { postgresConfigurationOutcomes } from "../../src/adapters/postgres/configurationOutcomes.ts";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { postgresEvidenceStore } from "../../src/adapters/postgres/evidenceStore.ts";
import { postgresFleetLedger } from "../../src/adapters/postgres/fleetLedger.ts";
import { postgresMarketStore } from "../../src/adapters/postgres/marketStore.ts";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import { readSiteStatus } from "../../src/adapters/postgres/siteStatus.ts";
import { postgresSiteLedger } from "../../src/adapters/postgres/siteLedger.ts";
import { temporalHistories } from "../../src/adapters/temporal/history.ts";
import { nextRun } from "../../src/app/worker/nextRun.ts";
import { folderSigningKey, type SigningKey } from "../../src/app/worker/signingKey.ts";
import { temporalSiteGateway } from "../../src/app/worker/siteGateway.ts";
import { siteWorkers } from "../../src/app/worker/siteWorkers.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { batchesOf } from "../../src/domain/dispatch/batches.ts";
import type { DispatchBatch, DispatchPlan, MachineSpan } from "../../src/domain/dispatch/model.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { OperatorOrder } from "../../src/domain/inputs/orders.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { AuditFinding, AuditVerdict } from "../../src/domain/evidence/model.ts";
import type { CommandLedgerRow, TimelineLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import { planText, recordText } from "../../src/domain/evidence/recordText.ts";
import { intervalStart, settlementInterval } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant, instantFromMs } from "../../src/domain/units/instant.ts";
import type { ResponseVerdict } from "../../src/domain/verification/model.ts";
import { PortUnavailableError } from "../../src/ports/errors.ts";
import { auditBundle } from "../../src/replay/audit.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { renderVerdict } from "../../src/replay/renderVerdict.ts";
import { signText } from "../../src/replay/signature.ts";
import { writeBundle } from "../../src/replay/writeBundle.ts";
import { operatorActivities } from "../../activities/operator.ts";
import { postgresOperatorAdmissions } from "../../src/adapters/postgres/operatorAdmissions.ts";
import { operatorKeysIn, operatorsFile } from "../../src/app/worker/operatorList.ts";
import { scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import { signRequest } from "../../src/app/worker/signRequest.ts";
import { placeOrder, workflowIds } from "../../workflows/contracts.ts";
import { bundled, quietRuntime, sitePlan } from "../replay/recordSite.ts";
import { type TestDatabase, testDatabase, testTemporal } from "../support/stack.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
const { address, namespace } = testTemporal();
const siteId = `recovery-${randomBytes(4).toString("hex")}`;
const base = sitePlan(siteId);
const plan = { ...base, staleness: { ...base.staleness, scedPriceSeconds: 3_600 } };
const DISPATCH = {
  batchSize: 10,
  deadlineSeconds: 300,
  settleUpSeconds: 0,
  settleDownSeconds: 0,
  redrivesMax: 0,
  abandonedControlSeconds: 0,
};
const deployment = {
  plan,
  planHash: sha256Hex(planText(plan)),
  dispatch: DISPATCH,
  feeds: [{ use: "ercot/daily-prc", baseUrl: "http://127.0.0.1:1", pollEverySeconds: 60, pollOffsetSeconds: 20 }],
} as unknown as Deployment;
const order: OperatorOrder = {
  orderId: "o-1",
  actor: "night.desk@example.com",
  reason: "transformer check",
  action: "curtail",
  cohortIds: ["new"],
  from: now(),
  until: addSeconds(now(), 3_600),
};

let folder: string;
let database: TestDatabase;
let pool: Pool;
let key: SigningKey;
let bundle: Awaited<ReturnType<typeof bundled>>;
/** While set, nobody can fetch a history. */
let historiesAway = false;
const alarms: string[] = [];
const commands: CommandLedgerRow[] = [];

function now(): Instant {
  return instantFromMs(Date.now());
}

beforeAll(async () => {
  quietRuntime();
  folder = mkdtempSync(join(tmpdir(), "ballast-recovery-"));
  key = folderSigningKey(folder);
  [database, bundle] = await Promise.all([testDatabase(), bundled(workflowsPath)]);
  pool = createPool(database.appUrl as string, 10);
}, 60_000);
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** A worker of the site in one namespace: real ledgers, and a fleet that obeys at once. */
async function startWorker(inNamespace: string) {
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace: inNamespace });
  const taskQueue = `recovery/${siteId}`;
  const log = { info() {}, warn() {}, error: (_: object, message: string) => void alarms.push(message) };
  const clock = realMarketClock();
  const siteLedger = postgresSiteLedger(pool);
  const market = postgresMarketStore(pool);
  const freezes = postgresCommandFreezes(pool);
  const retirements = postgresRetirements(pool);
  const gateway = temporalSiteGateway({
    client,
    taskQueue,
    clock,
    clockKind: "real",
    log,
    nextRun: (_, at) =>
      nextRun(deployment, { kind: "real" }, at, {
        ledger: siteLedger,
        market,
        freezes,
        stops: postgresSafetyStops(pool),
        trips: postgresInvoluntaryTrips(pool),
        retirements,
        client,
        actor: "ballast",
      }),
  });
  const ledger = postgresFleetLedger(pool);
  const histories = temporalHistories(client);
  const witness = postgresClockWitness(pool, { kind: "paced" });
  const activities = {
    ...decisionActivities({
      wakes: new MeterWakes(),
      clock,
      sites: gateway,
      decisions: postgresDecisionStore(pool),
      ledger,
      book: new Map([[siteId, { plan }]]),
      configurations: postgresConfigurationOutcomes(pool),
      log,
    }),
    ...evidenceActivities({
      histories: {
        exportRun: async (workflowId, runId) => {
          if (historiesAway) throw new PortUnavailableError("the server gives no history");
          return histories.exportRun(workflowId, runId);
        },
        runBefore: histories.runBefore,
      },
      evidence: postgresEvidenceStore(pool),
      siteLedger,
      witness,
      log,
      gaps: { buildId: "test", sign: (text) => signText(text, readFileSync(key.privateKeyFile, "utf8")) },
    }),
    ...operatorActivities({
      stopHolds: { holding: async () => undefined },
      clock,
      witness,
      operatorKeys: operatorKeysIn(operatorsFile(folder)),
      admissions: postgresOperatorAdmissions(pool),
      log: { ...log, warn: (_: object, message: string) => void alarms.push(message) },
    }),
    ...obedientFleet(gateway.deliver),
  };
  const common = { connection: native, namespace: inNamespace, taskQueue, activities };
  const worker = await Worker.create({ ...common, workflowBundle: bundle });
  const [atSite] = await siteWorkers({ ...common, siteIds: [siteId] });
  const running = Promise.all([worker.run(), atSite?.run()]);
  return {
    client,
    gateway,
    async stop(): Promise<void> {
      worker.shutdown();
      atSite?.shutdown();
      await running;
      await connection.close();
      await native.close();
    },
  };

  function obedientFleet(deliver: (site: string, input: SiteInput) => Promise<void>) {
    const wave = { machines: 10, outcomes: {}, atTarget: 10, stragglers: 0, superseded: false };
    return {
      surveyFleet: async () => ({ machines: 20, running: 20 }),
      openDispatch: async ({ plan: { revision, targets, batchSize } }: { plan: DispatchPlan }) => {
        const opened = await ledger.open(siteId, revision, async () => ({ beforeKw: 60, cohorts: {} }));
        const batches = targets
          .filter(({ isDriven }) => isDriven)
          .flatMap((target) => batchesOf(target, Array<boolean>(target.machines).fill(true), batchSize));
        return { superseded: opened.newest > revision, resumed: false, beforeKw: 60, batches, expectedDeltaKw: -30 };
      },
      commandBatch: async (one: {
        revision: number;
        attempt: number;
        batch: DispatchBatch;
        target: { modeId: string };
      }) => {
        const { revision, attempt, batch, target } = one;
        const { from, to } = batch.spans[0] as MachineSpan;
        for (let i = from; i < to; i++)
          commands.push({
            revision,
            attempt,
            machineId: `${batch.cohortId}-${i + 1}`,
            cohortId: batch.cohortId,
            modeId: target.modeId,
            outcome: "acknowledged",
            writes: 1,
            at: now(),
          });
        return { ...wave, cohortId: batch.cohortId, modeId: batch.modeId };
      },
      measureResponse: async () => ({ superseded: false, readAt: now(), nowKw: 30 }),
      readBackBatch: async ({ batch: { cohortId, modeId } }: { batch: DispatchBatch }) => ({
        ...wave,
        cohortId,
        modeId,
      }),
      closeDispatch: async (closed: {
        revision: number;
        decidedAt: Instant;
        outcome: ResponseVerdict | "superseded";
      }) => {
        const { revision, decidedAt, outcome } = closed;
        await ledger.close(siteId, revision, outcome, now());
        await deliver(siteId, {
          kind: "dispatch-verdict",
          id: `verdict/${revision}/${decidedAt}`,
          at: now(),
          revision,
          outcome: outcome === "superseded" ? outcome : outcome.outcome,
          stragglers: 0,
        });
        return { stragglers: 0 };
      },
    };
  }
}

function price(lmpUsdPerMwh: number): SiteInput {
  // in force when the running interval began
  const scedAt = addSeconds(intervalStart(settlementInterval(now())), -10);
  return {
    kind: "sced-lmp",
    id: `sced/${scedAt}/${lmpUsdPerMwh}`,
    at: now(),
    settlementPoint: "HB_HOUSTON",
    scedAt,
    lmpUsdPerMwh,
    source: "test",
    contentHash: "00",
  };
}

function instruction(instructionId: string, cohortIds: readonly string[]): SiteInput {
  const at = now();
  return {
    kind: "instruction",
    id: `instruction/${instructionId}`,
    at,
    instruction: { instructionId, issuer: "QSE", action: "curtail", cohortIds, from: at },
  };
}

/** The grid feed has told a level that was lost with the site's mailbox; it is not told again until it changes. */
async function tellNobody(level: "watch"): Promise<void> {
  const at = now();
  const value: SiteInput = {
    kind: "grid-condition",
    id: `grid/${level}`,
    at,
    level,
    stateText: level,
    observedAt: at,
    source: "test",
    contentHash: "00",
  };
  const market = postgresMarketStore(pool);
  const before = await market.cursor("grid-condition");
  const after = { cursor: undefined, state: { told: { value } }, polledAt: at, seenAt: at };
  await market.moveCursor("grid-condition", before, after);
}

function status() {
  return readSiteStatus(pool, { siteId, siteMeterId: "site", meterIds: ["site"], feedIds: [] });
}

async function records(): Promise<DecisionRecord[]> {
  const { rows } = await pool.query<{ record: DecisionRecord }>(
    "SELECT record FROM decision WHERE site_id = $1 ORDER BY sequence",
    [siteId],
  );
  return rows.map(({ record }) => record);
}

/** Waits for the decision that a number of decisions makes true. */
async function decided(count: number): Promise<DecisionRecord[]> {
  return vi.waitFor(
    async () => {
      const all = await records();
      expect(all.length).toBeGreaterThanOrEqual(count);
      return all;
    },
    { timeout: 20_000, interval: 50 },
  );
}

async function answered(revision: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query("SELECT FROM response_verdict WHERE site_id = $1 AND revision = $2", [
        siteId,
        revision,
      ]);
      expect(rows).toHaveLength(1);
    },
    { timeout: 20_000, interval: 50 },
  );
}

/** Each record names the hash of the one before, and their numbers have no hole. */
function expectOneChain(all: readonly DecisionRecord[]): void {
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, i) => i + 1));
  expect(all.map(({ previousHash }) => previousHash)).toEqual(
    all.map((_, i) => (i === 0 ? "genesis" : sha256Hex(recordText(all[i - 1] as DecisionRecord)))),
  );
}

async function keptRuns(count: number) {
  return vi.waitFor(
    async () => {
      const runs = await postgresEvidenceStore(pool).runs(siteId);
      expect(runs).toHaveLength(count);
      return runs;
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** Findings but those of documents: this site's prices stand in none. */
function findingsOf({ layers }: AuditVerdict): AuditFinding[] {
  return layers.flatMap(({ findings }) => findings).filter(({ layer }) => layer !== "sources");
}

async function audited(name: string) {
  const evidence = postgresEvidenceStore(pool);
  const runs = await evidence.runs(siteId);
  const timeline: readonly TimelineLedgerRow[] = await postgresDecisionStore(pool).timeline(
    siteId,
    addSeconds(now(), 86_400 * 3),
  );
  await writeBundle(join(folder, name), {
    siteId,
    createdAt: now(),
    buildId: "test",
    runs: await Promise.all(runs.map(async (run) => ({ run, bytes: await evidence.historyBytes(run.runId) }))),
    settlements: [],
    statements: [],
    commands,
    operators: await postgresOperatorAdmissions(pool).keysUsed(siteId),
    registers: [],
    meters: [],
    timeline,
    journal: [],
    documents: [],
    signingKeyPem: readFileSync(key.privateKeyFile, "utf8"),
  });
  return auditBundle(join(folder, name), { workflowsPath, parsers: {}, publicKeyPem: key.publicKeyPem });
}

describe("a site whose run has ended", () => {
  it("was terminated: comes back with its order, its modes and the next revision, though no history can be had", async () => {
    const worker = await startWorker(namespace);
    const { client, gateway } = worker;
    try {
      await gateway.deliver(siteId, {
        kind: "hashprice",
        id: "hashprice/1",
        at: now(),
        usdPerPhDay: 54,
        asOf: now(),
        source: "test",
        contentHash: "00",
      });
      await gateway.deliver(siteId, price(31.2));
      await gateway.deliver(siteId, {
        kind: "grid-condition",
        id: "grid/1",
        at: now(),
        level: "normal",
        stateText: "Normal Conditions",
        observedAt: now(),
        source: "test",
        contentHash: "00",
      });
      const handle = client.workflow.getHandle(workflowIds.site(siteId));
      const request = { id: "place/o-1", at: now(), order };
      const signing = { siteId, update: placeOrder.name, signedAt: now() };
      await handle.executeUpdate(placeOrder, {
        args: [signRequest(scriptKey(folder, order.actor), signing, request)],
      });
      await gateway.deliver(siteId, instruction("vdi-1", ["old"]));
      const before = await vi.waitFor(
        async () => {
          const all = await records();
          expect(all.at(-1)?.dispatch?.revision).toBe(2);
          return all;
        },
        { timeout: 20_000, interval: 50 },
      );
      await answered(2);
      const { runId } = await handle.describe();
      historiesAway = true;
      await handle.terminate("somebody's mistake");

      await gateway.deliver(siteId, { kind: "recall", id: "recall/vdi-1", at: now(), instructionId: "vdi-1" });
      const all = await decided(before.length + 1);
      expectOneChain(all);
      const next = all[before.length] as DecisionRecord;
      expect(next.input.facts.orders).toEqual([order]);
      expect(next.input.cohorts.map(({ cohortId, split }) => `${cohortId} ${splitText(split)}`)).toEqual([
        "old off",
        "new off",
      ]);
      expect(next.dispatch?.revision).toBe(3);
      expect(next.output.cohorts.map(({ cohortId, split }) => `${cohortId} ${splitText(split)}`)).toEqual([
        "old normal",
        "new off",
      ]);
      expect(await postgresEvidenceStore(pool).runs(siteId)).toEqual([]);
      await vi.waitFor(() => expect(alarms.join()).toContain("could not be exported"), { timeout: 10_000 });
      await answered(3);
      const closed = [{ runId, firstSequence: 1, lastSequence: before.length }];
      expect((await status()).unexported).toEqual(closed);

      historiesAway = false;
      const [kept] = await keptRuns(1);
      expect(kept).toMatchObject({ runId, sequence: 1 });
      expect(kept?.gap).toBeUndefined();
      expect((await status()).unexported).toEqual([]);

      await handle.terminate("once more");
      await gateway.deliver(siteId, price(32));
      await decided(all.length + 1);
      await keptRuns(2);
      const verdict = await audited("terminated");
      expect(findingsOf(verdict).map(({ found }) => found)).toEqual(["WORKFLOW_EXECUTION_TERMINATED once more"]);
      expect(verdict.gaps).toBeUndefined();
      expect(renderVerdict(verdict)).toMatch(
        /was cut off .* recovered from its records on the word of ballast: .*somebody's mistake/,
      );
    } finally {
      historiesAway = false;
      await worker.stop();
    }
  }, 60_000);

  it("lost its Temporal state: goes on in another namespace with the grid level told meanwhile; the audit shows the gap", async () => {
    const elsewhere = `recovery-${randomBytes(4).toString("hex")}`;
    await makeNamespace(elsewhere);
    const before = await records();
    const worker = await startWorker(elsewhere);
    try {
      await tellNobody("watch");
      await worker.gateway.deliver(siteId, instruction("vdi-2", ["old"]));
      const all = await decided(before.length + 1);
      expectOneChain(all);
      expect([before, all].map((some) => some.at(-1)?.input.facts.grid.level)).toEqual(["normal", "watch"]);
      expect(all.at(-1)?.dispatch?.revision).toBe(4);
      await answered(4);
      await keptRuns(3);
      const atOnce = await audited("gap-last");
      expect(findingsOf(atOnce)).toEqual([]);
      expect(atOnce.gaps).toHaveLength(1);
      await worker.client.workflow.getHandle(workflowIds.site(siteId)).terminate("end of the test");
      await worker.gateway.deliver(siteId, price(33));
      const runs = await keptRuns(4);
      expect(runs.map(({ gap }) => gap === true)).toEqual([false, false, true, false]);

      const verdict = await audited("bundle");
      expect(findingsOf(verdict).map(({ found }) => found)).toEqual(["WORKFLOW_EXECUTION_TERMINATED end of the test"]);
      expect(verdict.gaps).toHaveLength(1);
      expect(verdict.gaps?.[0]).toMatchObject({
        firstSequence: before.length,
        lastSequence: before.length,
        lastRecordHash: sha256Hex(recordText(before.at(-1) as DecisionRecord)),
        lastRevision: 3,
        actor: "ballast",
      });
      const text = renderVerdict(verdict);
      expect(text).toMatch(/^GAP {3}decisions \d+ to \d+: the history of run .* is lost/m);
      expect(renderVerdict({ ok: true, layers: [], gaps: verdict.gaps ?? [] })).toContain(
        "Verdict: everything that was checked follows from the inputs; a gap in the evidence could not be checked.",
      );
    } finally {
      await worker.stop();
    }
  }, 60_000);
});

/** Registered, and known to every part of the server. */
async function makeNamespace(name: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace: name,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await connection.operatorService.addSearchAttributes({
      namespace: name,
      searchAttributes: { SiteId: 2, OperatingDay: 2, Mode: 2, NeedsReview: 5 },
    });
    await vi.waitFor(
      async () => {
        const client = new Client({ connection, namespace: name });
        const probe = await client.workflow.start("probe", { workflowId: "probe", taskQueue: "nobody", args: [] });
        await probe.terminate();
      },
      { timeout: 30_000, interval: 200 },
    );
  } finally {
    await connection.close();
  }
}
