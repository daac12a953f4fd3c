import { readFileSync } from "node:fs";
import { configurationActivities } from "../../activities/configuration.ts";
import { postgresConfigurationOutcomes } from "../../src/adapters/postgres/configurationOutcomes.ts";
import type { Pool } from "../../src/adapters/postgres/pool.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import type { WorkerSettings } from "../../src/app/worker/workerSettings.ts";

/**
 * What the site does with a configuration that was sent to it: its worker goes by the settings as they are now.
 * @throws ApplicationFailure where the site refuses it, and Error where its worker does not have it
 */
export async function siteAccepts(
  pool: Pool,
  workerFile: string,
  requestId: string,
  { plan, planHash }: Deployment,
): Promise<void> {
  const { deployments } = JSON.parse(readFileSync(workerFile, "utf8")) as WorkerSettings;
  const { checkConfiguration } = configurationActivities({
    configurations: postgresConfigurationOutcomes(pool),
    book: new Map(deployments.map((one) => [one.plan.siteId, one])),
    log: { info() {}, warn() {}, error() {} },
  });
  const at = "2026-08-18T22:05:11.000Z" as never;
  const sent = { id: requestId, at, effectiveAt: at, plan, planHash, diff: [], actor: "maria", reason: "hall 3" };
  await checkConfiguration(plan.siteId, sent);
}
