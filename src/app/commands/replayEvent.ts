import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nextDay } from "../../domain/market/calendar.ts";
import { loadPriceDay } from "../../simulators/ercot/priceDay.ts";
import { outputWidth } from "../outputEdge.ts";
import { atSettlementPrices, EVENT_SITE, MARKET_EVENTS, marketEvent, withFeedsOf } from "../session/marketEvents.ts";
import { marketSession } from "../session/marketSession.ts";
import { replayedLines } from "../session/replayedLines.ts";
import { replayedPointType } from "../session/replayedPrices.ts";
import { isWhole, sessionSummary, sessionText } from "../session/sessionSummary.ts";
import { loadDeployment } from "../worker/loadDeployment.ts";
import type { AppCommand } from "./command.ts";
import { MARKET_FILE_OPTIONS, type MarketFileOptions, marketFilesOf } from "./marketFileOptions.ts";
import { dayArgument } from "./dayArgument.ts";
import { sessionSpeed, speedOption } from "./demo.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SEED = 75;

interface EventOptions extends MarketFileOptions {
  readonly spp: string;
  readonly day?: string;
  readonly speed: number;
  readonly config: string;
  readonly data: string;
  readonly json?: true;
}

/**
 * `ballast replay-event`: a day of a known emergency through the whole product, with SCED runs and grid levels derived
 * from what is published of it.
 */
export const replayEventCommand = {
  name: "replay-event",
  summary: "run a day of a known emergency through the whole product",
  description:
    "Serves ERCOT's settlement prices of the day, and derives what is not published of it: SCED runs from those " +
    "prices, grid levels from the times at which they were declared. Every record says that they are derived: the " +
    "run shows how the system behaves in such a day, not what it would have earned.",
  arguments: [
    {
      name: "<event>",
      what: MARKET_EVENTS.map(({ name, title }) => `${name} (${title})`).join("; "),
    },
  ],
  options: [
    {
      flags: "--spp <file>",
      what: "15-minute settlement point prices of its days: NP6-905 or NP6-785 columns, CSV or .gz",
      isRequired: true,
    },
    { flags: "--day <YYYY-MM-DD>", what: "another of its days than its first", parse: dayArgument },
    ...MARKET_FILE_OPTIONS,
    speedOption(Number.POSITIVE_INFINITY, "max"),
    { flags: "--config <file>", what: "site that lives through the day", standard: EVENT_SITE },
    {
      flags: "--data <dir>",
      what: "folder for data, logs and the audit bundle",
      standard: join(ROOT, ".data", "event"),
    },
    { flags: "--json", what: "one JSON object at the end instead of text" },
  ],
  help:
    "\nExample:\n  ballast replay-event 2023-09-06 --spp settlement-prices.2023.csv.gz\n\n" +
    "Exit codes: 0 the audit holds; 1 it does not, or a statement is refused; 2 a file or the configuration " +
    "cannot be used; 130 Ctrl-C.",
  examples: [{ call: "ballast replay-event 2023-09-06 --spp settlement-prices.csv" }],
  async run(name: string, options: EventOptions) {
    const print = options.json
      ? (line: string) => process.stderr.write(`${line}\n`)
      : (line: string) => console.log(line);
    const { event, day } = marketEvent(name, options.day);
    const sppPath = resolve(options.spp);
    const files = marketFilesOf(options);
    const deployment = withFeedsOf(atSettlementPrices(loadDeployment(options.config, day), sppPath), files);
    const { settlementPoint, settlementPointType } = deployment.plan;
    const prices = { sppPath, days: [day, nextDay(day)], point: settlementPoint, ...files };
    replayedPointType(loadPriceDay(prices), {
      operatingDay: day,
      settlementPoint,
      askedType: settlementPointType,
      configured: deployment.plan,
    });
    print(`${event.title}. SCED runs and grid levels are derived.`);
    const session = await marketSession({
      dataDir: resolve(options.data),
      day,
      seed: SEED,
      speed: sessionSpeed(options.speed),
      print,
      deployment,
      prices,
    });
    if (options.json) console.log(JSON.stringify(sessionSummary(session)));
    else console.log(sessionText(session, outputWidth(process.stdout), replayedLines(session)));
    if (!isWhole(session)) process.exitCode = 1;
  },
} satisfies AppCommand;
