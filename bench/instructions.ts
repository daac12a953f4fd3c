import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { query } from "../src/adapters/postgres/pool.ts";
import { postgresDecisionStore } from "../src/adapters/postgres/decisionStore.ts";
import { startLocalStack } from "../src/app/stack/localStack.ts";
import { ensureSchedules } from "../src/app/system/schedules.ts";
import { type BookSystem, startBook } from "../src/app/system/system.ts";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import { msOfInstant } from "../src/domain/units/instant.ts";
import type { RealClock } from "../src/domain/units/marketTime.ts";
import type { ObligationsNow } from "../src/readModels/obligationsNow.ts";
import { workflowIds } from "../workflows/contracts.ts";
import { freeNet } from "../test/app/smallSite.ts";
import { attributesOf, firstArgument } from "./support/actionCount.ts";
import { type Bench, type BenchContext, type BenchOptions, type BenchReport, countOption } from "./support/bench.ts";
import { Hands } from "./support/instructedHands.ts";
import { instructedReport, type InstructedFound } from "./support/instructedReport.ts";
import { emptyLog, type Stage } from "./support/instructedActs.ts";
import { playScenes, scenesFor, secondsOf } from "./support/instructedScript.ts";
import { type InstructedWorld, startInstructedWorld } from "./support/instructedWorld.ts";
import { watchOutside, type Witness } from "./support/outsideWitness.ts";
import { clockOfRun, marketNow, marketTimeOf } from "./support/realClockSite.ts";
import { atRest, runsOf, stuckWorkflows } from "./support/runningSite.ts";
import { judgeSilences, type Telling } from "./support/silences.ts";

const BOOK = "west-texas";
/** From the start until both sites have decided and their machines are surveyed, real seconds. */
const READY_WITHIN_SECONDS = 300;
/** A machine that did not answer in the first survey is looked at again in the next. */
const SURVEYED_WITHIN_SECONDS = 330;
/** What a site has seen of itself before anybody instructs it: two looks at its meter, a survey. */
const SETTLED_SECONDS = 45;
/** From this length on everything happens. */
const LONG_MINUTES = 35;
const REST_WITHIN_SECONDS = 300;
const CLOSED_WITHIN_SECONDS = 180;

export const instructions: Bench = {
  name: "instructions",
  summary:
    "a book of two sites on the real clock, instructed, telephoned, stopped and tripped, with every process killed " +
    "meanwhile: what its meters and machines show against what was asked",
  options: (command) =>
    command
      .option("--minutes <n>", "12: the short script; from 35 on the whole one, PostgreSQL away for six minutes", "45")
      .option("--machines <n>", "machines of each cohort", "10")
      .option("--seed <n>", "fixes prices, publication times and the machines' faults", "1"),
  run: measure,
};

async function measure(options: BenchOptions, { dataDir, say }: BenchContext): Promise<BenchReport> {
  const minutes = countOption(options, "minutes", 12);
  const seed = countOption(options, "seed");
  const isLong = minutes >= LONG_MINUTES;
  mkdirSync(dataDir, { recursive: true });
  const progress: string[] = [];
  const heard = (line: string): void => {
    progress.push(line);
    say(line);
  };
  const stack = await startLocalStack({
    dataDir: join(dataDir, "stack"),
    keep: true,
    signals: "stop",
    onProgress: heard,
  });
  const { clock } = clockOfRun(minutes);
  let world: InstructedWorld | undefined;
  let system: BookSystem | undefined;
  let witness: Witness | undefined;
  let hands: Hands | undefined;
  try {
    const machinesPerCohort = countOption(options, "machines", 4);
    world = await startInstructedWorld({ dataDir, clock, seed, net: await freeNet(), machinesPerCohort });
    const { deployments, nowMs } = world;
    system = await startBook({ stack, book: { bookId: BOOK, deployments }, clock });
    for (const deployment of deployments) await ensureSchedules(system.client, BOOK, deployment);
    hands = new Hands(stack.dataDir, nowMs, say);
    await hands.begin(deployments.map(({ plan }) => plan.siteId));
    await ready(system, say);
    witness = watchOutside(world);
    await delay(SETTLED_SECONDS * 1000);
    const stage: Stage = { world, hands, say, log: emptyLog(), zeroMs: nowMs() };
    say(`The script begins at market time ${marketNow(clock)}`);
    await Promise.race([playScenes(stage, scenesFor(isLong)), stack.failure]);
    await Promise.race([delay(Math.max(0, stage.zeroMs + secondsOf(isLong) * 1000 - nowMs())), stack.failure]);
    const found = await lookAt(system, { stage, clock, dataDir });
    return instructedReport({
      stage,
      found,
      seed,
      minutes,
      seen: { looks: witness.looks, commands: witness.commands() },
      workerPid: system.worker.pid,
      restarts: progress.filter((line) => line.includes(" is back ")).length,
    });
  } finally {
    witness?.close();
    for (const stop of [() => hands?.end(), () => system?.stop(), () => stack.stop(), () => world?.close()])
      await stop()?.catch((error: Error) => say(`ending: ${error.message}`));
  }
}

