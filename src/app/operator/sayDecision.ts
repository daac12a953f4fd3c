import { decisionRecord } from "../../adapters/postgres/decisionRecord.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { isOutage } from "../worker/outages.ts";
import { decisionLines } from "./decisionLines.ts";
import type { SiteOfRun } from "./operatorLink.ts";
import type { OrderReceipt } from "./operatorOrders.ts";

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
  console.log(`decision ${sequence}: ${sentence}`);
  const pool = createPool(appDatabaseUrl, 1);
  try {
    const record = await decisionRecord(pool, plan.siteId, sequence);
    // Where nothing was decided anew, the last decision's words would answer another question.
    if (record?.output.sentence !== sentence) return;
    for (const line of decisionLines(plan, record, orderId)) console.log(`  ${line}`);
  } catch (error) {
    if (!isOutage(error)) throw error;
    console.log("The database does not answer, so what this means for each cohort is not shown.");
  } finally {
    await pool.end();
  }
}
