import { setTimeout as delay } from "node:timers/promises";
import { type Instant, instantFromMs } from "../../src/domain/units/instant.ts";
import type { ObligationsNow } from "../../src/readModels/obligationsNow.ts";
import type { Duty } from "./instructedJudge.ts";
import { type Hands, QSE } from "./instructedHands.ts";
import { type InstructedWorld, machinesOf, nameplateKw } from "./instructedWorld.ts";
import type { Outage } from "./silences.ts";

/** The site that is instructed most, and the other one. */
const PECAN = "pecan-draw";
const SALT = "salt-fork";
const CALL = ["--site", SALT, "--issuer", QSE, "--caller", "J. Smith"];
/** From the fall of the load until somebody asks whether it was recognized: looks are 10 s apart, three are needed. */
const RECOGNIZED_SECONDS = 100;
/** From the word that lets a site come back until it is back. */
const BACK_SECONDS = 150;
/** From the word that stops machines until they are off. */
const STOPPED_SECONDS = 60;

/** An instruction that was accepted. */
export interface Accepted {
  readonly siteId: string;
  readonly id: string;
  readonly revision: number;
  readonly sentMs: number;
  readonly dueMs: number;
  readonly duty: Duty;
}

/** What the script did and what it was answered. */
export interface InstructedLog {
  readonly duties: Duty[];
  readonly accepted: Accepted[];
  /** What was answered otherwise than right, in words. */
  readonly answeredWrong: string[];
  readonly tripsMissed: string[];
  readonly outages: Outage[];
  readonly counts: Record<"instructions" | "recalls" | "refused" | "repeats" | "stops" | "trips" | "kills", number>;
}

/** What the script works with. */
export interface Stage {
  readonly world: InstructedWorld;
  readonly hands: Hands;
  readonly say: (line: string) => void;
  readonly log: InstructedLog;
  /** Market time at which the script begins, ms. */
  readonly zeroMs: number;
}

/** Something that happens at a second of the script. */
interface Scene {
  readonly atSeconds: number;
  readonly act: (stage: Stage) => Promise<void>;
}

export function emptyLog(): InstructedLog {
  const counts = { instructions: 0, recalls: 0, refused: 0, repeats: 0, stops: 0, trips: 0, kills: 0 };
  return { duties: [], accepted: [], answeredWrong: [], tripsMissed: [], outages: [], counts };
}

/** The scenes of a run: a short one of nine minutes, or all of them, 35. */
export function scenesFor(isLong: boolean): readonly Scene[] {
  if (!isLong) return [...instructedUnderKills(15), ...stopped(PECAN, 370, 50), ...tripped(30), ...telephoned(460)];
  return [
    ...instructedUnderKills(30),
    ...restoredLate(500),
    ...stopped(PECAN, 830, 300, "worker"),
    ...databaseAway(1_280),
    ...tripped(60),
    ...telephoned(480),
    ...trippedUnderOutage(1_120),
  ];
}

/** Seconds of the script's end. */
export function secondsOf(isLong: boolean): number {
  return isLong ? 2_060 : 700;
}

/** Plays every scene at its time; one that fails is told, and the others go on. */
export async function playScenes(stage: Stage, scenes: readonly Scene[]): Promise<void> {
  await Promise.all(
    scenes.map(async ({ atSeconds, act }) => {
      await until(stage, atSeconds);
      await act(stage).catch((error: Error) => {
        stage.say(`scene at ${atSeconds} s: ${error.stack}`);
        stage.log.answeredWrong.push(`scene at ${atSeconds} s: ${error.message}`);
      });
    }),
  );
}

