import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { postgresDecisionStore } from "../src/adapters/postgres/decisionStore.ts";
import { postgresEvidenceStore } from "../src/adapters/postgres/evidenceStore.ts";
import { auditParsers } from "../src/app/evidence/auditParsers.ts";
import { exportBundle } from "../src/app/evidence/evidenceBundle.ts";
import { buildId } from "../src/app/buildId.ts";
import { startLocalStack } from "../src/app/stack/localStack.ts";
import { startSystem } from "../src/app/system/system.ts";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import type { DecisionRecord } from "../src/domain/decision/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { auditBundle } from "../src/replay/audit.ts";
import { workflowIds } from "../workflows/contracts.ts";
import { freeNet } from "../test/app/smallSite.ts";
import { attributesOf, firstArgument } from "./support/actionCount.ts";
import { type Bench, type BenchContext, type BenchOptions, type BenchReport, countOption } from "./support/bench.ts";
import { peakMemoryMb } from "./support/machine.ts";
import { type Found, realClockReport } from "./support/realClockReport.ts";
import {
  playScript,
  PROCESS_FAULTS,
  type ProcessFault,
  type RealClockRun,
  type ScriptLog,
} from "./support/realClockScript.ts";
import {
  clockOfRun,
  marketNow,
  marketTimeOf,
  MIDNIGHT,
  type RealClockWorld,
  settingsFor,
  startRealClockWorld,
  writeSiteFile,
} from "./support/realClockSite.ts";
import { atRest, runsOf, stuckWorkflows } from "./support/runningSite.ts";
import { judgeSilences, type Telling } from "./support/silences.ts";

const WORKFLOWS = fileURLToPath(new URL("../workflows/index.ts", import.meta.url));
/** After the script everything may take this long to come to rest, real seconds. */
const REST_WITHIN_SECONDS = 300;

export const realClock: Bench = {
  name: "real-clock",
  summary:
    "a quiet site on the real clock over Central midnight, with restarts, orders, a stopped feed and a changed " +
    "file: false silences, stuck workflows, findings of the audit",
  options: (command) =>
    command
      .option("--minutes <n>", "length of the run; midnight comes after 20 of 45 minutes", "45")
      .option("--machines <n>", "machines of each cohort", "4")
      .option("--faults <list>", `any of ${PROCESS_FAULTS.join(", ")}, with commas between, or none`, "worker,temporal")
      .option("--seed <n>", "fixes prices, publication times and the machines' faults", "1"),
  run: measure,
};

async function measure(options: BenchOptions, context: BenchContext): Promise<BenchReport> {
  const minutes = countOption(options, "minutes", 5);
  const seed = countOption(options, "seed");
  const faults = faultsOption(options);
  const settings = settingsFor(minutes);
  const { dataDir, say } = context;
  mkdirSync(dataDir, { recursive: true });
  const site = { settings, machinesPerCohort: countOption(options, "machines"), net: await freeNet() };
  const file = writeSiteFile(dataDir, "site.yaml", { ...site, offFactor: 1.25 });
  const changed = writeSiteFile(dataDir, "site-changed.yaml", { ...site, offFactor: 1.3 });
  const progress: string[] = [];
  const stack = await startLocalStack({
    dataDir: join(dataDir, "stack"),
    keep: true,
    signals: "stop",
    onProgress: (line) => {
      progress.push(line);
      say(line);
    },
  });
  const { clock, marketZero } = clockOfRun(minutes);
  let world: RealClockWorld | undefined;
  let run: RealClockRun | undefined;
  try {
    world = await startRealClockWorld({ dataDir, file, clock, seed });
    const system = await startSystem({ stack, deployment: world.deploymentOf(file), clock });
    run = { clock, marketZero, minutes, settings, dataDir, stack, world, say, system };
    say(`Market time ${marketNow(clock)}; Central midnight is ${MIDNIGHT}`);
    const log = await playScript(run, faults, { file: changed }, peakMemoryMb);
    const found = await lookAt(run, log);
    return realClockReport({
      run,
      log,
      found,
      seed,
      restarts: progress.filter((line) => line.includes(" is back ")).length,
    });
  } finally {
    for (const stop of [() => run?.system.stop(), () => stack.stop(), () => world?.close()])
      await stop()?.catch((error: Error) => say(`ending: ${error.message}`));
  }
}

