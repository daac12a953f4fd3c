import pc from "picocolors";
import { instantOf, type Pool, query } from "../../adapters/postgres/pool.ts";
import type { DecisionRecord, SitePlan } from "../../domain/decision/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { isOutage } from "../worker/outages.ts";
import { ASSUMED_LEGEND, type BoundaryReading, hhmm, lineStart, quarterHourText, verdictLine } from "./runLines.ts";

/** Real milliseconds between two looks at the ledger. */
const LOOK_EVERY_MS = 250;

/**
 * Prints what a running site does, as it happens: decisions that change something, verdicts from the meter, and a line
 * a quarter hour. Reads committed rows only. Call the returned function to stop.
 */
export function watchRun(
  pool: Pool,
  plan: SitePlan,
  siteMeterId: string,
  print: (line: string) => void,
): () => Promise<void> {
  let lastSequence = 0;
  let lastVerdict = 0;
  let lastLine = "";
  let lastGrid = "unknown";
  const reasons = new Map<string, string>();
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const rows = await query<{ record: DecisionRecord }>(
      pool,
      `SELECT record FROM decision WHERE site_id = $1 AND sequence > $2 ORDER BY sequence`,
      [plan.siteId, lastSequence],
    );
    for (const { record } of rows) {
      lastSequence = record.sequence;
      await showVerdicts(record.input.asOf);
      await showDecision(record);
    }
    await showVerdicts(undefined);
  }

  async function showDecision(record: DecisionRecord): Promise<void> {
    const stamp = hhmm(record.input.asOf);
    if (record.input.grid.level !== lastGrid) {
      print(`${lineStart(record)}  grid condition: ${lastGrid} → ${record.input.grid.level}`);
      if (record.input.grid.assumed && lastGrid === "unknown") print(pc.dim(ASSUMED_LEGEND));
      lastGrid = record.input.grid.level;
    }
    if (isTimeForALine(record))
      print(pc.dim(`${lineStart(record)}  ${quarterHourText(record, await meterAt(record.input.asOf))}`));
    await showReasons(stamp, record);
    if (!record.output.changes) return;
    print(`${lineStart(record)}  ${pc.bold(record.output.sentence)}`);
    for (const cohort of record.output.cohorts) {
      if (cohort.modeId !== cohort.fromModeId)
        print(`${" ".repeat(7)}${arrow(cohort.fromModeId, cohort.modeId)} ${cohort.sentence}`);
    }
  }

  /** A line a quarter hour while anything is ordered down, else one an hour. */
  function isTimeForALine({ input, output }: DecisionRecord): boolean {
    const quiet = output.cohorts.every((cohort) => cohort.curtailedKw === 0);
    const due = quiet ? input.intervalKey.split("/").slice(0, 2).join("/") : input.intervalKey;
    if (due === lastLine) return false;
    lastLine = due;
    return true;
  }

  /** A cohort that stays down for another reason than before: the megawatts change their owner. */
  async function showReasons(stamp: string, { output }: DecisionRecord): Promise<void> {
    for (const { cohortId, reason, curtailedKw, modeId, fromModeId } of output.cohorts) {
      const before = reasons.get(cohortId);
      reasons.set(cohortId, reason);
      if (before !== undefined && before !== reason && curtailedKw > 0 && modeId === fromModeId)
        print(pc.dim(`${stamp}  ${" ".repeat(24)}${cohortId} to stay ${modeId}: ${before} → ${reason}`));
    }
  }

  async function showVerdicts(before: Instant | undefined): Promise<void> {
    const rows = await query<{ revision: string; outcome: string; sentence: string; closed_at: Date }>(
      pool,
      `SELECT revision, outcome, sentence, closed_at FROM response_verdict WHERE site_id = $1 AND revision > $2 ` +
        `AND ($3::timestamptz IS NULL OR closed_at <= $3) ORDER BY revision`,
      [plan.siteId, lastVerdict, before ?? null],
    );
    for (const row of rows) {
      lastVerdict = Number(row.revision);
      print(verdictLine({ ...row, revision: lastVerdict, closedAt: instantOf(row.closed_at) }));
    }
  }

  async function meterAt(at: Instant): Promise<BoundaryReading | undefined> {
    const [row] = await query<{ read_at: Date; power_kw: number | null; quality: string }>(
      pool,
      `SELECT read_at, power_kw, quality FROM meter_register WHERE site_id = $1 AND meter_id = $3 AND boundary_at <= ` +
        `$2 ORDER BY boundary_at DESC LIMIT 1`,
      [plan.siteId, at, siteMeterId],
    );
    return row && { readAt: instantOf(row.read_at), powerKw: row.power_kw ?? undefined, quality: row.quality };
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      await look().catch(unlessOutage);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    await look().catch(unlessOutage);
  }
  looking = loop();
  return async () => {
    stopped = true;
    await looking;
  };
}

/** A database that is away for now is looked at again. */
function unlessOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}

function arrow(from: string, to: string): string {
  if (to === "off") return pc.red("▼");
  return from === "off" ? pc.green("▲") : pc.yellow("↕");
}
