import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerActivities } from "../../activities/registers.ts";
import { realMarketClock } from "../../src/adapters/clock/real.ts";
import { modbusMeters } from "../support/meters.ts";
import { postgresClockWitness } from "../../src/adapters/postgres/clockWitness.ts";
import { dayEnd, wallToInstant } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant, secondsBetween } from "../../src/domain/units/instant.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import type { MeterReadings } from "../../src/ports/meterReadings.ts";
import { type MeterFault, type SimMeters, startMeters } from "../../src/simulators/meter/meters.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";

const DAY = "2026-08-18";
const SITE = "mesa";
const at = (time: string): Instant => wallToInstant({ day: DAY, time, repeatedHour: false });
const START = at("22:50:00");
/** Whoever reads the meters was away from midnight until 00:50. */
const BACK = addSeconds(dayEnd(DAY), 3_000);
const source = {
  feederIds: ["all"],
  feederWatts: () => 900_000,
  feederWattHours: (_id: string, atMs: number) => (900_000 * (atMs - Date.parse(START))) / 3_600_000,
};

let bench: Bench;
let sim: SimMeters;
beforeAll(async () => {
  bench = startBench(await testDatabase(), START);
  sim = await startMeters({
    clock: bench.clock,
    source,
    meters: [{ meterId: "site", kind: "feeder", feederId: "all", startWh: 0n }],
  });
  const meters = modbusMeters({
    meters: sim.meters.map((meter) => ({ ...meter, maxKw: 1_125 })),
    timeoutMs: 300,
  });
  const { readRegisters } = registerActivities({
    ...bench,
    book: new Map([[SITE, { meters, meterIds: ["site"], siteMeterId: "site" }]]),
  });
  const plan = (time: string, fault: MeterFault | undefined) =>
    bench.clock.plan(at(time), () => sim.fault("site", fault));
  plan("22:59:59", { kind: "slow", times: 1 });
  plan("23:14:59", { kind: "stopped" });
  plan("23:15:15", undefined);
  plan("23:20:00", { kind: "reversed" });
  await asActivity(() =>
    bench.clock.run(addSeconds(dayEnd(DAY), 120), () => readRegisters({ feedId: "registers", siteIds: [SITE] })),
  );
  bench.clock.at = BACK;
  await asActivity(() =>
    bench.clock.run(addSeconds(BACK, 700), () => readRegisters({ feedId: "registers", siteIds: [SITE] })),
  );
  meters.close();
});
afterAll(async () => {
  await sim.close();
  await bench.close();
});

describe("a site's meter at the boundaries of an evening", () => {
  const boundary = async (time: string) =>
    (await bench.registers.between(SITE, at(time), at(time))).map(({ readAt, registerWh, quality }) => [
      readAt,
      registerWh,
      quality,
    ]);

  it("that nobody read for three boundaries: the log says between which ones, at the next read", () => {
    const gaps = bench.lines.filter((line) => line.includes("no register was read at the boundaries in between"));
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toContain(JSON.stringify({ after: dayEnd(DAY), before: addSeconds(dayEnd(DAY), 3_600) }).slice(1));
  });

  it("whose first answer does not come in time is read two seconds later: both neighbors have their energy", async () => {
    // 900 kW for 10 min 2 s
    expect(await boundary("23:00:00")).toEqual([[addSeconds(at("23:00:00"), 2), 150_500n, "metered"]]);
  });

  it("that is without power for 15 s is read as soon as it is back, within the minute", async () => {
    // 900 kW for 25 min 20 s
    expect(await boundary("23:15:00")).toEqual([[addSeconds(at("23:15:00"), 20), 380_000n, "metered"]]);
  });

  it("behind a reversed transformer proves nothing: its register stands, and it is no outage of load", async () => {
    expect((await boundary("23:30:00"))[0]?.[2]).toBe("missing");
    expect((await boundary("23:45:00"))[0]?.[2]).toBe("stale");
  });

  it("is not told to be back at midnight, when the next day's reader takes over within seconds", () => {
    expect(bench.told.map(({ kind, at: told }) => `${kind} ${told}`)).toEqual([`feed-silent ${at("23:30:00")}`]);
  });
});

describe("a boundary that has come by the worker's clock", () => {
  /** The one that is read here. */
  const boundary = addSeconds(dayEnd(DAY), 86_400);
  const readings = async () => bench.registers.between(SITE, boundary, boundary);

  /** Reads the boundary on a real clock that is `aheadMs` ahead of the database's, and stops after it. */
  async function readBoundary(aheadMs: number, witnessBeforeMs: number): Promise<unknown> {
    const offsetMs = Date.parse(boundary) - witnessBeforeMs - Date.now();
    const own = realMarketClock({ kind: "real", offsetMs: offsetMs + aheadMs });
    const clock: MarketClock = {
      ...own,
      waitUntil: (key, until, ...rest) =>
        secondsBetween(boundary, until) > 60
          ? Promise.reject(new Error("the test ends"))
          : own.waitUntil(key, until, ...rest),
    };
    const meters: MeterReadings = {
      read: async (ids, readAt) =>
        ids.map((meterId) => ({ meterId, readAt, registerWh: 7_000n, powerKw: 900, quality: "metered" as const })),
    };
    const { readRegisters } = registerActivities({
      ...bench,
      clock,
      witness: postgresClockWitness(bench.pool, { kind: "real", offsetMs }),
      book: new Map([[SITE, { meters, meterIds: ["site"], siteMeterId: "site" }]]),
    });
    return asActivity(() => readRegisters({ feedId: "registers", siteIds: [SITE] })).catch((error: unknown) => error);
  }

  it("six hours before the database's is refused with an alarm: no register stands for it", async () => {
    expect(await readBoundary(6 * 3_600_000, 6 * 3_600_000 + 300)).toMatchObject({ name: "PortUnavailableError" });
    expect(await readings()).toEqual([]);
    expect(bench.lines.filter((line) => line.startsWith("error two clocks disagree: the meters at "))).toHaveLength(1);
  });

  it("six hours after the database's is refused too: the meters have counted on", async () => {
    expect(await readBoundary(-6 * 3_600_000, -6 * 3_600_000 + 300)).toMatchObject({ name: "PortUnavailableError" });
    expect(await readings()).toEqual([]);
  });

  it("less than a second early is read once it has come by the database's clock, and stands", async () => {
    await readBoundary(600, 900);
    const [reading, ...others] = await readings();
    expect(others).toEqual([]);
    // the worker's stamp of a read at least 600 ms after the boundary by its own clock
    expect(secondsBetween(boundary, (reading as { readAt: Instant }).readAt)).toBeGreaterThanOrEqual(0.59);
  });
});
