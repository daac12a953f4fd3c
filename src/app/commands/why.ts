import { CommandError, ExitCode } from "../commandError.ts";
import { outputWidth } from "../outputEdge.ts";
import { findRunFolder, readRunFile, siteOf } from "../system/runFolder.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";
import { awayOr } from "./status.ts";

interface WhyOptions {
  readonly run?: string;
  readonly json?: boolean;
}

const HELP = `
Prints why the site is where it is, from the record of one decision alone: the trips and safety stops that hold it,
  with the command that ends each; what each way to run it would earn by the hour, best first; the whole ladder of
  steps, worst strike first, with what holds each step; and which price or event would change that. Costs are at the
  expected settlement price, adders included, and leave out what a switch costs.

  [at] takes an instant with its offset, such as 2026-08-18T21:30-05:00: the decision that stood then. Without it, the
  newest.

It only reads the run's database: it needs no key and disturbs nothing. With --json it prints one object.

Exit codes: 0 shown; 1 the site had not decided yet; 2 no such site or moment; 3 the run belongs to another account;
  4 no stack runs.

Examples:
  ballast why pecan-draw
  ballast why pecan-draw 2026-08-18T21:30-05:00 --json`;

/** `ballast why`: what was compared, and what would change it. */
export const whyCommand = {
  name: "why",
  summary: "why a site is where it is, and what would change it",
  description: "Shows what one decision compared: alternatives by $/h, the ladder, and what holds each step.",
  arguments: [
    { name: "<site>", what: "the site" },
    { name: "[at]", what: "the moment; the newest decision without it" },
  ],
  options: [RUN_OPTION, { flags: "--json", what: "one JSON object instead of text" }],
  help: HELP,
  examples: [{ call: "ballast why pecan-draw" }],
  run: why,
} satisfies AppCommand;

async function why(siteId: string, moment: string | undefined, options: WhyOptions): Promise<void> {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const { plan } = siteOf(run, siteId);
  const [{ createPool }, { decisionAt }, { whyNow }, { whyText }, { parseInstant, UnitError }] = await Promise.all([
    import("../../adapters/postgres/pool.ts"),
    import("../../adapters/postgres/decisionRecord.ts"),
    import("../../readModels/whyNow.ts"),
    import("../status/whyText.ts"),
    import("../../domain/units/instant.ts"),
  ]);
  const at = (): ReturnType<typeof parseInstant> | undefined => {
    try {
      return moment === undefined ? undefined : parseInstant(moment);
    } catch (cause) {
      if (!(cause instanceof UnitError)) throw cause;
      const expected = "expected an instant with its offset, such as 2026-08-18T21:30-05:00";
      throw new CommandError(ExitCode.unusable, `"${moment}" is no moment; ${expected}`, { cause });
    }
  };
  const asked = at();
  const pool = createPool(run.appDatabaseUrl, 1);
  try {
    const record = await decisionAt(pool, plan.siteId, asked).catch((error: unknown) => {
      throw awayOr(dir, error);
    });
    if (record === undefined)
      throw new CommandError(
        ExitCode.no,
        `site ${siteId} had not decided yet${moment === undefined ? "" : ` at ${moment}`}`,
      );
    const shown = whyNow(record);
    process.stdout.write(
      options.json ? `${JSON.stringify(shown)}\n` : whyText(shown, { columns: outputWidth(process.stdout) }),
    );
  } finally {
    await pool.end();
  }
}
