import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isInstant, type Instant } from "../../domain/units/instant.ts";
import type { ConfigurationOutcome, ConfigurationOutcomes } from "../../ports/configurationOutcomes.ts";
import type { Deployment } from "../worker/deployment.ts";
import { planHashOf } from "../worker/loadDeployment.ts";
import { readPrivate, writeOwnerOnly } from "../worker/privateFile.ts";
import { readRunFile } from "./runFolder.ts";
import { sameValue } from "../../domain/units/sameValue.ts";

/** A deployment on its way to a site: kept in `applying.json` until it is known what became of it. */
export interface BegunApply {
  /** Id of the update that brings it. */
  readonly requestId: string;
  readonly actor: string;
  /** Market time. */
  readonly at: Instant;
  readonly deployment: Deployment;
}

const RUN = "run.json";
const WORKER = "worker.json";
const APPLYING = "applying.json";

/** Whether an apply was begun in a data folder whose end is not recorded there. */
export function hasBegunApply(dataDir: string): boolean {
  return existsSync(join(dataDir, APPLYING));
}

/**
 * Writes down what is about to be sent to the site, then gives it to the worker, which the site's answer waits for.
 * @throws Error when there is no room; the folder is then as it was, or the apply is one that was never accepted
 */
export function beginApply(dataDir: string, apply: BegunApply): void {
  writeOwnerOnly(join(dataDir, APPLYING), apply);
  giveWorker(dataDir, apply.deployment);
}

/**
 * Makes of a begun apply what the site's ledger says became of it: accepted, the folder says that it is in force;
 * unanswered, it is given up for good, so that the site refuses it from here on, and the worker has what was in force.
 * It may be asked again at any time, also after it was cut off. Returns what became of it, undefined where nothing was
 * begun; `say` hears it in a person's words.
 * @throws PortUnavailableError without database, and CommandError for an unreadable `run.json`; nothing is changed then
 */
export async function concludeApply(
  dataDir: string,
  siteIds: readonly string[],
  outcomes: ConfigurationOutcomes,
  say: (line: string) => void,
): Promise<ConfigurationOutcome | undefined> {
  const path = join(dataDir, APPLYING);
  if (!existsSync(path)) return undefined;
  const run = existsSync(join(dataDir, RUN)) ? readRunFile(dataDir) : undefined;
  const begun = run === undefined ? `there is no ${RUN} beside it` : readBegun(path, siteIds);
  if (run === undefined || typeof begun === "string") {
    const accepted = await Promise.all(siteIds.map(async (siteId) => outcomes.newestAccepted(siteId)));
    renameSync(path, `${path}.unusable`);
    say(`${path} cannot be used (${begun}): it is kept as ${APPLYING}.unusable, and what was in force before it runs`);
    for (const [i, siteId] of siteIds.entries()) {
      const planHash = accepted[i]?.planHash;
      if (planHash === undefined || run?.deployments.some((one) => one.planHash === planHash)) continue;
      say(`Site ${siteId} has accepted plan ${planHash}, which is not what runs: run \`ballast apply\` again`);
    }
    return undefined;
  }
  const { requestId, actor, at, deployment } = begun;
  const { siteId } = deployment.plan;
  const outcome = await outcomes.settle(siteId, { requestId, planHash: deployment.planHash }, "withdrawn");
  const accepted = { ...run, deployments: withDeployment(run.deployments, deployment) };
  if (outcome === "accepted") writeOwnerOnly(join(dataDir, RUN), accepted);
  const inForce = outcome === "accepted" ? deployment : run.deployments.find(({ plan }) => plan.siteId === siteId);
  if (inForce !== undefined) giveWorker(dataDir, inForce);
  rmSync(path, { force: true });
  const what = `An apply of plan ${deployment.planHash} by ${actor} at ${at}`;
  if (outcome === "accepted") say(`${what} was accepted by the site: it is in force`);
  else say(`${what} was begun and not accepted: it is not in force, and will not be; run \`ballast apply\` again`);
  return outcome;
}

/** The worker takes changed settings up with a new process: they are written only where they differ. */
function giveWorker(dataDir: string, deployment: Deployment): void {
  const path = join(dataDir, WORKER);
  if (!existsSync(path)) return;
  const settings = JSON.parse(readFileSync(path, "utf8")) as { readonly deployments?: readonly Deployment[] };
  const given = withDeployment(settings.deployments ?? [], deployment);
  if (sameValue(settings.deployments, given)) return;
  writeOwnerOnly(path, { ...settings, deployments: given });
}

/** The deployments with this one in the place of its site's. */
function withDeployment(deployments: readonly Deployment[], deployment: Deployment): Deployment[] {
  const { siteId } = deployment.plan;
  if (!deployments.some(({ plan }) => plan.siteId === siteId)) return [...deployments, deployment];
  return deployments.map((one) => (one.plan.siteId === siteId ? deployment : one));
}

/** A begun apply of one of these sites, or why the file is none. */
function readBegun(path: string, siteIds: readonly string[]): BegunApply | string {
  try {
    const begun = JSON.parse(readPrivate(path, "begun apply") ?? "") as Partial<BegunApply> | null;
    const { requestId, actor, at, deployment } = begun ?? {};
    if (typeof requestId !== "string" || typeof actor !== "string" || typeof at !== "string" || !isInstant(at))
      return "it does not say who applied what and when";
    const lists = [deployment?.machines, deployment?.meters, deployment?.contracts, deployment?.feeds];
    if (deployment === undefined || !lists.every(Array.isArray)) return "it holds no whole configuration";
    const { siteId } = deployment.plan;
    if (!siteIds.includes(siteId)) return `it is of site ${siteId}, here are ${siteIds.join(", ")}`;
    if (planHashOf(deployment.plan) !== deployment.planHash) return "its plan is not that of its hash";
    return { requestId, actor, at, deployment };
  } catch (error) {
    return error instanceof SyntaxError ? "it is not whole" : (error as Error).message;
  }
}
