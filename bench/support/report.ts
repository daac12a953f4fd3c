import type { BenchGoal, BenchReport, BenchTable } from "./bench.ts";
import type { Machine } from "./machine.ts";

/** What surrounds a measure's own figures. */
export interface Circumstances {
  readonly bench: string;
  readonly command: string;
  readonly at: string;
  readonly machine: Machine;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Tables and circumstances as Markdown, ready for `docs/performance.md`. */
export function reportText(report: BenchReport, around: Circumstances): string {
  const { machine } = around;
  const facts = [
    ["command", `\`${around.command}\``],
    ["input", report.inputSize],
    ["seed", String(report.seed)],
    ["commit", machine.commit],
    ["when", around.at],
    [
      "machine",
      `${machine.processor}, ${machine.cores} cores, ${machine.memoryMb} MB, ${machine.system}, Node ${machine.node}`,
    ],
    ["load before, after", `${around.loadBefore}, ${around.loadAfter}`],
    [
      "peak memory, MB",
      Object.entries(report.peakMemoryMb)
        .map(([name, mb]) => `${name} ${mb}`)
        .join(", ") || "not readable on this system",
    ],
  ];
  const tables = [
    ...report.tables,
    goalTable(report),
    { title: "Circumstances", columns: ["", ""], rows: facts },
  ].filter(({ rows }) => rows.length > 0);
  return [...tables.map(tableText), report.notes.map((note) => `- ${note}`).join("\n")].join("\n");
}

/** The same as one object: the named figures at its top. */
export function reportJson(report: BenchReport, around: Circumstances): Record<string, unknown> {
  const { figures, inputSize, seed, peakMemoryMb } = report;
  const goals = report.goals.map((goal) => ({
    figure: goal.figure,
    limit: goal.limit,
    sense: goal.sense,
    met: isMet(goal, figures),
  }));
  const { bench, at, machine, loadBefore, loadAfter } = around;
  return {
    bench,
    ...figures,
    inputSize,
    seed,
    commit: machine.commit,
    at,
    peakMemoryMb,
    goals,
    machine,
    loadBefore,
    loadAfter,
  };
}

export function isMet({ figure, limit, sense }: BenchGoal, figures: BenchReport["figures"]): boolean {
  const value = figures[figure];
  if (value === undefined) throw new Error(`The goal names the figure "${figure}", which the measure does not give.`);
  return sense === "max" ? value <= limit : value >= limit;
}

function goalTable({ goals, figures }: BenchReport): BenchTable {
  const rows = goals.map((goal) => [
    goal.what,
    `${goal.sense === "max" ? "≤" : "≥"} ${goal.limit}`,
    rounded(figures[goal.figure] as number),
    isMet(goal, figures) ? "met" : "MISSED",
  ]);
  return { title: "Goals", columns: ["goal", "limit", "measured", ""], rows };
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

function tableText({ title, columns, rows }: BenchTable): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(3, ...all.map((row) => (row[i] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? "").padEnd(width)).join(" | ")} |`;
  return [
    `**${title}**`,
    "",
    line(columns),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
    "",
  ].join("\n");
}
