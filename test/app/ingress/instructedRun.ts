import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { decisionActivities } from "../../../activities/decision.ts";
import { operatorActivities } from "../../../activities/operator.ts";
import { safetyStopActivities } from "../../../activities/safetyStop.ts";
import { MeterWakes } from "../../../activities/meterWakes.ts";
import { realMarketClock } from "../../../src/adapters/clock/real.ts";
import { postgresConfigurationOutcomes } from "../../../src/adapters/postgres/configurationOutcomes.ts";
import { postgresDecisionStore } from "../../../src/adapters/postgres/decisionStore.ts";
import { postgresFleetLedger } from "../../../src/adapters/postgres/fleetLedger.ts";
import { postgresAwardLedger } from "../../../src/adapters/postgres/awardLedger.ts";
import { postgresInstructionLedger } from "../../../src/adapters/postgres/instructionLedger.ts";
import { postgresClockWitness } from "../../../src/adapters/postgres/clockWitness.ts";
import { postgresOperatorAdmissions } from "../../../src/adapters/postgres/operatorAdmissions.ts";
import { createPool, type Pool, query } from "../../../src/adapters/postgres/pool.ts";
import { postgresSafetyStops } from "../../../src/adapters/postgres/safetyStops.ts";
import { readSiteStatus } from "../../../src/adapters/postgres/siteStatus.ts";
import type { SiteGateway } from "../../../src/ports/siteGateway.ts";
import type { SiteStatusRows } from "../../../src/ports/siteRecords.ts";
import { readIngress } from "../../../src/config/ingress.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type { DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { planText } from "../../../src/domain/evidence/recordText.ts";
import { instantFromMs, parseInstant } from "../../../src/domain/units/instant.ts";
import type { Deployment } from "../../../src/app/worker/deployment.ts";
import { obligationsOf } from "../../../src/app/status/obligationsOf.ts";
import type { ObligationsNow } from "../../../src/readModels/obligationsNow.ts";
import { operatorKeysIn, operatorsFile } from "../../../src/app/worker/operatorList.ts";
import { keepTelling } from "../../../src/app/worker/keepTelling.ts";
import { siteWorkers } from "../../../src/app/worker/siteWorkers.ts";
import { siteGatewayOf } from "../../../src/app/worker/wire.ts";
import { taskQueueOf } from "../../../src/app/worker/workerSettings.ts";
import { type OpenDoors, serveIngress } from "../../../src/app/ingress/serveIngress.ts";
import { sha256Hex } from "../../../src/replay/hash.ts";
import { SimulatedQse } from "../../../src/simulators/qse/qse.ts";
import { bundled, quietRuntime, sitePlan, workflowsPath } from "../../replay/recordSite.ts";
import { type TestDatabase, testDatabase, testTemporal } from "../../support/stack.ts";

const LOG = { info() {}, warn() {}, error() {} };
const DISPATCH = {
  batchSize: 10,
  deadlineSeconds: 300,
  settleUpSeconds: 0,
  settleDownSeconds: 0,
  redrivesMax: 0,
  abandonedControlSeconds: 0,
};

