import { generateKeyPairSync, randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Client, Connection, WorkflowUpdateFailedError } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { exportRun } from "../../src/adapters/temporal/history.ts";
import { RULE_SET } from "../../src/domain/decision/decide.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { OperatorOrder } from "../../src/domain/inputs/orders.ts";
import type { CohortPlan, DecisionRecord, SitePlan } from "../../src/domain/decision/model.ts";
import { initialSiteState } from "../../src/domain/decision/siteState.ts";
import { batchesOf } from "../../src/domain/dispatch/batches.ts";
import type { DispatchBatch, DispatchPlan, ShareTarget, WaveSummary } from "../../src/domain/dispatch/model.ts";
import type { CommandLedgerRow, TimelineLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import { linkRun } from "../../src/domain/evidence/linkRun.ts";
import { workflowBundle } from "../../src/replay/workflowBundle.ts";
import type { EvidenceRun } from "../../src/domain/evidence/model.ts";
import { planText, recordText } from "../../src/domain/evidence/recordText.ts";
import {
  dayEnd,
  intervalKey,
  intervalsOfDay,
  operatingDayOf,
  wallToInstant,
} from "../../src/domain/market/calendar.ts";
import type { MarketObservation } from "../../src/domain/inputs/marketFacts.ts";
import { addSeconds, type Instant, instantFromMs, msOfInstant } from "../../src/domain/units/instant.ts";
import { operatorActivities } from "../../activities/operator.ts";
import { signRequest } from "../../src/app/worker/signRequest.ts";
import { siteWorkers } from "../../src/app/worker/siteWorkers.ts";
import type { OperatorKey } from "../../src/domain/evidence/operatorAdmission.ts";
import type { Signed } from "../../src/domain/evidence/operatorProof.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { keyIdOf, textSignatureHolds } from "../../src/replay/signature.ts";
import type { Parsers } from "../../src/replay/sourceBook.ts";
import type { BundleContent } from "../../src/replay/writeBundle.ts";
import { idle, placeOrder, releaseOrder, type RunSiteInput, siteInput } from "../../workflows/contracts.ts";

export const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
export const DAY = "2024-08-20";
const DESK = "night.desk@example.com";
export const DESK_KEY = deskKey();
const OPERATORS: readonly OperatorKey[] = [
  { keyId: DESK_KEY.keyId, publicKeyPem: DESK_KEY.publicKeyPem, actor: DESK, roles: ["desk"] },
];
const SOURCE = "test/rows";
const BEFORE_MIDNIGHT_MS = 10_000;

/** Central wall clock of the recorded day, `HH:MM:SS`, or of the day after. */
export function at(time: string, day = DAY): Instant {
  return wallToInstant({ day, time, repeatedHour: false });
}

function deskKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    keyId: keyIdOf(publicKey),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Kept documents of the recorded day are lists of observations without their provenance. */
export const parsers: Parsers = {
  [SOURCE]: (document, contentHash) => {
    const rows = JSON.parse(Buffer.from(document.bytes).toString("utf8")) as object[];
    return rows.map(
      (row) =>
        ({
          ...row,
          source: SOURCE,
          documentId: document.documentId,
          contentHash,
          fetchedAt: document.fetchedAt,
          quality: "PUBLISHED",
        }) as MarketObservation,
    );
  },
};

/** Two clients, two cohorts of 10 machines of 3 kW; strikes 75 and 112.50 $/MWh at a hashprice of 54 $/PH/day. */
export function sitePlan(siteId: string): SitePlan {
  const cohort = (cohortId: string, clientId: string, hashrateThs: number): CohortPlan => ({
    cohortId,
    clientId,
    model: "S19j Pro",
    firmware: "luxos",
    machines: 10,
    feederPue: 1,
    normalModeId: "normal",
    control: "act",
    minOffMinutes: 0,
    minOnMinutes: 0,
    lockedOut: false,
    modes: [
      { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
      { modeId: "normal", hashrateThs, powerW: 3000, setpoint: { kind: "profile", profile: "default" } },
    ],
  });
  return {
    siteId,
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    control: "act",
    cohorts: [cohort("old", "acme", 100), cohort("new", "borealis", 150)],
    economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0 },
    onEea: { watch: "none", conservation: "no-restart", eea1: "no-restart", eea2: "curtail", eea3: "curtail" },
    onPrcPreAlert: "no-restart",
    onSilence: { scedPrice: "hold", hashprice: "hold", gridCondition: "hold", meter: "hold" },
    staleness: {
      scedPriceSeconds: 600,
      gridConditionSeconds: 300,
      hashpriceSeconds: 172_800,
    },
    pue: 1,
    poolFee: 0,
    avoidableAddersUsdPerMwh: 0,
    priceFloorUsdPerMwh: -250,
    priceCapUsdPerMwh: 5000,
    singleSourceMwMax: 100,
    gridSource: "feed",
  };
}

/** What a recorded life of a site left behind. */
export type RecordedSite = Pick<BundleContent, "siteId" | "commands" | "operators" | "timeline" | "documents"> & {
  readonly plan: SitePlan;
  readonly runs: readonly { readonly run: EvidenceRun; readonly bytes: Uint8Array }[];
  readonly priceDocument: string;
};

/**
 * Runs the real `runSite` and `dispatchTarget` on a real server through a scarcity evening and over midnight: prices
 * up, an order, an order refused, a release, a grid warning, prices down, two days closed. The fleet behind the
 * activities obeys at once.
 */
export async function recordSite(
  server: { readonly address: string; readonly namespace: string },
  options: SiteOptions = {},
): Promise<RecordedSite> {
  return recordLife(server, options, (site) => site.live());
}

/**
 * The same site on the machine's own clock, set off to shortly before midnight, with its own alarm for the end of an
 * order of two seconds. Its operating day is the present one and ends by itself.
 */
export async function recordAlarm(server: {
  readonly address: string;
  readonly namespace: string;
}): Promise<RecordedSite> {
  return recordLife(server, { answerAfterSeconds: 0 }, (site) => site.liveByTheClock());
}

interface SiteOptions {
  /** One that was recorded before: another life of the same site. */
  readonly siteId?: string;
  readonly dearUsdPerMwh?: string;
  /** Market seconds from a decision to the verdict of its dispatch. */
  readonly answerAfterSeconds?: number;
}

async function recordLife(
  server: { readonly address: string; readonly namespace: string },
  options: SiteOptions,
  life: (site: SiteWorld) => Promise<void>,
): Promise<RecordedSite> {
  return withWorker(server, workflowsPath, async (client, runWorker) => {
    const site = new SiteWorld(client, options);
    const { taskQueue, siteId } = site;
    await runWorker({ taskQueue, activities: site.activities(), siteId }, () => life(site));
    return site.recorded();
  });
}

type RunWorker = (
  worker: { readonly taskQueue: string; readonly activities: object; readonly siteId?: string },
  work: () => Promise<void>,
) => Promise<void>;

/** Connections to a server, closed afterwards, and a quiet worker over the workflows of a module. */
export async function withWorker<T>(
  server: { readonly address: string; readonly namespace: string },
  path: string,
  work: (client: Client, runWorker: RunWorker) => Promise<T>,
): Promise<T> {
  quietRuntime();
  const { address, namespace } = server;
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection: clientConnection, namespace }), async ({ siteId, ...options }, life) => {
      const common = { connection, namespace, ...options };
      const worker = await Worker.create({ ...common, workflowBundle: await bundled(path) });
      const atSite = await siteWorkers({ ...common, siteIds: siteId === undefined ? [] : [siteId] });
      const running = atSite.map((one) => one.run());
      await worker.runUntil(life).finally(() => atSite.forEach((one) => one.shutdown()));
      await Promise.all(running);
    });
  } finally {
    await clientConnection.close();
    await connection.close();
  }
}

