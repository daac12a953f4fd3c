import { existsSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import type { CurveMonth } from "../../domain/decision/fairValueOnCurve.ts";
import type { HashpriceNow } from "../../domain/inputs/hashprice.ts";
import type { KnownNetworks } from "../../domain/inputs/bitcoinNetwork.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { hashpriceProblem } from "../../domain/units/hashprice.ts";
import { type Instant, instantFromMs } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { PriceHistory } from "../status/economicsView.ts";
import type { Deployment } from "../worker/deployment.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";

interface EconomicsOptions {
  readonly run?: string;
  readonly hashprice?: number;
  readonly btc?: number;
  readonly power?: number;
  readonly payback: number;
  readonly curve?: string;
  readonly prices?: string;
  readonly json?: boolean;
}

const HELP = `
Prints what a megawatt earns at a site: the hashprice with what it was made of, the next difficulty and halving; the
  breakeven of each step between modes; for each cohort and for machines of 20, 25 and 30 J/TH the breakeven, the same
  at a hashprice 10 and 20 % lower and higher, what a TH/s may cost to be paid back in time, and what being off above
  the strike was worth by settled prices; what a bitcoin costs: marginal, direct, total, and the cash breakeven.

Of a run it takes the newest decision's hashprice and the settled prices of the last 30 days in its database. Of a
  configuration it takes a constant or a file; else give --hashprice. It starts nothing and asks nobody outside. What is
  not known is left out and named, never counted as 0. With --curve the payback is summed over its months. Costs
  beside power stand under costs in the configuration.

Exit codes: 0 printed; 2 wrong arguments, an unusable file, or no hashprice; 3 the run belongs to another account; 4 no
  stack runs.

Examples:
  ballast economics
  ballast economics config/example-site.yaml --btc 78456 \\
    --prices config/demo/settlement-prices.csv
  ballast economics --json | jq '.cohorts[] | {name, breakevenUsdPerMwh}'`;

/** `ballast economics`: what a megawatt earns, and what a bitcoin costs. */
export const economicsCommand = {
  name: "economics",
  summary: "what a megawatt earns: breakevens, cost of a bitcoin, value of curtailment",
  description: "Shows the economics of a site's machines at its hashprice.",
  arguments: [{ name: "[site]", what: "a site of the run, or a site's configuration file (default: the run's site)" }],
  options: [
    { flags: "--hashprice <usd>", what: "$ per PH/s and day, in place of the site's own", parse: plausibleHashprice },
    { flags: "--btc <usd>", what: "price of a bitcoin, where the hashprice is not made of one", parse: positive },
    { flags: "--power <usd>", what: "price of power, $/MWh with every adder (default: by supply)", parse: positive },
    { flags: "--payback <days>", what: "days in which a machine is to be paid back", parse: positive, standard: 365 },
    { flags: "--curve <file>", what: "hashprice of the months to come, CSV: date (the first), usd_per_ph_day" },
    { flags: "--prices <file>", what: "settled prices as ERCOT publishes them, CSV, in place of the run's" },
    RUN_OPTION,
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast economics", what: "breakevens, cost of a bitcoin, value of curtailment" }],
  run: economics,
} satisfies AppCommand;

/** What is known of a site before anything is computed. */
interface Known {
  readonly deployment: Deployment;
  readonly at: Instant;
  readonly hashprice?: { readonly hashprice: HashpriceNow; readonly hashpriceFrom: string };
  readonly networks?: KnownNetworks["bitcoinNetworks"];
  readonly history?: PriceHistory;
}

async function economics(site: string | undefined, options: EconomicsOptions): Promise<void> {
  const isFile = site !== undefined && (existsSync(site) || /\.ya?ml$/.test(site));
  const known = isFile ? await ofConfiguration(site) : await ofRun(site, options);
  const { deployment, at } = known;
  const given =
    options.hashprice === undefined
      ? known.hashprice
      : { hashprice: { usdPerPhDay: options.hashprice, asOf: at }, hashpriceFrom: "--hashprice" };
  if (given === undefined)
    throw new CommandError(
      ExitCode.unusable,
      `${deployment.plan.siteId} has no hashprice yet: it is made of what its feeds read while it runs; give one ` +
        `with --hashprice, in $ per PH/s and day`,
    );
  const [{ economicsOf }, { economicsText }] = await Promise.all([
    import("../status/economicsView.ts"),
    import("../status/economicsText.ts"),
  ]);
  const history = options.prices === undefined ? known.history : await historyOfFile(options.prices, deployment);
  const found = economicsOf(deployment, {
    at,
    day: operatingDayOf(at),
    ...given,
    networks: known.networks,
    usdPerBtc: options.btc,
    powerUsdPerMwh: options.power,
    paybackDays: options.payback,
    ...(options.curve === undefined ? {} : { curve: await curveOf(options.curve) }),
    history,
  });
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : economicsText(found));
}

async function ofConfiguration(file: string): Promise<Known> {
  const [{ isBook }, { loadDeployment }, { localHashprice }] = await Promise.all([
    import("../../config/book.ts"),
    import("../worker/loadDeployment.ts"),
    import("../status/siteSummary.ts"),
  ]);
  if (isBook(file))
    throw new CommandError(ExitCode.unusable, `${file} is a book of sites; name the file of one of its sites`);
  const at = instantFromMs(Date.now());
  const deployment = loadDeployment(file, operatingDayOf(at));
  const told = localHashprice(deployment.feeds, at);
  if (told === undefined) return { deployment, at };
  return { deployment, at, hashprice: { hashprice: { ...told, asOf: at }, hashpriceFrom: told.source } };
}

async function ofRun(siteId: string | undefined, options: EconomicsOptions): Promise<Known> {
  const { findRunFolder, readRunFile, siteOf } = await import("../system/runFolder.ts");
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const deployment = siteOf(run, siteId);
  const { plan } = deployment;
  const [{ createPool }, { postgresSiteRecords }, { clockOfRun }, { siteViewOf }, { settledHistory }, { awayOr }] =
    await Promise.all([
      import("../../adapters/postgres/pool.ts"),
      import("../../adapters/postgres/siteRecords.ts"),
      import("../system/runClock.ts"),
      import("../status/siteView.ts"),
      import("../status/priceHistory.ts"),
      import("./status.ts"),
    ]);
  const pool = createPool(run.appDatabaseUrl, 1);
  const clock = clockOfRun(run);
  try {
    const { siteMeterId, meterIds, feeds } = siteViewOf(deployment);
    const at = await clock.now();
    const scope = { siteId: plan.siteId, siteMeterId, meterIds, feedIds: [...feeds.keys()] };
    const [{ latest }, history] = await Promise.all([
      postgresSiteRecords(pool).status(scope),
      settledHistory(pool, plan, at),
    ]).catch((error: unknown) => {
      throw error instanceof CommandError ? error : awayOr(dir, error);
    });
    const facts = latest?.input.facts;
    const hashprice = facts?.hashprice;
    const source = hashprice?.madeOf === undefined ? hashprice?.source : "made of its parts";
    const hashpriceFrom = [`decision ${latest?.sequence} of ${latest?.input.asOf}`, source ?? "told"].join(", ");
    return {
      deployment,
      at,
      ...(hashprice === undefined ? {} : { hashprice: { hashprice, hashpriceFrom } }),
      networks: facts?.bitcoinNetworks,
      history,
    };
  } finally {
    clock.close();
    await pool.end();
  }
}

async function historyOfFile(path: string, { plan }: Deployment): Promise<PriceHistory> {
  const { fileHistory } = await import("../status/priceHistory.ts");
  return fileHistory(path, plan);
}

async function curveOf(path: string): Promise<readonly CurveMonth[]> {
  const { curveOfFile } = await import("../status/curveFile.ts");
  return curveOfFile(path);
}

function plausibleHashprice(text: string): number {
  const usdPerPhDay = positive(text);
  const problem = hashpriceProblem(usdPerPhDay);
  if (problem === undefined) return usdPerPhDay;
  throw new InvalidArgumentError(`expected ${problem}`);
}

function positive(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError("expected a number above 0");
}
