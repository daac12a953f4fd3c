import type { Duty } from "./instructedJudge.ts";
import type { Hands } from "./instructedHands.ts";
import {
  type Accepted,
  CALL,
  comesBack,
  expectAnswer,
  head,
  instantAt,
  instruct,
  killed,
  killedBetween,
  killInBatch,
  loseFeeder,
  PECAN,
  power,
  recall,
  released,
  SALT,
  siteOf,
  type Stage,
  stampOf,
  STOPPED_SECONDS,
  times,
  until,
  wrongOnes,
} from "./instructedActs.ts";
import { machinesOf, nameplateKw } from "./instructedWorld.ts";

/** Something that happens at a second of the script. */
interface Scene {
  readonly atSeconds: number;
  readonly act: (stage: Stage) => Promise<void>;
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
