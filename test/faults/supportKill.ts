import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { sendOrder, sendRelease } from "../../src/app/operator/operatorOrders.ts";
import { scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { dayEnd, dayStart } from "../../src/domain/market/calendar.ts";
import { instantFromMs } from "../../src/domain/units/instant.ts";
import { siteInput, workflowIds } from "../../workflows/contracts.ts";
import { DAY, eventually, goTo, killSite, type Rig, startRig, steppedPrices } from "./supportSystem.ts";
import { type Effects, effectsOf } from "./supportEffects.ts";

/** The test's own hold: market time goes only while a round is under way. */
const DESK_HOLD = "~desk";
const RECOVERY_WITHIN_MS = 120_000;
const SITE = "pecan-draw";

/** What starts the dispatch that the worker dies in. */
export type Act = "price" | "order to run" | "release" | "instruction" | "recall";

/**
 * When the worker is killed: after so many entries in the machines' command log, or real milliseconds after the
 * decision is committed.
 */
export type Moment =
  { readonly kind: "commands"; readonly count: number } | { readonly kind: "delay"; readonly ms: number };

export interface KillCase {
  readonly seed: number;
  readonly act: Act;
  readonly moment: Moment;
  /** While the worker is dead a second decision is asked for, against the first. */
  readonly superseded: boolean;
}

export interface KillOutcome extends KillCase, Effects {
  /** Entries in the machines' command log of this dispatch when the worker was killed; each machine makes three. */
  readonly commandsSeen: number;
  /** False when the verdict was there before the kill. */
  readonly beforeVerdict: boolean;
  readonly revision: number;
  readonly verdict: string;
  readonly verdictSentence: string;
  /** Real seconds from the kill to the last verdict. */
  readonly recoverySeconds: number;
}

/** An operator's desk and a QSE beside one rig: what is in force now. */
interface Desk {
  instruction?: string;
  orderId?: string;
  count: number;
}

/** Mulberry32: the same numbers for the same seed, 0 ≤ x < 1. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Entries that one machine makes in its command log for one command: logon, command, logoff. */
const ENTRIES = 3;

/** The case of a seed: what can be done now, when the kill strikes, whether a second decision comes meanwhile. */
function caseOf(seed: number, rig: Rig, desk: Desk, restPoints: ReadonlyMap<string, string>): KillCase {
  const chance = chances(seed);
  const states = rig.deployment.machines.map(({ machineId }) => ({
    ...rig.world.fleet.state(machineId),
    rest: restPoints.get(machineId) ?? "default",
  }));
  const untouched = states.every(({ restartCommands }) => restartCommands === 0);
  const possible: Act[] = untouched
    ? ["price"]
    : desk.instruction
      ? ["recall"]
      : [desk.orderId ? "release" : "order to run", "instruction"];
  const act = possible[Math.floor(chance() * possible.length)] as Act;
  const third = states.length / 3;
  const commanded = {
    price: 2 * third,
    release: 2 * third,
    instruction: states.filter(({ asleep }) => !asleep).length,
    recall: desk.orderId ? 3 * third : third,
    "order to run": states.filter(({ asleep, profile, rest }) => asleep || profile !== rest).length,
  }[act];
  const moment: Moment =
    chance() < 0.7
      ? { kind: "commands", count: 1 + Math.floor(chance() * commanded * ENTRIES) }
      : { kind: "delay", ms: Math.floor(chance() * 200) };
  return { seed, act, moment, superseded: chance() < 0.4 };
}

/** At 75 $/MWh one cohort is off, one underclocked, one runs. */
const USD_PER_MWH = 75;

/** One system, and one kill of its worker for each seed, each in a dispatch of its own. */
export async function killRounds(
  net: number,
  machinesPerCohort: number,
  seeds: readonly number[],
  hear: (outcome: KillOutcome) => void,
): Promise<KillOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "ballast-prices-"));
  const deployment = killSite(net, machinesPerCohort);
  const restPoints = restPointsOf(
    deployment.machines.filter(({ cohortId }) => cohortId === "bluestem-s19k").map(({ machineId }) => machineId),
  );
  const rig = await startRig({
    deployment,
    startAt: "2026-08-18T15:00:00Z",
    prices: steppedPrices(folder, USD_PER_MWH),
    seed: seeds[0] as number,
    // Kept, as a site is: a throwaway run gives a worker up that dies again and again within a minute.
    keep: true,
    holds: [DESK_HOLD],
    profiles: restPoints,
  });
  try {
    await goTo(rig, "2026-08-18T15:14:00Z", DESK_HOLD);
    const desk: Desk = { count: 0 };
    const outcomes: KillOutcome[] = [];
    for (const seed of seeds) {
      const outcome = await killRound(rig, desk, caseOf(seed, rig, desk, restPoints), restPoints);
      hear(outcome);
      outcomes.push(outcome);
    }
    return outcomes;
  } finally {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every third machine is tuned a step above or below the factory point: a restore must bring it back there. */
function restPointsOf(machineIds: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    machineIds.flatMap((machineId, i) =>
      i % 3 === 0 ? [[machineId, i % 2 === 0 ? "565MHz" : "615MHz"] as const] : [],
    ),
  );
}

