import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { query } from "../src/adapters/postgres/pool.ts";
import { realMarketClock } from "../src/adapters/clock/real.ts";
import type { Deployment } from "../src/app/worker/deployment.ts";
import { loadDeployment, planHashOf } from "../src/app/worker/loadDeployment.ts";
import { temporalSiteGateway } from "../src/app/worker/siteGateway.ts";
import { firstRun } from "../src/app/worker/nextRun.ts";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import { dayStart, operatingDayOf } from "../src/domain/market/calendar.ts";
import { addSeconds, instantFromMs, type Instant } from "../src/domain/units/instant.ts";
import { workflowIds } from "../workflows/contracts.ts";
import type { watchFeed } from "../workflows/index.ts";
import { BARE_QUEUE, bareWorkflowId } from "./support/bareWorker.ts";
import type { bareRound, bareSite } from "./support/bareWorkflow.ts";
import { type Bench, type BenchReport, countOption, countsOption } from "./support/bench.ts";
import { awaited, BENCH_KEY, type LatencyRig, startLatencyRig } from "./support/latencyRig.ts";
import { latencyReport, type MeasuredRun, type SiteCountResult } from "./support/latencyReport.ts";
import { type BareStamp, BENCH_QUEUE, type LatencyStamp } from "./support/latencyStamps.ts";
import { writeQuietDays } from "./support/quietPrices.ts";
import { readStamps } from "./support/stamps.ts";

const CONFIG = fileURLToPath(new URL("../config/example-site.yaml", import.meta.url));
/** Of a day's SCED runs; the rest is a reserve. */
const RUNS_MAX = 280;
/** Prices before these are not measured: workflows begin, code is compiled. */
const WARM_UP_RUNS = 3;
/**
 * Market seconds after a run at which its price has been polled: publication takes up to 75 s, a poll follows within 15
 * s.
 */
const POLLED_AFTER_SECONDS = 200;
/** Real time between one measured thing and the next. */
const REST_MS = 250;
const WITHIN_MS = 60_000;
const FEED_ID = "sced-lmp/HB_WEST";

export const decisionLatency: Bench = {
  name: "decision-latency",
  summary: "last byte of a fetched price to the committed decision row, by number of sites",
  options: (command) =>
    command
      .option("--sites <list>", "numbers of sites, with commas between", "1,10,100,300")
      .option("--runs <n>", "SCED runs measured with each number of sites", "25")
      .option("--seed <n>", "fixes the prices", "1")
      .option("--durable", "keep data on disk and wait for it at every commit (the demo does not)", false),
  run: async (options, { dataDir, say }): Promise<BenchReport> => {
    const counts = countsOption(options, "sites");
    const runs = countOption(options, "runs");
    const seed = countOption(options, "seed");
    const durable = options["durable"] === true;
    if (counts.length * (runs + WARM_UP_RUNS) > RUNS_MAX)
      throw new RangeError(
        `--runs: ${counts.length} × (${runs} + ${WARM_UP_RUNS} to warm up) SCED runs do not fit into one day's ` +
          `${RUNS_MAX}`,
      );
    // The bench gives the market's time: the sites' own timers stay out of the measure as they do between two prices.
    const day = operatingDayOf(instantFromMs(Date.now() + 2 * 86_400_000));
    const prices = writeQuietDays(dataDir, [day], seed, { extraRuns: 0 });
    const sites = new Map(
      counts.map((count) => [
        count,
        Array.from({ length: count }, (_, i) => `latency-${count}-${String(i + 1).padStart(3, "0")}`),
      ]),
    );
    const rig = await startLatencyRig({
      dataDir,
      durable,
      startAt: dayStart(day),
      prices,
      say,
      deployments: (url) => deploymentsOf([...sites.values()].flat(), day, url),
    });
    try {
      await startBare(rig, Math.max(...counts));
      const session = { rig, day, nextMark: dayStart(day), round: 0 };
      const results: SiteCountResult[] = [];
      for (const [count, siteIds] of sites) {
        say(`${count} sites: ${runs} SCED runs ...`);
        results.push(await measureCount(session, siteIds, runs));
      }
      return latencyReport({ results, seed, durable, peaks: rig.peaksMb() });
    } finally {
      await rig.stop();
    }
  },
};

