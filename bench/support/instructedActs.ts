import { setTimeout as delay } from "node:timers/promises";
import { type Instant, instantFromMs } from "../../src/domain/units/instant.ts";
import type { ObligationsNow } from "../../src/readModels/obligationsNow.ts";
import type { Duty } from "./instructedJudge.ts";
import { type Hands, QSE } from "./instructedHands.ts";
import { type InstructedWorld, machinesOf, nameplateKw } from "./instructedWorld.ts";
import type { Outage } from "./silences.ts";

/** The site that is instructed most, and the other one. */
export const PECAN = "pecan-draw";
export const SALT = "salt-fork";
export const CALL = ["--site", SALT, "--issuer", QSE, "--caller", "J. Smith"];
/** From the fall of the load until somebody asks whether it was recognized: looks are 10 s apart, three are needed. */
const RECOGNIZED_SECONDS = 100;
/** From the word that lets a site come back until it is back. */
const BACK_SECONDS = 150;
/** From the word that stops machines until they are off. */
export const STOPPED_SECONDS = 60;

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

export function emptyLog(): InstructedLog {
  const counts = { instructions: 0, recalls: 0, refused: 0, repeats: 0, stops: 0, trips: 0, kills: 0 };
  return { duties: [], accepted: [], answeredWrong: [], tripsMissed: [], outages: [], counts };
}

export async function loseFeeder(stage: Stage, s: number): Promise<void> {
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
export async function power({ world, say }: Stage, isOn: boolean): Promise<void> {
  for (const id of darkMachines(world))
    if (isOn) world.fleet.heal(id, "dead");
    else world.fleet.inject(id, "dead");
  say(`${stampOf(world.nowMs())} the feeder of dryland ${isOn ? "has power again" : "opens"}`);
}

/** Between the recognition of a trip and its release nothing is woken; what booted by itself is off in time. */
export async function released(stage: Stage, s: { from: number; offFrom: number; release: number }): Promise<void> {
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
export async function instruct(
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
export async function killedBetween(
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
export async function wrongOnes(stage: Stage, s: number): Promise<void> {
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

export async function recall(stage: Stage, id: string): Promise<void> {
  const body = { type: "recall", id, site: PECAN, issued: stampOf(stage.world.nowMs()) };
  await expectAnswer(stage, "recalls", await stage.hands.insist(body), 202, { verdict: "accepted" });
}

/** SIGKILL to the worker as soon as a machine of the site is told to change: its batch is then under way. */
export async function killInBatch({ world, hands, log }: Stage, siteId: string): Promise<void> {
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

export async function killed(log: InstructedLog, act: () => void | Promise<void>): Promise<void> {
  log.counts.kills += 1;
  await act();
}

export async function comesBack(stage: Stage, siteId: string, what: string): Promise<void> {
  const fromMs = stage.world.nowMs();
  const normalKw = nameplateKw(siteOf(stage, siteId));
  stage.log.duties.push({ kind: "back", what, siteId, fromMs, untilMs: fromMs + BACK_SECONDS * 1000, normalKw });
}

export async function expectAnswer(
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

export function head(stage: Stage, site: string, id: string): Record<string, unknown> {
  return { type: "instruction", id, site, product: "ERS-30", issued: stampOf(stage.world.nowMs()) };
}

export function times(stage: Stage, dueS: number, untilS: number): Record<string, Instant> {
  return { deadline: instantAt(stage, dueS), until: instantAt(stage, untilS) };
}

export function siteOf({ world }: Stage, siteId: string): InstructedWorld["deployments"][number] {
  const found = world.deployments.find(({ plan }) => plan.siteId === siteId);
  if (found === undefined) throw new Error(`the book has no site ${siteId}`);
  return found;
}

export function instantAt({ zeroMs }: Stage, seconds: number): Instant {
  return stampOf(zeroMs + seconds * 1000);
}

export async function until({ world, zeroMs }: Stage, seconds: number): Promise<void> {
  const waitMs = zeroMs + seconds * 1000 - world.nowMs();
  if (waitMs > 0) await delay(waitMs);
}

export function stampOf(ms: number): Instant {
  return instantFromMs(Math.round(ms));
}
