import type { Command } from "commander";

/** A measure that `npm run bench -- <name>` can run. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Adds the measure's own options; `--json` and `--data` are there for all. */
  readonly options?: (command: Command) => Command;
  /** Measures. Rejects when the thing measured does not work: a figure of something broken is none. */
  readonly run: (options: BenchOptions, context: BenchContext) => Promise<BenchReport>;
}

/** Options of one run as commander parsed them. */
export type BenchOptions = Readonly<Record<string, unknown>>;

export interface BenchContext {
  /** Folder of this run alone; thrown away at the end unless the user named it. */
  readonly dataDir: string;
  /** A line for the person who waits. */
  readonly say: (line: string) => void;
}

/** What a measure found. */
export interface BenchReport {
  /** What went in, in words: sites, runs, machines. */
  readonly inputSize: string;
  readonly seed: number;
  readonly tables: readonly BenchTable[];
  /** The named results, the yardstick's and their ratio among them. Each must be finite. */
  readonly figures: Readonly<Record<string, number>>;
  /** Peak resident memory by process, MB. */
  readonly peakMemoryMb: Readonly<Record<string, number>>;
  /** The results that have a goal. */
  readonly goals: readonly BenchGoal[];
  /** What a reader must know to read the figures right. */
  readonly notes: readonly string[];
}

export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface BenchGoal {
  /** Name in `figures`. */
  readonly figure: string;
  readonly what: string;
  readonly limit: number;
  /** `max`: the figure may not be above the limit. */
  readonly sense: "max" | "min";
}

/** @throws RangeError when the option is not a whole number of at least `least`. */
export function countOption(options: BenchOptions, name: string, least = 1): number {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`--${name}: expected a whole number of at least ${least}, got "${String(options[name])}"`);
  return value;
}

/** @throws RangeError when the option is not a list of whole numbers above 0 with commas between. */
export function countsOption(options: BenchOptions, name: string): number[] {
  const counts = String(options[name]).split(",").map(Number);
  if (counts.some((count) => !Number.isInteger(count) || count < 1))
    throw new RangeError(
      `--${name}: expected whole numbers above 0 with commas between, got "${String(options[name])}"`,
    );
  return counts;
}