const bundles = new Map<string, ReturnType<typeof workflowBundle>>();
/** The workflow code of a module, made once a process. */
export function bundled(path: string): ReturnType<typeof workflowBundle> {
  const known = bundles.get(path) ?? workflowBundle(path);
  bundles.set(path, known);
  return known;
}

let quieted = false;
/** The test process's one runtime: workers on purpose fed with bad histories would fill the screen. */
export function quietRuntime(): void {
  if (!quieted)
    Runtime.install({
      logger: new DefaultLogger("ERROR", () => undefined),
      telemetryOptions: { logging: { forward: {}, filter: { core: "ERROR", other: "ERROR" } } },
    });
  quieted = true;
}

async function refused(update: Promise<unknown>): Promise<void> {
  await update.then(
    () => {
      throw new Error("the order was taken");
    },
    (error: unknown) => {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    },
  );
}

class SiteWorld {
  readonly siteId: string;
  readonly taskQueue: string;
  readonly plan: SitePlan;
  readonly #options: SiteOptions;
  readonly #client: Client;
  readonly #commands: CommandLedgerRow[] = [];
  readonly #timeline: TimelineLedgerRow[] = [];
  readonly #documents: BundleContent["documents"][number][] = [];
  readonly #runs: { run: EvidenceRun; bytes: Uint8Array }[] = [];
  readonly #decidedAt = new Map<number, Instant>();
  #priceDocument = "";
  #marketNow = at("00:00:00");

