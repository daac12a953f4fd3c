import { decisionRecord } from "../../adapters/postgres/decisionRecord.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import type { DecisionRecord } from "../../domain/decision/model.ts";
import { isOutage } from "../worker/outages.ts";
import { wrapText } from "../wrapText.ts";
import { decisionLines } from "./decisionLines.ts";
import type { SiteOfRun } from "./operatorLink.ts";
import type { OrderReceipt } from "./operatorOrders.ts";

const INDENT = 2;

/**
 * Prints the decision that took a request up, and what it means cohort by cohort; with `orderId` only where that order
 * is not followed. The request stands whether or not its record can be read here, so a database that is away is said,
 * not thrown.
 */
export async function sayDecision(
  { plan, appDatabaseUrl }: SiteOfRun,
  { sequence, sentence }: Pick<OrderReceipt, "sequence" | "sentence">,
  orderId?: string,
): Promise<void> {
  say(`decision ${sequence}: ${sentence}`);
  const pool = createPool(appDatabaseUrl, 1);
  try {
    const record = await decisionRecord(pool, plan.siteId, sequence);
    // Where nothing was decided anew, the last decision's words would answer another question.
    if (record?.output.sentence === sentence) sayLines(record);
  } catch (error) {
    if (!isOutage(error)) throw error;
    say("The database does not answer, so what this means for each cohort is not shown.");
  } finally {
    await pool.end();
  }

  function sayLines(record: DecisionRecord): void {
    for (const line of decisionLines(plan, record, orderId)) say(`${" ".repeat(INDENT)}${line}`);
  }
}

/** Prints a line, broken where the terminal ends; what goes on is indented. */
export function say(line: string): void {
  const { columns } = process.stdout;
  console.log(columns === undefined ? line : wrapText(line, columns, INDENT * 2));
}
