import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { loadWattHours, loadWatts } from "../../../src/simulators/meter/load.ts";
import { startMeters } from "../../../src/simulators/meter/meters.ts";
import type { SimMeters, SimMeterSpec } from "../../../src/simulators/meter/meters.ts";

const START = Date.parse("2026-08-18T21:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MW = 1_000_000;
const open: SimMeters[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((sim) => sim.close()))));

const source = {
  feederIds: ["north", "south"],
  feederWatts: (id: string) => (id === "north" ? 12 * MW : 18 * MW),
  feederWattHours: (id: string, atMs: number) => ((id === "north" ? 12 * MW : 18 * MW) * (atMs - START)) / HOUR,
};

async function start(clock: { nowMs(): number }, meters: SimMeterSpec[], seed?: number) {
  const sim = await startMeters({ clock, source, meters, startMs: START, seed });
  open.push(sim);
  return sim;
}

/** A request written byte by byte, so that neither library is believed: header, unit, function 3, address, count. */
async function ask(port: number, address: number, count: number, unitId = 255, fn = 3): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  const frame = Buffer.from([0, 9, 0, 0, 0, 6, unitId, fn, 0, 0, 0, 0]);
  frame.writeUInt16BE(address, 8);
  frame.writeUInt16BE(count, 10);
  socket.write(frame);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer;
}

const registerWh = async (port: number) => (await ask(port, 3203, 4)).readBigInt64BE(9);
const powerKw = async (port: number) => (await ask(port, 3059, 2)).readFloatBE(9);
const portOf = (sim: SimMeters, meterId: string) => sim.meters.find((meter) => meter.meterId === meterId)?.port ?? NaN;

