import { afterEach, expect, it } from "vitest";
import { MeterWakes } from "../../activities/meterWakes.ts";
import { surveyActivities } from "../../activities/survey.ts";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import type { MachineReading } from "../../src/domain/dispatch/model.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { GridInstruction } from "../../src/domain/inputs/gridInstruction.ts";
import { isInvoluntaryTrip } from "../../src/domain/inputs/involuntaryTrip.ts";
import { isResponseClock } from "../../src/domain/inputs/responseClock.ts";
import { inputProblem } from "../../src/domain/inputs/inputProblem.ts";
import { addSeconds, type Instant, msOfInstant } from "../../src/domain/units/instant.ts";
import type { MeterLook } from "../../src/domain/verification/loadFall.ts";
import type { Fleet } from "../../src/ports/fleet.ts";
import { PortUnavailableError } from "../../src/ports/errors.ts";
import type { KeptClock } from "../../src/ports/meterWatch.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { checkMeterWords } from "../../src/replay/layers/meterWords.ts";
import { type ClockKeeper, createClockKeeper } from "../../src/simulators/clock/keeper.ts";
import { startClockServer } from "../../src/simulators/clock/server.ts";
import { asActivity } from "../faults/marketBench.ts";
import { cohort, site } from "../domain/decision/site.ts";

/** 23:00 Central: the operating day ends an hour later. */
const START = "2026-08-19T04:00:00.000Z" as Instant;
const TRIPS_AT = "2026-08-19T04:20:00.000Z" as Instant;
const INSTRUCTED_AT = "2026-08-19T04:40:00.000Z" as Instant;
/** 100 machines of 3 kW in each of two cohorts. */
const PLAN = site({ siteId: "north", cohorts: [cohort({ cohortId: "a" }), cohort({ cohortId: "b" })] });
/** Every machine, as a survey before the feeder opened found it. */
const DREW = ["a", "b"].flatMap((cohortId) =>
  Array.from({ length: 100 }, (_, i) => ({ machineId: `${cohortId}${i}`, cohortId, drawsW: 3000 })),
);
const INSTRUCTION: GridInstruction = {
  instructionId: "ers-1",
  issuer: "QSE",
  product: "ERS-10",
  action: "curtail",
  from: INSTRUCTED_AT,
  loadKw: 300,
};
interface Watched {
  readonly told: SiteInput[];
  /** What the watch asked the database for. */
  readonly asked: readonly string[];
}
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Load of the site: 600 kW, 300 kW once cohort a's feeder has opened, and 20 s after the instruction nothing. */
function loadKw(at: Instant, tripsAt: Instant): number {
  if (at < tripsAt) return 600;
  return at < "2026-08-19T04:40:20.000Z" ? 300 : 0;
}

/** Its register, Wh. */
function registerWh(at: Instant, tripsAt: Instant): bigint {
  let wh = 1_000_000;
  for (let ms = msOfInstant(START); ms < msOfInstant(at); ms += 1_000)
    wh += (loadKw(new Date(ms).toISOString() as Instant, tripsAt) * 1000) / 3600;
  return BigInt(Math.round(wh));
}

interface Hour {
  readonly answersAfterTrip: MachineReading["state"];
  readonly instruction?: GridInstruction;
  /** Content that replaces the instruction's, and when; between its end and that it does not stand. */
  readonly revised?: { readonly endsAt: Instant; readonly from: Instant; readonly content: GridInstruction };
  readonly startAt?: Instant;
  readonly tripsAt?: Instant;
  readonly quietLookSeconds?: number;
  /** When the site is told of its instruction, and decides. */
  readonly decidedAt?: Instant;
  /** What the worker before this one left: its looks, and who drew as it surveyed the site last. */
  readonly left?: { readonly lookedAt: readonly Instant[]; readonly surveyedAt?: Instant };
  /** The database is away as the first trip is to be kept: that watch fails, and another begins. */
  readonly failsOnce?: true;
  /** Looks that a dispatch keeps, each at its own instant. */
  readonly dispatchLooks?: readonly MeterLook[];
}

