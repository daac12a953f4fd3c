import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { postgresDecisionStore } from "../../adapters/postgres/decisionStore.ts";
import { postgresSiteRecords } from "../../adapters/postgres/siteRecords.ts";
import type { DecisionRecord } from "../../domain/decision/model.ts";
import type { AuditVerdict } from "../../domain/evidence/model.ts";
import { dayEnd } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { addSeconds } from "../../domain/units/instant.ts";
import { auditBundle } from "../../replay/audit.ts";
import { auditParsers } from "../evidence/auditParsers.ts";
import { buildId } from "../buildId.ts";
import type { Deployment } from "../worker/deployment.ts";
import { exportBundle } from "../evidence/evidenceBundle.ts";
import { type LocalRun, startLocalRun } from "./localRun.ts";
import { type MarketDayResult, marketStart, runMarketDay, type ScriptedAction } from "./marketDay.ts";
import { folderSigningKey } from "../worker/signingKey.ts";
import { simulatedSite } from "./simulatedSite.ts";
import type { WorldSettings } from "./world.ts";
import { writeStatements } from "./statementFiles.ts";
import { watchRun } from "./watchRun.ts";
import { siteMeterOf } from "../worker/deployment.ts";

const WORKFLOWS = fileURLToPath(new URL("../../../workflows/index.ts", import.meta.url));

export interface MarketSessionOptions {
  readonly dataDir: string;
  readonly deployment: Deployment;
  readonly day: OperatingDay;
  readonly prices: WorldSettings["prices"];
  readonly speed: number | null;
  readonly paces?: WorldSettings["paces"];
  readonly seed: number;
  readonly faults?: WorldSettings["faults"];
  /** What happens beside the market, once everything runs: an operator's order. */
  readonly script?: (run: LocalRun) => readonly ScriptedAction[];
  /** Lines for a person while the day goes by. */
  readonly print: (line: string) => void;
}

export interface MarketSession extends MarketDayResult {
  readonly decisions: readonly DecisionRecord[];
  /** Folder of the statements: text, lines and intervals of each. */
  readonly statementsDir: string;
  readonly bundleDir: string;
  /** Head of the site's chain of runs, as it was told to the person before the audit. */
  readonly head: string;
  readonly publicKeyFile: string;
  readonly verdict: AuditVerdict;
}

/** One operating day from the first price to the auditor's verdict, against simulated parties, on the paced clock. */
export async function marketSession(options: MarketSessionOptions): Promise<MarketSession> {
  const { dataDir, deployment, day, prices, speed, paces, seed, faults, print } = options;
  const { siteId } = deployment.plan;
  // The same day run again in the same folder is a new run: its papers replace the old run's.
  const bundle = join("bundles", `${siteId}-${day}`);
  const papers = join("statements", `${siteId}-${day}`);
  const [bundleDir, statementsDir] = [join(dataDir, bundle), join(dataDir, papers)];
  const run = await startLocalRun({
    dataDir,
    deployment,
    replaces: [bundle, papers],
    onProgress: print,
    world: { startAt: marketStart(day), speed, paces, prices, seed, faults, ...simulatedSite(deployment) },
  });
  try {
    const stopWatching = watchRun(
      postgresSiteRecords(run.pool),
      deployment.plan,
      siteMeterOf(deployment).meterId,
      print,
    );
    const result = await runMarketDay(run, day, { actions: options.script?.(run) }).finally(stopWatching);
    const decisions = await postgresDecisionStore(run.pool).between(siteId, marketStart(day), dayEnd(day));
    const { privateKeyFile, publicKeyFile, publicKeyPem } = folderSigningKey(dataDir);
    const { headChainHash: head } = await exportBundle(
      bundleDir,
      run.pool,
      run.deployment,
      addSeconds(dayEnd(day), 2_400),
      { signingKeyFile: privateKeyFile },
    );
    print(`Chain head, to publish: ${head}`);
    print("Auditing the day from its bundle, without any server ...");
    const verdict = await auditBundle(bundleDir, {
      workflowsPath: WORKFLOWS,
      parsers: auditParsers(deployment.plan),
      buildId: buildId(),
      head,
      publicKeyPem,
    });
    writeStatements(statementsDir, result.statements);
    return { ...result, decisions, statementsDir, bundleDir, head, publicKeyFile, verdict };
  } finally {
    await run.stop();
  }
}
