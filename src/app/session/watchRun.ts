import pc from "picocolors";
import { type Pool, query } from "../../adapters/postgres/pool.ts";
import type { DecisionRecord, SitePlan } from "../../domain/decision/model.ts";
import { centralWall } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { isOutage } from "../worker/outages.ts";

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
      print(
        `${stamp}  ${priceText(record)}  ${gridText(record)}  grid condition: ${lastGrid} → ${record.input.grid.level}`,
      );
      lastGrid = record.input.grid.level;
    }
    if (isTimeForALine(record))
      print(pc.dim(`${stamp}  ${priceText(record)}  ${gridText(record)}  ${await powerText(record)}`));
    await showReasons(stamp, record);
    if (!record.output.changes) return;
    print(`${stamp}  ${priceText(record)}  ${gridText(record)}  ${pc.bold(record.output.sentence)}`);
    for (const cohort of record.output.cohorts) {
      if (cohort.modeId !== cohort.fromModeId)
        print(`${" ".repeat(7)}${arrow(cohort.fromModeId, cohort.modeId)} ${cohort.sentence}`);
    }
  }

  /** A line a quarter hour while anything is curtailed, else one an hour. */
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
        print(pc.dim(`${stamp}  ${" ".repeat(24)}${cohortId} stays ${modeId}: ${before} → ${reason}`));
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
      const mark =
        row.outcome === "confirmed" ? pc.green("✓") : row.outcome === "superseded" ? pc.dim("·") : pc.red("!");
      print(`${hhmm(row.closed_at.toISOString() as Instant)}  ${" ".repeat(21)}${mark} meter: ${row.sentence}`);
    }
  }

  async function powerText(record: DecisionRecord): Promise<string> {
    const [row] = await query<{ power_kw: number | null }>(
      pool,
      `SELECT power_kw FROM meter_register WHERE site_id = $1 AND meter_id = $3 AND boundary_at <= $2 ORDER BY ` +
        `boundary_at DESC LIMIT 1`,
      [plan.siteId, record.input.asOf, siteMeterId],
    );
    const [first, ...others] = record.output.cohorts;
    const isOne = first !== undefined && others.every((cohort) => cohort.modeId === first.modeId);
    const modes = isOne
      ? `all ${first.modeId}`
      : record.output.cohorts.map((cohort) => `${cohort.cohortId} ${cohort.modeId}`).join(", ");
    const kw = row?.power_kw;
    const meter =
      kw === null || kw === undefined
        ? "no reading of the site meter"
        : `${kw.toFixed(0).padStart(5)} kW at the site meter`;
    return `${meter}  (${modes})`;
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

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}

function priceText(record: DecisionRecord): string {
  const price = record.output.expectedPrice?.expectedUsdPerMwh;
  const text = price === undefined ? "no price" : `${price.toFixed(2)} $/MWh`;
  const padded = text.padStart(14);
  return price !== undefined && price > 1_000
    ? pc.red(padded)
    : price !== undefined && price > 75
      ? pc.yellow(padded)
      : padded;
}

function gridText(record: DecisionRecord): string {
  const { level, assumed } = record.input.grid;
  const text = (assumed ? `${level}*` : level).padEnd(7);
  return level.startsWith("eea") ? pc.bgRed(pc.white(text)) : text;
}

function arrow(from: string, to: string): string {
  if (to === "off") return pc.red("▼");
  return from === "off" ? pc.green("▲") : pc.yellow("↕");
}
