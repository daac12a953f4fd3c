import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { ConfigProblem } from "../../config/index.ts";
import { CommandError, ExitCode } from "../commandError.ts";

interface CheckOptions {
  readonly on?: string;
  readonly json?: boolean;
}

const HELP = `
Prints every problem as  file:line:column key: message (expected ...)  or, when there is none, what the site comes to:
  cohorts with
  their strikes at the configured hashprice, clients with the contracts in force, supply, meters and feeds. Nothing is
  started or connected. --json: {"ok":false,"problems":[{"file","line","column","key","message","expected"}]} or
  {"ok":true,"site":{...}}

Exit codes: 0 fine; 1 problems; 2 the file cannot be read.

Examples:
  ballast check config/example-site.yaml
  ballast check config/example-site.yaml --on 2026-08-18      contracts and market constants of that day
  ballast check site.yaml --json`;

/** `ballast check`: validates a site's configuration. */
export function checkCommand(): Command {
  return new Command("check")
    .summary("check a site's configuration, or sum it up")
    .description("Checks a site's configuration file: every key, every reference, every limit.")
    .argument("<file>", "the configuration, YAML")
    .option("--on <day>", "operating day whose contracts and constants count, YYYY-MM-DD (default: today, Central)")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", HELP)
    .action(check);
}

async function check(file: string, options: CheckOptions): Promise<void> {
  mustBeReadable(file);
  const { checkConfig } = await import("../../config/index.ts");
  const { driverFindings } = await import("../worker/driverFindings.ts");
  const { problems } = checkConfig(file, driverFindings);
  if (problems.length > 0) {
    process.exitCode = ExitCode.no;
    console.log(options.json ? JSON.stringify({ ok: false, problems }) : problems.map(problemLine).join("\n"));
    if (!options.json)
      process.stderr.write(
        `ballast: ${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${file}\n`,
      );
    return;
  }
  const { siteSummary, siteSummaryText } = await import("../status/siteSummary.ts");
  const summary = siteSummary(resolve(file), options.on);
  process.stdout.write(options.json ? `${JSON.stringify({ ok: true, site: summary })}\n` : siteSummaryText(summary));
}

function problemLine({ file, line, column, key, message, expected }: ConfigProblem): string {
  return `${file}:${line}:${column} ${key === "" ? "" : `${key}: `}${message} (expected ${expected})`;
}

function mustBeReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new CommandError(
      ExitCode.unusable,
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); expected a site's configuration such as ` +
        `config/example-site.yaml`,
      { cause },
    );
  }
  if (!statSync(file).isFile())
    throw new CommandError(
      ExitCode.unusable,
      `${file} is no file; expected a site's configuration such as config/example-site.yaml`,
    );
}
