import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigProblem } from "../../config/index.ts";
import type { CheckedSite } from "../worker/loadBook.ts";
import { sameValue } from "../../domain/units/sameValue.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { AppCommand } from "./command.ts";

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
  {"ok": true, "warnings": [...], "site": {...}}, and for a book "sites": [...] and its operators

Exit codes: 0 no problem (warnings or none); 1 problems, and with --strict warnings too; 2 the file cannot be read.

Examples:
  ballast check config/example-site.yaml
  ballast check config/example-site.yaml --on 2026-08-18
  ballast check config/book
  ballast check config/ingress/ingress.yaml
  ballast check site.yaml --json`;

/** `ballast check`: validates a site's configuration. */
export const checkCommand = {
  name: "check",
  summary: "check the configuration of a site or a book and sum it up",
  description:
    "Checks a site's configuration file, or each site of a book and the book's own rules: every key, every " +
    "reference, every limit. So it does with the file of `ballast ingress`.",
  arguments: [
    { name: "<config>", what: "a site's configuration, YAML, the folder of a book, or the file of `ballast ingress`" },
  ],
  options: [
    {
      flags: "--on <day>",
      what: "operating day whose contracts and constants count, YYYY-MM-DD (default: today, Central)",
    },
    { flags: "--strict", what: "treat warnings as problems" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast check config/example-site.yaml" }],
  run: check,
} satisfies AppCommand;

async function check(path: string, { on, strict = false, json = false }: CheckOptions): Promise<void> {
  const { isBook } = await import("../../config/book.ts");
  const { rightsText } = await import("../operator/bookOperators.ts");
  const { checkBook, operatorsOfBook } = await import("../worker/loadBook.ts");
  const { dayToCheck, siteSummary, siteSummaryText } = await import("../status/siteSummary.ts");
  if (!isBook(path)) mustBeReadable(path);
  const { isIngress } = await import("../../config/index.ts");
  if (!isBook(path) && isIngress(path)) return checkIngress(path, json);
  const day = dayToCheck(on);
  const checked = checkBook(path, day).map((site) => (strict ? strictly(site) : site));
  const problems = each(checked.flatMap((site) => site.problems));
  const warnings = each(checked.flatMap((site) => site.warnings));
  if (problems.length > 0) process.exitCode = ExitCode.no;
  const sites = checked.flatMap((site) => (site.problems.length === 0 ? [siteSummary(resolve(site.file), day)] : []));
  const operators = isBook(path) && problems.length === 0 ? (operatorsOfBook(path) ?? []) : [];
  if (json) {
    const one = isBook(path) ? { sites, operators } : { site: sites[0] };
    console.log(
      JSON.stringify(problems.length > 0 ? { ok: false, problems, warnings } : { ok: true, warnings, ...one }),
    );
    return;
  }
  if (problems.length === 0 || isBook(path)) process.stdout.write(sites.map(siteSummaryText).join("\n"));
  for (const { actor, ...may } of operators) console.log(`operator ${actor}: ${rightsText(may)}`);
  // last, where they are seen: the sum of a book is longer than a window
  for (const line of [...warnings.map(warningLine), ...problems.map(problemLine)]) console.log(line);
  if (problems.length > 0)
    process.stderr.write(`ballast: ${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${path}\n`);
}

/** The doors for instructions: who may instruct what, once every key of theirs is read. */
async function checkIngress(path: string, json: boolean): Promise<void> {
  const { ConfigError, readIngress } = await import("../../config/index.ts");
  const { readIssuers } = await import("../ingress/issuers.ts");
  let problems: readonly ConfigProblem[] = [];
  const issuers = [];
  try {
    for (const { sender, keys, certificates } of readIssuers(readIngress(path)))
      issuers.push({
        issuer: sender.issuer,
        products: sender.products,
        mayStop: sender.mayStop === true,
        mayStartAgain: sender.mayStartAgain === true,
        sites: sender.sites,
        keys: keys.size + certificates.size,
      });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems = error.problems;
    process.exitCode = ExitCode.no;
  }
  if (json) {
    console.log(
      JSON.stringify(problems.length > 0 ? { ok: false, problems, warnings: [] } : { ok: true, warnings: [], issuers }),
    );
    return;
  }
  for (const { issuer, products = [], mayStop, mayStartAgain, sites = [], keys } of issuers) {
    const may = [...products, ...(mayStop ? ["safety stops"] : []), ...(mayStartAgain ? ["their end"] : [])];
    console.log(
      `issuer ${issuer}: ${may.join(", ")} at ${sites.join(", ")}, known by ${keys} key${keys === 1 ? "" : "s"}`,
    );
  }
  for (const line of problems.map(problemLine)) console.log(line);
}

function strictly(site: CheckedSite): CheckedSite {
  return { ...site, problems: [...site.problems, ...site.warnings], warnings: [] };
}

/** Each once: sites that name one file have its problems in common. */
function each(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.filter((one, index) => problems.findIndex((other) => sameValue(other, one)) === index);
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
