import type { Connection } from "@temporalio/client";

/** Histories of closed runs are kept this long by the server, so that an export that fails for weeks loses nothing. */
const RETENTION_DAYS = 90;
const DAY_SECONDS = 86_400;

/** Days for which a namespace keeps closed runs. @throws ServiceError of the client when the server does not answer */
export async function retentionDays(connection: Connection, namespace: string): Promise<number | undefined> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  const seconds = config?.workflowExecutionRetentionTtl?.seconds;
  return seconds === undefined || seconds === null ? undefined : Number(String(seconds)) / DAY_SECONDS;
}

/** Raises the retention of a namespace of our own server, which begins with a day. @throws ServiceError as above */
export async function raiseRetention(connection: Connection, namespace: string): Promise<void> {
  const days = await retentionDays(connection, namespace);
  if (days !== undefined && days >= RETENTION_DAYS) return;
  const seconds = RETENTION_DAYS * DAY_SECONDS;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: { seconds: seconds as never } },
  });
}

/** What to tell a person of a namespace that keeps closed runs too short; undefined when it keeps them long enough. */
export function shortRetention(namespace: string, days: number | undefined): string | undefined {
  if (days !== undefined && days >= RETENTION_DAYS) return undefined;
  const kept = days === undefined ? "an unknown time" : `${days} days`;
  return (
    `WARNING: namespace "${namespace}" keeps closed runs for ${kept}, expected ${RETENTION_DAYS} days at least: one ` +
    `that is not exported by then leaves a gap in the evidence; set it with: temporal operator namespace update ` +
    `--retention ${RETENTION_DAYS}d ${namespace}`
  );
}