/** Shed with a deadline, extended, sent twice, wrong, effective later; worker and doors killed meanwhile. */
function instructedUnderKills(s: number): readonly Scene[] {
  const first = { id: "vdi-1", reduceMw: 0.03 };
  let revised: Accepted | undefined;
  let sent: { body: Record<string, unknown>; mark: ReturnType<Hands["mark"]> } | undefined;
  return [
    {
      atSeconds: s,
      act: async (stage) => {
        void killInBatch(stage, PECAN);
        const body = { ...head(stage, PECAN, first.id), reduceMw: first.reduceMw, ...times(stage, s + 120, s + 150) };
        sent = { body, mark: stage.hands.mark() };
        await instruct(stage, body, { dueS: s + 120, untilS: s + 150, lessKw: 30, mark: sent.mark });
      },
    },
    {
      atSeconds: s + 60,
      act: async (stage) => {
        if (sent === undefined) throw new Error("nothing was sent yet");
        await expectAnswer(stage, "repeats", await stage.hands.send(sent.body, sent.mark), 202, { isSeenBefore: true });
        await expectAnswer(stage, "repeats", await stage.hands.send(sent.body), 202, { verdict: "repeated" });
      },
    },
    { atSeconds: s + 75, act: (stage) => wrongOnes(stage, s) },
    {
      atSeconds: s + 90,
      act: async (stage) => {
        const body = { ...head(stage, PECAN, first.id), revision: 2, reduceMw: first.reduceMw };
        const how = { dueS: s + 120, untilS: s + 260, lessKw: 30 };
        revised = await instruct(stage, { ...body, ...times(stage, s + 120, s + 260) }, how);
      },
    },
    {
      atSeconds: s + 110,
      act: async (stage) => {
        const effective = instantAt(stage, s + 200);
        const body = { ...head(stage, PECAN, "vdi-2"), targetMw: 0.04, effective, ...times(stage, s + 250, s + 345) };
        await instruct(stage, body, { dueS: s + 250, untilS: s + 345, targetKw: 40 });
      },
    },
    {
      atSeconds: s + 140,
      act: async (stage) => {
        const body = { ...head(stage, PECAN, "vdi-3"), off: true, cohorts: ["caprock-s21"] };
        await killedBetween(stage, { ...body, ...times(stage, s + 230, s + 345) }, { dueS: s + 230, untilS: s + 345 });
        if (revised === undefined) stage.log.answeredWrong.push("vdi-1 was not revised");
      },
    },
    { atSeconds: s + 345, act: async (stage) => comesBack(stage, PECAN, "after vdi-2 and vdi-3") },
  ];
}

/** Recalled while it holds, and nothing may come back before its time. */
function restoredLate(s: number): readonly Scene[] {
  const id = "vdi-4";
  return [
    {
      atSeconds: s,
      act: async (stage) => {
        const restoreNotBefore = instantAt(stage, s + 200);
        const body = { ...head(stage, PECAN, id), targetMw: 0.06, restoreNotBefore };
        await instruct(
          stage,
          { ...body, deadline: instantAt(stage, s + 70) },
          { dueS: s + 70, untilS: s + 199, targetKw: 60 },
        );
      },
    },
    { atSeconds: s + 40, act: async ({ hands, log }) => killed(log, () => hands.kill("temporal")) },
    { atSeconds: s + 110, act: async (stage) => recall(stage, id) },
    { atSeconds: s + 200, act: async (stage) => comesBack(stage, PECAN, `after ${id}`) },
  ];
}

/**
 * PostgreSQL away for six minutes: one instruction that is known begins meanwhile, another one is sent meanwhile and
 * kept once it can be. What is owed is owed once the database has been back for two minutes.
 */
function databaseAway(s: number): readonly Scene[] {
  return [
    {
      atSeconds: s - 60,
      act: async (stage) => {
        const body = { ...head(stage, PECAN, "vdi-5"), reduceMw: 0.02, effective: instantAt(stage, s + 60) };
        const how = { dueS: s + 480, untilS: s + 570, lessKw: 20 };
        await instruct(stage, { ...body, ...times(stage, s + 480, s + 570) }, how);
      },
    },
    {
      atSeconds: s,
      act: async ({ hands, log, world, zeroMs }) => {
        const from = stampOf(world.nowMs());
        await killed(log, () => hands.postgresAway(zeroMs + (s + 360) * 1000));
        log.outages.push({ from, to: stampOf(world.nowMs()) });
      },
    },
    {
      atSeconds: s + 120,
      act: async (stage) => {
        const body = { ...head(stage, PECAN, "vdi-6"), reduceMw: 0.05, ...times(stage, s + 480, s + 620) };
        await instruct(stage, body, { dueS: s + 480, untilS: s + 620, lessKw: 50 });
      },
    },
    { atSeconds: s + 620, act: async (stage) => comesBack(stage, PECAN, "after the database was away") },
  ];
}