/** An hour of the watch of a fleet until its day ends: what the site is told, without the counts that ride. */
async function watched({ answersAfterTrip, instruction = INSTRUCTION, ...hour }: Hour): Promise<Watched> {
  const { quietLookSeconds = 60, dispatchLooks = [], decidedAt, revised } = hour;
  const { startAt = START, tripsAt = TRIPS_AT, left, failsOnce } = hour;
  let toFail = failsOnce === true ? 1 : 0;
  const wakes = new MeterWakes();
  const asked: string[] = [];
  const initialHolds = decidedAt === undefined ? ["~begins"] : ["~decides"];
  const keeper = createClockKeeper({ startMs: msOfInstant(startAt), speed: Infinity, initialHolds });
  const server = await startClockServer({ keeper });
  const clock = pacedMarketClock({ url: server.url });
  closers.push(
    () => clock.close(),
    () => server.close(),
    () => keeper.close(),
  );
  const told: SiteInput[] = [];
  const looks: MeterLook[] = (left?.lookedAt ?? []).map((at) => ({
    at,
    powerKw: loadKw(at, tripsAt),
    registerWh: registerWh(at, tripsAt),
    isMoving: false,
  }));
  const clocks: KeptClock[] = [];
  const { watchFleet } = surveyActivities({
    clock,
    fleet: {
      machines: (_: string, cohortId: string) =>
        Array.from({ length: 100 }, (_one, i) => ({ machineId: `${cohortId}${i}`, cohortId })),
      read: async (machines: readonly { machineId: string; cohortId: string }[], readAt: Instant) =>
        machines.map(({ machineId, cohortId }) => ({
          machineId,
          readAt,
          state: cohortId === "a" && readAt >= tripsAt ? answersAfterTrip : "running",
          powerW: 3000,
        })),
    } as unknown as Fleet,
    ledger: { standing: async () => new Map(), saveReadings: async () => [] } as never,
    surveys: {
      keep: async () => Promise.reject(new Error("the disk of the database is full")),
      kept: async () => (left?.surveyedAt === undefined ? [] : [{ at: left.surveyedAt, machines: DREW }]),
    },
    riding: { keep: async () => undefined },
    book: new Map([
      [
        "north",
        {
          plan: PLAN,
          retiredAt: undefined,
          siteMeterId: "site",
          meters: {
            read: async (_ids: readonly string[], readAt: Instant) => [
              {
                meterId: "site",
                readAt,
                powerKw: loadKw(readAt, tripsAt),
                registerWh: registerWh(readAt, tripsAt),
                quality: "metered",
              },
            ],
          },
        } as never,
      ],
    ]),
    registers: { latestBefore: async () => undefined } as never,
    sites: {
      deliver: async (_: string, input: SiteInput, riders: readonly SiteInput[] = []) =>
        void told.push(...riders, input),
    } as never,
    quietLookSeconds,
    wakes,
    trips: {
      keep: async () => {
        if (toFail-- > 0) throw new PortUnavailableError("the database is away");
      },
      untaken: async () => [],
    },
    watch: {
      site: async () => {
        asked.push("site");
        const now = new Date(keeper.nowMs()).toISOString() as Instant;
        const begun = dispatchLooks.filter(({ at }) => at <= now);
        return {
          instructions: now >= (decidedAt ?? INSTRUCTED_AT) ? standingAt(now, instruction, revised) : [],
          trips: [],
          frozenCohorts: [],
          isDispatching: false,
          ...(begun.length === 0 ? {} : { revision: 7, dispatchedAt: begun.at(-1)?.at }),
        };
      },
      keepLook: async (_: string, look: MeterLook) => void looks.push(look),
      looksSince: async () => {
        const now = new Date(keeper.nowMs()).toISOString() as Instant;
        const all = [...looks, ...dispatchLooks.filter(({ at }) => at <= now)];
        return all.toSorted((a, b) => (a.at < b.at ? -1 : 1));
      },
      forget: async () => {},
      openClock: async (_: string, one: KeptClock) => {
        asked.push("openClock");
        clocks.push(one);
      },
      closeClock: async (_: string, clockId: string, verdict: KeptClock["verdict"]) => {
        const i = clocks.findIndex((one) => one.clockId === clockId);
        clocks[i] = { ...(clocks[i] as KeptClock), verdict };
      },
      clocks: async () => {
        asked.push("clocks");
        return clocks;
      },
    } as never,
    log: { info() {}, warn() {}, error() {} },
  });
  const watch = () => asActivity(() => watchFleet({ feedId: "fleet/north", siteIds: ["north"] }));
  const watching = failsOnce === true ? watch().catch(watch) : watch();
  if (decidedAt === undefined) await begins(keeper);
  if (decidedAt !== undefined) await decides(keeper, decidedAt, () => wakes.decided("north", [instruction]));
  const { operatingDay } = await watching;
  expect(operatingDay).toBe("2026-08-19");
  // The watch of the next day takes both names over; until then the clock stands under that of the fleet.
  expect(keeper.status().holds).toEqual(["feed/fleet/north"]);
  return { told, asked };
}

