import type { DecisionRecord, SitePlan } from "../decision/model.ts";
import type { Arrivals } from "./arrivals.ts";
import { canonicalJson } from "./canonicalJson.ts";
import type { AuditFinding } from "./model.ts";

/**
 * Every value that a decision looked at had arrived before it was recorded: prices, adder's settled price, grid condition, hashprice,
 * orders and instructions are those of inputs in the history, and the inputs it names are known. `checked` counts values.
 */
export function checkRecordInputs(record: DecisionRecord, plan: SitePlan, arrivals: Arrivals, where: string): { readonly checked: number; readonly findings: readonly AuditFinding[] } {
  const findings: AuditFinding[] = [];
  let checked = 0;
  const arrived = (what: string, holds: boolean, found: unknown): void => {
    checked++;
    if (!holds) findings.push({ layer: "decisions", where: `${where} input ${what}`, expected: "a value that arrived as an input before the decision", found: canonicalJson(found) });
  };
  const { input } = record;
  for (const id of input.inputIds) {
    // the site's own alarm is a timer of the history, no input
    if (!id.startsWith("wake/")) arrived("inputIds", arrivals.has(id), id);
  }
  for (const run of input.scedRuns) {
    arrived("scedRuns", arrivals.some("sced-lmp", (i) => i.settlementPoint === plan.settlementPoint && i.scedAt === run.scedAt && i.lmpUsdPerMwh === run.lmpUsdPerMwh), run);
  }
  const settled = input.lastSettled;
  if (settled !== undefined) {
    arrived("lastSettled", arrivals.some("settlement-price", (i) => i.settlementPoint === plan.settlementPoint && i.settlementPointType === plan.settlementPointType
      && i.intervalKey === settled.intervalKey && i.priceUsdPerMwh === settled.priceUsdPerMwh), settled);
  }
  arrived("grid", gridHolds(input.grid, plan, arrivals), input.grid);
  const { hashprice } = input;
  if (hashprice !== undefined) arrived("hashprice", arrivals.some("hashprice", (i) => i.usdPerPhDay === hashprice.usdPerPhDay && i.asOf === hashprice.asOf), hashprice);
  for (const order of input.orders) arrived("orders", arrivals.some("order", (i) => canonicalJson(i.order) === canonicalJson(order)), order);
  for (const instruction of input.instructions) {
    arrived("instructions", arrivals.some("instruction", (i) => canonicalJson(i.instruction) === canonicalJson(instruction)), instruction);
  }
  return { checked, findings };
}

function gridHolds(grid: DecisionRecord["input"]["grid"], plan: SitePlan, arrivals: Arrivals): boolean {
  if (grid.assumed) return plan.gridSource === "assumed-normal";
  if (grid.observedAt === undefined) return !arrivals.any("grid-condition");
  return arrivals.some("grid-condition", (i) => i.level === grid.level && i.observedAt === grid.observedAt);
}
