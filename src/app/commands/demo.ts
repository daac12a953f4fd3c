import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { wallToInstant } from "../../domain/market/calendar.ts";
import { paperFiles } from "../../domain/statement/paperFiles.ts";
import { renderVerdict } from "../../replay/renderVerdict.ts";
import { DEMO_DAY, DEMO_SEED, demoPrices, demoScript } from "../session/demoDay.ts";
import { loadDeployment } from "../worker/loadDeployment.ts";
import { marketSession } from "../session/marketSession.ts";
import { formatChecks, sessionSummary } from "../session/sessionSummary.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Market seconds per real second while the evening is watched. */
const EVENING_SPEED = 120;

/** `ballast demo`: a synthetic scarcity evening from the first price to three statements and an audit verdict. */
export function demoCommand(): Command {
  return new Command("demo")
    .summary("watch a scarcity evening, read three statements and an audit verdict")
    .description(
      "Runs one synthetic operating day (a scarcity evening with an EEA) against simulated parties on real " +
        "sockets: ERCOT over HTTP, LuxOS miners over TCP,\n" +
        "meters over Modbus/TCP, with a real Temporal server and a real PostgreSQL. The quiet hours pass as fast " +
        "as they can, the evening at --speed.",
    )
    .addOption(speedOption(EVENING_SPEED, `${EVENING_SPEED} in the evening`))
    .option("--short", "the whole day as fast as it goes, for a check by machine", false)
    .option("--yes", "ask nothing (the demo asks nothing today; kept for scripts)", false)
    .option("--data <dir>", "folder for data, logs and the audit bundle", join(ROOT, ".data", "demo"))
    .option("--json", "one JSON object at the end instead of text", false)
    .addHelpText(
      "after",
      "\nExamples:\n  ballast demo                  the evening in about five minutes\n  ballast demo --speed 600  " +
        "    the same evening faster: same decisions, same statements\n  ballast demo --short --json   for a script",
    )
    .action(async (options: { speed: number; short: boolean; data: string; json: boolean }) => {
      const print = options.json
        ? (line: string) => process.stderr.write(`${line}\n`)
        : (line: string) => console.log(line);
      const dataDir = resolve(options.data);
      const evening = options.short ? null : sessionSpeed(options.speed);
      const session = await marketSession({
        dataDir,
        day: DEMO_DAY,
        seed: DEMO_SEED,
        print,
        deployment: loadDeployment(join(ROOT, "config", "example-site.yaml"), DEMO_DAY),
        prices: demoPrices(),
        script: demoScript,
        speed: null,
        paces: [
          { until: wallToInstant({ day: DEMO_DAY, time: "16:30:00", repeatedHour: false }), speed: null },
          { until: wallToInstant({ day: DEMO_DAY, time: "22:00:00", repeatedHour: false }), speed: evening },
        ],
      });
      for (const { statement, text, csv, intervalsCsv, guide } of session.statements) {
        const files = paperFiles(statement.statementId);
        const write = (name: string, paper: string) => writeFileSync(join(dataDir, name), paper, { mode: 0o600 });
        write(files.text, text);
        write(files.csv, csv);
        write(files.intervalsCsv, intervalsCsv);
        if (guide !== undefined) write(files.guide, guide);
      }
      if (options.json) console.log(JSON.stringify(sessionSummary(session)));
      else {
        for (const { text } of session.statements) console.log(`\n${text}`);
        console.log(formatChecks(session));
        console.log(renderVerdict(session.verdict));
        console.log(
          `Statements and audit bundle: ${dataDir}\nAudit it again: bin/ballast audit ${session.bundleDir} --head ` +
            `${session.head} --public-key ${session.publicKeyFile}`,
        );
      }
      if (!session.verdict.ok) process.exitCode = 1;
    });
}

/**
 * The option `--speed`, market seconds per real second; `max` is Infinity, for commander takes null as no value. Its
 * parser throws InvalidArgumentError on other text. @throws nothing itself
 */
export function speedOption(standard: number, standardText: string): Option {
  return new Option("--speed <n>", "market seconds per real second, or max")
    .argParser((text) => {
      const speed = text === "max" ? Number.POSITIVE_INFINITY : Number(text);
      if (speed > 0 && (text === "max" || Number.isFinite(speed))) return speed;
      throw new InvalidArgumentError(`expected a number above 0 or "max", got "${text}".`);
    })
    .default(standard, standardText);
}

/** A speed as a session takes it: null for as fast as it goes. */
export function sessionSpeed(speed: number): number | null {
  return Number.isFinite(speed) ? speed : null;
}
