import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modbusMeters } from "../../support/meters.ts";
import type { Pm5340 } from "../../support/meters.ts";
import { instantFromMs } from "../../../src/domain/units/instant.ts";
import { PortUnavailableError } from "../../../src/ports/errors.ts";
import { plausiblePowerKw } from "../../../src/domain/verification/plausiblePower.ts";
import { startMeters } from "../../../src/simulators/meter/meters.ts";
import type { SimMeters } from "../../../src/simulators/meter/meters.ts";

const START = Date.parse("2026-08-18T21:00:00Z");
const HOUR = 3_600_000;

/** Two feeders of constant 12 MW and 18 MW; the clock is set by hand. */
const watts: Record<string, number> = { north: 12_000_000, south: 18_000_000 };
let nowMs = START;
const source = {
  feederIds: ["north", "south"],
  feederWatts: (id: string) => watts[id] ?? NaN,
  feederWattHours: (id: string, atMs: number) => ((watts[id] ?? NaN) * (atMs - START)) / HOUR,
};

let sim: SimMeters;
let meters: ReturnType<typeof modbusMeters>;
let errors: Error[];
beforeEach(async () => {
  nowMs = START;
  errors = [];
  sim = await startMeters({
    clock: { nowMs: () => nowMs },
    source,
    meters: [
      { meterId: "site", kind: "site", houseKw: 600 },
      { meterId: "north", kind: "feeder", feederId: "north", startWh: 5_000n },
    ],
  });
  meters = modbusMeters({
    meters: sim.meters.map(configured),
    timeoutMs: 150,
    onError: (_meterId, error) => errors.push(error),
  });
});
afterEach(async () => {
  meters.close();
  await sim.close();
});

const configured = ({ meterId, host, port, unitId }: SimMeters["meters"][number]): Pm5340 => ({
  meterId,
  host,
  port,
  unitId,
});
const readAll = () => meters.read(["site", "north"], instantFromMs(nowMs));
const readNorth = async () => (await meters.read(["north"], instantFromMs(nowMs)))[0];

