import { ErcotRequestBudget } from "../../adapters/ercot/requestBudget.ts";
import type { RequestBudget } from "../../ports/requestBudget.ts";

/** The budget of requests to the party at an address; feeds of one origin share one. */
export type BudgetOf = (baseUrl: string | undefined) => RequestBudget | undefined;

/** Budgets of a process, one for each origin that its feeds are read at. */
export function requestBudgets(): BudgetOf {
  const budgets = new Map<string, RequestBudget>();
  return (baseUrl) => {
    if (baseUrl === undefined) return undefined;
    const { origin } = new URL(baseUrl);
    const budget = budgets.get(origin) ?? new ErcotRequestBudget();
    budgets.set(origin, budget);
    return budget;
  };
}
