import { postgresConfigurationOutcomes, whileApplyingAlone } from "../../adapters/postgres/configurationOutcomes.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { ConfigurationOutcomes } from "../../ports/configurationOutcomes.ts";
import { RequestRefusedError } from "../../ports/commands.ts";
import { CommandError, ExitCode, exitCodeOf } from "../commandError.ts";
import { beginApply, concludeApply, hasBegunApply } from "../system/begunApply.ts";
import { deploymentChanges } from "../system/deploymentChanges.ts";
import { readRunFile, siteOf } from "../system/runFolder.ts";
import type { Deployment } from "../worker/deployment.ts";
import type { OperatorLink } from "../worker/siteRequest.ts";
import { sendConfiguration } from "./operatorOrders.ts";

/** What an operator brings to a site, and why. */
export interface AskedApply {
  readonly deployment: Deployment;
  readonly reason: string;
  /** Hears what became of an apply before this one that was cut off. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Applied {
  readonly planHash: string;
  readonly effectiveAt: Instant;
}

/**
 * Brings a deployment to the site that runs in a data folder. The folder keeps it as begun; the worker begins anew with
 * it; the site gets the plan as one recorded update and accepts it in its ledger; then the folder says that it is in
 * force. Cut off anywhere, the next start or apply asks the ledger. One apply runs at a time.
 * @throws what `sendConfiguration` throws, where nothing is applied and never will be; 1 while another apply is
 * under way; 4 when the ledger cannot say what became of it
 */
export async function applyDeployment(dataDir: string, link: OperatorLink, asked: AskedApply): Promise<Applied> {
  const pool = createPool(readRunFile(dataDir).appDatabaseUrl, 2);
  try {
    const outcomes = postgresConfigurationOutcomes(pool);
    const applied = await whileApplyingAlone(pool, () => applyAlone(dataDir, link, outcomes, asked));
    if (applied !== "busy") return applied;
    throw new CommandError(
      ExitCode.no,
      `another apply is under way at site ${link.siteId}: wait until it has ended, and look what it has changed`,
    );
  } finally {
    await pool.end();
  }
}

/** Concludes an apply that was cut off, of whichever site; leaves one that is under way to itself. */
export async function concludeBegun(dataDir: string, say: (line: string) => void): Promise<void> {
  if (!hasBegunApply(dataDir)) return;
  const { appDatabaseUrl, deployments } = readRunFile(dataDir);
  const pool = createPool(appDatabaseUrl, 2);
  try {
    const siteIds = deployments.map(({ plan }) => plan.siteId);
    await whileApplyingAlone(pool, () => concludeApply(dataDir, siteIds, postgresConfigurationOutcomes(pool), say));
  } finally {
    await pool.end();
  }
}

async function applyAlone(
  dataDir: string,
  link: OperatorLink,
  outcomes: ConfigurationOutcomes,
  { deployment, reason, say, signal }: AskedApply,
): Promise<Applied> {
  const { siteId, actor } = link;
  const run = readRunFile(dataDir);
  // what was cut off may have been another site's
  const siteIds = run.deployments.map(({ plan }) => plan.siteId);
  await concludeApply(dataDir, siteIds, outcomes, say);
  const diff = deploymentChanges(siteOf(readRunFile(dataDir), siteId), deployment);
  let begun: { readonly requestId: string; readonly at: Instant } | undefined;
  const begin = (requestId: string, at: Instant): void => {
    begun = { requestId, at };
    beginApply(dataDir, { requestId, actor, at, deployment });
  };
  const { planHash } = deployment;
  const problem = await sendConfiguration(link, { deployment, diff, reason, begin }, signal).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (begun === undefined) throw problem?.error;
  const { requestId, at } = begun;
  // Another answer than the site's may have come first, and an answer may be lost: the ledger knows.
  const outcome = await (async () => {
    await concludeApply(dataDir, [siteId], outcomes, () => undefined);
    return outcomes.settle(siteId, { requestId, planHash }, "withdrawn");
  })().catch((cause: unknown) => {
    throw new CommandError(
      ExitCode.noRun,
      `whether the site has accepted the configuration is not known (${thrownText(cause)}): the next \`ballast ` +
        `start\` or \`ballast apply\` in ${dataDir} finds out and uses it`,
      { cause },
    );
  });
  if (outcome === "accepted") return { planHash, effectiveAt: at };
  throw notApplied(problem?.error);
}

/** A refusal says all there is to say; any other failure leaves open what became of the configuration. */
function notApplied(error: unknown): Error {
  if (error instanceof RequestRefusedError) return error;
  return new CommandError(
    exitCodeOf(error),
    `${thrownText(error)}; the configuration is not applied, and will not be: run \`ballast apply\` again`,
    { cause: error },
  );
}