describe("meters over Modbus TCP", () => {
  it("reads power and the cumulative register of a site of 30 MW with its losses and house load", async () => {
    nowMs = START + HOUR;
    const [site, north] = await readAll();
    expect(site).toMatchObject({ meterId: "site", readAt: "2026-08-18T22:00:00.000Z", quality: "metered" });
    // 30 MW × 1.008 = 30,240 kW and 600 kW of house load, at most a quarter up; noise ±0.2 %.
    expect(site?.powerKw).toBeGreaterThan(30_240 + 600);
    expect(site?.powerKw).toBeLessThan((30_240 + 750) * 1.002);
    expect(north?.powerKw).toBeGreaterThan(12_000 * 0.998);
    expect(north?.powerKw).toBeLessThan(12_000 * 1.002);
    expect(north?.registerWh).toBe(12_005_000n);
    expect(site?.registerWh).toBe(184_223_904_551n + BigInt(Math.floor(sim.trueWh("site", nowMs))));
    expect(errors).toEqual([]);
  });

  it("reads a register far above 2^53 to the last watt-hour", async () => {
    const big = await startMeters({
      clock: { nowMs: () => START },
      source,
      meters: [
        { meterId: "big", kind: "feeder", feederId: "north", startWh: 9_007_199_254_740_993n, rolloverWh: 2n ** 62n },
      ],
    });
    const reader = modbusMeters({ meters: big.meters.map(configured), timeoutMs: 500 });
    expect((await reader.read(["big"], instantFromMs(START)))[0]?.registerWh).toBe(9_007_199_254_740_993n);
    reader.close();
    await big.close();
  });

  it("a meter without power is missing, never zero, the other one is read, and the reason is told", async () => {
    await readAll();
    await sim.fault("north", { kind: "stopped" });
    const [site, north] = await readAll();
    expect(site?.quality).toBe("metered");
    expect(north).toEqual({ meterId: "north", readAt: "2026-08-18T21:00:00.000Z", quality: "missing" });
    expect(errors[0]).toBeInstanceOf(PortUnavailableError);
    expect(errors[0]?.message).toMatch(/meter north \(127\.0\.0\.1:\d+, unit 255, PM5340\): .*is it reachable\?/);
    await sim.fault("north", undefined);
    expect((await readNorth())?.quality).toBe("metered");
  });

  it("a meter that accepts but never answers is missing after the timeout, and read again once it answers", async () => {
    await sim.fault("north", { kind: "silent" });
    const began = performance.now();
    expect((await readNorth())?.quality).toBe("missing");
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(errors[0]?.message).toMatch(/timed out \(within 150 ms\)/i);
    await sim.fault("north", undefined);
    expect((await readNorth())?.quality).toBe("metered");
  });

  it("a connection that the meter closed while idle costs nothing", async () => {
    await readNorth();
    await sim.fault("north", { kind: "stopped" });
    await sim.fault("north", undefined);
    expect((await readNorth())?.quality).toBe("metered");
    expect(errors).toEqual([]);
  });

  it("a power of NaN is missing, and what could be read is kept", async () => {
    await sim.fault("north", { kind: "no-power-value" });
    const north = await readNorth();
    expect(north).toEqual({
      meterId: "north",
      readAt: "2026-08-18T21:00:00.000Z",
      registerWh: 5_000n,
      quality: "missing",
    });
    expect(errors[0]?.message).toMatch(/power marked as not available/);
  });

  it("many reads of one meter at once all get an answer over one connection", async () => {
    const readings = await Promise.all(Array.from({ length: 20 }, readNorth));
    expect(readings.map((reading) => reading?.registerWh)).toEqual(Array(20).fill(5_000n));
  });

  it("a gateway that lets another unit answer proves nothing, and the reason names who answered", async () => {
    // Answers every request rightly but for the unit: 7 in place of 1.
    const gateway = createServer((socket) =>
      socket.on("data", (request) => {
        const words = request.readUInt16BE(10);
        const head = Buffer.from([request[0] ?? 0, request[1] ?? 0, 0, 0, 0, 3 + 2 * words, 7, 3, 2 * words]);
        socket.write(Buffer.concat([head, Buffer.alloc(2 * words)]));
      }),
    );
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const { port } = gateway.address() as AddressInfo;
    const told: Error[] = [];
    const behind = modbusMeters({
      meters: [{ meterId: "north", host: "127.0.0.1", port, unitId: 1 }],
      timeoutMs: 150,
      onError: (_meterId, error) => told.push(error),
    });
    expect(await behind.read(["north"], instantFromMs(nowMs))).toMatchObject([{ quality: "missing" }]);
    expect(told[0]?.message).toContain("unit 7 answered instead of 1; is the unit id right?");
    behind.close();
    gateway.close();
  });

  it("another unit id is refused with the Modbus exception in the reason", async () => {
    const wrong = modbusMeters({
      meters: sim.meters.map((meter) => ({ ...configured(meter), unitId: 7 })),
      timeoutMs: 150,
      onError: (_id, error) => errors.push(error),
    });
    expect((await wrong.read(["north"], instantFromMs(START)))[0]?.quality).toBe("missing");
    wrong.close();
    expect(errors[0]).toBeInstanceOf(PortUnavailableError);
    expect(errors[0]?.message).toMatch(/unit 7 answered with Modbus exception 11: the gateway got no answer from it/);
  });

  it.each([
    ["is busy once", { kind: "exception", code: 6, times: 1 }],
    ["sits behind a gateway that loses it for a moment", { kind: "exception", code: 11, times: 2 }],
    ["sits behind a gateway that has no path for a moment", { kind: "exception", code: 10, times: 2 }],
    ["closes the connection after each reply", { kind: "closes" }],
  ] as const)("a meter that %s is read all the same, power and register", async (_what, fault) => {
    await sim.fault("north", fault);
    expect(await readNorth()).toMatchObject({ quality: "metered", registerWh: 5_000n });
    expect(await readNorth()).toMatchObject({ quality: "metered", registerWh: 5_000n });
    expect(errors).toEqual([]);
  });

  it("a meter that stays busy is missing, and the reason says busy and which unit said so", async () => {
    await sim.fault("north", { kind: "exception", code: 6, times: 99 });
    expect((await readNorth())?.quality).toBe("missing");
    expect(errors[0]).toBeInstanceOf(PortUnavailableError);
    expect(errors[0]?.message).toMatch(/unit 255 answered with Modbus exception 6: it is busy$/);
  });

  it.each([
    ["1e30 kW", { kind: "power", kw: 1e30 }, /power 1\.00e\+30 kW is above 15000\.0 kW, the most/],
    ["−7.7e11 kW", { kind: "power", kw: -7.7e11 }, /power -7\.70e\+11 kW is negative/],
    ["twice its load, by a wrong ratio", { kind: "power", kw: 24_000 }, /power 24000\.0 kW is above/],
    ["its load with the sign of a reversed transformer", { kind: "reversed" }, /power -1[12]\d{3}\.\d kW is negative/],
  ] as const)("a meter that shows %s is not metered, and its register is kept", async (_what, fault, why) => {
    const bounded = modbusMeters({
      meters: sim.meters.map((meter) => ({ ...configured(meter), maxKw: plausiblePowerKw(12_000_000) })),
      timeoutMs: 150,
      onError: (_id, error) => errors.push(error),
    });
    await sim.fault("north", fault);
    const [north] = await bounded.read(["north"], instantFromMs(START));
    bounded.close();
    expect(north).toMatchObject({ quality: "missing", registerWh: 5_000n });
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(why)]);
  });

  it("a meter that nobody configured is an error, not a missing reading", async () => {
    await expect(meters.read(["east"], instantFromMs(START))).rejects.toThrow(
      'no meter "east" is configured; configured are site, north',
    );
  });
});