/** Start a dispatch, kill the worker inside it, and wait until a started-again worker has brought it to its verdict. */
async function killRound(
  rig: Rig,
  desk: Desk,
  kill: KillCase,
  restPoints: ReadonlyMap<string, string>,
): Promise<KillOutcome> {
  const { world, system } = rig;
  const { keeper, fleet } = world;
  const before = await lastRevision(rig);
  const logBase = fleet.commandLog().length;
  const answered = perform(rig, desk, kill.act).catch((error: unknown) => error);
  if (kill.act === "price") keeper.release(DESK_HOLD);
  const held = letGoOnceDispatched(rig, before);
  const beforeVerdict = await momentOf(rig, kill.moment, before, logBase);
  process.kill(system.worker.pid, "SIGKILL");
  const killedAt = Date.now();
  const commandsSeen = fleet.commandLog().length - logBase;
  if (kill.superseded) await perform(rig, desk, desk.instruction ? "recall" : "instruction");
  const revision = before + (kill.superseded ? 2 : 1);
  const verdict = await eventually(
    `the verdict of revision ${revision} after ${kill.act}`,
    rig,
    RECOVERY_WITHIN_MS,
    () => verdictOf(rig, revision),
  );
  const recoverySeconds = (Date.now() - killedAt) / 1000;
  await held;
  keeper.hold(DESK_HOLD);
  await awaitIdle(system.client, workflowIds.site(SITE));
  const refused = await answered;
  if (refused !== undefined) throw refused;
  const effects = effectsOf(fleet, rig.deployment, await decisionsOf(rig), restPoints, logBase);
  return {
    ...kill,
    ...effects,
    commandsSeen,
    beforeVerdict,
    revision,
    verdict: verdict.outcome,
    verdictSentence: verdict.sentence,
    recoverySeconds,
  };
}

/** Resolves at the moment to kill, with whether the verdict was not there yet. */
async function momentOf(rig: Rig, moment: Moment, before: number, logBase: number): Promise<boolean> {
  const { fleet } = rig.world;
  if (moment.kind === "delay") {
    await eventually("a decision", rig, 60_000, async () => (await lastRevision(rig)) > before || undefined);
    await delay(moment.ms);
    return !(await hasVerdict(rig, before + 1));
  }
  let over = false;
  const watching = eventually(
    "the dispatch to be killed",
    rig,
    60_000,
    async () => over || (await hasVerdict(rig, before + 1)) || undefined,
  ).finally(() => (over = true));
  // The machines are in this process: between two turns of its loop at most one exchange more has gone by.
  while (!over && fleet.commandLog().length - logBase < moment.count)
    await new Promise((resolve) => setImmediate(resolve));
  const beforeVerdict = !over;
  over = true;
  if (!beforeVerdict) await watching;
  else watching.catch(() => undefined);
  return beforeVerdict;
}

