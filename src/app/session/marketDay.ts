import { dayEnd, dayStart } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { covers } from "../../domain/units/effectiveDates.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { postgresJournal } from "../../adapters/postgres/journal.ts";
import type { StoredSettlement } from "../../ports/journalStore.ts";
import type { StatementRecord } from "../../ports/statementStore.ts";
import { workflowIds } from "../../../workflows/contracts.ts";
import type { issueStatement, settleDay } from "../../../workflows/index.ts";
import { throughOutages } from "../worker/outages.ts";
import { awaitIdle } from "../worker/siteGateway.ts";
import { closedRunExported } from "./closedRunExported.ts";
import type { System } from "../system/system.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";

/** Sorts after every other key: at one instant the script acts last. */
const SCRIPT = "~script";
const SETTLE_AFTER_SECONDS = 300;
const ISSUE_AFTER_SECONDS = 600;
/** Corrections published within this time after midnight still reach the day. */
const END_AFTER_SECONDS = 2_400;
/** The settlement workflow stays open for corrections, real seconds. */
const OPEN_SECONDS = 86_400;

/** Something that happens at a market instant, e.g. an operator's order. The clock stands while it does. */
export interface ScriptedAction {
  readonly at: Instant;
  readonly act: () => Promise<void>;
}

export interface MarketDayResult {
  readonly settlement: StoredSettlement;
  /** Version as first settled; the same as `settlement` when no correction came. */
  readonly first: StoredSettlement;
  readonly statements: readonly StatementRecord[];
}

/**
 * When the clock of one operating day starts: a little before midnight, so that the day's first interval is known in
 * full.
 */
export function marketStart(day: OperatingDay): Instant {
  return addSeconds(dayStart(day), -600);
}

/**
 * Let one operating day go by, settle it, issue a statement to every client, and take up what is corrected in the hour
 * after. Called again for a day under way, by a launcher that took over from one that was killed, it goes on where that
 * one was.
 * @throws Error when a day or its settlement is missing at the end.
 */
export async function runMarketDay(
  run: System,
  day: OperatingDay,
  options: { readonly actions?: readonly ScriptedAction[]; readonly onSettled?: () => Promise<void> } = {},
): Promise<MarketDayResult> {
  const { client, clock, deployment } = run;
  const { siteId } = deployment.plan;
  const until = (at: Instant): Promise<Instant> => Promise.race([clock.waitUntil(SCRIPT, at), run.stack.failure]);
  for (const action of [...(options.actions ?? [])].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    // The clock stands at an action until it is done: one whose instant has passed was done by the launcher before.
    if ((await until(action.at)) === action.at) await action.act();
  }
  await until(addSeconds(dayEnd(day), SETTLE_AFTER_SECONDS));
  await throughOutages(() =>
    client.workflow.start<typeof settleDay>("settleDay", {
      workflowId: workflowIds.settlement(siteId, day),
      workflowIdConflictPolicy: "USE_EXISTING",
      taskQueue: taskQueueOf(siteId),
      args: [{ siteId, operatingDay: day, openSeconds: OPEN_SECONDS }],
    }),
  );
  await awaitIdle(client, workflowIds.settlement(siteId, day));
  await options.onSettled?.();
  await until(addSeconds(dayEnd(day), ISSUE_AFTER_SECONDS));
  const period = { from: day, to: day };
  const contractIds = [
    ...new Set(deployment.contracts.filter((contract) => covers(contract, day)).map((contract) => contract.contractId)),
  ];
  for (const contractId of contractIds) {
    await throughOutages(() =>
      client.workflow.execute<typeof issueStatement>("issueStatement", {
        workflowId: workflowIds.statement(siteId, contractId, period),
        workflowIdConflictPolicy: "USE_EXISTING",
        taskQueue: taskQueueOf(siteId),
        args: [{ siteId, contractId, period }],
      }),
    );
  }
  await until(addSeconds(dayEnd(day), END_AFTER_SECONDS));
  await throughOutages(() => closedRunExported(run));
  const journal = postgresJournal(run.pool);
  return throughOutages(async () => {
    const first = await journal.settlement(siteId, day, 1);
    const settlement = await journal.settlement(siteId, day);
    if (!first || !settlement) throw new Error(`Day ${day} of ${siteId} was not settled.`);
    return { first, settlement, statements: await journal.statements(siteId) };
  });
}
