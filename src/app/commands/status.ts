import { setTimeout as pause } from "node:timers/promises";
import { InvalidArgumentError } from "commander";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { ArchiveNow } from "../../readModels/archiveNow.ts";
import type { SiteRecords } from "../../ports/siteRecords.ts";
import { CommandError } from "../commandError.ts";
import type { Book } from "../worker/book.ts";
import type { Deployment } from "../worker/deployment.ts";
import type { UnservedSite } from "../worker/siteBook.ts";
import { outputWidth } from "../outputEdge.ts";
import { findRunFolder, readRunFile, runHasEnded, siteOf } from "../system/runFolder.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";

interface StatusOptions {
  readonly run?: string;
  readonly site?: string;
  readonly stragglers?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly every: number;
}

const CLEAR_SCREEN = "\u001b[H\u001b[2J\u001b[3J";

const HELP = `
Prints first what holds machines down until a person lets go: involuntary trips and safety stops, each with the
  command that ends it. Then, for one market instant: the expected settlement price of the interval with its fixed
  share and bounds, and the newest SCED run with its age; the grid level and its age; the last decision and why;
  what is ordered, how many machines acknowledged it and were read back so, and what the site meter shows, each with
  its age; the meter's last verdict; what is silent, frozen, ordered or refused, and by whom; each cohort's mode and
  since when, with the strike (breakeven) and thresholds of each step; when the site looks next; which builds have
  open runs.

  Power ordered is what the site draws if every machine follows; only the meter says what it does draw.
  --watch shows as much of it as the window holds, the most urgent first.
  --stragglers lists machines that did not follow and wait for a person: machine, host, cohort, wanted mode, state,
  last outcome, since when, and why.

It only reads the run's database: it needs no key and disturbs nothing. With --json each look is one JSON object, with
  powers in kW, a line for each site.

Exit codes: 0 shown; 2 no such site; 3 the run belongs to another account; 4 no stack runs.

Examples:
  ballast status
  ballast status --watch
  ballast status --stragglers --run .data/demo
  ballast status --json | jq .price.expectedUsdPerMwh`;

/** `ballast status`: one site now, or all of a book. */
export const statusCommand = {
  name: "status",
  summary: "price, strikes, power, orders and reasons, now",
  description: "Shows one site of a running stack as it is now, and why; of a book every site, one after the other.",
  options: [
    { flags: "--stragglers", what: "the machines that did not follow their order" },
    { flags: "--watch", what: "show it again and again, until Ctrl-C" },
    {
      flags: "--every <seconds>",
      what: "real seconds between two looks of --watch",
      parse: positiveNumber,
      standard: 2,
    },
    RUN_OPTION,
    { flags: "--site <id>", what: "one site, when the run has several" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast status --watch", what: "price, strikes, power, orders and reasons, now" }],
  run: status,
} satisfies AppCommand;

async function status(options: StatusOptions): Promise<void> {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const all = options.site === undefined && run.deployments.length > 1;
  const sites = all ? run.deployments : [siteOf(run, options.site)];
  if (!options.json) for (const one of options.site === undefined ? (run.unserved ?? []) : []) say(one);
  const [{ createPool }, { postgresSiteRecords }, { clockOfRun }, { readArchiveNow }] = await Promise.all([
    import("../../adapters/postgres/pool.ts"),
    import("../../adapters/postgres/siteRecords.ts"),
    import("../system/runClock.ts"),
    import("../evidence/readArchiveNow.ts"),
  ]);
  const pool = createPool(run.appDatabaseUrl, 1);
  const records = postgresSiteRecords(pool);
  const clock = clockOfRun(run);
  const archive = async (): Promise<ArchiveNow> => readArchiveNow(pool, run, await clock.now());
  const looks = await Promise.all(
    sites.map((site) =>
      options.stragglers
        ? stragglersLook(site, options, all)
        : siteLook(dir, site, { ...options, retired: run.retired, archive }, sites.length),
    ),
  );
  try {
    do {
      const texts = await Promise.all(looks.map((look) => look(records, clock))).catch((error: unknown) => {
        throw error instanceof CommandError ? error : awayOr(dir, error);
      });
      const text = texts.join(options.json ? "" : "\n");
      process.stdout.write(options.watch && process.stdout.isTTY ? CLEAR_SCREEN + text : text);
      if (options.watch) await pause(options.every * 1000);
    } while (options.watch);
  } finally {
    clock.close();
    await pool.end();
  }
}

/** A site of the book that does not run is named above those that do. */
function say({ siteId, problem }: UnservedSite): void {
  process.stderr.write(`ballast: site ${siteId} does not run: ${problem}\n`);
}

type Look = (records: SiteRecords, clock: MarketClock) => Promise<string>;

async function siteLook(
  dir: string,
  deployment: Deployment,
  { json, watch, retired = [], archive }: StatusOptions & Pick<Book, "retired"> & { archive(): Promise<ArchiveNow> },
  sites: number,
): Promise<Look> {
  const [{ readSiteNow }, { siteViewOf }, { siteNowText }, { readBuildsNow }] = await Promise.all([
    import("../../readModels/siteNow.ts"),
    import("../status/siteView.ts"),
    import("../status/siteNowText.ts"),
    import("../worker/builds/buildsNow.ts"),
  ]);
  const gone = retired.find(({ siteId }) => siteId === deployment.plan.siteId);
  const view = siteViewOf(deployment);
  const site = gone === undefined ? view : { ...view, feeds: new Map(), feedsNotRead: [] };
  return async (records, clock) => {
    const now = {
      ...(await readSiteNow(records, site, clock)),
      builds: readBuildsNow(dir),
      archive: await archive(),
      retired: gone,
    };
    if (json) return `${JSON.stringify(now)}\n`;
    const { rows: height } = process.stdout;
    const rows = watch && height !== undefined ? Math.floor(height / sites) : undefined;
    return siteNowText(now, { columns: outputWidth(process.stdout), rows });
  };
}

async function stragglersLook(deployment: Deployment, { json }: StatusOptions, isOfSeveral: boolean): Promise<Look> {
  const { siteStragglersText, stragglersText } = await import("../status/stragglersText.ts");
  const { siteId } = deployment.plan;
  const hosts = new Map(deployment.machines.map((machine) => [machine.machineId, machine.host]));
  return async (records, clock) => {
    const at = await clock.now();
    const rows = await records.stragglers(siteId);
    if (json)
      return `${JSON.stringify({
        siteId,
        at,
        stragglers: rows.map((row) => ({ ...row, host: hosts.get(row.machineId) })),
      })}\n`;
    const width = { columns: outputWidth(process.stdout) };
    return isOfSeveral
      ? siteStragglersText(siteId, rows, deployment.machines, at, width)
      : stragglersText(rows, deployment.machines, at, width);
  };
}

/**
 * What a look at a run ended with, for a person. The run's servers are gone, or others answer at their ports: the
 * database knows neither the role nor the password.
 */
export function awayOr(dir: string, error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  const strangers = typeof code === "string" && ["28P01", "28000", "3D000"].includes(code);
  return strangers || error instanceof PortUnavailableError ? runHasEnded(dir, error) : error;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`expected a number of seconds above 0, got "${text}".`);
}
