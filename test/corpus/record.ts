import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { exportRun } from "../../src/adapters/temporal/history.ts";
import { buildId } from "../../src/app/buildId.ts";
import { DEMO_DAY, DEMO_SEED, demoPrices, demoScript } from "../../src/app/session/demoDay.ts";
import { type LocalRun, startLocalRun } from "../../src/app/session/localRun.ts";
import { marketStart, runMarketDay } from "../../src/app/session/marketDay.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { taskQueueOf } from "../../src/app/worker/workerSettings.ts";
import { RULE_SET } from "../../src/domain/decision/decide.ts";
import { workflowIds } from "../../workflows/contracts.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import type { Corpus, CorpusHistory } from "./corpus.ts";

/*
 * Records the histories of this release: `node test/corpus/record.ts`, about a minute. The demo's day with three
 * machines on real servers, and the two closing workflows; what has closed is kept as the server's own bytes. The
 * folder of an unreleased version is replaced; one that was released is kept as it is.
 */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
const FOLDER = join(ROOT, "test", "corpus", version);
/** Feeds whose day is short: what the others do is the same workflow. */
const FEEDS = /^feed\/[^/]+\/(registers|hashprice|.*daily-prc|.*prc)/;
const DISPATCHES = 8;

const dataDir = mkdtempSync(join(tmpdir(), "ballast-corpus-"));
const deployment = smallSite({ day: DEMO_DAY, net: await freeNet(), machinesPerCohort: 1 });
const run = await startLocalRun({
  dataDir,
  deployment,
  onProgress: (line) => console.log(line),
  world: {
    startAt: marketStart(DEMO_DAY),
    speed: null,
    prices: demoPrices(),
    seed: DEMO_SEED,
    ...simulatedSite(deployment),
  },
});
try {
  await runMarketDay(run, DEMO_DAY, demoScript(run));
  await closings(run);
  const histories = await closedRuns(run);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { file, bytes } of histories) writeFileSync(join(FOLDER, file), gzipSync(bytes, { level: 9 }));
  const corpus: Corpus = {
    release: version,
    ruleSet: RULE_SET,
    buildId: buildId(),
    histories: histories.map(({ bytes: _, ...history }) => history),
  };
  writeFileSync(join(FOLDER, "corpus.json"), `${JSON.stringify(corpus, null, 1)}\n`);
  for (const { file, workflowType, events, bytes } of histories)
    console.log(
      `${workflowType.padEnd(15)} ${String(events).padStart(5)} events ` +
        `${String(gzipSync(bytes).length).padStart(8)} bytes  ${file}`,
    );
} finally {
  await run.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** The workflows that schedules start, and a settlement that closes by itself. */
async function closings({ client }: LocalRun): Promise<void> {
  const { siteId } = deployment.plan;
  const contracts = deployment.contracts.map(({ contractId, effectiveFrom, effectiveTo }) => ({
    contractId,
    effectiveFrom,
    effectiveTo,
  }));
  for (const type of ["closeDay", "closeMonth"]) {
    await client.workflow.execute(type, {
      workflowId: `${type}/${siteId}`,
      taskQueue: taskQueueOf(siteId),
      args: [{ siteId, contracts }],
    });
  }
  const day = "2026-08-17";
  const workflowId = workflowIds.settlement(siteId, day);
  const settling = await client.workflow.start("settleDay", {
    workflowId,
    taskQueue: taskQueueOf(siteId),
    args: [{ siteId, operatingDay: day, openSeconds: 3 }],
  });
  await settling.signal("settleAgain", { id: "correction", kind: "final", why: "a later statement" });
  await settling.result();
}

async function closedRuns({ client }: LocalRun): Promise<(CorpusHistory & { readonly bytes: Uint8Array })[]> {
  const closed: (CorpusHistory & { readonly bytes: Uint8Array })[] = [];
  const taken = new Map<string, number>();
  const executions = [];
  for await (const execution of client.workflow.list({ query: "ExecutionStatus != 'Running'" }))
    executions.push(execution);
  for (const { type, workflowId, runId, status } of executions.sort(
    (a, b) => a.startTime.getTime() - b.startTime.getTime(),
  )) {
    const count = taken.get(type) ?? 0;
    if (type === "watchFeed" && !FEEDS.test(workflowId)) continue;
    if (type === "dispatchTarget" && count >= DISPATCHES) continue;
    if (status.name === "FAILED") continue;
    taken.set(type, count + 1);
    const exported = await exportRun(client, workflowId, runId);
    closed.push({
      file: `${type}-${count + 1}.json.gz`,
      workflowType: type,
      workflowId,
      runId,
      events: exported.events,
      sha256: exported.digest,
      bytes: exported.bytes,
    });
  }
  return closed;
}