/** Until every site has decided, and every machine has answered. */
async function ready({ pool, book }: BookSystem, say: (line: string) => void): Promise<void> {
  for (const end = Date.now() + READY_WITHIN_SECONDS * 1000; Date.now() < end; await delay(500)) {
    const latest = await Promise.all(
      book.deployments.map(({ plan }) => postgresDecisionStore(pool).latest(plan.siteId)),
    );
    if (latest.every((one) => one !== undefined)) return surveyed(pool, say);
  }
  throw new Error(`a site had not decided within ${READY_WITHIN_SECONDS} s`);
}

async function surveyed(pool: BookSystem["pool"], say: (line: string) => void): Promise<void> {
  for (const end = Date.now() + SURVEYED_WITHIN_SECONDS * 1000; ; await delay(1_000)) {
    const [row] = await query<{ count: string }>(
      pool,
      `SELECT count(*) FROM machine_state WHERE state <> 'running'`,
      [],
    );
    if (row?.count === "0") return;
    if (Date.now() > end) return say(`${row?.count} machines have not answered in the first surveys`);
  }
}

/** What is left when the script is over: then both sites are retired, so that their evidence is whole, and audited. */
async function lookAt(
  system: BookSystem,
  { stage, clock, dataDir }: { stage: Stage; clock: RealClock; dataDir: string },
): Promise<InstructedFound> {
  const { hands, say, log } = stage;
  const sites = system.book.deployments.map((deployment) => ({ ...system, deployment }));
  for (const site of sites)
    for (const end = Date.now() + REST_WITHIN_SECONDS * 1000; Date.now() < end && !(await atRest(site));)
      await Promise.race([delay(1_000), system.stack.failure]);
  const now = marketNow(clock);
  say(`${now} the script is over; looking at what is left`);
  const stuck = new Set<string>();
  for (const site of sites) for (const one of await stuckWorkflows(site, now)) stuck.add(one);
  const tellings = await Promise.all(sites.map(({ deployment: { plan } }) => tellingsOf(system, plan.siteId, clock)));
  const silences = tellings.map((told) => judgeSilences(told, [], log.outages));
  const untold = await query<{ word_no: string }>(
    system.pool,
    `SELECT word_no FROM instruction_word w WHERE kind <> 'acknowledge'
      AND NOT EXISTS (SELECT FROM instruction_told t WHERE t.word_no = w.word_no)`,
    [],
  );
  const obligations: ObligationsNow[] = [];
  const auditFindings: string[] = [];
  for (const { deployment } of sites) {
    const { siteId } = deployment.plan;
    const { stdout } = await hands.deskInsists(["obligations", "--json", "--site", siteId]);
    obligations.push(JSON.parse(stdout) as ObligationsNow);
    await hands.deskInsists(["site", "retire", siteId, "--yes", "--reason", "the rehearsal is over"]);
    auditFindings.push(...(await audited(system, { hands, siteId, dir: join(dataDir, `bundle-${siteId}`) })));
  }
  return {
    seconds: Math.round((msOfInstant(now) - stage.zeroMs) / 1000),
    stuck: [...stuck],
    falseSilences: silences.flatMap((one) => one.falseSilences),
    silencesNotEnded: silences.flatMap((one) => one.unended),
    untoldWords: untold.map(({ word_no }) => `word ${word_no} was kept, and its site never told`),
    obligations,
    auditFindings,
  };
}

/** What a site was told of silent feeds, from its histories. */
async function tellingsOf({ client }: BookSystem, siteId: string, clock: RealClock): Promise<Telling[]> {
  const runs = await runsOf(client, workflowIds.site(siteId));
  return runs.flat().flatMap((event) => {
    if (event.eventType !== "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED") return [];
    const input = firstArgument(attributesOf(event)) as SiteInput;
    if (input.kind !== "feed-silent" && input.kind !== "feed-restored") return [];
    return [{ kind: input.kind, feed: input.feed, at: marketTimeOf(clock, event.eventTime) }];
  });
}

/** The bundle of a retired site, once its last run is in it, as `ballast audit` finds it. */
async function audited(
  { client, pool }: BookSystem,
  { hands, siteId, dir }: { hands: Hands; siteId: string; dir: string },
): Promise<string[]> {
  const runs = (await runsOf(client, workflowIds.site(siteId))).length;
  for (const end = Date.now() + CLOSED_WITHIN_SECONDS * 1000; ; await delay(1_000)) {
    const [row] = await query<{ count: string }>(pool, `SELECT count(*) FROM evidence_run WHERE site_id = $1`, [
      siteId,
    ]);
    if (Number(row?.count) >= runs) break;
    if (Date.now() > end) return [`${siteId}: ${row?.count} of ${runs} runs are kept as evidence`];
  }
  await hands.deskInsists(["evidence", dir, "--site", siteId]);
  const { stdout, stderr } = await hands.desk(["audit", dir, "--json"]);
  const verdict = JSON.parse(stdout || "{}") as {
    layers?: { layer: string; findings: { where: string; expected: string; found: string }[] }[];
  };
  if (verdict.layers === undefined) return [`${siteId}: the audit said nothing: ${stderr}`];
  return verdict.layers.flatMap(({ layer, findings }) =>
    findings.map(({ where, expected, found }) => `${siteId}, ${layer}, ${where}: expected ${expected}, found ${found}`),
  );
}