interface Session {
  readonly rig: LatencyRig;
  readonly day: string;
  /** Five-minute mark of the next SCED run. */
  nextMark: Instant;
  /** Rounds of the yardstick so far. */
  round: number;
}

/** All sites alike: the example site with its three cohorts, deciding and recording but commanding nothing. */
function deploymentsOf(siteIds: readonly string[], day: string, ercotUrl: string): Deployment[] {
  const example = loadDeployment(CONFIG, day);
  return siteIds.map((siteId) => {
    const plan = { ...example.plan, siteId, control: "advise" as const, gridSource: "assumed-normal" as const };
    const feeds = example.feeds
      .filter(({ use }) => use === "ercot/np6-788")
      .map((feed) => ({ ...feed, baseUrl: ercotUrl }));
    return { ...example, plan, planHash: planHashOf(plan), machines: [], feeds };
  });
}

async function measureCount(session: Session, siteIds: readonly string[], runs: number): Promise<SiteCountResult> {
  const { rig } = session;
  const at = await rig.clock.now();
  await startSites(session, siteIds, at);
  await startFeed(session, siteIds);
  const measured: MeasuredRun[] = [];
  for (let run = 0; run < WARM_UP_RUNS + runs; run++) {
    const result = await measureRun(session, siteIds);
    if (run >= WARM_UP_RUNS) measured.push(result);
  }
  await checkRows(rig, siteIds, measured);
  return { sites: siteIds.length, runs: measured };
}

/** Begin the workflows of the sites and give them their hashprice, as the feed does when a site is new. */
async function startSites({ rig, day }: Session, siteIds: readonly string[], at: Instant): Promise<void> {
  const deployments = new Map(
    deploymentsOf(siteIds, day, rig.ercotUrl).map((deployment) => [deployment.plan.siteId, deployment]),
  );
  const gateway = temporalSiteGateway({
    client: rig.client,
    taskQueue: BENCH_QUEUE,
    clock: realMarketClock(),
    clockKind: "real",
    log: { info() {}, warn() {}, error() {} },
    nextRun: async (siteId) => firstRun(deployments.get(siteId) as Deployment, { kind: "paced" }, at),
  });
  const input: SiteInput = {
    kind: "hashprice",
    id: "hashprice/bench",
    at,
    usdPerPhDay: 39,
    asOf: at,
    source: "constant/hashprice",
    contentHash: "0".repeat(64),
  };
  await Promise.all(siteIds.map((siteId) => gateway.deliver(siteId, input)));
  await awaited(rig, `the first decision of ${siteIds.length} sites`, WITHIN_MS, async () => {
    const [row] = await query<{ sites: string }>(
      rig.pool,
      `SELECT count(DISTINCT site_id) AS sites FROM decision WHERE site_id = ANY($1)`,
      [siteIds],
    );
    return Number(row?.sites) === siteIds.length ? true : undefined;
  });
}

/** The price feed for these sites alone, in place of the one before; resolves once it waits on the market clock. */
async function startFeed({ rig, day }: Session, siteIds: readonly string[]): Promise<void> {
  const known = readStamps<LatencyStamp>(rig.latencyStamps).length;
  await rig.client.workflow.start<typeof watchFeed>("watchFeed", {
    workflowId: workflowIds.feed("bench", FEED_ID),
    taskQueue: BENCH_QUEUE,
    workflowIdConflictPolicy: "TERMINATE_EXISTING",
    args: [{ feedId: FEED_ID, kind: "market", operatingDay: day, siteIds }],
  });
  await awaited(
    rig,
    "the feed's first wait",
    WITHIN_MS,
    () =>
      readStamps<LatencyStamp>(rig.latencyStamps)
        .slice(known)
        .some(({ kind }) => kind === "waiting") || undefined,
  );
}

