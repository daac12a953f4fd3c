import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nextDay } from "../../domain/market/calendar.ts";
import type { Deployment } from "../worker/deployment.ts";
import { loadDeployment, withoutGridFeed } from "../worker/loadDeployment.ts";
import { marketSession } from "../session/marketSession.ts";
import { outputWidth } from "../outputEdge.ts";
import { replayedLines } from "../session/replayedLines.ts";
import { sessionSummary, sessionText } from "../session/sessionSummary.ts";
import { replayedPointType } from "../session/replayedPrices.ts";
import { loadPriceDay, type PriceDay } from "../../simulators/ercot/priceDay.ts";
import { dayArgument } from "./dayArgument.ts";
import { sessionSpeed, speedOption } from "./demo.ts";
import type { AppCommand } from "./command.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SEED = 75;

interface ReplayOptions {
  readonly lmp: string;
  readonly spp: string;
  readonly point: string;
  readonly pointType?: string;
  readonly day: string;
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
    "normal is assumed, and every record says so.",
  options: [
    { flags: "--lmp <file>", what: "SCED LMPs: NP6-788 columns or the API's, CSV or .gz", isRequired: true },
    {
      flags: "--spp <file>",
      what: "15-minute settlement point prices: NP6-905 or NP6-785 columns, CSV or .gz",
      isRequired: true,
    },
    { flags: "--point <name>", what: "settlement point, e.g. HB_HOUSTON", isRequired: true },
    { flags: "--day <YYYY-MM-DD>", what: "operating day", isRequired: true, parse: dayArgument },
    {
      flags: "--point-type <type>",
      what: "settlement point type, e.g. HU or LZ; else the configuration's at its own point, the files' at another",
    },
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
    "    --spp rt-spp-15min.2024-08.csv.gz --point HB_HOUSTON --day 2024-08-20\n\n" +
    "Exit codes: 0 the audit holds; 1 it does not; 2 a file or the configuration cannot be used; 130 Ctrl-C.",
  examples: [
    {
      call:
        "ballast replay-day --lmp sced-lmp.csv --spp settlement-prices.csv \\\n" +
        "    --point HB_HOUSTON --day 2024-08-20",
    },
  ],
  async run(options: ReplayOptions) {
    const print = options.json
      ? (line: string) => process.stderr.write(`${line}\n`)
      : (line: string) => console.log(line);
    const prices = {
      lmpPath: resolve(options.lmp),
      sppPath: resolve(options.spp),
      days: [options.day, nextDay(options.day)],
      point: options.point,
    };
    const session = await marketSession({
      dataDir: resolve(options.data),
      day: options.day,
      seed: SEED,
      speed: sessionSpeed(options.speed),
      print,
      deployment: replayed(loadDeployment(options.config, options.day), options, loadPriceDay(prices)),
      prices,
    });
    if (options.json) console.log(JSON.stringify(sessionSummary(session)));
    else console.log(sessionText(session, outputWidth(process.stdout), replayedLines(session)));
    if (!session.verdict.ok) process.exitCode = 1;
  },
} satisfies AppCommand;

/** The site at the replayed point, without a grid feed. @throws PriceFileError for a day that could not be settled */
function replayed(deployment: Deployment, { point, pointType, day }: ReplayOptions, prices: PriceDay): Deployment {
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
