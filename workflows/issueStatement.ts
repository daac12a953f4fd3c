import { proxyActivities } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import type { IssueStatementInput } from "./contracts.ts";
import { settlementWork } from "./options.ts";

const { issue } = proxyActivities<Activities>(settlementWork);

/** Composes and issues one client's statement for one period, once: asked again, it answers with the same statement. */
export async function issueStatement(
  input: IssueStatementInput,
): Promise<{ readonly statementId: string; readonly totalCents: string }> {
  return issue(input);
}
