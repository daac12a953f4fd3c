import type { DispatchSettings } from "../../workflows/contracts.ts";
import type { BenchReport } from "./bench.ts";
import type { RestartCommands } from "./restartCommands.ts";
import { cell, type Spread, spreadOf } from "./spread.ts";

/** One reading of the site meter while load goes down: how far below the level before the order. */
export interface Reading {
  readonly ms: number;
  readonly downKw: number;
}

/** One order to shed, and what the meter showed. */
export interface Shed {
  /** The decision's transaction began; of the drivers alone: they were told. */
  readonly committedMs: number;
  /** From the order's sending to that. */
  readonly decisionMs: number;
  readonly orderedKw: number;
  readonly readings: readonly Reading[];
  readonly outcome: string;
}

const SHARES = [0.5, 0.9, 0.99] as const;

export interface DispatchFindings {
  readonly miners: number;
  readonly seed: number;
  readonly sheds: readonly Shed[];
  readonly alone: readonly Shed[];
  readonly commands: RestartCommands;
  readonly peaks: Readonly<Record<string, number>>;
  readonly settings: DispatchSettings;
}

/** @throws Error when a shed did not reach 90 % while it was watched: there is no time to report then. */
export function dispatchReport({
  miners,
  seed,
  sheds,
  alone,
  commands,
  peaks,
  settings,
}: DispatchFindings): BenchReport {
  const [to50, to90] = ([0.5, 0.9] as const).map((share) => spreadOf(sheds.map((shed) => reached(shed, share)))) as [
    Spread,
    Spread,
  ];
  const alone90 = spreadOf(alone.map((shed) => reached(shed, 0.9)));
  const decision = spreadOf(sheds.map(({ decisionMs }) => decisionMs));
  const ratio = to90.p50 / alone90.p50;
  const rows = SHARES.map((share) => {
    const times = sheds.flatMap((shed) => secondsTo(shed, share) ?? []);
    const yardstick = alone.flatMap((shed) => secondsTo(shed, share) ?? []);
    return [
      `${share * 100} %`,
      `${times.length} of ${sheds.length}`,
      ...cells(times),
      `${yardstick.length} of ${alone.length}`,
      ...cells(yardstick).slice(0, 1),
      ...cells(yardstick).slice(3),
    ];
  });
  return {
    inputSize: `${miners} machines, ${sheds.length} sheds of ${cell((sheds[0] as Shed).orderedKw)} kW, each restored`,
    seed,
    peakMemoryMb: peaks,
    tables: [
      {
        title: "Decision → share of the ordered MW on the site meter, s",
        columns: ["share", "reached", "p50", "p90", "p99", "max", "drivers alone: reached", "p50", "max"],
        rows,
      },
      {
        title: "Beside it",
        columns: ["", ""],
        rows: [
          ["order sent → decision, ms, p50 · p99", `${cell(decision.p50)} · ${cell(decision.p99)}`],
          ["p50 to 90 % ÷ the drivers alone", cell(ratio, 2)],
          [
            "verdicts",
            [...Map.groupBy(sheds, ({ outcome }) => outcome)]
              .map(([outcome, some]) => `${outcome} ${some.length}`)
              .join(", "),
          ],
          ["restart commands that reached machines", String(commands.sent)],
          ["of these doubled", String(commands.doubled.length)],
          ["of these without effect (faults)", String(commands.withoutEffect)],
          ["replies withheld after execution (faults)", String(commands.repliesLost)],
        ],
      },
    ],
    figures: {
      p50SecondsTo50: to50.p50,
      p99SecondsTo50: to50.p99,
      p50SecondsTo90: to90.p50,
      p99SecondsTo90: to90.p99,
      maxSecondsTo90: to90.max,
      shedsThatReached99: sheds.filter((shed) => secondsTo(shed, 0.99) !== undefined).length,
      sheds: sheds.length,
      restartCommands: commands.sent,
      restartCommandsDoubled: commands.doubled.length,
      driversAloneP50SecondsTo90: alone90.p50,
      ratioTo90: ratio,
    },
    goals: [
      { figure: "p99SecondsTo90", what: "p99 to 90 % of the ordered MW, s", limit: 10, sense: "max" },
      { figure: "restartCommandsDoubled", what: "restart commands doubled", limit: 0, sense: "max" },
    ],
    notes: [
      "From: `recorded_at` of the decision, the start of its transaction. To: the first of the bench's own meter " +
        "readings (every 100 ms) that is down by the share. Ordered MW: what the dispatch expected of the machines " +
        "able to follow.",
      `Machines fall asleep with a time constant of 1.5 s: 90 % takes 3.5 s even if all are told at once. The ` +
        `drivers alone: the same machines, as many connections at a time as in the worker, without plan, ledger or ` +
        `Temporal, and without driving stragglers again.`,
      `Faults are the simulator's defaults: of the restart commands 0.5 % do nothing, 0.2 % lose their reply, 0.3 ` +
        `% of the wakes come to nothing. A share that misses stragglers is reached after they are driven again, ` +
        `${settings.settleDownSeconds} s later.`,
      "Restores are not timed: physics jump ahead once the wave is over. The next order supersedes what is left of " +
        "a restore.",
      "Doubled: the machines' own log says that a restart command asked for the state the machine was in already.",
    ],
  };
}

/** One line of progress. */
export function shedText(shed: Shed): string {
  const times = SHARES.map((share) => `${share * 100} % ${secondsTo(shed, share)?.toFixed(1) ?? "not reached"}`).join(
    ", ",
  );
  return `${times} s, decision after ${cell(shed.decisionMs)} ms, ${shed.outcome}`;
}

function secondsTo({ committedMs, orderedKw, readings }: Shed, share: number): number | undefined {
  const reading = readings.find(({ downKw }) => downKw >= share * orderedKw);
  return reading === undefined ? undefined : (reading.ms - committedMs) / 1000;
}

function reached(shed: Shed, share: number): number {
  const seconds = secondsTo(shed, share);
  if (seconds === undefined)
    throw new Error(
      `a shed of ${cell(shed.orderedKw)} kW did not reach ${share * 100} %: down by ` +
        `${cell(Math.max(...shed.readings.map(({ downKw }) => downKw)))} kW at most, verdict ${shed.outcome}`,
    );
  return seconds;
}

function cells(times: readonly number[]): string[] {
  if (times.length === 0) return ["-", "-", "-", "-"];
  const { p50, p90, p99, max } = spreadOf(times);
  return [p50, p90, p99, max].map((value) => cell(value, 1));
}
