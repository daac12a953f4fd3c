import { CommandError, ExitCode } from "../commandError.ts";
import { outputWidth } from "../outputEdge.ts";
import { clockOfRun } from "../system/runClock.ts";
import { findRunFolder, readRunFile, siteOf } from "../system/runFolder.ts";
import { inService } from "../worker/book.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";
import { awayOr } from "./status.ts";

interface FeedsOptions {
  readonly run?: string;
  readonly site?: string;
  readonly json?: boolean;
}

const HELP = `
Prints each source of market data with one word at the left edge, then the age of what it said last by its own stamp,
  the next poll, its last document with when it was published and fetched, and what stands against it.

  fresh     it says what is due
  waiting   a report of one document a day, today's not there and not due yet
  late      it answers, and what it said last is older than its publications are apart; not silent yet
  silent    it answers, and what it said last is older than the site's limit: the site goes by onSilence
  failing   it does not answer, or not with what can be read: since when, how many polls, and why
  unpolled  nobody asks it: the worker is away, or has not begun
  not read  a site lists it and does not read it, and why

A report whose columns have changed says SCHEMA_CHANGED for a week, with what was added, removed and moved: a column
  more is read over; where one is missing that is needed, the documents are kept and refused.

It only reads the run's database: it needs no key and disturbs nothing. With --json it prints one object.

Exit codes: 0 every feed of record speaks; 1 one of them is silent; 2 no such site; 3 the run belongs to another
  account; 4 no stack runs.

Examples:
  ballast feeds
  ballast feeds --json | jq -r '.feeds[] | select(.state != "fresh") | .feedId'`;

/** `ballast feeds`: every source of market data now, and which of them is dead or late. */
export const feedsCommand = {
  name: "feeds",
  summary: "every source of market data: age, last document, last error",
  description: "Shows how each source of market data stands: which speaks, which is late, which does not answer.",
  options: [
    RUN_OPTION,
    { flags: "--site <id>", what: "the feeds of one site, when the run has several" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast feeds", what: "which source is dead, and which is late" }],
  run: feeds,
} satisfies AppCommand;

async function feeds(options: FeedsOptions): Promise<void> {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const sites = options.site === undefined ? inService(run) : [siteOf(run, options.site)];
  const [{ createPool }, { postgresFeedRecords }, { readFeedBoard }, { boardFeedsOf }, { feedBoardText }] =
    await Promise.all([
      import("../../adapters/postgres/pool.ts"),
      import("../../adapters/postgres/feedRecords.ts"),
      import("../../readModels/feedBoard.ts"),
      import("../status/feedBoardView.ts"),
      import("../status/feedBoardText.ts"),
    ]);
  const pool = createPool(run.appDatabaseUrl, 1);
  const clock = clockOfRun(run);
  try {
    const board = await readFeedBoard(postgresFeedRecords(pool), boardFeedsOf(sites), clock).catch((error: unknown) => {
      throw error instanceof CommandError ? error : awayOr(dir, error);
    });
    process.stdout.write(
      options.json ? `${JSON.stringify(board)}\n` : feedBoardText(board, { columns: outputWidth(process.stdout) }),
    );
    if (board.silentOfRecord.length > 0) process.exitCode = ExitCode.no;
  } finally {
    clock.close();
    await pool.end();
  }
}