function standingAt(now: Instant, first: GridInstruction, revised: Hour["revised"]): readonly GridInstruction[] {
  if (revised === undefined || now < revised.endsAt) return [first];
  return now < revised.from ? [] : [revised.content];
}

/** Market time goes once both wait for it, the survey and the look at the meter. */
async function begins(keeper: ClockKeeper): Promise<void> {
  while (keeper.status().waiters.length < 2) await new Promise(setImmediate);
  keeper.release("~begins");
}

/** The site decides at an instant, at which the clock stands as it does in a run. */
async function decides(keeper: ClockKeeper, at: Instant, tell: () => Promise<void>): Promise<void> {
  while (keeper.status().waiters.length < 2) await new Promise(setImmediate);
  await keeper.waitUntil("~decides", msOfInstant(at));
  await tell();
  keeper.release("~decides");
}

it("a feeder that opens is told within two minutes with who is able, and the clock of an instruction is met in 30 s", async () => {
  const { told } = await watched({ answersAfterTrip: "unknown" });
  expect(told.map(inputProblem)).toEqual(told.map(() => undefined));
  const [able, trip, response, ...others] = told;
  expect(others).toEqual([]);
  expect(able).toMatchObject({ kind: "fleet-able", cohorts: [{ machines: 0 }, { machines: 100 }] });
  expect(trip).toMatchObject({
    kind: "involuntary-trip",
    fromKw: expect.closeTo(600, 0),
    toKw: expect.closeTo(300, 0),
    cohorts: [
      { cohortId: "a", darkMachines: 100, darkKw: 300, ableMachines: 0 },
      { cohortId: "b", darkMachines: 0, darkKw: 0, ableMachines: 100 },
    ],
  });
  expect(msOfInstant(trip?.at as Instant) - msOfInstant(TRIPS_AT)).toBeLessThanOrEqual(120_000);
  expect(response).toMatchObject({ kind: "response-clock", baseKw: 300, targetKw: 0, outcome: "met" });
  if (response === undefined || !isResponseClock(response)) throw new Error("no clock");
  expect(response.seconds).toBeLessThanOrEqual(60);

  // The auditor makes both again from the looks that came with them, and finds a forged one.
  const found = (inputs: readonly SiteInput[]): number => {
    const log = new LayerLog("effects", "what the meter showed");
    checkMeterWords({ arrivals: inputs.map((input) => ({ input, where: "run" })) }, log);
    return log.findings.length;
  };
  expect(found(told)).toBe(0);
  expect(found([{ ...response, seconds: 1 }])).toBe(1);
  if (trip === undefined || !isInvoluntaryTrip(trip)) throw new Error("no trip");
  expect(found([{ ...trip, fromKw: 900 }])).toBe(1);
});

