import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { commandActivities } from "../../activities/command.ts";
import { configurationActivities } from "../../activities/configuration.ts";
import { decisionActivities } from "../../activities/decision.ts";
import { dispatchActivities } from "../../activities/dispatch.ts";
import { evidenceActivities } from "../../activities/evidence.ts";
import { freezeActivities } from "../../activities/freeze.ts";
import { safetyStopActivities } from "../../activities/safetyStop.ts";
import { operatorActivities } from "../../activities/operator.ts";
import { MeterWakes } from "../../activities/meterWakes.ts";
import { surveyActivities } from "../../activities/survey.ts";
import { verificationActivities } from "../../activities/verification.ts";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import { eachMachine } from "../../src/adapters/fleet/eachMachine.ts";
import { createLuxosDriver, type LuxosOptions } from "../../src/adapters/fleet/luxos.ts";
import { pooledFleet } from "../../src/adapters/fleet/pooledFleet.ts";
import { modbusMeters } from "../support/meters.ts";
import { postgresClockWitness } from "../../src/adapters/postgres/clockWitness.ts";
import { postgresCommandFreezes } from "../../src/adapters/postgres/commandFreezes.ts";
import { postgresConfigurationOutcomes } from "../../src/adapters/postgres/configurationOutcomes.ts";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { postgresEvidenceStore } from "../../src/adapters/postgres/evidenceStore.ts";
import { postgresFleetLedger } from "../../src/adapters/postgres/fleetLedger.ts";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import { postgresOperatorAdmissions } from "../../src/adapters/postgres/operatorAdmissions.ts";
import { postgresRidingFacts } from "../../src/adapters/postgres/ridingFacts.ts";
import { postgresRegisterStore } from "../../src/adapters/postgres/registerStore.ts";
import { postgresMarketStore } from "../../src/adapters/postgres/marketStore.ts";
import { postgresInvoluntaryTrips } from "../../src/adapters/postgres/involuntaryTrips.ts";
import { postgresMeterWatch } from "../../src/adapters/postgres/meterWatch.ts";
import { postgresRetirements } from "../../src/adapters/postgres/bookSites.ts";
import { postgresSafetyStops } from "../../src/adapters/postgres/safetyStops.ts";
import { postgresStopInputs } from "../../src/adapters/postgres/stopInputs.ts";
import { postgresSiteLedger } from "../../src/adapters/postgres/siteLedger.ts";
import { postgresSurveyStore } from "../../src/adapters/postgres/surveyStore.ts";
import { temporalHistories } from "../../src/adapters/temporal/history.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { operatorKeysIn, operatorsFile } from "../../src/app/worker/operatorList.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { nextRun } from "../../src/app/worker/nextRun.ts";
import { temporalSiteGateway } from "../../src/app/worker/siteGateway.ts";
import { stopHoldsOf } from "../../src/app/worker/stopHolds.ts";
import { stopInputKeys, stopInputKeysFolder, withStopInputs } from "../../src/app/worker/stopInputKeys.ts";
import { siteWorkers } from "../../src/app/worker/siteWorkers.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { siteMeterOf } from "../../src/app/worker/deployment.ts";
import { startWorld, type World, type WorldSettings } from "../../src/app/session/world.ts";
import type { DecisionRecord, DispatchTarget, SitePlan } from "../../src/domain/decision/model.ts";
import { machinesOf, wholeSplit } from "../../src/domain/decision/split.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { DispatchPlan } from "../../src/domain/dispatch/model.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { planDispatch } from "../../src/domain/dispatch/plan.ts";
import { signText } from "../../src/replay/signature.ts";
import type { ResponseVerdict } from "../../src/domain/verification/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { Straggler } from "../../src/ports/fleetLedger.ts";
import type { Log } from "../../src/ports/log.ts";
import type { SiteGateway } from "../../src/ports/siteGateway.ts";
import type { SimCommand } from "../../src/simulators/miners/model.ts";
import type { dispatchTarget } from "../../workflows/index.ts";
import { bundled, quietRuntime, workflowsPath } from "../replay/recordSite.ts";
import type { TestDatabase } from "../support/stack.ts";
import { asActivity } from "./marketBench.ts";

export interface DispatchBenchOptions {
  readonly database: TestDatabase;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly deployment: Deployment;
  readonly startAt: Instant;
  readonly seed: number;
  readonly faults?: WorldSettings["faults"];
  readonly driver: LuxosOptions;
  /** Profile of each machine at the start; the factory point where absent. */
  readonly profileOf?: (machineId: string) => string | undefined;
  /** Whether a machine sleeps at the start; none does where absent. */
  readonly isAsleep?: (machineId: string) => boolean;
  /** Leaves the first reading of the machines to a run of the site. */
  readonly isUnread?: true;
  /** What the site's activities tell it reaches its workflow, which comes back from its records where it has ended. */
  readonly tellsSite?: true;
}