/** What each worker kill came to, as a row for a table. */
export function rowOf(outcome: KillOutcome): string[] {
  const {
    seed,
    act,
    moment,
    superseded,
    commandsSeen,
    machines,
    restartCommands,
    doubled,
    outOfOrder,
    wrong,
    verdict,
    recoverySeconds,
  } = outcome;
  const when = moment.kind === "commands" ? `command ${commandsSeen}` : `${moment.ms} ms, command ${commandsSeen}`;
  return [
    String(seed),
    superseded ? `${act}, then countermanded` : act,
    when,
    String(machines),
    String(restartCommands),
    String(doubled.length),
    String(outOfOrder.length),
    String(wrong.length),
    verdict,
    `${recoverySeconds.toFixed(0)} s`,
  ];
}

export const ROW_TITLES = [
  "seed",
  "dispatch",
  "killed after",
  "machines",
  "restart commands",
  "doubled",
  "out of order",
  "wrong end state",
  "verdict",
  "kill to verdict",
];

async function perform(rig: Rig, desk: Desk, act: Act): Promise<void> {
  const { client, clock } = rig.system;
  const at = instantFromMs(rig.world.keeper.nowMs());
  const send = (input: SiteInput) => client.workflow.getHandle(workflowIds.site(SITE)).signal(siteInput, input);
  const link = {
    client,
    clock,
    siteId: SITE,
    actor: "maria.lopez",
    privateKeyPem: scriptKey(rig.system.stack.dataDir, "maria.lopez"),
  };
  desk.count += 1;
  switch (act) {
    case "price":
      return;
    case "instruction":
      desk.instruction = `qse-${desk.count}`;
      return send({
        kind: "instruction",
        id: `instruction/${desk.count}`,
        at,
        instruction: { instructionId: desk.instruction, issuer: "QSE", action: "curtail", from: at },
      });
    case "recall": {
      const instructionId = desk.instruction as string;
      desk.instruction = undefined;
      return send({ kind: "recall", id: `recall/${desk.count}`, at, instructionId });
    }
    case "order to run":
      desk.orderId = (
        await sendOrder(link, { action: "run", until: "+12h", reason: `test ${desk.count}` })
      ).order.orderId;
      return;
    case "release":
      await sendRelease(link, { orderId: desk.orderId as string, reason: `test ${desk.count}` });
      desk.orderId = undefined;
  }
}

/** The desk's hold goes once the dispatch has its own. */
async function letGoOnceDispatched(rig: Rig, before: number): Promise<void> {
  await eventually(`a dispatch after revision ${before}`, rig, RECOVERY_WITHIN_MS, async () => {
    const { holds, waiters } = rig.world.keeper.status();
    const newer = [...holds, ...waiters.map(({ key }) => key)].some(
      (key) => key.startsWith(`dispatch/${SITE}/`) && Number(key.split("/").at(-1)) > before,
    );
    return newer || undefined;
  });
  rig.world.keeper.release(DESK_HOLD);
}

async function verdictOf(rig: Rig, revision: number): Promise<{ outcome: string; sentence: string } | undefined> {
  const [row] = await query<{ outcome: string; sentence: string }>(
    rig.system.pool,
    `SELECT outcome, sentence FROM response_verdict WHERE site_id = $1 AND revision = $2`,
    [SITE, revision],
  );
  return row;
}

async function hasVerdict(rig: Rig, revision: number): Promise<boolean> {
  return (await verdictOf(rig, revision)) !== undefined;
}

async function lastRevision(rig: Rig): Promise<number> {
  const [row] = await query<{ revision: string | null }>(
    rig.system.pool,
    `SELECT max((record->'dispatch'->>'revision')::bigint) AS revision FROM decision WHERE site_id = $1`,
    [SITE],
  );
  return row?.revision == null ? 0 : Number(row.revision);
}

async function decisionsOf(rig: Rig): Promise<readonly DecisionRecord[]> {
  return postgresDecisionStore(rig.system.pool).between(SITE, dayStart(DAY), dayEnd(DAY));
}