it("machines that answer and do not work have lost their pool: no trip", async () => {
  const { told } = await watched({ answersAfterTrip: "asleep" });
  expect(told.filter(isInvoluntaryTrip)).toEqual([]);
});

it("with looks five minutes apart a reduction by 0.25 MW counts from what its dispatch read before the commands: met in 20 s", async () => {
  const reduction: GridInstruction = {
    ...INSTRUCTION,
    from: addSeconds(INSTRUCTED_AT, -130),
    demand: { kind: "reduce", kw: 250 },
  };
  const dispatchLooks: MeterLook[] = [
    { at: addSeconds(INSTRUCTED_AT, -129), powerKw: 300, isMoving: false, beforeRevision: 7 },
    { at: addSeconds(INSTRUCTED_AT, -110), powerKw: 45, isMoving: true },
  ];
  const { told } = await watched({
    answersAfterTrip: "asleep",
    instruction: reduction,
    quietLookSeconds: 300,
    dispatchLooks,
  });
  const [response] = told.filter(isResponseClock);
  expect(response).toMatchObject({
    baseKw: 300,
    baseAt: dispatchLooks[0]?.at,
    baseRevision: 7,
    targetKw: 50,
    outcome: "met",
    seconds: 20,
  });
  expect(told.map(inputProblem)).toEqual(told.map(() => undefined));

  // The auditor finds a base that was not read.
  const found = (inputs: readonly SiteInput[]): number => {
    const log = new LayerLog("effects", "what the meter showed");
    checkMeterWords({ arrivals: inputs.map((input) => ({ input, where: "run" })) }, log);
    return log.findings.length;
  };
  if (response === undefined) throw new Error("no clock");
  expect(found([response])).toBe(0);
  expect(found([{ ...response, looks: response.looks.map((look) => ({ ...look, powerKw: 40 })) }])).toBeGreaterThan(0);
});

it("an ended clock is opened once and asked for twice, however long its instruction holds", async () => {
  const { asked } = await watched({ answersAfterTrip: "asleep" });
  expect(asked.filter((what) => what === "site").length).toBeGreaterThan(50);
  expect(asked.filter((what) => what === "openClock")).toHaveLength(1);
  expect(asked.filter((what) => what === "clocks")).toHaveLength(2);
});

/** The feeder's load, 300 kW of 600 kW, comes off within 30 s of the market minute. */
const FAST: GridInstruction = { ...INSTRUCTION, product: "RRS-FFR", from: addSeconds(INSTRUCTED_AT, -5) };

it("a 30 s product that is effective at once has its verdict at its deadline, though quiet looks are five minutes apart", async () => {
  const { told } = await watched({
    answersAfterTrip: "asleep",
    instruction: FAST,
    quietLookSeconds: 300,
    decidedAt: FAST.from,
  });
  const [response] = told.filter(isResponseClock);
  expect(response).toMatchObject({ startedAt: FAST.from, outcome: "met", at: addSeconds(FAST.from, 30), seconds: 30 });
});

it("an instruction that begins at a moment to come has a look at that moment and at its deadline", async () => {
  const later: GridInstruction = { ...FAST, from: addSeconds(INSTRUCTED_AT, 97), demand: { kind: "reduce", kw: 100 } };
  const { told } = await watched({
    answersAfterTrip: "asleep",
    instruction: later,
    quietLookSeconds: 300,
    decidedAt: addSeconds(later.from, -200),
  });
  const [response] = told.filter(isResponseClock);
  expect(response).toMatchObject({ baseAt: later.from, at: addSeconds(later.from, 30), outcome: "short" });
});

/** The same with a later end, as a QSE sends it that says no effective moment: it begins when it is issued. */
const EXTENDED: GridInstruction = {
  ...INSTRUCTION,
  revision: 2,
  from: addSeconds(INSTRUCTED_AT, 600),
  until: addSeconds(INSTRUCTED_AT, 4_800),
};