describe("simulated PM5340", () => {
  it("answers byte for byte as Modbus TCP asks for", async () => {
    const sim = await start({ nowMs: () => START }, [
      { meterId: "north", kind: "feeder", feederId: "north", startWh: 0x0102030405060708n, rolloverWh: 2n ** 62n },
    ]);
    expect([...(await ask(portOf(sim, "north"), 3203, 4))]).toEqual([
      0, 9, 0, 0, 0, 11, 255, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it("refuses to cut a value in two, an address it does not have, another unit and another function", async () => {
    const sim = await start({ nowMs: () => START }, [{ meterId: "north", kind: "feeder", feederId: "north" }]);
    const port = portOf(sim, "north");
    expect([...(await ask(port, 3060, 2))].slice(7)).toEqual([0x83, 2]);
    expect([...(await ask(port, 3203, 2))].slice(7)).toEqual([0x83, 2]);
    expect([...(await ask(port, 9000, 2))].slice(7)).toEqual([0x83, 2]);
    expect([...(await ask(port, 3203, 4, 1))].slice(7)).toEqual([0x83, 11]);
    expect([...(await ask(port, 3203, 4, 255, 4))].slice(7)).toEqual([0x84, 1]);
  });

  it("counts 3,000,000 Wh for 12 MW over a quarter of an hour, from its start register", async () => {
    let now = START;
    const sim = await start({ nowMs: () => now }, [{ meterId: "north", kind: "feeder", feederId: "north" }]);
    expect(await registerWh(portOf(sim, "north"))).toBe(184_223_904_551n);
    now = START + 15 * MINUTE;
    expect(await registerWh(portOf(sim, "north"))).toBe(184_223_904_551n + 3_000_000n);
  });

  it("power noise stays within 0.2 %, depends on meter and second, and not on how often or in which order is asked", async () => {
    let now = START;
    const clock = { nowMs: () => now };
    const specs: SimMeterSpec[] = [
      { meterId: "north", kind: "feeder", feederId: "north" },
      { meterId: "twin", kind: "feeder", feederId: "north" },
    ];
    const one = await start(clock, specs);
    const two = await start(clock, specs);
    const reseeded = await start(clock, specs, 2);
    const seen: number[] = [];
    for (let second = 0; second < 40; second += 1) {
      now = START + second * 1000;
      const kw = await powerKw(portOf(one, "north"));
      await powerKw(portOf(two, "twin"));
      expect(await powerKw(portOf(two, "north"))).toBe(kw);
      expect(Math.abs(kw / 12_000 - 1)).toBeLessThanOrEqual(0.002001);
      seen.push(kw);
    }
    expect(new Set(seen).size).toBeGreaterThan(35);
    expect(await powerKw(portOf(one, "twin"))).not.toBe(seen.at(-1));
    expect(await powerKw(portOf(reseeded, "north"))).not.toBe(seen.at(-1));
  });

  it("the site register is the feeders' energy with 0.8 % loss and the house load of the hours", async () => {
    let now = START;
    const sim = await start({ nowMs: () => now }, [{ meterId: "site", kind: "site", houseKw: 600, startWh: 0n }]);
    now = START + 24 * HOUR;
    // Over a whole day the wave cancels: 30 MW × 24 h × 1.008 + 0.6 MW × 24 h.
    expect(await registerWh(portOf(sim, "site"))).toBe(740_160_000n);
    expect(sim.trueWh("site", now)).toBeCloseTo(740_160_000, 3);
  });

  it("cooling is seen where it hangs: on the feeder of a container that carries it, of a hall at the site meter alone", async () => {
    let now = START;
    const sim = await start({ nowMs: () => now }, [
      { meterId: "north", kind: "feeder", feederId: "north", startWh: 0n },
      { meterId: "south", kind: "feeder", feederId: "south", startWh: 0n, coolingShare: 0.03 },
      { meterId: "site", kind: "site", houseKw: 600, coolingShares: { north: 0.012, south: 0.03 }, startWh: 0n },
    ]);
    now = START + 24 * HOUR;
    // north: 12 MW × 24 h; south: 18 MW × 24 h × 1.03
    expect(await registerWh(portOf(sim, "north"))).toBe(288_000_000n);
    expect(await registerWh(portOf(sim, "south"))).toBe(444_960_000n);
    // 0.8 % loss on 12 MW × 1.012 + 18 MW × 1.03 over 24 h, and the house:
    // (291,456,000 + 444,960,000) × 1.008 + 14,400,000
    expect(await registerWh(portOf(sim, "site"))).toBe(756_707_328n);
    // what no feeder carries: north's cooling 3,456,000, losses 5,891,328, house 14,400,000
    expect(756_707_328 - 288_000_000 - 444_960_000).toBe(3_456_000 + 5_891_328 + 14_400_000);
  });

  it("frozen: power and register stand while energy goes on, and catch up afterwards", async () => {
    let now = START;
    const sim = await start({ nowMs: () => now }, [
      { meterId: "north", kind: "feeder", feederId: "north", startWh: 0n },
    ]);
    const port = portOf(sim, "north");
    await sim.fault("north", { kind: "frozen" });
    const kw = await powerKw(port);
    now = START + HOUR;
    expect([await powerKw(port), await registerWh(port)]).toEqual([kw, 0n]);
    await sim.fault("north", undefined);
    expect(await registerWh(port)).toBe(12_000_000n);
  });

  it("jumping: the register is off by the amount asked for, and the truth is not", async () => {
    const sim = await start({ nowMs: () => START + HOUR }, [
      { meterId: "north", kind: "feeder", feederId: "north", startWh: 0n },
    ]);
    await sim.fault("north", { kind: "jumping", byWh: -2_000_000n });
    expect(await registerWh(portOf(sim, "north"))).toBe(10_000_000n);
    expect(sim.trueWh("north", START + HOUR)).toBe(12_000_000);
  });

  it("rollover: the register starts again at 0 after the energy asked for", async () => {
    let now = START;
    const sim = await start({ nowMs: () => now }, [
      { meterId: "north", kind: "feeder", feederId: "north", rolloverWh: 1_000_000_000n },
    ]);
    await sim.fault("north", { kind: "rollover", inWh: 1_000_000n });
    expect(await registerWh(portOf(sim, "north"))).toBe(999_000_000n);
    now = START + 15 * MINUTE;
    expect(await registerWh(portOf(sim, "north"))).toBe(2_000_000n);
  });
});

describe("house load", () => {
  it("its watt-hours are the integral of its watts, at any hour and over any span", () => {
    const load = { feeders: [], lossShare: 0, houseW: 600_000 };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 * 24 * 60 }),
        fc.integer({ min: 1, max: 36 * 60 }),
        (fromMinute, minutes) => {
          const fromMs = START + fromMinute * MINUTE;
          let summedWh = 0;
          for (let i = 0; i < minutes; i += 1) summedWh += loadWatts(load, source, fromMs + (i + 0.5) * MINUTE) / 60;
          expect(loadWattHours(load, source, fromMs, fromMs + minutes * MINUTE) / summedWh).toBeCloseTo(1, 6);
        },
      ),
    );
  });
});
