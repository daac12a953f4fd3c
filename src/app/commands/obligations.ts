import { clockOfRun } from "../system/runClock.ts";
import { outputWidth } from "../outputEdge.ts";
import { findRunFolder, readRunFile, siteOf } from "../system/runFolder.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";
import { awayOr } from "./status.ts";

interface ObligationsOptions {
  readonly run?: string;
  readonly site?: string;
  readonly json?: boolean;
}

const HELP = `
Prints what the site owes now: each open instruction with what it asks for, its target on the site meter, how far the
  meter is from it, what is left of its clock, and what the clock came to; what could be dropped now if every machine
  follows; safety stops and involuntary trips that stand; and the clocks that ended in the last 24 hours.

  Where the site sells ancillary services: what is sold by service, what of it is deployed, what an hour is worth at the
  newest clearing price for capacity, what can be dropped and what is short, the gates of taking part, and each
  deployment with its performance band, how long it is to hold and by when the load is to be back.

  A clock runs from an instruction's effective moment to its issuer's own time, else that of its product: 30 seconds, 5,
  10 or 30 minutes. 95 % of what was to come off count as there.

It only reads the run's database: it needs no key and disturbs nothing. With --json it prints one object.

Exit codes: 0 shown; 2 no such site; 3 the run belongs to another account; 4 no stack runs.

Example:
  ballast obligations --json | jq '.obligations[].clock.verdict'`;

/** `ballast obligations`: open instructions, their clocks, and the megawatts on the meter. */
export const obligationsCommand = {
  name: "obligations",
  summary: "open instructions, their clocks, MW on the meter",
  description: "Shows the open instructions of a site, their clocks, and what the meter shows against each target.",
  options: [
    RUN_OPTION,
    { flags: "--site <id>", what: "site, when the run has several" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast obligations", what: "what the site owes the grid, and what it delivers" }],
  run: obligations,
} satisfies AppCommand;

async function obligations(options: ObligationsOptions): Promise<void> {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const { plan } = siteOf(run, options.site);
  const [{ createPool }, { obligationsOf }, { obligationsText }] = await Promise.all([
    import("../../adapters/postgres/pool.ts"),
    import("../status/obligationsOf.ts"),
    import("../status/obligationsText.ts"),
  ]);
  const pool = createPool(run.appDatabaseUrl, 1);
  const clock = clockOfRun(run);
  try {
    const now = await obligationsOf(pool, plan, await clock.now());
    process.stdout.write(
      options.json ? `${JSON.stringify(now)}\n` : obligationsText(now, { columns: outputWidth(process.stdout) }),
    );
  } catch (error) {
    throw awayOr(dir, error);
  } finally {
    clock.close();
    await pool.end();
  }
}