/** Machines talked to at a time: both ends of every connection are in this process, and share its time. */
const CONCURRENCY = 60;

/**
 * The real dispatch workflow on a real server, over real sockets, against simulated miners and meters on a paced clock.
 */
export interface DispatchBench {
  readonly world: World;
  readonly deployment: Deployment;
  readonly pool: Pool;
  readonly told: SiteInput[];
  /** The way into the site's workflow; deaf unless `tellsSite`. */
  readonly sites: SiteGateway;
  readonly registers: ReturnType<typeof postgresRegisterStore>;
  readonly meters: ReturnType<typeof modbusMeters>;
  readonly decisions: ReturnType<typeof postgresDecisionStore>;
  readonly client: Client;
  readonly taskQueue: string;
  /** Data folder with the list of operators. */
  readonly dataDir: string;
  /** What the worker is configured with. */
  readonly plans: Map<string, SitePlan>;
  now(): Instant;
  /** Ends the worker, lets `work` happen, and starts another. */
  withoutWorker<T>(work: () => Promise<T>): Promise<T>;
  /** Lets market time pass. */
  pass(seconds: number): Promise<void>;
  /** Drives every cohort from one mode to another, as the site's decision would. */
  drive(fromModeId: string, modeId: string): Promise<Driven>;
  /** Drives cohorts from one split to another; a cohort of which nothing is said stays. */
  driveSplits(moves: Readonly<Record<string, Pick<DispatchTarget, "fromSplit" | "split">>>): Promise<Driven>;
  /** What sleep, wake-up and profile commands did at the machines since a moment of this test. */
  commandsSince(mark: number): readonly SimCommand[];
  mark(): number;
  newestRevision(): Promise<number | undefined>;
  /** Does work under the watch of the fleet and the meter; `pass` lets market time go on. */
  watching(work: (pass: (seconds: number) => Promise<void>) => Promise<void>): Promise<void>;
  stragglers(): Promise<ReadonlyMap<string, Straggler>>;
  /** Who is able to run, as the watch of the fleet counts at its next moment. */
  countAble(): Promise<SiteInput | undefined>;
  close(): Promise<void>;
}

export interface Driven {
  readonly verdict: ResponseVerdict;
  /** Real milliseconds of each wave of commands of one batch. */
  readonly batchMs: readonly number[];
}

/** Restart-type commands that did the same thing twice at one machine, or a thing that was done already. */
export function doubled(commands: readonly SimCommand[]): string[] {
  const effects = commands.filter(
    ({ outcome }) => outcome === "applied" || outcome === "no-change" || outcome === "dead-at-resume",
  );
  const first = new Set<string>();
  return effects.flatMap(({ machineId, command, parameter, outcome }) => {
    const key = `${machineId} ${command} ${parameter}`;
    const again = first.has(key) || outcome === "no-change";
    first.add(key);
    return again ? [`${key}: ${outcome}`] : [];
  });
}

