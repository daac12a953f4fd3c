import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { actions } from "./actions.ts";
import { audit } from "./audit.ts";
import { byteEdits } from "./byteEdits.ts";
import { decisionLatency } from "./decisionLatency.ts";
import { decide } from "./decide.ts";
import { instructions } from "./instructions.ts";
import { fuzzMarket } from "./fuzzMarket.ts";
import { dispatch } from "./dispatch.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { loadNow, machine } from "./support/machine.ts";
import { peakPlan } from "./peakPlan.ts";
import { policyYear } from "./policyYear.ts";
import { publication } from "./publication.ts";
import { reportJson, reportText } from "./support/report.ts";
import { realClock } from "./realClock.ts";
import { speeds } from "./speeds.ts";
import { storage } from "./storage.ts";
import { workerKills } from "./workerKills.ts";

/** Every measure. A new one is a file beside this one and a line here. */
const BENCHES: readonly Bench[] = [
  decide,
  decisionLatency,
  dispatch,
  actions,
  audit,
  byteEdits,
  workerKills,
  policyYear,
  peakPlan,
  realClock,
  instructions,
  speeds,
  publication,
  storage,
  fuzzMarket,
];

async function main(): Promise<void> {
  const program = new Command("bench")
    .description(
      "Measures of Ballast. Each prints tables with its yardstick, and with --json one object on the last line.",
    )
    .showHelpAfterError();
  for (const bench of BENCHES) {
    const command = program
      .command(bench.name)
      .summary(bench.summary)
      .description(bench.summary)
      .option("--json", "one JSON object on the last line instead of tables", false)
      .option("--data <dir>", "keep data and logs in this folder");
    (bench.options?.(command) ?? command).action((options: BenchOptions) => measure(bench, options));
  }
  await program.parseAsync();
}

async function measure(bench: Bench, options: BenchOptions): Promise<void> {
  const json = options["json"] === true;
  const named = options["data"] as string | undefined;
  const dataDir = named === undefined ? mkdtempSync(join(tmpdir(), `ballast-bench-${bench.name}-`)) : resolve(named);
  mkdirSync(dataDir, { recursive: true });
  const loadBefore = loadNow();
  const at = new Date().toISOString();
  const report = await bench
    .run(options, { dataDir, say: (line) => process.stderr.write(`${line}\n`) })
    .catch((error: Error) => {
      // What was asked for cannot be: nothing has run, there is nothing to look at.
      if (!(error instanceof RangeError)) error.message += `; data and logs are in ${dataDir}`;
      throw error;
    });
  const around = {
    bench: bench.name,
    command: `npm run bench -- ${process.argv.slice(2).join(" ")}`,
    at,
    machine: machine(),
    loadBefore,
    loadAfter: loadNow(),
  };
  process.stdout.write(`${json ? JSON.stringify(reportJson(report, around)) : reportText(report, around)}\n`);
  if (named === undefined) rmSync(dataDir, { recursive: true, force: true });
}

await main().catch((error: unknown) => {
  process.stderr.write(`bench: ${process.env["BALLAST_DEBUG"] ? (error as Error).stack : (error as Error).message}\n`);
  process.exitCode = 1;
});
