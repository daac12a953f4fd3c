import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { auditParsers } from "../src/app/evidence/auditParsers.ts";
import { loadDeployment } from "../src/app/worker/loadDeployment.ts";
import { auditBundle } from "../src/replay/audit.ts";
import { openBundle } from "../src/replay/bundle.ts";
import { openRun, type OpenedRun } from "../src/replay/openRun.ts";
import { openReplayer, type Replayer } from "../src/replay/replayer.ts";
import { type Bench, type BenchContext, type BenchOptions, type BenchReport, countOption } from "./support/bench.ts";
import { peakMemoryMb } from "./support/machine.ts";
import { hoursOption, quietSession } from "./support/quietSession.ts";
import { cell, type Spread, spreadOf } from "./support/spread.ts";

const CONFIG = fileURLToPath(new URL("../config/example-site.yaml", import.meta.url));
const WORKFLOWS = fileURLToPath(new URL("../workflows/index.ts", import.meta.url));
const FIRST_DAY = "2026-06-09";
/** A site decides on about 298 SCED runs a day and a few other inputs. */
const DECISIONS_A_YEAR = 365 * 302;

export const audit: Bench = {
  name: "audit",
  summary: "histories and decisions a second for an audit of a bundle, offline",
  options: (command) =>
    command
      .option("--days <n>", "quiet days to record the bundle from", "3")
      .option("--hours <n>", "only the last hours of the first day, for a quick look")
      .option("--bundle <dir>", "audit this bundle of the example site instead of recording one")
      .option("--repeat <n>", "audits of the same bundle", "5")
      .option("--machines <n>", "machines of each cohort", "2")
      .option("--net <n>", "machines get addresses of 127.<n>.0.0/16", "46")
      .option("--seed <n>", "fixes the prices", "1"),
  run: async (options, context): Promise<BenchReport> => {
    const repeat = countOption(options, "repeat");
    const seed = countOption(options, "seed");
    const dir = await bundleOf(options, context, seed);
    const bundle = await openBundle(dir);
    const opened = await Promise.all(
      bundle.manifest.runs.map(async (run) => openRun(run, await bundle.read(run.file))),
    );
    const size = sizeOf(opened);
    const coldMs = await timed(() => auditOnce(dir));
    const replayer = await openReplayer(WORKFLOWS);
    const audits: number[] = [];
    const replays: number[] = [];
    try {
      for (let i = 0; i < repeat; i++) {
        replays.push(await timed(() => replayOnly(replayer, opened)));
        audits.push(await timed(() => auditOnce(dir, replayer)));
        context.say(`audit ${i + 1} of ${repeat}: ${cell(audits.at(-1) as number)} ms`);
      }
    } finally {
      replayer.close();
    }
    return report({ size, seed, coldMs, audits: spreadOf(audits), replays: spreadOf(replays) });
  },
};

async function bundleOf(options: BenchOptions, context: BenchContext, seed: number): Promise<string> {
  const given = options["bundle"];
  if (typeof given === "string") return resolve(given);
  const session = await quietSession({
    ...context,
    dataDir: join(context.dataDir, "session"),
    firstDay: FIRST_DAY,
    days: countOption(options, "days"),
    hours: hoursOption(options),
    machinesPerCohort: countOption(options, "machines"),
    net: countOption(options, "net"),
    seed,
  });
  return session.bundleDir;
}

/** @throws Error when the bundle does not hold: the time of an audit that breaks off says nothing. */
async function auditOnce(dir: string, replayer?: Replayer): Promise<void> {
  const verdict = await auditBundle(dir, {
    workflowsPath: WORKFLOWS,
    parsers: auditParsers(loadDeployment(CONFIG, FIRST_DAY).plan),
    replayer,
  });
  const [finding] = verdict.layers.flatMap((layer) => layer.findings);
  if (finding !== undefined)
    throw new Error(`the bundle does not hold: ${finding.where}: expected ${finding.expected}, found ${finding.found}`);
}

/** The yardstick: the SDK's own replay of the same histories on the same code, nothing compared. */
async function replayOnly(replayer: Replayer, runs: readonly OpenedRun[]): Promise<void> {
  for (const run of runs) {
    const { error } = await replayer.replay(run);
    if (error !== undefined) throw new Error(`${run.run.file} cannot be replayed: ${error}`);
  }
}

interface BundleSize {
  readonly histories: number;
  readonly decisions: number;
  readonly events: number;
  readonly bytes: number;
}

function sizeOf(runs: readonly OpenedRun[]): BundleSize {
  const isDecision = ({ type, attributes }: OpenedRun["events"][number]): boolean =>
    type === "ACTIVITY_TASK_SCHEDULED" &&
    (attributes["activityType"] as { name?: string } | undefined)?.name === "recordDecision";
  return {
    histories: runs.length,
    decisions: runs.reduce((sum, { events }) => sum + events.filter(isDecision).length, 0),
    events: runs.reduce((sum, { events }) => sum + events.length, 0),
    bytes: runs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function report({
  size,
  seed,
  coldMs,
  audits,
  replays,
}: {
  size: BundleSize;
  seed: number;
  coldMs: number;
  audits: Spread;
  replays: Spread;
}): BenchReport {
  const seconds = audits.p50 / 1000;
  const yearMinutes = (DECISIONS_A_YEAR * seconds) / size.decisions / 60;
  const peak = peakMemoryMb(process.pid);
  return {
    inputSize:
      `${size.histories} histories of quiet days: ${size.decisions} decisions, ${size.events} events, ` +
      `${cell(size.bytes / 1e6, 1)} MB of history`,
    seed,
    peakMemoryMb: peak === undefined ? {} : { audit: peak },
    tables: [
      {
        title: "Audit of one bundle, ms",
        columns: ["", "times", "p50", "p99", "max", "histories a second", "decisions a second"],
        rows: [
          ["audit", ...row(audits), cell(size.histories / seconds, 2), cell(size.decisions / seconds)],
          [
            "yardstick: replay alone",
            ...row(replays),
            cell(size.histories / (replays.p50 / 1000), 2),
            cell(size.decisions / (replays.p50 / 1000)),
          ],
          [
            "audit, first, workflow code bundled too",
            "1",
            cell(coldMs),
            cell(coldMs),
            cell(coldMs),
            cell(size.histories / (coldMs / 1000), 2),
            cell(size.decisions / (coldMs / 1000)),
          ],
        ],
      },
      {
        title: "Beside it",
        columns: ["", ""],
        rows: [
          ["p50 ÷ yardstick", cell(audits.p50 / replays.p50, 2)],
          ["a year of this site at this rate, minutes (goal: minutes, on one machine)", cell(yearMinutes, 1)],
        ],
      },
    ],
    figures: {
      historiesPerSecond: size.histories / seconds,
      decisionsPerSecond: size.decisions / seconds,
      p50Ms: audits.p50,
      p99Ms: audits.p99,
      maxMs: audits.max,
      replayAloneP50Ms: replays.p50,
      ratio: audits.p50 / replays.p50,
      yearMinutes,
    },
    goals: [],
    notes: [
      "Every layer of the audit runs and finds nothing; a bundle that does not hold gives no figures.",
      "The year is 365 × 302 decisions at the measured rate, not measured itself. Memory is the auditor's own; " +
        "histories are replayed in a child process.",
    ],
  };
}

function row({ samples, p50, p99, max }: Spread): string[] {
  return [String(samples), cell(p50), cell(p99), cell(max)];
}
