import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleSpec } from "@temporalio/client";
import type { CloseInput } from "../../../workflows/contracts.ts";
import type { Deployment } from "../worker/deployment.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";

/**
 * 06:20 UTC is 00:20 or 01:20 Central: midnight has passed on every day of the year, the clock-change days included.
 */
const DAILY: ScheduleSpec = { calendars: [{ hour: 6, minute: 20 }], timezone: "UTC" };
/** On the 7th ERCOT's initial statements of the month before are out. */
const MONTHLY: ScheduleSpec = { calendars: [{ dayOfMonth: 7, hour: 15 }], timezone: "UTC" };
/** A start missed while everything was down is made up for within this time. */
const CATCHUP_WINDOW = "30 days";

export const scheduleIds = {
  daily: (siteId: string): string => `close-day/${siteId}`,
  monthly: (siteId: string): string => `close-month/${siteId}`,
};

/**
 * The schedules that settle each operating day and state each month of a site; those that exist take the present
 * contracts.
 */
export async function ensureSchedules(
  client: Client,
  bookId: string,
  { plan: { siteId }, contracts }: Deployment,
): Promise<void> {
  const taskQueue = taskQueueOf(bookId);
  const input: CloseInput = {
    siteId,
    contracts: contracts.map(({ contractId, effectiveFrom, effectiveTo }) => ({
      contractId,
      effectiveFrom,
      effectiveTo,
    })),
  };
  await ensure(client, scheduleIds.daily(siteId), "closeDay", DAILY, { taskQueue, input });
  await ensure(client, scheduleIds.monthly(siteId), "closeMonth", MONTHLY, { taskQueue, input });
}

async function ensure(
  client: Client,
  scheduleId: string,
  workflowType: "closeDay" | "closeMonth",
  spec: ScheduleSpec,
  { taskQueue, input }: { readonly taskQueue: string; readonly input: CloseInput },
): Promise<void> {
  const action = {
    type: "startWorkflow" as const,
    workflowType,
    workflowId: scheduleId,
    taskQueue,
    args: [input],
  };
  try {
    await client.schedule.create({
      scheduleId,
      spec,
      action,
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, catchupWindow: CATCHUP_WINDOW },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((previous) => ({ ...previous, spec, action }));
  }
}
