import { msOfInstant, type Instant } from "../../src/domain/units/instant.ts";
import type { BenchReport } from "./bench.ts";
import type { BareStamp, LatencyStamp } from "./latencyStamps.ts";
import { cell, type Spread, spreadOf } from "./spread.ts";

/** One SCED run: what the worker noted, when the price was published, and the yardstick just after it. */
export interface MeasuredRun {
  readonly stamps: readonly LatencyStamp[];
  readonly publishedAt: Instant;
  readonly bare: readonly BareStamp[];
}

export interface SiteCountResult {
  readonly sites: number;
  readonly runs: readonly MeasuredRun[];
  /** Real seconds: servers, simulators and Ballast started; then every site's first decision. */
  readonly startSeconds: number;
  readonly firstDecisionsSeconds: number;
  /** Connections to the database, feeds read for all sites, and open files of the worker where the system tells. */
  readonly connections: number;
  readonly feeds: number;
  readonly workerFiles?: number;
  /** Temporal actions of a site for each price at which nothing else came. */
  readonly actionsPerRun: number;
  readonly peaksMb: Readonly<Record<string, number>>;
}

interface Row extends SiteCountResult {
  readonly decisions: Spread;
  /** Until the last site of a run has its decision. */
  readonly last: Spread;
  readonly bare: Spread;
  readonly told: Spread;
  readonly recording: Spread;
  readonly commit: Spread;
  readonly publishedToFetched: Spread;
}

export function latencyReport({
  results,
  machinesPerSite,
  seed,
  durable,
}: {
  results: readonly SiteCountResult[];
  machinesPerSite: number;
  seed: number;
  durable: boolean;
}): BenchReport {
  const rows = results.map(rowOf);
  const runs = results[0]?.runs.length;
  const waits = spreadOf(results.flatMap((result) => result.runs.map(publishedToFetched)));
  return {
    inputSize:
      `books of ${rows.map(({ sites }) => sites).join(", ")} sites of ${machinesPerSite} machines, ${runs} SCED runs ` +
      `each`,
    seed,
    peakMemoryMb: results.at(-1)?.peaksMb ?? {},
    tables: tablesOf(rows, waits),
    figures: {
      ...Object.assign({}, ...rows.map(figuresOf)),
      publishedToFetchedP50Seconds: waits.p50,
      publishedToFetchedP99Seconds: waits.p99,
      publishedToFetchedMaxSeconds: waits.max,
    },
    goals: goalsOf(rows),
    notes: notesOf(durable),
  };
}

function tablesOf(rows: readonly Row[], waits: Spread): BenchReport["tables"] {
  return [
    {
      title: "Last byte of the fetched price → committed decision, ms (every site of every run)",
      columns: [
        "sites",
        "decisions",
        "p50",
        "p90",
        "p99",
        "max",
        "last site of a run, p50",
        "yardstick p50",
        "yardstick p99",
        "yardstick max",
        "p99 ÷ yardstick",
      ],
      rows: rows.map(({ sites, decisions, last, bare }) => [
        String(sites),
        String(decisions.samples),
        ...cells(decisions),
        cell(last.p50),
        cell(bare.p50),
        cell(bare.p99),
        cell(bare.max),
        cell(decisions.p99 / bare.p99, 2),
      ]),
    },
    {
      title: "Where it goes: ms from the last byte, p50 and p99",
      columns: ["sites", "Temporal accepted the signal", "recording begins", "committed", "of that the database"],
      rows: rows.map(({ sites, told, recording, decisions, commit }) => [
        String(sites),
        pair(told),
        pair(recording),
        pair(decisions),
        pair(commit),
      ]),
    },
    {
      title: "What a book takes",
      columns: [
        "sites",
        "start, s",
        "first decision of the last site, s",
        "worker, MB",
        "simulators, MB",
        "feeds read",
        "database connections",
        "worker's open files",
        "actions a site and quiet run",
      ],
      rows: rows.map((row) => [
        String(row.sites),
        cell(row.startSeconds, 1),
        cell(row.firstDecisionsSeconds, 1),
        String(row.peaksMb["worker"] ?? "unknown"),
        String(row.peaksMb["simulators"] ?? "unknown"),
        String(row.feeds),
        String(row.connections),
        String(row.workerFiles ?? "unknown"),
        cell(row.actionsPerRun, 2),
      ]),
    },
    {
      title:
        "Publication → fetched, market seconds under the production poll schedule (first poll 45 s after the " +
        "mark, then every 15 s)",
      columns: ["documents", "p50", "p90", "p99", "max"],
      rows: [[String(waits.samples), ...cells(waits)]],
    },
  ];
}

function goalsOf(rows: readonly Row[]): BenchReport["goals"] {
  return rows.some(({ sites }) => sites === 100)
    ? [
        { figure: "p99MsAt100Sites", what: "p99 at 100 sites, ms", limit: 1000, sense: "max" },
        { figure: "ratioAt100Sites", what: "p99 at 100 sites ÷ yardstick", limit: 1.1, sense: "max" },
      ]
    : [];
}

