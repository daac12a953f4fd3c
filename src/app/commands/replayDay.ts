import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { dayStart, intervalStart, nextDay, parseIntervalKey, centralWall } from "../../domain/market/calendar.ts";
import { renderVerdict } from "../../replay/renderVerdict.ts";
import type { Deployment } from "../worker/deployment.ts";
import { loadDeployment, withoutGridFeed } from "../worker/loadDeployment.ts";
import { type MarketSession, marketSession } from "../session/marketSession.ts";
import { formatChecks, sessionSummary, settledAdders, switchesOf } from "../session/sessionSummary.ts";
import { replayedPointType } from "../session/replayedPrices.ts";
import { loadPriceDay, type PriceDay } from "../../simulators/ercot/priceDay.ts";
import { sessionSpeed, speedOption } from "./demo.ts";

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
  readonly json: boolean;
}

/**
 * `ballast replay-day`: a published ERCOT day through the whole product, against simulated machines and meters. Files
 * that cannot be used and days that cannot be settled are refused before any server starts.
 */
export function replayDayCommand(): Command {
  return new Command("replay-day")
    .summary("run a published ERCOT day through the whole product")
    .description(
      "Serves downloaded ERCOT report files as ERCOT would have published them and lets the whole product run on " +
        "them: decisions, commands to simulated machines,\n" +
        "meters, settlement, statement, audit. No grid condition is known for such a day: normal is assumed, and " +
        "every record says so.",
    )
    .requiredOption("--lmp <file>", "SCED LMPs: NP6-788 columns or the API's, CSV or .gz")
    .requiredOption("--spp <file>", "15-minute settlement point prices: NP6-905 or NP6-785 columns, CSV or .gz")
    .requiredOption("--point <name>", "settlement point, e.g. HB_HOUSTON")
    .requiredOption("--day <YYYY-MM-DD>", "operating day", dayArgument)
    .option(
      "--point-type <type>",
      "settlement point type, e.g. HU or LZ; else the configuration's at its own point, the files' at another",
    )
    .addOption(speedOption(Number.POSITIVE_INFINITY, "max"))
    .option("--config <file>", "site that lives through the day", join(ROOT, "config", "replay-k75.yaml"))
    .option("--data <dir>", "folder for data, logs and the audit bundle", join(ROOT, ".data", "replay"))
    .option("--json", "one JSON object at the end instead of text", false)
    .addHelpText(
      "after",
      "\nExample:\n  ballast replay-day --lmp rt-lmp-sced-5min.HB_HOUSTON.2024.csv.gz --spp " +
        "rt-spp-15min.2024-08.csv.gz --point HB_HOUSTON --day 2024-08-20\n\nExit codes: 0 audited clean, 1 the audit " +
        "found a difference, 2 a file or the configuration cannot be used.",
    )
    .action(async (options: ReplayOptions) => {
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
      else printSession(session);
      if (!session.verdict.ok) process.exitCode = 1;
    });
}

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

function printSession(session: MarketSession): void {
  for (const { text } of session.statements) console.log(`\n${text}`);
  console.log("Switches:");
  for (const { cohortId, at, fromModeId, modeId, reason, scedRun } of switchesOf(session.decisions)) {
    console.log(
      `  ${centralWall(at as Parameters<typeof centralWall>[0]).time}  ${cohortId} ${fromModeId} → ${modeId} ` +
        `(${reason}), on the SCED run of ${scedRun ?? "none"}`,
    );
  }
  console.log("Largest settled adders (settlement price less time-weighted LMP):");
  for (const { intervalKey, adderUsdPerMwh } of settledAdders(session.decisions).slice(0, 4)) {
    console.log(
      `  ${centralWall(intervalStart(parseIntervalKey(intervalKey))).time.slice(0, 5)}  ` +
        `${adderUsdPerMwh > 0 ? "+" : "−"}${Math.abs(adderUsdPerMwh).toFixed(2)} $/MWh`,
    );
  }
  console.log(`\n${formatChecks(session)}`);
  console.log(renderVerdict(session.verdict));
  console.log(
    `Audit it again: bin/ballast audit ${session.bundleDir} --head ${session.head} --public-key ` +
      `${session.publicKeyFile}`,
  );
}

function dayArgument(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text))
    throw new InvalidArgumentError(`expected an operating day as YYYY-MM-DD, got "${text}".`);
  try {
    dayStart(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return text;
}
