import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { query } from "../src/adapters/postgres/pool.ts";
import { dayStart } from "../src/domain/market/calendar.ts";
import { addSeconds, type Instant, instantFromMs } from "../src/domain/units/instant.ts";
import { workflowIds } from "../workflows/contracts.ts";
import { actionsOf, priceWindows } from "./support/actionCount.ts";
import { BARE_QUEUE, bareWorkflowId } from "./support/bareWorker.ts";
import type { bareRound, bareSite } from "./support/bareWorkflow.ts";
import { type Bench, type BenchReport, countOption, countsOption } from "./support/bench.ts";
import { bookOf } from "./support/latencyBook.ts";
import { latencyReport, type MeasuredRun, type SiteCountResult } from "./support/latencyReport.ts";
import { awaited, type LatencyRig, startLatencyRig } from "./support/latencyRig.ts";
import type { BareStamp, LatencyStamp } from "./support/latencyStamps.ts";
import { writeQuietDays } from "./support/quietPrices.ts";
import { runsOf } from "./support/runningSite.ts";
import { readStamps } from "./support/stamps.ts";

const DAY = "2026-06-09";
/** Of a day's SCED runs; the rest is a reserve. */
const RUNS_MAX = 270;
/** Prices before these are not measured: workflows begin, machines are driven for the first time, code is compiled. */
const WARM_UP_RUNS = 3;
/** Market seconds after a run's mark: just behind its first poll, and how often it is polled from then on. */
const FIRST_POLL_SECONDS = 46;
const POLL_EVERY_SECONDS = 15;
/** By then a run has been published, market seconds after its mark. */
const POLLED_WITHIN_SECONDS = 240;
/** Real time between one measured thing and the next, within which moments noted reach their file. */
const REST_MS = 250;
const WITHIN_MS = 120_000;
/** Histories that actions are counted in. */
const COUNTED_SITES = 10;

export const decisionLatency: Bench = {
  name: "decision-latency",
  summary: "last byte of a fetched price to the committed decision row, by number of sites in a book",
  options: (command) =>
    command
      .option("--sites <list>", "numbers of sites, with commas between", "1,10,100")
      .option("--machines <n>", "simulated machines of each site", "30")
      .option("--net <n>", "machines get addresses from 127.<n>.0.0 on", "70")
      .option("--runs <n>", "SCED runs measured with each number of sites", "25")
      .option("--seed <n>", "fixes prices and machines", "1")
      .option("--durable", "keep data on disk and wait for it at every commit (the demo does not)", false),
  run: async (options, { dataDir, say }): Promise<BenchReport> => {
    const counts = countsOption(options, "sites");
    const runs = countOption(options, "runs");
    const seed = countOption(options, "seed");
    const machinesPerSite = countOption(options, "machines", 5);
    const net = countOption(options, "net");
    const durable = options["durable"] === true;
    if (runs + WARM_UP_RUNS > RUNS_MAX)
      throw new RangeError(`--runs: ${runs} and ${WARM_UP_RUNS} to warm up do not fit into one day's ${RUNS_MAX}`);
    const prices = writeQuietDays(dataDir, [DAY], seed, { extraRuns: 0 });
    const results: SiteCountResult[] = [];
    for (const sites of counts) {
      say(`A book of ${sites} sites ...`);
      const rig = await startLatencyRig({
        dataDir: join(dataDir, `sites-${sites}`),
        book: bookOf({ sites, machinesPerSite, net, day: DAY }),
        durable,
        startAt: dayStart(DAY),
        prices,
        seed,
        say,
      });
      try {
        results.push(await measureBook(rig, runs, say));
      } finally {
        await rig.stop();
      }
    }
    return latencyReport({ results, machinesPerSite, seed, durable });
  },
};

interface Session {
  readonly rig: LatencyRig;
  readonly siteIds: readonly string[];
  /** Five-minute mark of the next SCED run. */
  nextMark: Instant;
  /** Rounds of the yardstick so far. */
  round: number;
}

async function measureBook(rig: LatencyRig, runs: number, say: (line: string) => void): Promise<SiteCountResult> {
  const siteIds = rig.run.book.deployments.map(({ plan }) => plan.siteId);
  const session: Session = { rig, siteIds, nextMark: addSeconds(dayStart(DAY), 300), round: 0 };
  await startBare(rig, siteIds.length);
  const begunMs = performance.now();
  await firstDecisions(session);
  const firstDecisionsSeconds = (performance.now() - begunMs) / 1000;
  say(`Every site has decided; ${runs} SCED runs ...`);
  const measured: MeasuredRun[] = [];
  for (let run = 0; run < WARM_UP_RUNS + runs; run++) {
    const result = await measureRun(session);
    if (run >= WARM_UP_RUNS) measured.push(result);
  }
  await checkRows(session, measured);
  return {
    sites: siteIds.length,
    runs: measured,
    startSeconds: rig.startSeconds,
    firstDecisionsSeconds,
    ...(await rig.taken()),
    actionsPerRun: await actionsPerRun(session, runs),
    peaksMb: rig.peaksMb(),
  };
}

/** Lets market time go until the feeds have told every site what it needs for its first decision. */
async function firstDecisions({ rig, siteIds, nextMark }: Session): Promise<void> {
  await rig.goTo(addSeconds(nextMark, -1));
  await awaited(rig, `the first decision of ${siteIds.length} sites`, WITHIN_MS, async () => {
    const [row] = await query<{ sites: string }>(rig.run.pool, `SELECT count(DISTINCT site_id) AS sites FROM decision`);
    return Number(row?.sites) === siteIds.length ? true : undefined;
  });
}