function notesOf(durable: boolean): string[] {
  return [
    "From: the `end` event of the download's HTTP response in the worker. To: the activity that records the " +
      "decision has PostgreSQL's confirmation of the COMMIT. Both on the worker's own clock. The row's " +
      "`recorded_at` is not used: it is the start of the transaction.",
    "The book is started as `ballast start` starts one: one worker, feeds shared by source and parameters, meters " +
      "and machines of every site watched, sites told as subscribers. Its sites are those of the example book in " +
      "turn, at one settlement point, in `act`; prices are quiet, so that nothing is commanded after the start.",
    "Market time goes from poll to poll and stands while sites decide: meters and machines are read as often a " +
      "price as on the real clock, but between two prices, not beside one. Sites are told as on the real clock, " +
      "without waiting for them, and do not look again by themselves between two prices.",
    `Yardstick, after each run with as many rows: an activity signals that many workflows, each runs one ` +
      `activity that inserts one row of 4 kB; worker options, server and database are the same.`,
    "Publication → fetched depends on the poll schedule and on the simulator's publication times (60 ± 15 s " +
      "after the run), not on this program's speed.",
    durable
      ? "Durable: PostgreSQL with fsync and synchronous_commit, Temporal's SQLite in a file."
      : "Demo profile: PostgreSQL without fsync and with synchronous_commit off, Temporal's SQLite in memory. " +
        "`--durable` measures with both on disk.",
  ];
}

function rowOf(result: SiteCountResult): Row {
  const { runs } = result;
  const since = runs.map((run) => ({
    run,
    lastByte: lastByteOf(run),
    told: msOf(run, "told"),
    recording: msOf(run, "recording"),
    committed: msOf(run, "committed"),
  }));
  const from = (kind: "told" | "recording" | "committed") =>
    spreadOf(since.flatMap((one) => one[kind].map((ms) => ms - one.lastByte)));
  return {
    ...result,
    decisions: from("committed"),
    told: from("told"),
    recording: from("recording"),
    last: spreadOf(since.map(({ committed, lastByte }) => Math.max(...committed) - lastByte)),
    bare: spreadOf(runs.flatMap(({ bare }) => bareDelays(bare))),
    commit: spreadOf(runs.flatMap(recordingTimes)),
    publishedToFetched: spreadOf(runs.map(publishedToFetched)),
  };
}

function lastByteOf({ stamps }: MeasuredRun): number {
  const fetched = stamps.filter((stamp) => stamp.kind === "fetched");
  if (fetched.length !== 1)
    throw new Error(`a measured SCED run has ${fetched.length} fetched documents instead of one`);
  return (fetched[0] as LatencyStamp).ms;
}

function msOf(run: MeasuredRun, kind: "told" | "recording" | "committed"): number[] {
  return [...firstOf(run, kind).values()];
}

/** Moments by site, one of each: a second decision on the same price is no news of it. */
function firstOf({ stamps }: MeasuredRun, kind: "told" | "recording" | "committed"): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const stamp of stamps) if (stamp.kind === kind && !first.has(stamp.siteId)) first.set(stamp.siteId, stamp.ms);
  return first;
}

/** Inside the recording activity: queries, transaction, commit. */
function recordingTimes(run: MeasuredRun): number[] {
  const begun = firstOf(run, "recording");
  return [...firstOf(run, "committed")].map(([siteId, ms]) => ms - (begun.get(siteId) as number));
}

function bareDelays(stamps: readonly BareStamp[]): number[] {
  const begun = stamps.find(({ kind }) => kind === "begun");
  if (begun === undefined) throw new Error("a round of the yardstick did not begin");
  return stamps.filter(({ kind }) => kind === "committed").map(({ ms }) => ms - begun.ms);
}

function publishedToFetched({ stamps, publishedAt }: MeasuredRun): number {
  const fetched = stamps.find((stamp) => stamp.kind === "fetched");
  if (fetched === undefined) throw new Error("a measured SCED run has no fetched document");
  return (msOfInstant(fetched.fetchedAt) - msOfInstant(publishedAt)) / 1000;
}

function figuresOf(row: Row): Record<string, number> {
  const { sites, decisions, bare } = row;
  return {
    [`p50MsAt${sites}Sites`]: decisions.p50,
    [`p99MsAt${sites}Sites`]: decisions.p99,
    [`maxMsAt${sites}Sites`]: decisions.max,
    [`yardstickP99MsAt${sites}Sites`]: bare.p99,
    [`ratioAt${sites}Sites`]: decisions.p99 / bare.p99,
    [`startSecondsAt${sites}Sites`]: row.startSeconds,
    [`firstDecisionsSecondsAt${sites}Sites`]: row.firstDecisionsSeconds,
    [`actionsPerRunAt${sites}Sites`]: row.actionsPerRun,
    [`feedsAt${sites}Sites`]: row.feeds,
  };
}

function cells({ p50, p90, p99, max }: Spread): string[] {
  return [p50, p90, p99, max].map((value) => cell(value));
}

function pair({ p50, p99 }: Spread): string {
  return `${cell(p50)} · ${cell(p99)}`;
}
