import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { type Instant, secondsBetween } from "../../src/domain/units/instant.ts";
import type { BenchGoal, BenchReport } from "./bench.ts";
import { peaksMb } from "./machine.ts";
import type { RealClockRun, ScriptLog } from "./realClockScript.ts";
import type { SilenceVerdict } from "./silences.ts";
import { cell, spreadOf } from "./spread.ts";

/** What was seen when the run had come to rest. */
export interface Found {
  readonly now: Instant;
  readonly decisions: readonly DecisionRecord[];
  readonly runsEnded: number;
  readonly silences: SilenceVerdict;
  readonly stuck: readonly string[];
  readonly orderFindings: readonly string[];
  readonly publishedToSiteSeconds: readonly number[];
  readonly auditFindings: readonly string[];
}

const ZERO = [
  "falseSilences",
  "silencesMissed",
  "silencesNotEnded",
  "stuckWorkflows",
  "auditFindings",
  "ordersNotAnswered",
  "ordersNotObeyed",
] as const;

/** Figures, goals and findings of one run on the real clock. */
export function realClockReport(options: {
  run: RealClockRun;
  log: ScriptLog;
  found: Found;
  seed: number;
  restarts: number;
}): BenchReport {
  const { run, log, found, seed, restarts } = options;
  const { silences } = found;
  const answers = log.sent.flatMap(({ answeredMs }) => answeredMs ?? []);
  const unanswered = log.sent.filter(({ problem }) => problem !== undefined);
  const inForce = found.decisions.at(-1)?.planHash === log.planHash;
  const findings = [
    ...named("false silence", silences.falseSilences),
    ...named("silence missed", silences.missed),
    ...named("silence not ended", silences.unended),
    ...named("stuck", found.stuck),
    ...named("audit", found.auditFindings),
    ...named(
      "not answered",
      unanswered.map(({ what, at, problem }) => `${what} at ${at}: ${problem}`),
    ),
    ...named("order", found.orderFindings),
    ...(inForce ? [] : [["configuration", "the last decision was made by the plan from before the change"]]),
  ];
  const figures = {
    falseSilences: silences.falseSilences.length,
    stuckWorkflows: found.stuck.length,
    auditFindings: found.auditFindings.length,
    silencesMissed: silences.missed.length,
    silencesNotEnded: silences.unended.length,
    ordersNotAnswered: unanswered.length,
    ordersNotObeyed: found.orderFindings.length,
    configurationChangesInForce: inForce ? 1 : 0,
    silencesToldRight: silences.toldRight,
    decisions: found.decisions.length,
    runsEnded: found.runsEnded,
    restarts,
    ordersAnswered: answers.length,
    seconds: Math.round(secondsBetween(run.marketZero, found.now)),
    ...spread("orderAnswerMs", answers),
    ...spread("publishedToSiteSeconds", found.publishedToSiteSeconds),
  };
  const workers = [...log.workerPeaksMb, ...Object.values(peaksMb({ worker: run.system.worker.pid }))];
  return {
    inputSize: `one site on the real clock for ${run.minutes} minutes, ${run.world.fleet.machineIds.length} machines`,
    seed,
    figures,
    peakMemoryMb: {
      ...(workers.length === 0 ? {} : { worker: Math.max(...workers) }),
      ...peaksMb({ "bench with simulators": process.pid }),
    },
    tables: [
      { title: "Found", columns: ["kind", "what"], rows: findings },
      { title: "How long it took", columns: ["", "samples", "p50", "p99", "max"], rows: spreadRows(found, answers) },
      {
        title: "What went by",
        columns: ["", ""],
        rows: Object.entries(figures)
          .filter(([, value]) => Number.isInteger(value))
          .map(([name, value]) => [name, String(value)]),
      },
    ],
    goals: [
      ...ZERO.map((figure): BenchGoal => ({ figure, what: figure, limit: 0, sense: "max" })),
      {
        figure: "configurationChangesInForce",
        what: "the changed configuration is in force",
        limit: 1,
        sense: "min",
      },
    ],
    notes: [
      "Speed 1, no pacing: the run's clock is the machine's, set off so that Central midnight falls inside.",
      "A silence is right when its feed was stopped; every other one is false.",
      "Stuck: a workflow whose task or activity fails again and again, a dispatch still open, a feed that has not " +
        "polled when it was due, a site past its next look or in the run of another day.",
    ],
  };
}

function named(kind: string, findings: readonly string[]): string[][] {
  return findings.map((what) => [kind, what]);
}

function spread(name: string, values: readonly number[]): Record<string, number> {
  if (values.length === 0) return {};
  const { p50, p99, max } = spreadOf(values);
  const capital = name[0]?.toUpperCase() + name.slice(1);
  return { [`p50${capital}`]: p50, [`p99${capital}`]: p99, [`max${capital}`]: max };
}

function spreadRows({ publishedToSiteSeconds }: Found, answers: readonly number[]): string[][] {
  return (
    [
      ["order sent → decided, ms", answers, 0],
      ["SCED price published → at the site, s", publishedToSiteSeconds, 1],
    ] as const
  ).flatMap(([name, values, decimals]) => {
    if (values.length === 0) return [];
    const { samples, p50, p99, max } = spreadOf(values);
    return [[name, String(samples), ...[p50, p99, max].map((value) => cell(value, decimals))]];
  });
}
