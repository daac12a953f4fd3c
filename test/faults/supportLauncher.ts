// A launcher in a process of its own, for tests that kill it: servers on kept data, Ballast, and one operating day to
// its audit.
// Started again on the same folder it goes on with the day. The world is somebody else's process.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { auditParsers } from "../../src/app/evidence/auditParsers.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { exportBundle } from "../../src/app/evidence/evidenceBundle.ts";
import { demoScript } from "../../src/app/session/demoDay.ts";
import { START_HOLD } from "../../src/app/session/localRun.ts";
import { marketStart, runMarketDay } from "../../src/app/session/marketDay.ts";
import { startLocalStack } from "../../src/app/stack/localStack.ts";
import { startSystem } from "../../src/app/system/system.ts";
import { feedsWaiting } from "../../src/app/system/watches.ts";
import { dayEnd } from "../../src/domain/market/calendar.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import { auditBundle } from "../../src/replay/audit.ts";

const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));

interface LauncherSettings {
  readonly dataDir: string;
  readonly deployment: Deployment;
  readonly clockUrl: string;
  readonly day: string;
  /** Data on disk, so that everything may be killed. */
  readonly keep: boolean;
}

const [settingsFile] = process.argv.slice(2);
if (settingsFile === undefined) throw new Error("usage: node supportLauncher.ts SETTINGS_FILE");
const { dataDir, deployment, clockUrl, day, keep } = JSON.parse(readFileSync(settingsFile, "utf8")) as LauncherSettings;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const stack = await startLocalStack({ dataDir, keep, onProgress: say });
const system = await startSystem({ stack, deployment, clock: { kind: "paced", url: clockUrl } });
const begun = join(dataDir, "begun");
if (!existsSync(begun)) {
  await feedsWaiting(system.book, clockUrl, join(dataDir, "logs"));
  writeFileSync(begun, "Market time goes.\n");
}
await system.clock.release(START_HOLD);
say("market time goes");

const result = await runMarketDay(system, day, demoScript(system));
const decisions = await postgresDecisionStore(system.pool).between(
  deployment.plan.siteId,
  marketStart(day),
  dayEnd(day),
);
const bundleDir = join(dataDir, "bundle");
rmSync(bundleDir, { recursive: true, force: true });
await exportBundle(bundleDir, system.pool, deployment, addSeconds(dayEnd(day), 2_400));
const verdict = await auditBundle(bundleDir, { workflowsPath, parsers: auditParsers(deployment.plan) });
const { settlement, first, statements } = result;
const plain = {
  decisions,
  settlement,
  first,
  statements,
  audit: verdict.layers.map(({ layer, checked, findings }) => ({ layer, checked, findings })),
};
writeFileSync(
  join(dataDir, "result.json"),
  JSON.stringify(plain, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
);
await system.stop();
await stack.stop();
say("done");
