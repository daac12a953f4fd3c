import type { BuildsSettings } from "./builds/siteWorker.ts";
import type { Deployment } from "./deployment.ts";
import type { ClockSettings } from "./wire.ts";

/** The task queue of a site: another site's worker on the same namespace never takes its work. */
export function taskQueueOf(siteId: string): string {
  return `ballast/${siteId}`;
}

/**
 * The one site that a worker of the product serves. @throws Error naming the sites when there is not exactly one:
 * prices, feed cursors and meters of two sites would meet in its one database.
 */
export function siteServed(settings: WorkerSettings): Deployment {
  const [deployment, ...others] = settings.deployments;
  if (deployment === undefined || others.length > 0)
    throw new Error(
      `A worker serves one site; its settings name ${settings.deployments.length}: ` +
        `${settings.deployments.map(({ plan }) => plan.siteId).join(", ")}. ` +
        `Start one for each, on a database of its own.`,
    );
  return deployment;
}

/**
 * Settings of a worker process, in the JSON file that `BALLAST_WORKER_SETTINGS` names. The database URL, a secret, is
 * in `BALLAST_APP_DATABASE_URL`.
 */
export interface WorkerSettings {
  readonly deployments: readonly Deployment[];
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly clock: ClockSettings;
  /** Ed25519 private key, PEM: gaps in the evidence are signed with it. */
  readonly signingKeyFile: string;
  /** The public keys of those who may order. */
  readonly operatorsFile: string;
  readonly builds: BuildsSettings;
}