/** One SCED run, then the yardstick with as many rows. */
async function measureRun(session: Session): Promise<MeasuredRun> {
  const { rig, siteIds } = session;
  const known = readStamps<LatencyStamp>(rig.latencyStamps).length;
  const mark = session.nextMark;
  session.nextMark = addSeconds(mark, 300);
  const fetched = await nextFetched(rig, mark, known);
  const stamps = await awaited(
    rig,
    `the decisions of ${siteIds.length} sites on the price of ${mark}`,
    WITHIN_MS,
    () => {
      const fresh = readStamps<LatencyStamp>(rig.latencyStamps).slice(known);
      const own = fresh.filter(({ scedAt }) => scedAt === fetched.scedAt);
      const decided = new Set(own.flatMap((stamp) => (stamp.kind === "committed" ? stamp.siteId : [])));
      return decided.size >= siteIds.length ? own : undefined;
    },
  );
  await delay(REST_MS);
  const publishedAt = await publicationOf(rig, fetched);
  const bare = await measureBare(session);
  await delay(REST_MS);
  return { stamps, publishedAt, bare };
}

/** Lets market time go from poll to poll until the run of this mark has been fetched; it stands from then on. */
async function nextFetched(rig: LatencyRig, mark: Instant, known: number): Promise<Fetched> {
  for (let seconds = FIRST_POLL_SECONDS; seconds <= POLLED_WITHIN_SECONDS; seconds += POLL_EVERY_SECONDS) {
    await rig.goTo(addSeconds(mark, seconds));
    await delay(REST_MS);
    const fetched = readStamps<LatencyStamp>(rig.latencyStamps)
      .slice(known)
      .findLast((stamp) => stamp.kind === "fetched" && stamp.scedAt >= mark);
    if (fetched !== undefined) return fetched as Fetched;
  }
  throw new Error(`the price of ${mark} was not fetched within ${POLLED_WITHIN_SECONDS} market seconds`);
}

type Fetched = Extract<LatencyStamp, { kind: "fetched" }>;

async function startBare(rig: LatencyRig, sites: number): Promise<void> {
  const body = "x".repeat(BARE_BODY_BYTES - 2);
  await Promise.all(
    Array.from({ length: sites }, (_, site) =>
      rig.run.client.workflow.start<typeof bareSite>("bareSite", {
        workflowId: bareWorkflowId(site),
        taskQueue: BARE_QUEUE,
        args: [{ site, body: JSON.stringify(body) }],
      }),
    ),
  );
}

/** About what a decision record of the example site measures, so that the yardstick carries as much. */
const BARE_BODY_BYTES = 4_000;

async function measureBare(session: Session): Promise<readonly BareStamp[]> {
  const { rig } = session;
  const sites = session.siteIds.length;
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
  await rig.run.client.workflow.execute<typeof bareRound>("bareRound", {
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
async function publicationOf(rig: LatencyRig, { documentId }: Fetched): Promise<Instant> {
  const { ercotUrl } = rig.run.addresses;
  const list = (await (await fetch(`${ercotUrl}/misapp/servlets/IceDocListJsonWS?reportTypeId=12300`)).json()) as {
    ListDocsByRptTypeRes: { DocumentList: { Document: { DocID: string; PublishDate: string } }[] };
  };
  const published = list.ListDocsByRptTypeRes.DocumentList.find(({ Document }) => Document.DocID === documentId)
    ?.Document.PublishDate;
  if (published === undefined) throw new Error(`the simulator does not list document ${documentId}`);
  return instantFromMs(Date.parse(published));
}

/** The stamps tell when, the table tells that it is so: a decision on each price at each site. */
async function checkRows({ rig, siteIds }: Session, measured: readonly MeasuredRun[]): Promise<void> {
  const runs = measured.flatMap(({ stamps }) =>
    stamps.flatMap((stamp) => (stamp.kind === "fetched" ? [stamp.scedAt] : [])),
  );
  const rows = await query<{ decided: string }>(
    rig.run.pool,
    `SELECT count(DISTINCT (site_id, record #>> '{input,facts,scedRuns,-1,scedAt}')) AS decided FROM decision WHERE ` +
      `record #>> '{input,facts,scedRuns,-1,scedAt}' = ANY($1)`,
    [runs],
  );
  const expected = siteIds.length * measured.length;
  if (Number(rows[0]?.decided) !== expected)
    throw new Error(
      `expected decisions on ${measured.length} prices at each of ${siteIds.length} sites, ${expected} in all; the ` +
        `table has ${rows[0]?.decided}`,
    );
}

/** Temporal actions of a site from a measured price to the next where nothing else came, mean of the book's first. */
async function actionsPerRun({ rig, siteIds }: Session, runs: number): Promise<number> {
  const counts: number[] = [];
  for (const siteId of siteIds.slice(0, COUNTED_SITES))
    for (const events of await runsOf(rig.run.client, workflowIds.site(siteId)))
      counts.push(
        ...priceWindows(actionsOf(events))
          .slice(-runs)
          .filter(({ quiet }) => quiet)
          .map(({ actions }) => actions.length),
      );
  return counts.reduce((total, count) => total + count, 0) / counts.length;
}
