import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startMinerFleet } from "../../../src/simulators/miners/fleet.ts";
import type { MinerFleet, SimMinerSpec } from "../../../src/simulators/miners/model.ts";
import { NO_CHANCE, nextHost, specs, testClock, type TestClock } from "./harness.ts";

const open: MinerFleet[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fleet) => fleet.close()));
});

async function started(
  miners: readonly SimMinerSpec[],
  clock: TestClock = testClock(),
  seed = 7,
  faults = NO_CHANCE,
): Promise<MinerFleet> {
  const fleet = await startMinerFleet({ clock, miners, seed, faults });
  open.push(fleet);
  return fleet;
}

/** A plain client: send, read to the end of the stream as real clients do, answer the text. */
function raw(host: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(4028, host, () => socket.write(request));
    socket
      .setEncoding("utf8")
      .on("data", (chunk: string) => void (text += chunk))
      .on("end", () => resolve(text))
      .on("error", reject);
  });
}

async function call(host: string, command: string, parameter = ""): Promise<any> {
  const text = await raw(host, JSON.stringify({ command, parameter }));
  expect(text.endsWith("\0")).toBe(true);
  return JSON.parse(text.slice(0, -1));
}

async function one(): Promise<{ host: string; fleet: MinerFleet; clock: TestClock }> {
  const clock = testClock();
  const [spec] = specs(1);
  return { host: spec!.host, fleet: await started([spec!], clock), clock };
}

describe("the wire", () => {
  it("answers one JSON request with or without a newline by one JSON object, a NUL and a close", async () => {
    const { host } = await one();
    for (const request of ['{"command":"version"}', '{"command":"version"}\n', '{"command":"version"}\0']) {
      const text = await raw(host, request);
      expect(text.indexOf("\0")).toBe(text.length - 1);
      expect(JSON.parse(text.slice(0, -1)).VERSION[0].Type).toBe("Antminer S19k Pro");
    }
  });

  it("takes a request that arrives in pieces", async () => {
    const { host } = await one();
    const text = await new Promise<string>((resolve, reject) => {
      let reply = "";
      const socket = connect(4028, host, () => {
        socket.write('{"command":', () => setImmediate(() => socket.write('"power"}')));
      });
      socket
        .setEncoding("utf8")
        .on("data", (chunk: string) => void (reply += chunk))
        .on("end", () => resolve(reply))
        .on("error", reject);
    });
    expect(JSON.parse(text.slice(0, -1)).STATUS[0].Code).toBe(311);
  });

  it("answers a+b with one array for each command, and an unknown command with code 14", async () => {
    const { host } = await one();
    const both = await call(host, "version+config");
    expect([both.version[0].STATUS[0].Code, both.config[0].CONFIG[0].CurtailMode]).toEqual([22, "None"]);
    expect((await call(host, "fly")).STATUS[0]).toMatchObject({ STATUS: "E", Code: 14 });
    expect(await raw(host, '{"command":7}')).toContain('"STATUS":"E"');
  });

  it("names the address and the remedy when it cannot listen", async () => {
    const [spec] = specs(1);
    await started([spec!]);
    await expect(started([spec!])).rejects.toThrow(
      new RegExp(`cannot listen on ${spec!.host}:4028 \\(EADDRINUSE\\): another program listens there`),
    );
  });

  it("refuses a repeated name, a repeated address, an outside address and an unknown profile before it listens", async () => {
    const host = nextHost();
    const machine = { machineId: "a", host, model: "S21", feederId: "north" } as const;
    await expect(started([machine, { ...machine, host: nextHost() }])).rejects.toThrow("machineId is given twice");
    await expect(started([machine, { ...machine, machineId: "b" }])).rejects.toThrow(
      `${host}:4028 is already another machine's`,
    );
    await expect(started([{ ...machine, host: "192.168.1.7" }])).rejects.toThrow(
      'expected a loopback address 127.x.y.z as host, got "192.168.1.7"',
    );
    await expect(started([{ ...machine, profile: "1MHz" }])).rejects.toThrow('no profile "1MHz" on S21; there are ');
  });
});

