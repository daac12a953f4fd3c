import { dayEnd, dayStart } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { covers } from "../../domain/units/effectiveDates.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { postgresJournal } from "../../adapters/postgres/journal.ts";
import type { StoredSettlement } from "../../ports/journalStore.ts";
import type { StatementRecord } from "../../ports/statementStore.ts";
import { workflowIds } from "../../../workflows/contracts.ts";
import type { settleDay } from "../../../workflows/index.ts";
import { RequestRefusedError } from "../../ports/commands.ts";
import { issueAgain } from "../operator/tryMoneyAgain.ts";
import { throughOutages } from "../worker/outages.ts";
import { awaitIdle } from "../worker/siteGateway.ts";
import { closedRunExported } from "./closedRunExported.ts";
import type { BookSystem, System } from "../system/system.ts";
import type { Deployment } from "../worker/deployment.ts";
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

/** Says a line of a site to whoever watches the day. */
export type TellWatcher = (siteId: SiteId, line: string) => void;

/** A contract whose statement of the day is refused, and what is open in it. */
export interface UnstatedContract {
  readonly contractId: string;
  readonly why: string;
}

export interface MarketDayResult {
  readonly settlement: StoredSettlement;
  /** Version as first settled; the same as `settlement` when no correction came. */
  readonly first: StoredSettlement;
  readonly statements: readonly StatementRecord[];
  readonly unstated: readonly UnstatedContract[];
}

/**
 * When the clock of one operating day starts: a little before midnight, so that the day's first interval is known in
 * full.
 */
export function marketStart(day: OperatingDay): Instant {
  return addSeconds(dayStart(day), -600);
}

/**
 * Let one operating day go by for every site of a book, settle it, issue a statement to every client, and take up what
 * is corrected in the hour after; results in the order of the book. A statement that is refused, as that of a day whose
 * prices are not all known, keeps nothing else. Called again for a day under way, by a launcher
 * that took over from one that was killed, it goes on where that one was.
 * @throws Error when a day or its settlement is missing at the end.
 */
export async function runBookDay(
  run: BookSystem,
  day: OperatingDay,
  actions: readonly ScriptedAction[] = [],
): Promise<readonly MarketDayResult[]> {
  const { clock, book } = run;
  const until = (at: Instant): Promise<Instant> => Promise.race([clock.waitUntil(SCRIPT, at), run.stack.failure]);
  for (const action of actions.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    // The clock stands at an action until it is done: one whose instant has passed was done by the launcher before.
    if ((await until(action.at)) === action.at) await action.act();
  }
  await until(addSeconds(dayEnd(day), SETTLE_AFTER_SECONDS));
  await Promise.all(book.deployments.map(({ plan }) => settleSite(run, plan.siteId, day)));
  await until(addSeconds(dayEnd(day), ISSUE_AFTER_SECONDS));
  const unstated = await Promise.all(book.deployments.map((deployment) => issueStatements(run, deployment, day)));
  await until(addSeconds(dayEnd(day), END_AFTER_SECONDS));
  return Promise.all(
    book.deployments.map(async ({ plan }, i) => ({
      ...(await resultOf(run, plan.siteId, day)),
      unstated: unstated[i] as readonly UnstatedContract[],
    })),
  );
}

/** The same for a site that runs by itself. @throws Error as `runBookDay` does */
export async function runMarketDay(
  run: System,
  day: OperatingDay,
  actions?: readonly ScriptedAction[],
): Promise<MarketDayResult> {
  return (await runBookDay(run, day, actions))[0] as MarketDayResult;
}

async function settleSite({ client, book }: BookSystem, siteId: string, day: OperatingDay): Promise<void> {
  const workflowId = workflowIds.settlement(siteId, day);
  await throughOutages(() =>
    client.workflow.start<typeof settleDay>("settleDay", {
      workflowId,
      workflowIdConflictPolicy: "USE_EXISTING",
      taskQueue: taskQueueOf(book.bookId),
      args: [{ siteId, operatingDay: day, openSeconds: OPEN_SECONDS }],
    }),
  );
  await awaitIdle(client, workflowId);
}

/** One after another: a statement counts those of its client before it. Returns those that are refused. */
async function issueStatements(
  { client, book }: BookSystem,
  { plan: { siteId }, contracts }: Deployment,
  day: OperatingDay,
): Promise<readonly UnstatedContract[]> {
  const queue = { client, siteId, taskQueue: taskQueueOf(book.bookId) };
  const inForce = contracts.filter((contract) => covers(contract, day));
  const unstated: UnstatedContract[] = [];
  for (const contractId of new Set(inForce.map((contract) => contract.contractId)))
    try {
      await throughOutages(() => issueAgain(queue, { contractId, period: { from: day, to: day } }));
    } catch (error) {
      if (!(error instanceof RequestRefusedError)) throw error;
      unstated.push({ contractId, why: error.message });
    }
  return unstated;
}

async function resultOf(
  run: BookSystem,
  siteId: string,
  day: OperatingDay,
): Promise<Omit<MarketDayResult, "unstated">> {
  await throughOutages(() => closedRunExported(run, siteId));
  const journal = postgresJournal(run.pool);
  return throughOutages(async () => {
    const first = await journal.settlement(siteId, day, 1);
    const settlement = await journal.settlement(siteId, day);
    if (!first || !settlement) throw new Error(`Day ${day} of ${siteId} was not settled.`);
    return { first, settlement, statements: await journal.statements(siteId) };
  });
}
