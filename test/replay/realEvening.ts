import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { DEMO_DAY, DEMO_SEED, demoPrices, demoScript } from "../../src/app/session/demoDay.ts";
import { auditParsers } from "../../src/app/evidence/auditParsers.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { exportBundle } from "../../src/app/evidence/evidenceBundle.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { type LocalRun, startLocalRun } from "../../src/app/session/localRun.ts";
import { folderSigningKey, SIGNING_KEY_ENV } from "../../src/app/worker/signingKey.ts";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { taskQueueOf } from "../../src/app/worker/workerSettings.ts";
import type { BundleManifest } from "../../src/domain/evidence/model.ts";
import { dayEnd, wallToInstant } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { Parsers } from "../../src/replay/sourceBook.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";

/** The audit bundle of a real session and what its publisher gave the auditor by another way. */
export interface RealEvening {
  readonly bundleDir: string;
  readonly head: string;
  readonly publicKeyPem: string;
  readonly parsers: Parsers;
  /**
   * The same bundle written again: signed by the key that the environment names, and refused with one that is not
   * there.
   */
  readonly byEnvironment: { readonly signature: BundleManifest["signature"]; readonly problem: unknown };
}

/**
 * The demo's evening from 19:35 Central, with six machines: the whole product on real servers and sockets. Curtailed by
 * price and by EEA 2, an operator's order, two more prices, midnight, settlement, and a corrected price as its second
 * version. Starting late leaves the intervals before without a value, so that no statement is issued.
 */
export async function realEvening(dataDir: string): Promise<RealEvening> {
  mkdirSync(dataDir, { recursive: true });
  const deployment = quieter(smallSite({ day: DEMO_DAY, net: await freeNet(), machinesPerCohort: 2 }));
  const run = await startLocalRun({
    dataDir,
    deployment,
    onProgress: () => undefined,
    world: {
      startAt: wallToInstant({ day: DEMO_DAY, time: "19:35:00", repeatedHour: false }),
      speed: null,
      prices: demoPrices(),
      seed: DEMO_SEED,
      ...simulatedSite(deployment),
    },
  });
  try {
    await live(run);
    const bundleDir = join(dataDir, "bundle");
    const { privateKeyFile, publicKeyPem } = folderSigningKey(dataDir);
    const exported = (name: string, options?: { signingKeyFile: string }): Promise<BundleManifest> =>
      exportBundle(join(dataDir, name), run.pool, run.deployment, addSeconds(dayEnd(DEMO_DAY), 2_400), options);
    const { headChainHash } = await exported("bundle", { signingKeyFile: privateKeyFile });
    vi.stubEnv(SIGNING_KEY_ENV, privateKeyFile);
    const { signature } = await exported("by-environment");
    vi.stubEnv(SIGNING_KEY_ENV, `${privateKeyFile}.not`);
    const problem = await exported("refused").catch((error: unknown) => error);
    vi.unstubAllEnvs();
    return {
      bundleDir,
      head: headChainHash,
      publicKeyPem,
      parsers: auditParsers(deployment.plan),
      byEnvironment: { signature, problem },
    };
  } finally {
    await run.stop();
  }
}

/**
 * Without the price dashboard, a cross-check, and with the grid condition every five minutes: a third of the documents.
 */
function quieter(site: Deployment): Deployment {
  const plan = { ...site.plan, staleness: { ...site.plan.staleness, gridConditionSeconds: 1_200 } };
  const feeds = site.feeds
    .filter(({ use }) => use !== "ercot/system-wide-prices")
    .map((feed) =>
      feed.use === "ercot/daily-prc" || feed.use === "ercot/operations-messages"
        ? { ...feed, pollEverySeconds: 300 }
        : feed,
    );
  return { ...site, plan, planHash: planHashOf(plan), feeds };
}

async function live(run: LocalRun): Promise<void> {
  const until = (at: Instant): Promise<Instant> =>
    Promise.race([run.clock.waitUntil("~script", at), run.stack.failure]);
  for (const { at, act } of demoScript(run)) {
    await until(at);
    await act();
  }
  await until(addSeconds(dayEnd(DEMO_DAY), 300));
  const { siteId } = run.deployment.plan;
  const workflowId = workflowIds.settlement(siteId, DEMO_DAY);
  await run.client.workflow.start("settleDay", {
    workflowId,
    taskQueue: taskQueueOf(siteId),
    args: [{ siteId, operatingDay: DEMO_DAY, openSeconds: 86_400 }],
  });
  await awaitIdle(run.client, workflowId);
  await until(addSeconds(dayEnd(DEMO_DAY), 2_400));
}