/** The desk stops the site, and lets it start again; a process is killed as it is stopped. */
function stopped(siteId: string, s: number, forS: number, kill?: "worker"): readonly Scene[] {
  return [
    {
      atSeconds: s,
      act: async (stage) => {
        const { hands, log, world } = stage;
        if (kill === "worker") void killInBatch(stage, siteId);
        await hands.deskInsists(["stop", "--site", siteId, "--reason", "rehearsal: smoke"]);
        log.counts.stops += 1;
        const saidMs = world.nowMs();
        const untilMs = stage.zeroMs + (s + forS) * 1000;
        const machineIds = machinesOf(siteOf(stage, siteId));
        log.duties.push({ kind: "no-start", what: "under its stop", siteId, fromMs: saidMs, untilMs, machineIds });
        const fromMs = saidMs + (STOPPED_SECONDS + (kill === undefined ? 0 : STOPPED_SECONDS)) * 1000;
        if (fromMs < untilMs) log.duties.push({ kind: "off", what: "stopped", siteId, fromMs, untilMs, machineIds });
      },
    },
    {
      atSeconds: s + forS,
      act: async (stage) => {
        await stage.hands.deskInsists(["start-again", "--site", siteId, "--reason", "rehearsal: clear"]);
        await comesBack(stage, siteId, "after its stop");
      },
    },
  ];
}

/** A feeder loses its power, has it again, and is released. */
function tripped(s: number): readonly Scene[] {
  return [
    { atSeconds: s, act: async (stage) => loseFeeder(stage, s) },
    { atSeconds: s + 110, act: async (stage) => power(stage, true) },
    {
      atSeconds: s + 270,
      act: async (stage) => released(stage, { from: s + 100, offFrom: s + 240, release: s + 270 }),
    },
  ];
}

/** The same; the database goes and comes while the trip stands, and the power is back while it is away. */
function trippedUnderOutage(s: number): readonly Scene[] {
  return [
    { atSeconds: s, act: async (stage) => loseFeeder(stage, s) },
    { atSeconds: s + 250, act: async (stage) => power(stage, true) },
    {
      atSeconds: s + 850,
      act: async (stage) => released(stage, { from: s + 100, offFrom: s + 660, release: s + 750 }),
    },
  ];
}

/** An instruction by telephone, with PostgreSQL killed as soon as it is written down; recalled by telephone. */
function telephoned(s: number): readonly Scene[] {
  const id = "ers-tel-1";
  return [
    {
      atSeconds: s,
      act: async (stage) => {
        const { hands, log, world, zeroMs } = stage;
        const sentMs = world.nowMs();
        const words = ["--product", "ERS-30", "--by-mw", "0.02", "--deadline", instantAt(stage, s + 90)];
        await hands.deskInsists(["instruct", "--id", id, ...CALL, ...words]);
        await killed(log, () => hands.kill("postgres"));
        const baseKw = nameplateKw(siteOf(stage, SALT));
        const [fromMs, untilMs] = [zeroMs + (s + 90) * 1000, zeroMs + (s + 130) * 1000];
        const duty: Duty = { kind: "at-most", what: id, siteId: SALT, fromMs, untilMs, baseKw, targetKw: baseKw - 20 };
        log.duties.push(duty);
        log.accepted.push({ siteId: SALT, id, revision: 1, sentMs, dueMs: fromMs, duty });
        log.counts.instructions += 1;
      },
    },
    {
      atSeconds: s + 130,
      act: async (stage) => {
        await stage.hands.deskInsists(["instruct", "--recall", id, ...CALL]);
        stage.log.counts.recalls += 1;
        await comesBack(stage, SALT, `after ${id}`);
      },
    },
  ];
}

async function loseFeeder(stage: Stage, s: number): Promise<void> {
  const { world, log, hands } = stage;
  await power(stage, false);
  log.counts.trips += 1;
  const fromMs = world.nowMs();
  await until(stage, s + RECOGNIZED_SECONDS);
  const { stdout } = await hands.desk(["obligations", "--json", "--site", SALT]);
  const { trips } = JSON.parse(stdout) as ObligationsNow;
  const [trip] = trips;
  if (trip === undefined)
    log.tripsMissed.push(`${SALT} was told of no trip within ${RECOGNIZED_SECONDS} s of ${stampOf(fromMs)}`);
  else stage.say(`${stampOf(world.nowMs())} trip recognized at ${trip.at}`);
}