/** One SCED run, then the yardstick with as many rows. */
async function measureRun(session: Session, siteIds: readonly string[]): Promise<MeasuredRun> {
  const { rig } = session;
  const known = readStamps<LatencyStamp>(rig.latencyStamps).length;
  const mark = session.nextMark;
  session.nextMark = addSeconds(mark, 300);
  await Promise.race([rig.clock.waitUntil(BENCH_KEY, addSeconds(mark, POLLED_AFTER_SECONDS)), rig.failure]);
  const stamps = await awaited(
    rig,
    `the decisions of ${siteIds.length} sites on the price of ${mark}`,
    WITHIN_MS,
    () => {
      const fresh = readStamps<LatencyStamp>(rig.latencyStamps).slice(known);
      return fresh.filter(({ kind }) => kind === "committed").length >= siteIds.length ? fresh : undefined;
    },
  );
  await delay(REST_MS);
  const publishedAt = await publicationOf(rig, stamps);
  const bare = await measureBare(session, siteIds.length);
  await delay(REST_MS);
  return { stamps, publishedAt, bare };
}

async function startBare(rig: LatencyRig, sites: number): Promise<void> {
  const body = "x".repeat(BARE_BODY_BYTES - 2);
  await Promise.all(
    Array.from({ length: sites }, (_, site) =>
      rig.client.workflow.start<typeof bareSite>("bareSite", {
        workflowId: bareWorkflowId(site),
        taskQueue: BARE_QUEUE,
        args: [{ site, body: JSON.stringify(body) }],
      }),
    ),
  );
}

/** About what a decision record of the example site measures, so that the yardstick carries as much. */
const BARE_BODY_BYTES = 4_000;

async function measureBare(session: Session, sites: number): Promise<readonly BareStamp[]> {
  const { rig } = session;
  const round = session.round++;
  const input = {
    kind: "sced-lmp",
    id: `sced-lmp/${round}`,
    at: session.nextMark,
    settlementPoint: "HB_WEST",
    scedAt: session.nextMark,
    lmpUsdPerMwh: 25,
    source: "mis/12300",
    contentHash: "0".repeat(64),
  };
  await rig.client.workflow.execute<typeof bareRound>("bareRound", {
    workflowId: `bench-round/${round}`,
    taskQueue: BARE_QUEUE,
    args: [{ round, sites, input }],
  });
  return await awaited(rig, `round ${round} of the yardstick with ${sites} rows`, WITHIN_MS, () => {
    const own = readStamps<BareStamp>(rig.bareStamps).filter((stamp) => stamp.round === round);
    return own.filter(({ kind }) => kind === "committed").length >= sites ? own : undefined;
  });
}

/** When the simulator says that it published the document that was fetched: second, as ERCOT writes it. */
async function publicationOf(rig: LatencyRig, stamps: readonly LatencyStamp[]): Promise<Instant> {
  const fetched = stamps.find((stamp) => stamp.kind === "fetched");
  if (fetched === undefined) throw new Error("decisions without a fetched price");
  const list = (await (await fetch(`${rig.ercotUrl}/misapp/servlets/IceDocListJsonWS?reportTypeId=12300`)).json()) as {
    ListDocsByRptTypeRes: { DocumentList: { Document: { DocID: string; PublishDate: string } }[] };
  };
  const published = list.ListDocsByRptTypeRes.DocumentList.find(({ Document }) => Document.DocID === fetched.documentId)
    ?.Document.PublishDate;
  if (published === undefined) throw new Error(`the simulator does not list document ${fetched.documentId}`);
  return instantFromMs(Date.parse(published));
}

/** The stamps tell when, the table tells that it is so: one decision on each price at each site. */
async function checkRows(
  { pool }: LatencyRig,
  siteIds: readonly string[],
  measured: readonly MeasuredRun[],
): Promise<void> {
  const runs = measured.flatMap(({ stamps }) =>
    stamps.flatMap((stamp) => (stamp.kind === "fetched" ? [stamp.scedAt] : [])),
  );
  const rows = await query<{ decisions: string }>(
    pool,
    `SELECT count(*) AS decisions FROM decision WHERE site_id = ANY($1) AND record #>> ` +
      `'{input,scedRuns,-1,scedAt}' = ANY($2)`,
    [siteIds, runs],
  );
  const expected = siteIds.length * measured.length;
  if (Number(rows[0]?.decisions) !== expected)
    throw new Error(
      `expected ${expected} decisions, one on each of ${measured.length} prices at each of ${siteIds.length} ` +
        `sites; the table has ${rows[0]?.decisions}`,
    );
}