  constructor(client: Client, options: SiteOptions) {
    this.#client = client;
    this.#options = options;
    this.siteId = options.siteId ?? `pecan-draw-${randomBytes(4).toString("hex")}`;
    this.taskQueue = `audit-${randomBytes(4).toString("hex")}`;
    this.plan = sitePlan(this.siteId);
  }

  recorded(): RecordedSite {
    return {
      siteId: this.siteId,
      plan: this.plan,
      commands: this.#commands,
      operators: OPERATORS,
      timeline: this.#timeline,
      documents: this.#documents,
      runs: this.#runs,
      priceDocument: this.#priceDocument,
    };
  }

  async live(): Promise<void> {
    const handle = await this.#start({ kind: "paced" }, DAY);
    await this.#keepPrices();
    await this.#tell([{ kind: "hashprice", usdPerPhDay: "54", asOf: at("00:00:00") }], "17:00:00");
    await this.#tell(
      [
        {
          kind: "grid-condition",
          level: "normal",
          stateText: "Normal Conditions",
          prcMw: 5200,
          observedAt: at("18:29:00"),
        },
      ],
      "18:29:30",
    );
    await this.#sced("18:29:50", "31.20");
    await this.#sced("18:44:50", this.#options.dearUsdPerMwh ?? "402.75");
    const order: OperatorOrder = {
      orderId: "o-1",
      actor: DESK,
      reason: "transformer check",
      action: "curtail",
      cohortIds: ["new"],
      from: at("18:50:00"),
      until: at("21:00:00"),
    };
    await handle.executeUpdate(placeOrder, {
      args: [this.#signed("placeOrder", at("18:50:00"), { id: "place/o-1", at: at("18:50:00"), order })],
    });
    const forged = this.#signed("placeOrder", at("18:50:30"), { id: "place/o-3", at: at("18:50:30"), order });
    await refused(
      handle.executeUpdate(placeOrder, { args: [{ ...forged, order: { ...order, orderId: "o-3", action: "run" } }] }),
    );
    const bare = { id: "place/o-2", at: at("18:51:00"), order: { ...order, orderId: "o-2", reason: " " } };
    await refused(handle.executeUpdate(placeOrder, { args: [this.#signed("placeOrder", bare.at, bare)] }));
    await this.#tell(
      [{ kind: "grid-condition", level: "watch", stateText: "Watch", prcMw: 2900, observedAt: at("18:58:00") }],
      "18:58:30",
    );
    await this.#sced("19:14:50", "22.10");
    const release = { id: "release/o-1", at: at("19:20:00"), orderId: "o-1", actor: DESK, reason: "check done" };
    await handle.executeUpdate(releaseOrder, { args: [this.#signed("releaseOrder", release.at, release)] });
    await this.#idle();
    await this.#send({ kind: "wake", id: "keeper/1", at: at("00:00:00", "2024-08-21") });
    await this.#sced("00:04:50", "350.00", "2024-08-21");
    await this.#send({ kind: "wake", id: "keeper/2", at: at("00:00:00", "2024-08-22") });
    await this.#end(2);
  }

  async liveByTheClock(): Promise<void> {
    const day = operatingDayOf(instantFromMs(Date.now()));
    const offsetMs = msOfInstant(dayEnd(day)) - BEFORE_MIDNIGHT_MS - Date.now();
    const now = (): Instant => instantFromMs(Date.now() + offsetMs);
    const handle = await this.#start({ kind: "real", offsetMs }, day);
    await this.#tell([{ kind: "hashprice", usdPerPhDay: "54", asOf: now() }], now());
    await this.#tell(
      [{ kind: "sced-lmp", settlementPoint: "HB_HOUSTON", scedAt: now(), lmpUsdPerMwh: "31.20" }],
      now(),
    );
    const from = now();
    const order: OperatorOrder = {
      orderId: "o-1",
      actor: DESK,
      reason: "transformer check",
      action: "curtail",
      cohortIds: ["new"],
      from,
      until: addSeconds(from, 2),
    };
    await handle.executeUpdate(placeOrder, {
      args: [this.#signed("placeOrder", from, { id: "place/o-1", at: from, order })],
    });
    for (
      let i = 0;
      !this.#timeline.some(({ at: when, reason }) => when >= order.until && reason !== "operator-order") && i < 200;
      i++
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    await this.#end(1);
  }

  #signed<Request extends { readonly id: string }>(update: string, now: Instant, request: Request): Signed<Request> {
    this.#marketNow = now;
    return signRequest(DESK_KEY.privateKeyPem, { siteId: this.siteId, update, signedAt: now }, request);
  }

  #start(clock: RunSiteInput["clock"], operatingDay: string) {
    const start: RunSiteInput = {
      plan: this.plan,
      planHash: sha256Hex(planText(this.plan)),
      ruleSet: RULE_SET,
      clock,
      operatingDay,
      state: initialSiteState(this.plan),
      pending: [],
      dispatch: {
        batchSize: 4,
        deadlineSeconds: 300,
        settleUpSeconds: 30,
        settleDownSeconds: 30,
        redrivesMax: 1,
        abandonedControlSeconds: 65,
      },
    };
    return this.#client.workflow.start("runSite", {
      workflowId: `site/${this.siteId}`,
      taskQueue: this.taskQueue,
      args: [start],
    });
  }

  async #end(runs: number): Promise<void> {
    for (let i = 0; this.#runs.length < runs && i < 600; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    await this.#client.workflow.getHandle(`site/${this.siteId}`).terminate("the recording is over");
  }

  async #sced(time: string, lmpUsdPerMwh: string, day = DAY): Promise<void> {
    const scedAt = at(time, day);
    await this.#tell(
      [{ kind: "sced-lmp", settlementPoint: "HB_HOUSTON", scedAt, lmpUsdPerMwh }],
      addSeconds(scedAt, 60),
    );
  }

  /** Keep a document and send what stands in it. */
  async #tell(rows: readonly Record<string, unknown>[], when: string): Promise<void> {
    const sentAt = (when.includes("T") ? when : at(when)) as Instant;
    const contentHash = this.#keep(rows, sentAt);
    for (const { lmpUsdPerMwh, usdPerPhDay, ...row } of rows) {
      const numbers = {
        ...(lmpUsdPerMwh !== undefined && { lmpUsdPerMwh: Number(lmpUsdPerMwh) }),
        ...(usdPerPhDay !== undefined && { usdPerPhDay: Number(usdPerPhDay) }),
      };
      await this.#send({
        ...row,
        ...numbers,
        id: `${String(row["kind"])}/${sentAt}`,
        at: sentAt,
        source: SOURCE,
        contentHash,
      } as SiteInput);
    }
  }

  #keep(rows: readonly object[], fetchedAt: Instant): string {
    const bytes = new TextEncoder().encode(JSON.stringify(rows));
    const sha256 = sha256Hex(bytes);
    this.#documents.push({
      sha256,
      source: SOURCE,
      documentId: `doc-${this.#documents.length + 1}`,
      contentType: "application/json",
      fetchedAt,
      bytes,
    });
    return sha256;
  }

  async #keepPrices(): Promise<void> {
    const rows = intervalsOfDay(DAY).map((interval) => {
      const dear = (interval.hourEnding === 19 && interval.interval > 2) || interval.hourEnding === 20;
      return {
        kind: "settlement-price",
        settlementPoint: "HB_HOUSTON",
        settlementPointType: "HU",
        interval,
        priceUsdPerMwh: dear ? "390.15" : `2${interval.hourEnding}.5${interval.interval}`,
      };
    });
    this.#priceDocument = this.#keep(rows, at("00:30:00", "2024-08-21"));
    if (new Set(rows.map(({ interval }) => intervalKey(interval))).size !== 96)
      throw new Error("a price document needs 96 intervals");
  }

  async #send(input: SiteInput): Promise<void> {
    await this.#client.workflow.getHandle(`site/${this.siteId}`).signal(siteInput, input);
    await this.#idle();
  }

  async #idle(): Promise<void> {
    for (let i = 0; i < 400; i++) {
      const open = [...this.#decidedAt.keys()].filter((revision) => !this.#closed.has(revision));
      if (open.length === 0 && (await this.#client.workflow.getHandle(`site/${this.siteId}`).query(idle))) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("the site did not come to rest within 10 s");
  }

  readonly #closed = new Set<number>();

  activities() {
    const wave = (batch: DispatchBatch, atTarget: number): WaveSummary => ({
      cohortId: batch.cohortId,
      modeId: batch.modeId,
      machines: placesOf(batch).length,
      outcomes: {},
      atTarget,
      stragglers: 0,
      superseded: false,
    });
    return {
      ...operatorActivities({
        stopHolds: { holding: async () => undefined },
        clock: { now: async () => this.#marketNow } as MarketClock,
        witness: { now: async () => undefined, realNow: async () => this.#marketNow },
        operatorKeys: {
          find: (keyId) => OPERATORS.find((key) => key.keyId === keyId),
          holds: (text, { keyId, signature }, { publicKeyPem }) =>
            textSignatureHolds(text, { algorithm: "ed25519", keyId, valueBase64: signature }, publicKeyPem),
        },
        admissions: { claim: async () => "claimed", keysUsed: async () => OPERATORS },
        log: { info() {}, warn() {}, error() {} },
      }),
      surveyFleet: async () => ({ machines: 20, running: 20 }),
      recordDecision: async (record: DecisionRecord) => {
        this.#note(record);
        return { recordHash: sha256Hex(recordText(record)) };
      },
      exportRun: async ({ workflowId, runId }: { workflowId: string; runId: string }) => {
        const closed = await exportRun(this.#client, workflowId, runId);
        const run = linkRun(this.#runs.at(-1)?.run, closed, sha256Hex);
        this.#runs.push({ run, bytes: closed.bytes });
        return { sequence: run.sequence, digest: run.digest, chainHash: run.chainHash };
      },
      openDispatch: async ({ plan: { targets, batchSize } }: { plan: DispatchPlan }) => ({
        superseded: false,
        resumed: false,
        beforeKw: 60,
        batches: targets
          .filter(({ isDriven }) => isDriven)
          .flatMap((target) => batchesOf(target, Array<boolean>(target.machines).fill(true), batchSize)),
        expectedDeltaKw: -30,
      }),
      commandBatch: async ({
        revision,
        attempt,
        batch,
        target,
      }: {
        revision: number;
        attempt: number;
        batch: DispatchBatch;
        target: ShareTarget;
      }) => {
        for (const i of placesOf(batch)) {
          const commandedAt = addSeconds(this.#decidedAt.get(revision)!, 2);
          this.#commands.push({
            revision,
            attempt,
            machineId: `${batch.cohortId}-${i}`,
            cohortId: batch.cohortId,
            modeId: target.modeId,
            outcome: "acknowledged",
            writes: 1,
            at: commandedAt,
          });
        }
        return wave(batch, 0);
      },
      measureResponse: async ({ revision }: { revision: number }) => ({
        superseded: false,
        readAt: addSeconds(this.#decidedAt.get(revision)!, 30),
        nowKw: 30,
      }),
      readBackBatch: async ({ batch }: { batch: DispatchBatch }) => wave(batch, placesOf(batch).length),
      closeDispatch: async ({
        siteId,
        revision,
        decidedAt,
        outcome,
      }: {
        siteId: string;
        revision: number;
        decidedAt: Instant;
        outcome: { outcome: "confirmed" } | "superseded";
      }) => {
        const verdict: SiteInput = {
          kind: "dispatch-verdict",
          id: `verdict/${revision}/${decidedAt}`,
          at: addSeconds(decidedAt, this.#options.answerAfterSeconds ?? 30),
          revision,
          outcome: outcome === "superseded" ? outcome : outcome.outcome,
          stragglers: 0,
        };
        await this.#client.workflow.getHandle(`site/${siteId}`).signal(siteInput, verdict);
        this.#closed.add(revision);
        return { stragglers: 0 };
      },
    };
  }

  #note(record: DecisionRecord): void {
    if (record.dispatch !== undefined) this.#decidedAt.set(record.dispatch.revision, record.input.asOf);
    for (const { cohortId, clientId } of this.plan.cohorts) {
      const decided = record.output.cohorts.find((cohort) => cohort.cohortId === cohortId)!;
      const split = record.dispatch?.targets.find((target) => target.cohortId === cohortId)?.split ?? decided.fromSplit;
      const modeId = split[0]!.modeId;
      const before = this.#timeline.findLast((row) => row.cohortId === cohortId);
      if (before?.split[0]?.modeId === modeId && before.reason === decided.reason) continue;
      this.#timeline.push({
        sequence: record.sequence,
        cohortId,
        clientId,
        at: record.input.asOf,
        split: [{ modeId, machines: 10 }],
        reason: decided.reason,
        curtailed: modeId === "off" ? [{ reason: decided.reason, belowNormalW: 30_000 }] : [],
        ableToRun: 10,
        normalPowerW: 3000,
        feederPue: 1,
      });
    }
  }
}

/** Places of a batch's machines in the inventory order. */
function placesOf({ spans }: DispatchBatch): number[] {
  return spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
}
