import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Bench, type BenchContext, type BenchOptions, type BenchReport, countOption } from "./support/bench.ts";
import type { FuzzResult } from "./support/fuzz/fuzz.ts";
import { peakMemoryMb } from "./support/machine.ts";

/** Mutated documents of ERCOT's against an independent reading of the same bytes. */
export const fuzzMarket: Bench = {
  name: "fuzz-market",
  summary: "mutated rows, documents and messages of ERCOT's, and how often the product reads what they do not say",
  options: (command) =>
    command
      .option("--mutations <n>", "rows, documents and messages to mutate", "1000000")
      .option("--workers <n>", "threads that share them", String(availableParallelism()))
      .option("--seed <n>", "fixes the documents and what is done to them", "1"),
  run: measure,
};

async function measure(options: BenchOptions, { say }: BenchContext): Promise<BenchReport> {
  const mutations = countOption(options, "mutations");
  const workers = countOption(options, "workers");
  const seed = countOption(options, "seed");
  const share = Math.ceil(mutations / workers);
  say(`${mutations} mutations by ${workers} threads ...`);
  const from = performance.now();
  const results = await Promise.all(Array.from({ length: workers }, (_, i) => partOf(share, seed + i)));
  const seconds = (performance.now() - from) / 1_000;
  const sum = (of: (one: FuzzResult) => number): number => results.reduce((all, one) => all + of(one), 0);
  const readMs = Float64Array.from(results.flatMap((one) => [...one.readMs])).sort();
  const share99 = (part: number): number =>
    readMs[Math.min(readMs.length - 1, Math.floor(readMs.length * part))] as number;
  const examples = results.flatMap((one) => one.examples);
  const peak = peakMemoryMb(process.pid);
  return {
    inputSize: `${sum((one) => one.mutations)} mutations in ${sum((one) => one.documents)} documents`,
    seed,
    peakMemoryMb: peak === undefined ? {} : { fuzz: peak },
    tables: [
      outcomeTable(results),
      { title: "Wrong", columns: ["what"], rows: examples.length === 0 ? [["none"]] : examples.map((one) => [one]) },
    ],
    figures: {
      crashes: sum((one) => one.crashes),
      wrongValues: sum((one) => one.wrongValues),
      mutations: sum((one) => one.mutations),
      documents: sum((one) => one.documents),
      values: sum((one) => one.facts),
      p50ReadMs: share99(0.5),
      p99ReadMs: share99(0.99),
      maxReadMs: readMs.at(-1) as number,
      documentsPerSecond: sum((one) => one.documents) / seconds,
      seconds,
    },
    goals: [
      { figure: "crashes", what: "documents that throw anything but a refusal", limit: 0, sense: "max" },
      {
        figure: "wrongValues",
        what: "values that the document does not say, are lost, or are left out in silence",
        limit: 0,
        sense: "max",
      },
    ],
    notes: [
      "Read by the product's readers, and by a reading of the bench's own that knows only an observation's shape.",
      "A document may be refused where a row of it was mutated; one that says the same as before may not.",
      "p50, p99 and max: the product's reading of one document, unzipping included.",
    ],
  };
}

/** A thread's part. @throws when it ends without a result */
async function partOf(mutations: number, seed: number): Promise<FuzzResult> {
  const worker = new Worker(new URL("./support/fuzz/worker.ts", import.meta.url), { workerData: { mutations, seed } });
  const [result] = (await once(worker, "message")) as [FuzzResult];
  return result;
}

function outcomeTable(results: readonly FuzzResult[]): BenchReport["tables"][number] {
  const outcomes = ["read", "read in part", "refused", "crashed"];
  const whats = [...new Set(results.flatMap((one) => Object.keys(one.outcomes)))].toSorted();
  const count = (what: string, outcome: string): number =>
    results.flatMap((one) => one.outcomes[what]?.[outcome] ?? []).reduce((all, one) => all + one, 0);
  return {
    title: "Documents by report and outcome",
    columns: ["report", ...outcomes],
    rows: whats.map((what) => [what, ...outcomes.map((outcome) => String(count(what, outcome)))]),
  };
}