it("an extension of an instruction that stands counts from the 300 kW of its begin, not from what is left", async () => {
  const revised = { endsAt: EXTENDED.from, from: EXTENDED.from, content: EXTENDED };
  const { told } = await watched({ answersAfterTrip: "unknown", revised });
  const clocks = told.filter(isResponseClock);
  expect(clocks.map(({ revision, baseKw, targetKw, outcome }) => [revision, baseKw, targetKw, outcome])).toEqual([
    [1, 300, 0, "met"],
    [2, 300, 0, "met"],
  ]);
});

it("one that had ended is new: it counts from what the meter shows as it begins again", async () => {
  const revised = { endsAt: addSeconds(INSTRUCTED_AT, 300), from: EXTENDED.from, content: EXTENDED };
  const { told } = await watched({ answersAfterTrip: "unknown", revised });
  expect(told.filter(isResponseClock).map(({ revision, baseKw }) => [revision, baseKw])).toEqual([
    [1, 300],
    [2, 0],
  ]);
});

it("a feeder that opens 90 s after a worker has begun is told too: who drew is known from its first look on", async () => {
  // The next survey is due at 23:05:30.
  const startAt = "2026-08-19T04:01:00.000Z" as Instant;
  const tripsAt = "2026-08-19T04:02:30.000Z" as Instant;
  const { told } = await watched({ answersAfterTrip: "unknown", startAt, tripsAt, quietLookSeconds: 20 });
  expect(told.filter(isInvoluntaryTrip)).toMatchObject([
    { at: "2026-08-19T04:03:00.000Z", cohorts: [{ cohortId: "a", darkMachines: 100 }, { cohortId: "b" }] },
  ]);
});

/** The worker before this one looked last at 23:01:00 Central, and surveyed the site half a minute before. */
const LOOKED_AT = ["2026-08-19T04:00:40.000Z", "2026-08-19T04:01:00.000Z"] as Instant[];
const SURVEYED_AT = "2026-08-19T04:00:30.000Z" as Instant;

it.each([
  ["while no worker looks, for half a minute", "04:01:10", "04:01:30", "04:02:10.000Z"],
  ["while no worker looks, for six minutes", "04:03:00", "04:07:00", "04:07:40.000Z"],
  ["five seconds after a worker has begun", "04:01:35", "04:01:30", "04:02:10.000Z"],
])("a feeder that opens %s is told at the third look after it", async (_when, trips, starts, toldAt) => {
  const { told } = await watched({
    answersAfterTrip: "unknown",
    startAt: `2026-08-19T${starts}.000Z` as Instant,
    tripsAt: `2026-08-19T${trips}.000Z` as Instant,
    quietLookSeconds: 20,
    left: { lookedAt: LOOKED_AT, surveyedAt: SURVEYED_AT },
  });
  expect(told.filter(isInvoluntaryTrip)).toMatchObject([
    { at: `2026-08-19T${toldAt}`, cohorts: [{ cohortId: "a", darkMachines: 100 }, { cohortId: "b" }] },
  ]);
});

it("a survey of a quarter hour before, or none, does not say who was able: no trip", async () => {
  const surveyed = ["2026-08-19T03:46:00.000Z" as Instant, undefined];
  const hours = surveyed.map((surveyedAt) =>
    watched({
      answersAfterTrip: "unknown",
      startAt: "2026-08-19T04:01:30.000Z" as Instant,
      tripsAt: "2026-08-19T04:01:10.000Z" as Instant,
      quietLookSeconds: 20,
      left: { lookedAt: LOOKED_AT, surveyedAt },
    }),
  );
  const told = (await Promise.all(hours)).map((hour) => hour.told.filter(isInvoluntaryTrip));
  expect(told).toEqual([[], []]);
});

it("a trip that the database did not take is told by the watch that begins again, a look later", async () => {
  const { told } = await watched({ answersAfterTrip: "unknown", failsOnce: true, quietLookSeconds: 20 });
  expect(told.filter(isInvoluntaryTrip)).toMatchObject([
    { at: "2026-08-19T04:20:40.000Z", fellBy: TRIPS_AT, cohorts: [{ cohortId: "a", darkMachines: 100 }, {}] },
  ]);
});
