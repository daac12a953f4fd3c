import type { Pool } from "../../adapters/postgres/pool.ts";
import type { DecisionRecord, SitePlan } from "../../domain/decision/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { outputWidth } from "../outputEdge.ts";
import { findRunFolder, readRunFile, siteOf } from "../system/runFolder.ts";
import { awayOr } from "./status.ts";

export interface ShowOptions {
  readonly run?: string;
  readonly json?: boolean;
}

/** What is shown of a decision: an object for scripts, and its text at a width of the terminal. */
export interface Shown {
  readonly json: unknown;
  text(columns: number): string;
}

/**
 * Prints what `show` makes of one decision of a site, the newest or that which stood at a moment, from the run's
 * database alone. @throws CommandError for an unknown site, a text that is no moment, a site that had not decided, or a
 * database that is away
 */
export async function showDecision(
  siteId: string,
  moment: string | undefined,
  options: ShowOptions,
  show: (record: DecisionRecord, plan: SitePlan, pool: Pool) => Promise<Shown>,
): Promise<void> {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const { plan } = siteOf(run, siteId);
  const at = await momentOf(moment);
  const [{ createPool }, { decisionAt }] = await Promise.all([
    import("../../adapters/postgres/pool.ts"),
    import("../../adapters/postgres/decisionRecord.ts"),
  ]);
  const pool = createPool(run.appDatabaseUrl, 1);
  try {
    const record = await decisionAt(pool, plan.siteId, at).catch((error: unknown) => {
      throw awayOr(dir, error);
    });
    if (record === undefined)
      throw new CommandError(
        ExitCode.no,
        `site ${siteId} had not decided yet${moment === undefined ? "" : ` at ${moment}`}`,
      );
    const shown = await show(record, plan, pool);
    process.stdout.write(
      options.json === true ? `${JSON.stringify(shown.json)}\n` : shown.text(outputWidth(process.stdout)),
    );
  } finally {
    await pool.end();
  }
}

async function momentOf(moment: string | undefined): Promise<Instant | undefined> {
  if (moment === undefined) return undefined;
  const { parseInstant, UnitError } = await import("../../domain/units/instant.ts");
  try {
    return parseInstant(moment);
  } catch (cause) {
    if (!(cause instanceof UnitError)) throw cause;
    const expected = "expected an instant with its offset, such as 2026-08-18T21:30-05:00";
    throw new CommandError(ExitCode.unusable, `"${moment}" is no moment; ${expected}`, { cause });
  }
}