/** An Ed25519 key pair, PEM. */
export function keyPair(): { readonly publicPem: string; readonly privatePem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** What its resource MINE_LD1 may be awarded. */
const RESERVE: NonNullable<SitePlan["reserve"]> = {
  resources: [
    {
      resource: "MINE_LD1",
      kind: "NCLR",
      products: [
        {
          product: "ECRS",
          asTypes: ["ECRSM"],
          maxMw: "0.04",
          qualifiedFrom: parseInstant("2026-01-01T06:00:00.000Z"),
          responseMinutes: 10,
          sustainMinutes: 60,
        },
      ],
    },
  ],
  penaltyUsdPerMwh: 50,
  gates: [],
  band: { lowShare: 0.95, highShare: 1.5 },
};

/**
 * One site of 20 machines of 3 kW, 60 kW in all, which sells ECRS, with real servers, its doors open for QSE `alpha`,
 * and nobody at its machines: what it is told and decides is real, commands go nowhere.
 */
export class InstructedRun {
  readonly plan: SitePlan = {
    ...sitePlan(`mine-${randomBytes(4).toString("hex")}`),
    reserve: RESERVE,
  };
  readonly folder = mkdtempSync(join(tmpdir(), "ballast-ingress-"));
  readonly key = keyPair();
  #database: TestDatabase | undefined;
  #pool: Pool | undefined;
  #stopWorker: (() => Promise<void>) | undefined;
  #doors: OpenDoors | undefined;
  #gateway: SiteGateway | undefined;

  /** Makes database and description; nothing serves yet. */
  async prepare(): Promise<void> {
    quietRuntime();
    this.#database = await testDatabase();
    this.#pool = createPool(this.#database.appUrl as string, 5);
    this.describe();
    mkdirSync(join(this.folder, "inbox"), { mode: 0o700 });
    writeFileSync(join(this.folder, "alpha.pem"), this.key.publicPem);
    writeFileSync(join(this.folder, "ingress.yaml"), this.ingressYaml());
  }

  /** Says where the run's servers are. */
  describe(temporalAddress = testTemporal().address, appDatabaseUrl = this.#database?.appUrl): void {
    const { namespace } = testTemporal();
    writeFileSync(
      join(this.folder, "run.json"),
      JSON.stringify({
        bookId: this.plan.siteId,
        temporalAddress,
        namespace,
        appDatabaseUrl,
        clock: { kind: "real" },
        deployments: [this.deployment],
      }),
    );
  }

  /** The file of the doors, with more of it where a test has more. */
  ingressYaml(more = "", listen = "", head = ""): string {
    return `schema: ballast.ingress/1
${head}listen:
  port: 0
${listen}issuers:
  alpha:
    publicKeys: [alpha.pem]
    products: [ERS-30, ECRS]
    sites: [${this.plan.siteId}]
    resources: { MINE_LD1: ${this.plan.siteId} }
${more}folders:
  - { path: inbox, issuer: alpha }
`;
  }

  async open(): Promise<string> {
    this.#doors = await serveIngress({
      dataDir: this.folder,
      ingress: readIngress(join(this.folder, "ingress.yaml")),
      log: LOG,
    });
    return this.#doors.url;
  }

  async shut(): Promise<void> {
    await this.#doors?.close();
    this.#doors = undefined;
  }

  qse(
    url: string,
    more: { tls?: { ca: string; cert?: string; key?: string }; privateKeyPem?: string } = {},
  ): SimulatedQse {
    return new SimulatedQse({
      url,
      privateKeyPem: this.key.privatePem,
      now: async () => new Date().toISOString(),
      ...more,
    });
  }

  get deployment(): Deployment {
    const { plan } = this;
    return {
      plan,
      planHash: sha256Hex(planText(plan)),
      dispatch: DISPATCH,
      feeds: [],
      meters: [],
    } as unknown as Deployment;
  }

  get pool(): Pool {
    return this.#pool as Pool;
  }

  /** Serves the site's workflow until `stop`. */
  async work(): Promise<void> {
    const { address, namespace } = testTemporal();
    const native = await NativeConnection.connect({ address });
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const { siteId } = this.plan;
    const taskQueue = taskQueueOf(siteId);
    const clock = { kind: "real" } as const;
    const activities = {
      ...safetyStopActivities({ stops: postgresSafetyStops(this.pool), log: LOG }),
      ...operatorActivities({
        stopHolds: { holding: async () => undefined },
        clock: realMarketClock(),
        witness: postgresClockWitness(this.pool, clock),
        operatorKeys: operatorKeysIn(operatorsFile(this.folder)),
        admissions: postgresOperatorAdmissions(this.pool),
        log: LOG,
      }),
      ...decisionActivities({
        wakes: new MeterWakes(),
        clock: realMarketClock(),
        sites: siteGatewayOf({ deployments: [this.deployment], client, taskQueue, pool: this.pool, clock, log: LOG }),
        decisions: postgresDecisionStore(this.pool),
        ledger: postgresFleetLedger(this.pool),
        book: new Map([[siteId, { plan: this.plan }]]),
        configurations: postgresConfigurationOutcomes(this.pool),
        log: LOG,
      }),
      surveyFleet: async () => ({ machines: 20, running: 20 }),
      openDispatch: async () => ({ superseded: true, resumed: false, beforeKw: 60, batches: [], expectedDeltaKw: 0 }),
      closeDispatch: async () => ({ stragglers: 0 }),
    };
    const common = { connection: native, namespace, taskQueue, activities };
    const worker = await Worker.create({ ...common, workflowBundle: await bundled(workflowsPath) });
    const [atSite] = await siteWorkers({ ...common, siteIds: [siteId] });
    const running = Promise.all([worker.run(), atSite?.run()]);
    const ended = new AbortController();
    const gateway = siteGatewayOf({
      deployments: [this.deployment],
      client,
      taskQueue,
      pool: this.pool,
      clock,
      log: LOG,
    });
    this.#gateway = gateway;
    const ledger = postgresInstructionLedger(this.pool);
    const awards = postgresAwardLedger(this.pool);
    const telling = keepTelling({ ledger, awards, gateway, clock: realMarketClock(), log: LOG }, ended.signal);
    this.#stopWorker = async () => {
      ended.abort();
      await telling;
      worker.shutdown();
      atSite?.shutdown();
      await running;
      await client.workflow
        .getHandle(`site/${siteId}`)
        .terminate()
        .catch(() => undefined);
      await connection.close();
      await native.close();
    };
  }

  /** Tells the site what a feed would. */
  async tell(input: SiteInput): Promise<void> {
    await this.#gateway?.deliver(this.plan.siteId, input);
  }

  /** What `ballast obligations` shows. */
  async obligations(): Promise<ObligationsNow> {
    return obligationsOf(this.pool, this.plan, instantFromMs(Date.now()));
  }

  /** What stands at the site by its newest decision. */
  async standing(): Promise<readonly string[]> {
    return ((await this.newest())?.input.facts.instructions ?? []).map(({ instructionId }) => instructionId);
  }

  /** What `ballast status` reads of it. */
  async status(): Promise<SiteStatusRows> {
    const { siteId } = this.plan;
    return readSiteStatus(this.pool, { siteId, siteMeterId: "none", meterIds: [], feedIds: [] });
  }

  /** The newest decision of the site. */
  async newest(): Promise<DecisionRecord | undefined> {
    const [row] = await query<{ record: DecisionRecord }>(
      this.pool,
      `SELECT record FROM decision WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1`,
      [this.plan.siteId],
    );
    return row?.record;
  }

  async end(): Promise<void> {
    await this.shut();
    await this.#stopWorker?.();
    await this.#pool?.end();
    await this.#database?.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
