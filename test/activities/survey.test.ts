import { afterEach, expect, it } from "vitest";
import { MeterWakes } from "../../activities/meterWakes.ts";
import { surveyActivities } from "../../activities/survey.ts";
import { pacedMarketClock } from "../../src/adapters/clock/paced.ts";
import { isAble } from "../../src/domain/dispatch/dispatchBase.ts";
import type { MachineReading } from "../../src/domain/dispatch/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { Fleet } from "../../src/ports/fleet.ts";
import type { FleetLedger, MachineStanding } from "../../src/ports/fleetLedger.ts";
import { createClockKeeper } from "../../src/simulators/clock/keeper.ts";
import { startClockServer } from "../../src/simulators/clock/server.ts";
import { asActivity } from "../faults/marketBench.ts";

const START = Date.parse("2026-08-18T17:00:00.000Z");
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

it("a machine that the first survey left out is known from the first count on; the others stand as they were", async () => {
  const keeper = createClockKeeper({ startMs: START, speed: Number.POSITIVE_INFINITY, initialHolds: [] });
  const server = await startClockServer({ keeper });
  const clock = pacedMarketClock({ url: server.url });
  closers.push(
    () => clock.close(),
    () => server.close(),
    () => keeper.close(),
  );
  const ids = ["m1", "m2", "m3"];
  const standing = new Map<string, MachineStanding>([
    ["m1", { machineId: "m1", cohortId: "a", state: "asleep", atTarget: true }],
  ]);
  const kept: { readonly readings: readonly MachineReading[]; readonly onlyUnknown?: boolean }[] = [];
  const stop = new AbortController();
  const { watchFleet } = surveyActivities({
    clock,
    fleet: {
      machines: () => ids.map((machineId) => ({ machineId })),
      read: async (_: unknown, readAt: Instant) => ids.map((machineId) => ({ machineId, readAt, state: "running" })),
    } as unknown as Fleet,
    ledger: {
      standing: async () => standing,
      saveReadings: async (
        _site: string,
        _cohort: string,
        _revision: undefined,
        readings: readonly MachineReading[],
        onlyUnknown?: boolean,
      ) => {
        kept.push({ readings, onlyUnknown });
        return [];
      },
    } as unknown as FleetLedger,
    riding: { keep: async () => stop.abort(new Error("counted")) },
    book: new Map([
      [
        "north",
        {
          plan: {
            pue: 1,
            cohorts: [{ cohortId: "a", lockedOut: false, machines: 3, modes: [{ powerW: 3000 }] }],
          } as never,
          retiredAt: undefined,
          siteMeterId: "site",
          meters: { read: async () => [] },
        },
      ],
    ]),
    surveys: { keep: async () => {}, kept: async () => [] },
    registers: { latestBefore: async () => undefined } as never,
    sites: {} as never,
    quietLookSeconds: 60,
    wakes: new MeterWakes(),
    trips: { keep: async () => {}, untaken: async () => [] },
    watch: {
      site: async () => ({ instructions: [], trips: [], frozenCohorts: [], isDispatching: false }),
      keepLook: async () => {},
      looksSince: async () => [],
      forget: async () => {},
      clocks: async () => [],
    } as never,
    log: { info() {}, warn() {}, error() {} },
  });
  await asActivity(() => watchFleet({ feedId: "fleet/north", siteIds: ["north"] }), stop.signal).catch(() => undefined);
  const [saved] = kept;
  expect(saved?.onlyUnknown).toBe(true);
  expect(saved?.readings.map((reading) => [reading.machineId, isAble(reading)])).toEqual([
    ["m2", true],
    ["m3", true],
  ]);
});