describe("the write session", () => {
  it("belongs to one client: the second logon gets code 402 and no session", async () => {
    const { host } = await one();
    const first = await call(host, "logon");
    expect(first.SESSION[0].SessionID).toMatch(/^\w{8}$/);
    const second = await call(host, "logon");
    expect([second.STATUS[0].Code, second.SESSION]).toEqual([402, undefined]);
    expect((await call(host, "session")).SESSION[0].SessionID).toBe(first.SESSION[0].SessionID);
  });

  it("ends after 60 market seconds without use, and use renews it", async () => {
    const { host, clock } = await one();
    const id = (await call(host, "logon")).SESSION[0].SessionID;
    clock.advance(59);
    expect((await call(host, "profileset", `${id},490MHz`)).STATUS[0].Code).toBe(321);
    clock.advance(59);
    expect((await call(host, "curtail", `${id},sleep`)).STATUS[0].Code).toBe(335);
    clock.advance(61);
    expect((await call(host, "curtail", `${id},wakeup`)).STATUS[0]).toMatchObject({
      STATUS: "E",
      Msg: "Invalid session id",
    });
    expect((await call(host, "session")).SESSION[0].SessionID).toBe("");
  });

  it("is ended by logoff with its id, or by kill without one", async () => {
    const { host } = await one();
    const id = (await call(host, "logon")).SESSION[0].SessionID;
    expect((await call(host, "logoff", "wrong")).STATUS[0].STATUS).toBe("E");
    expect((await call(host, "logoff", id)).STATUS[0].STATUS).toBe("S");
    await call(host, "logon");
    await call(host, "kill");
    expect((await call(host, "logon")).STATUS[0].Code).toBe(316);
  });

  it("never appears in the command log", async () => {
    const { host, fleet } = await one();
    const id = (await call(host, "logon")).SESSION[0].SessionID;
    await call(host, "curtail", `${id},sleep`);
    await call(host, "curtail", `${id},sleep`);
    await call(host, "logoff", id);
    expect(fleet.commandLog().map(({ command, parameter, outcome }) => [command, parameter, outcome])).toEqual([
      ["logon", "", "applied"],
      ["curtail", "sleep", "applied"],
      ["curtail", "sleep", "no-change"],
      ["logoff", "", "applied"],
    ]);
    expect(JSON.stringify(fleet.commandLog())).not.toContain(id);
  });
});

describe("profiles", () => {
  it("can be set by name, by step and by estimate", async () => {
    const { host, fleet } = await one();
    const id = (await call(host, "logon")).SESSION[0].SessionID;
    for (const [selector, name] of [
      ["490MHz", "490MHz"],
      ["+1", "515MHz"],
      ["-2", "465MHz"],
      ["2300W", "490MHz"],
      ["2.3kW", "490MHz"],
      ["60THs", "290MHz"],
      ["default", "default"],
    ]) {
      expect((await call(host, "profileset", `${id},${selector}`)).PROFILE[0].Profile).toBe(name);
      expect(fleet.state("m0").profile).toBe(name);
    }
    expect((await call(host, "profileset", `${id},1MHz`)).STATUS[0].STATUS).toBe("E");
  });
});

describe("chance", () => {
  it("is a matter of seed, machine and count of commands, not of the order in which machines are told", async () => {
    const outcomes = async (reverse: boolean) => {
      const miners = specs(60);
      const fleet = await started(miners, testClock(), 11, { lie: 0.3, deadAtResume: 0.3, dropWriteReply: 0 });
      for (const spec of reverse ? miners.toReversed() : miners) {
        const id = (await call(spec.host, "logon")).SESSION[0].SessionID;
        await call(spec.host, "curtail", `${id},sleep`);
        await call(spec.host, "curtail", `${id},wakeup`);
      }
      return miners.map(({ machineId }) =>
        fleet
          .commandLog()
          .filter((entry) => entry.machineId === machineId)
          .map(({ outcome }) => outcome)
          .join(" "),
      );
    };
    const forward = await outcomes(false);
    expect(await outcomes(true)).toEqual(forward);
    expect(forward).toContain("applied ignored no-change");
    expect(forward).toContain("applied applied dead-at-resume");
    expect(forward).toContain("applied applied applied");
  });

  it("strikes about one restart command in 200 by default", async () => {
    const miners = specs(250);
    const fleet = await startMinerFleet({ clock: testClock(), miners, seed: 3 });
    open.push(fleet);
    await Promise.all(
      miners.map(async ({ host }) => {
        const id = (await call(host, "logon")).SESSION[0].SessionID;
        for (let round = 0; round < 4; round++)
          await raw(host, JSON.stringify({ command: "curtail", parameter: `${id},${round % 2 ? "wakeup" : "sleep"}` }));
      }),
    );
    const ignored = fleet.commandLog().filter(({ outcome }) => outcome === "ignored").length;
    expect(ignored).toBeGreaterThanOrEqual(1);
    expect(ignored).toBeLessThanOrEqual(15);
  });
});

describe("feeders", () => {
  it("carry the sum of the machines behind them; a dead machine carries nothing until it is repaired", async () => {
    const clock = testClock();
    const fleet = await started(
      [...specs(3), { machineId: "s0", host: nextHost(), model: "S21", feederId: "south", asleep: true }],
      clock,
    );
    expect(fleet.feederIds).toEqual(["north", "south"]);
    const sum = ["m0", "m1", "m2"].reduce((watts, id) => watts + fleet.state(id).trueWatts, 0);
    expect(fleet.feederWatts("north", clock.nowMs())).toBeCloseTo(sum, 9);
    expect(fleet.feederWatts("south", clock.nowMs())).toBe(25);
    clock.advance(3600);
    expect(fleet.feederWattHours("north", clock.nowMs())).toBeCloseTo(sum, 6);
    fleet.inject("m0", "dead");
    expect(fleet.state("m0").trueWatts).toBe(0);
    clock.advance(3600);
    fleet.heal("m0");
    clock.advance(600);
    expect(fleet.state("m0").trueWatts).toBeGreaterThan(2_700);
    expect(() => fleet.feederWatts("west", clock.nowMs())).toThrow('no feeder "west"; there are north, south');
  });
});
