import type { Deployment } from "./deployment.ts";
import type { ClockSettings } from "./wire.ts";

export const TASK_QUEUE = "ballast";

/**
 * Settings of a worker process, in the JSON file that `BALLAST_WORKER_SETTINGS` names. The database URL, a secret, is
 * in `BALLAST_APP_DATABASE_URL`.
 */
export interface WorkerSettings {
  readonly deployments: readonly Deployment[];
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly clock: ClockSettings;
}