/** The feeder of the other site's first client, open or closed: what is behind it is dark, or boots into work. */
async function power({ world, say }: Stage, isOn: boolean): Promise<void> {
  for (const id of darkMachines(world))
    if (isOn) world.fleet.heal(id, "dead");
    else world.fleet.inject(id, "dead");
  say(`${stampOf(world.nowMs())} the feeder of dryland ${isOn ? "has power again" : "opens"}`);
}

/** Between the recognition of a trip and its release nothing is woken; what booted by itself is off in time. */
async function released(stage: Stage, s: { from: number; offFrom: number; release: number }): Promise<void> {
  const { log, zeroMs, hands, world } = stage;
  const [fromMs, offFromMs, untilMs] = [s.from, s.offFrom, s.release].map((one) => zeroMs + one * 1000) as [
    number,
    number,
    number,
  ];
  const machineIds = machinesOf(siteOf(stage, SALT));
  log.duties.push({ kind: "no-start", what: "under its trip", siteId: SALT, fromMs, untilMs, machineIds });
  const what = "told off after its power was back";
  log.duties.push({ kind: "off", what, siteId: SALT, fromMs: offFromMs, untilMs, machineIds: darkMachines(world) });
  await hands.deskInsists(["release", "trip", "--site", SALT, "--reason", "rehearsal: the feeder is closed for good"]);
  await comesBack(stage, SALT, "after its trip");
}

function darkMachines({ deployments }: InstructedWorld): readonly string[] {
  const salt = deployments.find(({ plan }) => plan.siteId === SALT);
  return salt === undefined ? [] : machinesOf(salt, ["dryland-s19k"]);
}

/** Sends an instruction until it is answered, and notes what is owed from its deadline to its end. */
async function instruct(
  stage: Stage,
  body: Record<string, unknown>,
  owed: { dueS: number; untilS: number; lessKw?: number; targetKw?: number; mark?: ReturnType<Hands["mark"]> },
): Promise<Accepted> {
  const { hands, log, world, zeroMs } = stage;
  const sentMs = world.nowMs();
  const answer = await hands.insist(body, owed.mark);
  await expectAnswer(stage, "instructions", answer, 202, { verdict: "accepted" });
  const siteId = String(body["site"]);
  const baseKw = nameplateKw(siteOf(stage, siteId));
  const targetKw = owed.targetKw ?? baseKw - (owed.lessKw ?? Number.NaN);
  const what = `${String(body["id"])}${body["revision"] === undefined ? "" : ` revision ${String(body["revision"])}`}`;
  const [fromMs, untilMs] = [zeroMs + owed.dueS * 1000, zeroMs + owed.untilS * 1000];
  const duty: Duty = { kind: "at-most", what, siteId, fromMs, untilMs, baseKw, targetKw };
  const revision = Number(body["revision"] ?? 1);
  const accepted = { siteId, id: String(body["id"]), revision, sentMs, dueMs: fromMs, duty };
  log.duties.push(duty);
  log.accepted.push(accepted);
  return accepted;
}

/** Accepted, and the doors killed before the site is told: Temporal hangs, so that there is a between. */
async function killedBetween(
  stage: Stage,
  body: Record<string, unknown>,
  { dueS, untilS }: { dueS: number; untilS: number },
): Promise<void> {
  const { hands, log, world, zeroMs } = stage;
  const from = stampOf(world.nowMs());
  const sentMs = world.nowMs();
  const goOn = hands.hang("temporal");
  try {
    const mark = hands.mark();
    const lost = hands.send(body, mark).then(
      () => false,
      () => true,
    );
    await delay(2_500);
    await killed(log, () => hands.killDoors());
    if (!(await lost)) log.answeredWrong.push("vdi-3 was answered before the doors were killed: no between");
    await hands.openDoors();
    await expectAnswer(stage, "instructions", await hands.insist(body, mark), 202, {
      isSeenBefore: true,
      isTold: false,
    });
  } finally {
    goOn();
    log.outages.push({ from, to: stampOf(world.nowMs()) });
  }
  const siteId = String(body["site"]);
  const machineIds = machinesOf(siteOf(stage, siteId), body["cohorts"] as readonly string[]);
  const [fromMs, untilMs] = [zeroMs + dueS * 1000, zeroMs + untilS * 1000];
  const duty: Duty = { kind: "off", what: String(body["id"]), siteId, fromMs, untilMs, machineIds };
  log.duties.push(duty);
  log.accepted.push({ siteId, id: String(body["id"]), revision: 1, sentMs, dueMs: fromMs, duty });
}