/** What the run has come to, once it rests. */
async function lookAt(run: RealClockRun, log: ScriptLog): Promise<Found> {
  const { system, clock, say } = run;
  const { siteId } = system.deployment.plan;
  for (const end = Date.now() + REST_WITHIN_SECONDS * 1000; Date.now() < end && !(await atRest(system));)
    await Promise.race([delay(1_000), run.stack.failure]);
  const now = marketNow(clock);
  say(`${now} the run is over; looking at what is left`);
  const told = await tellingsOf(run);
  const decisions = await postgresDecisionStore(system.pool).between(
    siteId,
    addSeconds(run.marketZero, -60),
    addSeconds(now, 3_600),
  );
  const runs = await postgresEvidenceStore(system.pool).runs(siteId);
  return {
    now,
    decisions,
    runsEnded: runs.length,
    silences: judgeSilences(told.silences, log.stops, log.outages),
    stuck: await stuckWorkflows(system, now),
    orderFindings: orderFindings(decisions, log),
    publishedToSiteSeconds: told.publishedToSiteSeconds,
    auditFindings:
      runs.length === 0 ? ["no run of the site has ended: there is nothing to audit"] : await audit(run, now),
  };
}

/** What the site was told, from the histories of its runs. */
async function tellingsOf({
  system,
  clock,
  world,
  marketZero,
}: RealClockRun): Promise<{ silences: Telling[]; publishedToSiteSeconds: number[] }> {
  const publishMs = new Map(
    world.ercot.publications!().flatMap((one) =>
      one.reportTypeId === 12_300 ? [[one.aboutMs, one.publishMs]] : [],
    ) as [number, number][],
  );
  const silences: Telling[] = [];
  const publishedToSiteSeconds: number[] = [];
  for (const events of await runsOf(system.client, workflowIds.site(system.deployment.plan.siteId))) {
    for (const event of events) {
      if (event.eventType !== "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED") continue;
      const input = firstArgument(attributesOf(event)) as SiteInput;
      // By the server's clock: the teller's own may be what is wrong.
      const arrivedAt = marketTimeOf(clock, event.eventTime);
      if (input.kind === "feed-silent" || input.kind === "feed-restored")
        silences.push({ kind: input.kind, feed: input.feed, at: arrivedAt });
      if (input.kind !== "sced-lmp") continue;
      const published = publishMs.get(Date.parse(input.scedAt));
      if (published === undefined || published < Date.parse(marketZero)) continue;
      publishedToSiteSeconds.push((Date.parse(arrivedAt) - published) / 1000);
    }
  }
  return { silences, publishedToSiteSeconds };
}

/** The order over midnight holds its cohort off in the new run until its end, and not after. */
function orderFindings(decisions: readonly DecisionRecord[], { orderUntil }: ScriptLog): string[] {
  const held = (record: DecisionRecord): boolean =>
    record.output.cohorts.some(({ cohortId, reason }) => cohortId === "bluestem-s19k" && reason === "operator-order");
  const end = orderUntil as Instant;
  const after = decisions.filter(({ input }) => input.asOf >= MIDNIGHT);
  const during = after.filter(({ input }) => input.asOf < end);
  const freed = after.find(({ input }) => input.asOf >= end);
  return [
    ...(during.length === 0 ? ["nothing was decided between midnight and the end of the order"] : []),
    ...during.filter((record) => !held(record)).map(({ sequence }) => `decision ${sequence} forgot the order`),
    ...(freed === undefined ? ["the end of the order was not decided on"] : []),
    ...(freed && (held(freed) || secondsBetween(end, freed.input.asOf) > 5)
      ? [`the order ended at ${end}; decision ${freed.sequence} at ${freed.input.asOf} says ${freed.output.sentence}`]
      : []),
  ];
}

async function audit({ system, dataDir, say }: RealClockRun, now: Instant): Promise<string[]> {
  const { pool, deployment } = system;
  const dir = join(dataDir, "bundle");
  const { headChainHash: head } = await exportBundle(dir, pool, deployment, now);
  say("Auditing the bundle ...");
  const { layers } = await auditBundle(dir, {
    workflowsPath: WORKFLOWS,
    parsers: auditParsers(deployment.plan),
    buildId: buildId(),
    head,
  });
  return layers.flatMap(({ layer, findings }) =>
    findings.map(({ where, expected, found }) => `${layer}, ${where}: expected ${expected}, found ${found}`),
  );
}

function faultsOption(options: BenchOptions): ProcessFault[] {
  const text = String(options["faults"]);
  const names = text === "none" ? [] : text.split(",");
  const unknown = names.find((name) => !(PROCESS_FAULTS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new RangeError(`--faults: expected any of ${PROCESS_FAULTS.join(", ")}, or none, got "${unknown}"`);
  return names as ProcessFault[];
}
