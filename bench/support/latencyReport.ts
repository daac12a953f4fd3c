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
}

interface Row {
  readonly sites: number;
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
  seed,
  durable,
  peaks,
}: {
  results: readonly SiteCountResult[];
  seed: number;
  durable: boolean;
  peaks: Record<string, number>;
}): BenchReport {
  const rows = results.map(rowOf);
  const runs = results[0]?.runs.length;
  const waits = spreadOf(results.flatMap((result) => result.runs.map(publishedToFetched)));
  return {
    inputSize: `${rows.map(({ sites }) => sites).join(", ")} sites of 3 cohorts, ${runs} SCED runs each`,
    seed,
    peakMemoryMb: peaks,
    tables: [
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
        title:
          "Publication → fetched, market seconds under the production poll schedule (first poll 45 s after the " +
          "mark, then every 15 s)",
        columns: ["documents", "p50", "p90", "p99", "max"],
        rows: [[String(waits.samples), ...cells(waits)]],
      },
    ],
    figures: {
      ...Object.assign({}, ...rows.map(figuresOf)),
      publishedToFetchedP50Seconds: waits.p50,
      publishedToFetchedP99Seconds: waits.p99,
      publishedToFetchedMaxSeconds: waits.max,
    },
    goals: rows.some(({ sites }) => sites === 100)
      ? [{ figure: "p99MsAt100Sites", what: "p99 at 100 sites, ms", limit: 1000, sense: "max" }]
      : [],
    notes: [
      "From: the `end` event of the download's HTTP response in the worker. To: the activity that records the " +
        "decision has PostgreSQL's confirmation of the COMMIT. Both on the worker's own clock. The row's " +
        "`recorded_at` is not used: it is the start of the transaction.",
      "Sites are the example site in `advise`: they decide and record, and command nothing. Market time goes from " +
        "run to run; workflows, database and network are on real time.",
      `Yardstick, after each run with as many rows: an activity signals that many workflows, each runs one ` +
        `activity that inserts one row of 4 kB; worker options, server and database are the same.`,
      "Publication → fetched depends on the poll schedule and on the simulator's publication times (60 ± 15 s " +
        "after the run), not on this program's speed.",
      durable
        ? "Durable: PostgreSQL with fsync and synchronous_commit, Temporal's SQLite in a file."
        : "Demo profile: PostgreSQL without fsync and with synchronous_commit off, Temporal's SQLite in memory. " +
          "`--durable` measures with both on disk.",
    ],
  };
}

function rowOf({ sites, runs }: SiteCountResult): Row {
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
    sites,
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

function msOf({ stamps }: MeasuredRun, kind: LatencyStamp["kind"]): number[] {
  return stamps.filter((stamp) => stamp.kind === kind).map(({ ms }) => ms);
}

/** Inside the recording activity: queries, transaction, commit. */
function recordingTimes({ stamps }: MeasuredRun): number[] {
  const begun = new Map(
    stamps.flatMap((stamp) => (stamp.kind === "recording" ? [[stamp.siteId, stamp.ms] as const] : [])),
  );
  return stamps.flatMap((stamp) =>
    stamp.kind === "committed" ? [stamp.ms - (begun.get(stamp.siteId) as number)] : [],
  );
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

function figuresOf({ sites, decisions, bare }: Row): Record<string, number> {
  return {
    [`p50MsAt${sites}Sites`]: decisions.p50,
    [`p99MsAt${sites}Sites`]: decisions.p99,
    [`maxMsAt${sites}Sites`]: decisions.max,
    [`yardstickP99MsAt${sites}Sites`]: bare.p99,
    [`ratioAt${sites}Sites`]: decisions.p99 / bare.p99,
  };
}

function cells({ p50, p90, p99, max }: Spread): string[] {
  return [p50, p90, p99, max].map((value) => cell(value));
}

function pair({ p50, p99 }: Spread): string {
  return `${cell(p50)} · ${cell(p99)}`;
}
