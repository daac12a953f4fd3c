import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleSpec } from "@temporalio/client";
import { nextDay, operatingDayOf } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
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
  deployment: Pick<Deployment, "plan" | "contracts">,
  retiredAt?: Instant,
): Promise<void> {
  const taskQueue = taskQueueOf(bookId);
  const { siteId } = deployment.plan;
  const lastDay = retiredAt === undefined ? undefined : operatingDayOf(retiredAt);
  const input = closeInput(deployment, lastDay);
  const ends = lastDay === undefined ? undefined : schedulesEnd(lastDay);
  const [daily, monthly] = [
    { ...DAILY, endAt: ends?.daily },
    { ...MONTHLY, endAt: ends?.monthly },
  ];
  await ensure(client, scheduleIds.daily(siteId), "closeDay", daily, { taskQueue, input });
  await ensure(client, scheduleIds.monthly(siteId), "closeMonth", monthly, { taskQueue, input });
}

/** What the schedules of a site start with; after its last day no contract of it is in force. */
export function closeInput({ plan, contracts }: Pick<Deployment, "plan" | "contracts">, lastDay?: string): CloseInput {
  const inForce = contracts.filter(({ effectiveFrom }) => lastDay === undefined || effectiveFrom <= lastDay);
  return {
    siteId: plan.siteId,
    contracts: inForce.map(({ contractId, effectiveFrom, effectiveTo }) => ({
      contractId,
      effectiveFrom,
      effectiveTo: lastDay !== undefined && (effectiveTo ?? lastDay) >= lastDay ? lastDay : effectiveTo,
    })),
  };
}

/** When the schedules of a site end: a minute after the settlement of its last day, and the statements of its month. */
export function schedulesEnd(lastDay: OperatingDay): { readonly daily: Date; readonly monthly: Date } {
  const [year, month] = [Number(lastDay.slice(0, 4)), Number(lastDay.slice(5, 7))];
  return {
    daily: new Date(`${nextDay(lastDay)}T06:21:00Z`),
    monthly: new Date(Date.UTC(year, month, 7, 15, 1)),
  };
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
