import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nextDay } from "../../domain/market/calendar.ts";
import type { Deployment } from "../worker/deployment.ts";
import { loadDeployment, withoutGridFeed } from "../worker/loadDeployment.ts";
import { gridCondition } from "../../domain/inputs/gridCondition.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { marketSession, type MarketSessionOptions } from "../session/marketSession.ts";
import { feedSource } from "../worker/registries.ts";
import { readRecording, type Recording, RecordingError } from "../../simulators/ercot/recording.ts";
import { outputWidth } from "../outputEdge.ts";
import { replayedLines } from "../session/replayedLines.ts";
import { isWhole, sessionSummary, sessionText } from "../session/sessionSummary.ts";
import { replayedPointType } from "../session/replayedPrices.ts";
import { loadPriceDay, type PriceDay } from "../../simulators/ercot/priceDay.ts";
import { dayArgument } from "./dayArgument.ts";
import { sessionSpeed, speedOption } from "./demo.ts";
import type { AppCommand } from "./command.ts";
import { MARKET_FILE_OPTIONS, type MarketFileOptions, marketFilesOf } from "./marketFileOptions.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SEED = 75;

interface ReplayOptions extends MarketFileOptions {
  readonly lmp?: string;
  readonly spp?: string;
  readonly point?: string;
  readonly pointType?: string;
  readonly day?: string;
  readonly speed: number;
  readonly config: string;
  readonly data: string;
  readonly json?: true;
}

/**
 * `ballast replay-day`: a published ERCOT day through the whole product, against simulated machines and meters. Files
 * that cannot be used and days that cannot be settled are refused before any server starts.
 */
export const replayDayCommand = {
  name: "replay-day",
  summary: "run a published ERCOT day through the whole product",
  description:
    "Serves downloaded ERCOT report files as ERCOT published them and runs the whole product on them: decisions, " +
    "commands to simulated machines, meters, settlement, statement, audit. Such a day has no grid condition: " +
    "normal is assumed, and every record says so. Day-ahead prices and clearing prices for capacity that no file " +
    "has are derived, and their documents are called so. The folder of a recording (`ballast record`) is served " +
    "whole, each document from its publication on, with grid level and messages, to the site of --config at its " +
    "own point.",
  arguments: [{ name: "[folder]", what: "recording that ballast record wrote, in place of the report files" }],
  options: [
    { flags: "--lmp <file>", what: "SCED LMPs: NP6-788 columns or the API's, CSV or .gz" },
    {
      flags: "--spp <file>",
      what: "15-minute settlement point prices: NP6-905 or NP6-785 columns, CSV or .gz",
    },
    { flags: "--point <name>", what: "settlement point, e.g. HB_HOUSTON" },
    { flags: "--day <YYYY-MM-DD>", what: "operating day", parse: dayArgument },
    {
      flags: "--point-type <type>",
      what: "settlement point type, e.g. HU or LZ; else the configuration's at its own point, the files' at another",
    },
    ...MARKET_FILE_OPTIONS,
    speedOption(Number.POSITIVE_INFINITY, "max"),
    {
      flags: "--config <file>",
      what: "site that lives through the day",
      standard: join(ROOT, "config", "replay-k75.yaml"),
    },
    {
      flags: "--data <dir>",
      what: "folder for data, logs and the audit bundle",
      standard: join(ROOT, ".data", "replay"),
    },
    { flags: "--json", what: "one JSON object at the end instead of text" },
  ],
  help:
    "\nExample:\n  ballast replay-day --lmp rt-lmp-sced-5min.HB_HOUSTON.2024.csv.gz \\\n" +
    "    --spp rt-spp-15min.2024-08.csv.gz --point HB_HOUSTON --day 2024-08-20\n" +
    "  ballast replay-day recordings/2026-08-18 --config my-site.yaml\n\n" +
    "Exit codes: 0 the audit holds; 1 it does not, or a statement is refused; 2 a file or the configuration " +
    "cannot be used; 130 Ctrl-C.",
  examples: [
    {
      call:
        "ballast replay-day --lmp sced-lmp.csv --spp settlement-prices.csv \\\n" +
        "    --point HB_HOUSTON --day 2024-08-20",
    },
  ],
  async run(folder: string | undefined, options: ReplayOptions) {
    const print = options.json
      ? (line: string) => process.stderr.write(`${line}\n`)
      : (line: string) => console.log(line);
    const session = await marketSession({
      ...(folder === undefined ? ofFiles(options) : ofRecording(resolve(folder), options)),
      dataDir: resolve(options.data),
      seed: SEED,
      speed: sessionSpeed(options.speed),
      print,
    });
    if (options.json) console.log(JSON.stringify(sessionSummary(session)));
    else console.log(sessionText(session, outputWidth(process.stdout), replayedLines(session)));
    if (!isWhole(session)) process.exitCode = 1;
  },
} satisfies AppCommand;

type Replayed = Pick<MarketSessionOptions, "day" | "deployment" | "prices">;

/** A day by report files. @throws CommandError for an option that lacks, PriceFileError for unusable files */
function ofFiles({ lmp, spp, point, day, pointType, config, ...files }: ReplayOptions): Replayed {
  if (lmp === undefined || spp === undefined || point === undefined || day === undefined)
    throw new CommandError(
      ExitCode.unusable,
      "a day of report files needs --lmp, --spp, --point and --day; else give the folder of a recording",
    );
  const days = [day, nextDay(day)];
  const prices = { lmpPath: resolve(lmp), sppPath: resolve(spp), days, point, ...marketFilesOf(files) };
  const deployment = replayed(loadDeployment(config, day), { point, pointType, day }, loadPriceDay(prices));
  return { day, deployment, prices };
}

/**
 * A recorded day at the site's own point; without a grid feed where the recording holds no grid condition.
 * @throws CommandError for a recording that cannot be used or does not go with an option
 */
function ofRecording(folder: string, { lmp, spp, point, pointType, day, config, ...files }: ReplayOptions): Replayed {
  if ([lmp, spp, point, pointType, day, ...Object.values(marketFilesOf(files))].some((option) => option !== undefined))
    throw new CommandError(ExitCode.unusable, "a recording brings its day and its prices: leave out the other options");
  const { operatingDay, documents } = readable(folder);
  const deployment = loadDeployment(config, operatingDay);
  const hasGrid = deployment.feeds.some(
    (feed) =>
      feedSource(feed).gives === gridCondition.kind &&
      documents.some(({ source }) => source === feedSource(feed).source),
  );
  return {
    day: operatingDay,
    deployment: hasGrid ? deployment : withoutGridFeed(deployment),
    prices: { recorded: folder },
  };
}

function readable(folder: string): Recording {
  try {
    return readRecording(folder);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new CommandError(ExitCode.unusable, error.message, { cause: error });
  }
}

/** The site at the replayed point, without a grid feed. @throws PriceFileError for a day that could not be settled */
function replayed(
  deployment: Deployment,
  { point, pointType, day }: { readonly point: string; readonly pointType?: string; readonly day: string },
  prices: PriceDay,
): Deployment {
  const plan = {
    ...deployment.plan,
    settlementPoint: point,
    settlementPointType: replayedPointType(prices, {
      operatingDay: day,
      settlementPoint: point,
      askedType: pointType,
      configured: deployment.plan,
    }),
  };
  return withoutGridFeed({ ...deployment, plan });
}