/** Start everything, and read every machine once. */
export async function startDispatchBench(options: DispatchBenchOptions): Promise<DispatchBench> {
  const siteId = `faults-${randomBytes(4).toString("hex")}`;
  const sitePlan = { ...options.deployment.plan, siteId };
  const deployment: Deployment = { ...options.deployment, plan: sitePlan, planHash: planHashOf(sitePlan) };
  const { miners, meters: meterSpecs } = simulatedSite(deployment);
  const world = await startWorld({
    startAt: options.startAt,
    speed: null,
    initialHolds: [],
    prices: demoPrices(),
    seed: options.seed,
    faults: options.faults,
    meters: meterSpecs,
    miners: miners.map((miner) => ({
      ...miner,
      profile: options.profileOf?.(miner.machineId),
      asleep: options.isAsleep?.(miner.machineId) === true,
    })),
  });
  const pool = createPool(options.database.appUrl as string, 10);
  const clock = pacedMarketClock({ url: world.addresses.clockUrl });
  const meters = modbusMeters({
    meters: world.addresses.meters,
    timeoutMs: 1_500,
  });
  const driver = eachMachine(createLuxosDriver(options.driver));
  const told: SiteInput[] = [];
  const ledger = postgresFleetLedger(pool);
  const decisions = postgresDecisionStore(pool);
  const registers = postgresRegisterStore(pool);
  const riding = postgresRidingFacts(pool);
  let gateway: SiteGateway | undefined;
  const sites: SiteGateway = {
    deliver: async (id, input, riders = [], signal) => {
      told.push(...riders, input);
      await gateway?.deliver(id, input, riders, signal);
    },
    settleAgain: async () => {},
    wakeAt: async () => {},
  };
  const freezes = postgresCommandFreezes(pool);
  const plans = new Map([[siteId, deployment.plan]]);
  const witness = postgresClockWitness(pool, { kind: "paced" });
  const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
  const deps = {
    clock,
    witness,
    ledger,
    decisions,
    registers,
    riding,
    sites,
    fleet: pooledFleet({
      inventory: new Map([[siteId, deployment.machines]]),
      drivers: new Map([[driver.driverId, driver]]),
      concurrency: CONCURRENCY,
    }),
    book: {
      get: (id: string) => {
        const plan = plans.get(id);
        return plan && { plan, meters, siteMeterId: siteMeterOf(deployment).meterId };
      },
      keys: () => plans.keys(),
    },
    freezes,
    stops: postgresSafetyStops(pool),
    watch: postgresMeterWatch(pool),
    surveys: postgresSurveyStore(pool),
    wakes: new MeterWakes(),
    trips: postgresInvoluntaryTrips(pool),
    quietLookSeconds: 60,
    configurations: postgresConfigurationOutcomes(pool),
    log,
  };
  const activities = {
    ...dispatchActivities(deps),
    ...commandActivities(deps),
    ...surveyActivities(deps),
    ...verificationActivities(deps),
  };
  const dataDir = mkdtempSync(join(tmpdir(), "ballast-desk-"));
  const operator = operatorActivities({
    clock,
    witness,
    operatorKeys: withStopInputs(
      operatorKeysIn(operatorsFile(dataDir)),
      stopInputKeys(stopInputKeysFolder(dataDir), [deployment]),
    ),
    admissions: postgresOperatorAdmissions(pool),
    stopHolds: stopHoldsOf([deployment], postgresStopInputs(pool)),
    log,
  });
  const temporal = await startWorker(options.temporal, siteId, (client) => ({
    ...activities,
    ...decisionActivities(deps),
    ...configurationActivities(deps),
    ...freezeActivities(deps),
    ...safetyStopActivities(deps),
    ...operator,
    ...evidenceActivities({
      histories: temporalHistories(client),
      evidence: postgresEvidenceStore(pool),
      siteLedger: postgresSiteLedger(pool),
      witness,
      log,
      gaps: { buildId: "test", sign: (text) => signText(text, SIGNING_KEY_PEM) },
    }),
  }));
  if (options.tellsSite === true) {
    const { client, taskQueue } = temporal;
    const [siteLedger, market] = [postgresSiteLedger(pool), postgresMarketStore(pool)];
    const { stops, trips } = deps;
    const sources = { ledger: siteLedger, market, freezes, stops, trips, retirements: postgresRetirements(pool) };
    gateway = temporalSiteGateway({
      client,
      taskQueue,
      clock,
      clockKind: "paced",
      log,
      nextRun: (_, at) => nextRun(deployment, { kind: "paced" }, at, { ...sources, client, actor: "ballast" }),
    });
  }
  if (options.isUnread !== true) await asActivity(() => activities.surveyFleet({ siteId }));
  let revision = 0;
  const now = (): Instant => new Date(world.keeper.nowMs()).toISOString() as Instant;
  const driveTo = async (targets: readonly DispatchTarget[]): Promise<Driven> => {
    const record = recordOf(deployment, ++revision, now(), targets);
    await decisions.record(record, { workflowId: `site/${siteId}`, runId: "bench" }, []);
    return temporal.drive(planOf(deployment, record), deployment);
  };
  return {
    world,
    deployment,
    pool,
    told,
    sites,
    registers,
    meters,
    now,
    decisions,
    client: temporal.client,
    taskQueue: temporal.taskQueue,
    dataDir,
    plans,
    withoutWorker: temporal.without,
    pass: async (seconds) => {
      await world.keeper.waitUntil("~test", world.keeper.nowMs() + seconds * 1000);
      world.keeper.release("~test");
    },
    drive: (fromModeId, modeId) =>
      driveTo(
        deployment.plan.cohorts.map(({ cohortId, machines }) => ({
          cohortId,
          ableMachines: machines,
          fromSplit: wholeSplit(fromModeId, machines),
          split: wholeSplit(modeId, machines),
        })),
      ),
    driveSplits: (moves) =>
      driveTo(
        Object.entries(moves).map(([cohortId, move]) => ({ cohortId, ableMachines: machinesOf(move.split), ...move })),
      ),
    commandsSince: (mark) =>
      world.fleet
        .commandLog()
        .slice(mark)
        .filter(({ command }) => command === "curtail" || command === "profileset"),
    mark: () => world.fleet.commandLog().length,
    countAble: async () => {
      const [stop, feedId] = [new AbortController(), `fleet/${siteId}`];
      world.keeper.hold("~test");
      const watching = asActivity(() => activities.watchFleet({ feedId, siteIds: [siteId] }), stop.signal);
      const waits = (): boolean => world.keeper.status().waiters.some(({ key }) => key === `feed/${feedId}`);
      while (!waits()) await delay(5);
      // The watch is woken before the test, and holds the clock until it waits again.
      await world.keeper.waitUntil("~test", world.keeper.nowMs() + 300_000);
      stop.abort(new Error("counted"));
      await watching.catch((error: unknown) => void error);
      world.keeper.release("~test");
      return (await riding.waiting([siteId])).get(siteId)?.find(({ kind }) => kind === "fleet-able");
    },
    newestRevision: () => ledger.newestRevision(siteId),
    watching: async (work) => {
      const [stop, feedId] = [new AbortController(), `fleet/${siteId}`];
      world.keeper.hold("~test");
      // As in a process that has just begun: what it knows of the site stands in the database.
      const { watchFleet } = surveyActivities(deps);
      const watching = asActivity(() => watchFleet({ feedId, siteIds: [siteId] }), stop.signal);
      const ended = watching.catch((error: unknown) => error);
      const waits = (key: string): boolean => world.keeper.status().waiters.some((one) => one.key === key);
      const isWatched = (): boolean => waits(`feed/${feedId}`) && waits(`feed/${feedId}/meter`);
      try {
        while (!isWatched()) await delay(5);
        await work(async (seconds) => {
          const until = world.keeper.waitUntil("~test", world.keeper.nowMs() + seconds * 1000);
          await Promise.race([until, ended.then((error) => Promise.reject(error as Error))]);
          while (!isWatched()) await delay(5);
        });
      } finally {
        stop.abort(new Error("watched"));
        await ended;
        world.keeper.release("~test");
      }
    },
    stragglers: async () => new Map((await ledger.stragglers(siteId)).map((one) => [one.machineId, one])),
    close: async () => {
      await temporal.stop();
      meters.close();
      clock.close();
      await world.close();
      await pool.end();
      await options.database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function recordOf(
  { plan }: Deployment,
  revision: number,
  asOf: Instant,
  targets: readonly DispatchTarget[],
): DecisionRecord {
  const dispatch = { revision, targets };
  return {
    schema: "ballast.decision/2",
    siteId: plan.siteId,
    sequence: revision,
    input: { asOf, inputIds: [], facts: {} },
    dispatch,
  } as unknown as DecisionRecord;
}

function planOf({ plan, dispatch }: Deployment, record: DecisionRecord): DispatchPlan {
  return planDispatch({ plan, record, batchSize: dispatch.batchSize, deadlineSeconds: dispatch.deadlineSeconds });
}

const SIGNING_KEY_PEM = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

async function startWorker(
  { address, namespace }: DispatchBenchOptions["temporal"],
  siteId: string,
  activities: (client: Client) => object,
) {
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection, namespace });
  const taskQueue = `faults/${siteId}`;
  const workflowBundle = await bundled(workflowsPath);
  const begun = async (): Promise<() => Promise<void>> => {
    const common = { connection, namespace, taskQueue, activities: activities(client) };
    const worker = await Worker.create({ ...common, workflowBundle });
    const [atSite] = await siteWorkers({ ...common, siteIds: [siteId] });
    const running = Promise.all([worker.run(), atSite?.run()]);
    return async () => {
      worker.shutdown();
      atSite?.shutdown();
      await running;
    };
  };
  let end = await begun();
  return {
    client,
    taskQueue,
    async drive(plan: DispatchPlan, { dispatch }: Deployment): Promise<Driven> {
      const workflowId = `dispatch/${siteId}/${plan.revision}`;
      const verdict = await client.workflow.execute<typeof dispatchTarget>("dispatchTarget", {
        workflowId,
        taskQueue,
        args: [{ plan, settings: dispatch }],
        workflowExecutionTimeout: "90 seconds",
      });
      if (verdict === "superseded") throw new Error(`${workflowId} was superseded`);
      return { verdict, batchMs: batchTimes(await client.workflow.getHandle(workflowId).fetchHistory()) };
    },
    async without<T>(work: () => Promise<T>): Promise<T> {
      await end();
      try {
        return await work();
      } finally {
        end = await begun();
      }
    },
    async stop(): Promise<void> {
      await end();
      await clientConnection.close();
      await connection.close();
    },
  };
}

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;

function batchTimes({ events }: History): number[] {
  const scheduled = new Map<string, number>();
  const times: number[] = [];
  for (const {
    eventId,
    eventTime,
    activityTaskScheduledEventAttributes: begun,
    activityTaskCompletedEventAttributes: done,
  } of events ?? []) {
    const ms = Number(eventTime?.seconds) * 1000 + Number(eventTime?.nanos) / 1e6;
    if (begun?.activityType?.name === "commandBatch") scheduled.set(String(eventId), ms);
    const from = scheduled.get(String(done?.scheduledEventId));
    if (from !== undefined) times.push(ms - from);
  }
  return times;
}