/** Wrong product, site, power and signature: each refused with its reason, and nothing moves. */
async function wrongOnes(stage: Stage, s: number): Promise<void> {
  const { hands } = stage;
  const wrong = { ...head(stage, PECAN, "vdi-wrong"), off: true, ...times(stage, s + 120, s + 400) };
  const tries: readonly (readonly [number, Record<string, unknown>, (body: string) => string])[] = [
    [403, { product: "RRS" }, same],
    [404, { site: "elsewhere" }, same],
    [422, { off: undefined, reduceMw: 5 }, same],
    [401, {}, (body) => body.replace("vdi-wrong", "vdi-other")],
  ];
  for (const [status, changes, spoil] of tries)
    await expectAnswer(stage, "refused", await hands.send({ ...wrong, ...changes }, { spoil }), status, {});
}

const same = (body: string): string => body;

async function recall(stage: Stage, id: string): Promise<void> {
  const body = { type: "recall", id, site: PECAN, issued: stampOf(stage.world.nowMs()) };
  await expectAnswer(stage, "recalls", await stage.hands.insist(body), 202, { verdict: "accepted" });
}

/** SIGKILL to the worker as soon as a machine of the site is told to change: its batch is then under way. */
async function killInBatch({ world, hands, log }: Stage, siteId: string): Promise<void> {
  const before = world.fleet.commandLog().length;
  for (const end = Date.now() + 120_000; Date.now() < end; await delay(10)) {
    const told = world.fleet
      .commandLog()
      .slice(before)
      .some(({ machineId, command }) => machineId.startsWith(`${siteId}/`) && command === "curtail");
    if (told) return killed(log, () => hands.kill("worker"));
  }
  log.answeredWrong.push(`no machine of ${siteId} was told anything within 120 s: the worker was not killed`);
}

async function killed(log: InstructedLog, act: () => void | Promise<void>): Promise<void> {
  log.counts.kills += 1;
  await act();
}

async function comesBack(stage: Stage, siteId: string, what: string): Promise<void> {
  const fromMs = stage.world.nowMs();
  const normalKw = nameplateKw(siteOf(stage, siteId));
  stage.log.duties.push({ kind: "back", what, siteId, fromMs, untilMs: fromMs + BACK_SECONDS * 1000, normalKw });
}

async function expectAnswer(
  { log }: Stage,
  count: "instructions" | "recalls" | "refused" | "repeats",
  { status, body }: { readonly status: number; readonly body: unknown },
  expected: number,
  members: Readonly<Record<string, unknown>>,
): Promise<void> {
  log.counts[count] += 1;
  const said = body as Record<string, unknown>;
  const wrong = Object.entries(members).filter(([name, value]) => said[name] !== value);
  if (status === expected && wrong.length === 0) return;
  const wanted = `${expected} ${JSON.stringify(members)}`;
  log.answeredWrong.push(`expected ${wanted}, was answered ${status} ${JSON.stringify(body)}`);
}

function head(stage: Stage, site: string, id: string): Record<string, unknown> {
  return { type: "instruction", id, site, product: "ERS-30", issued: stampOf(stage.world.nowMs()) };
}

function times(stage: Stage, dueS: number, untilS: number): Record<string, Instant> {
  return { deadline: instantAt(stage, dueS), until: instantAt(stage, untilS) };
}

function siteOf({ world }: Stage, siteId: string): InstructedWorld["deployments"][number] {
  const found = world.deployments.find(({ plan }) => plan.siteId === siteId);
  if (found === undefined) throw new Error(`the book has no site ${siteId}`);
  return found;
}

function instantAt({ zeroMs }: Stage, seconds: number): Instant {
  return stampOf(zeroMs + seconds * 1000);
}

async function until({ world, zeroMs }: Stage, seconds: number): Promise<void> {
  const waitMs = zeroMs + seconds * 1000 - world.nowMs();
  if (waitMs > 0) await delay(waitMs);
}

function stampOf(ms: number): Instant {
  return instantFromMs(Math.round(ms));
}
