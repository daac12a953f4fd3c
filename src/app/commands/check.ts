import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { ConfigProblem } from "../../config/index.ts";
import { CommandError, ExitCode } from "../commandError.ts";

interface CheckOptions {
  readonly on?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const HELP = `
Prints one line a problem, as file:line:column key: message (expected ...). With no problem it sums the site up:
  cohorts with their strikes at the configured hashprice, clients with the contracts in force, supply, meters and
  feeds. It starts nothing and connects to nothing. A warning is probably not meant, but a site can run with it.

With --json:
  {"ok": false, "problems": [{"file", "line", "column", "key", "message", "expected"}], "warnings": [...]}
  {"ok": true, "warnings": [...], "site": {...}}

Exit codes: 0 no problem (warnings or none); 1 problems, and with --strict warnings too; 2 the file cannot be read.

Examples:
  ballast check config/example-site.yaml
  ballast check config/example-site.yaml --on 2026-08-18
  ballast check site.yaml --json`;

/** `ballast check`: validates a site's configuration. */
export function checkCommand(): Command {
  return new Command("check")
    .summary("check a site's configuration and sum it up")
    .description("Checks a site's configuration file: every key, every reference, every limit.")
    .argument("<file>", "the configuration, YAML")
    .option("--on <day>", "operating day whose contracts and constants count, YYYY-MM-DD (default: today, Central)")
    .option("--strict", "treat warnings as problems")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", HELP)
    .action(check);
}

async function check(file: string, { on, strict = false, json = false }: CheckOptions): Promise<void> {
  mustBeReadable(file);
  const { checkSiteFile } = await import("../worker/siteFile.ts");
  const { dayToCheck, siteSummary, siteSummaryText } = await import("../status/siteSummary.ts");
  const day = dayToCheck(on);
  const found = checkSiteFile(file, day);
  const problems = strict ? [...found.problems, ...found.warnings] : found.problems;
  const warnings = strict ? [] : found.warnings;
  if (problems.length > 0) {
    process.exitCode = ExitCode.no;
    const lines = [...problems.map(problemLine), ...warnings.map(warningLine)];
    console.log(json ? JSON.stringify({ ok: false, problems, warnings }) : lines.join("\n"));
    if (!json)
      process.stderr.write(
        `ballast: ${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${file}\n`,
      );
    return;
  }
  const summary = siteSummary(resolve(file), day);
  for (const warning of json ? [] : warnings) console.log(warningLine(warning));
  process.stdout.write(json ? `${JSON.stringify({ ok: true, warnings, site: summary })}\n` : siteSummaryText(summary));
}

function warningLine(problem: ConfigProblem): string {
  return `warning  ${problemLine(problem)}`;
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
      `${file} is not a file; expected a site's configuration such as config/example-site.yaml`,
    );
}
