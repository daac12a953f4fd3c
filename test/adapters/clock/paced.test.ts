import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pacedMarketClock } from "../../../src/adapters/clock/paced.ts";
import { instantFromMs } from "../../../src/domain/units/instant.ts";
import { PortConflictError, PortDataError, PortUnavailableError } from "../../../src/ports/errors.ts";
import { createClockKeeper } from "../../../src/simulators/clock/keeper.ts";
import type { ClockKeeper } from "../../../src/simulators/clock/keeper.ts";
import { startClockServer } from "../../../src/simulators/clock/server.ts";
import type { ClockServer } from "../../../src/simulators/clock/server.ts";

const START = Date.parse("2026-08-18T21:00:00Z");
const at = (minutes: number) => instantFromMs(START + minutes * 60_000);

let keeper: ClockKeeper;
let server: ClockServer;
let clock: ReturnType<typeof pacedMarketClock>;
beforeEach(async () => {
  keeper = createClockKeeper({ startMs: START, speed: Infinity, initialHolds: ["boot"] });
  server = await startClockServer({ keeper });
  clock = pacedMarketClock({ url: server.url, retryAfterMs: [5, 20, 50] });
});
afterEach(async () => {
  clock.close();
  keeper.close();
  await server.close();
});

describe("paced market clock over a connection", () => {
  it("tells market time, waits, and holds from the wake until the release", async () => {
    expect(await clock.now()).toBe(at(0));
    const wait = clock.waitUntil("site/houston", at(5));
    await clock.release("boot");
    expect(await wait).toBe(at(5));
    expect(keeper.status().holds).toEqual(["site/houston"]);
    await clock.hold("order");
    await clock.release("site/houston");
    expect(keeper.status().holds).toEqual(["order"]);
  });

  it("two processes take turns in market order", async () => {
    const other = pacedMarketClock({ url: server.url });
    await clock.hold("a");
    await other.hold("b");
    await clock.release("boot");
    const log: string[] = [];
    const play = async (mine: typeof clock, key: string, every: number) => {
      for (let minutes = every; minutes <= 12; minutes += every)
        log.push(`${key} ${(await mine.waitUntil(key, at(minutes))).slice(14, 16)}`);
      await mine.release(key);
    };
    await Promise.all([play(clock, "a", 4), play(other, "b", 3)]);
    other.close();
    expect(log).toEqual(["b 03", "a 04", "b 06", "a 08", "b 09", "a 12", "b 12"]);
  });

  it("says whom a wake is about: those of different sites hold the clock together", async () => {
    const hub = clock.waitUntil("feed/hub", at(5), undefined, ["pecan"]);
    const zone = clock.waitUntil("feed/zone", at(5), undefined, ["salt"]);
    await until(() => keeper.status().waiters.length === 2);
    await clock.release("boot");
    expect(await Promise.all([hub, zone])).toEqual([at(5), at(5)]);
    expect(keeper.status().holds).toEqual(["feed/hub", "feed/zone"]);
    await expect(clock.waitUntil("feed/zone", at(6), undefined, [7 as never])).rejects.toThrow("list of names");
  });

  it("a caller that gives up or dies while it waits keeps its place: the clock stands there until a successor takes it over", async () => {
    const abort = new AbortController();
    const wait = clock.waitUntil("site", at(5), abort.signal);
    await until(() => keeper.status().waiters.length === 1);
    abort.abort(new Error("worker is shutting down"));
    await expect(wait).rejects.toThrow("worker is shutting down");
    const later = clock.waitUntil("desk", at(6));
    await clock.release("boot");
    await until(() => keeper.status().holds.includes("site"));
    expect(await clock.now()).toBe(at(5));
    const successor = pacedMarketClock({ url: server.url });
    expect(await successor.waitUntil("site", at(5))).toBe(at(5));
    await successor.release("site");
    expect(await later).toBe(at(6));
    successor.close();
  });

  it("waits again after a lost connection, and time has not run away meanwhile", async () => {
    const proxy = await breakableProxy(new URL(server.url).port);
    const viaProxy = pacedMarketClock({ url: proxy.url, retryAfterMs: [5, 5] });
    const wait = viaProxy.waitUntil("site", at(5));
    await until(() => keeper.status().waiters.length === 1);
    proxy.cutAll();
    await clock.release("boot");
    expect(await wait).toBe(at(5));
    expect(await clock.now()).toBe(at(5));
    viaProxy.close();
    await proxy.close();
  });

  it("a waiter that died after its wake still holds the clock, until its successor waits under the same key", async () => {
    const wait = clock.waitUntil("site", at(5));
    await clock.release("boot");
    await wait;
    clock.close();
    const successor = pacedMarketClock({ url: server.url });
    expect(keeper.status().holds).toEqual(["site"]);
    expect(await successor.waitUntil("site", at(6))).toBe(at(6));
    successor.close();
  });

  it("asks over one connection, however many wait, and one of them that gives up costs the others nothing", async () => {
    const proxy = await breakableProxy(new URL(server.url).port);
    const viaProxy = pacedMarketClock({ url: proxy.url });
    const abort = new AbortController();
    const waits = [5, 6, 7].map((minutes) => viaProxy.waitUntil(`site/${minutes}`, at(minutes)));
    const given = viaProxy.waitUntil("site/8", at(8), abort.signal);
    await until(() => keeper.status().waiters.length === 4);
    expect(proxy.connections()).toBe(1);
    abort.abort(new Error("no more"));
    await expect(given).rejects.toThrow("no more");
    await viaProxy.release("boot");
    for (const [i, wait] of waits.entries()) {
      expect(await wait).toBe(at(5 + i));
      await viaProxy.release(`site/${5 + i}`);
    }
    expect(proxy.connections()).toBe(1);
    viaProxy.close();
    await proxy.close();
  });

  it("hears that what answers is no clock", async () => {
    const other = createHttpServer((_, response) => void response.end("a page")).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const nobody = pacedMarketClock({
      url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
      retryAfterMs: [1],
    });
    await expect(nobody.now()).rejects.toThrow(
      /failed 2 times, last: Error: HTTP 200 where ballast-clock was asked for/,
    );
    other.on("upgrade", (_, socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello\n"),
    );
    await expect(nobody.now()).rejects.toThrow(PortDataError);
    await expect(nobody.now()).rejects.toThrow('answered "hello", expected a line of JSON');
    nobody.close();
    other.closeAllConnections();
    other.close();
  });

  it("closes a connection that sends what is no question", async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("GET /clock HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ballast-clock\r\n\r\nhello\n");
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(keeper.status().holds).toEqual(["boot"]);
  });

  it("is told when another wait took its key over", async () => {
    const first = clock.waitUntil("site", at(5));
    await until(() => keeper.status().waiters.length === 1);
    const second = clock.waitUntil("site", at(6));
    await expect(first).rejects.toThrow(PortConflictError);
    await clock.release("boot");
    expect(await second).toBe(at(6));
  });

  it("says so when the clock is not there", async () => {
    const nowhere = pacedMarketClock({ url: "http://127.0.0.1:1", retryAfterMs: [1, 1] });
    await expect(nowhere.now()).rejects.toThrow(PortUnavailableError);
    await expect(nowhere.now()).rejects.toThrow(/failed 3 times.*is the simulator process running/);
  });

  it("refuses what it cannot understand with the reason", async () => {
    await expect(clock.hold("")).rejects.toThrow(PortDataError);
    const post = async (path: string, body: string) => {
      const response = await fetch(`${server.url}${path}`, { method: "POST", body });
      return `${response.status} ${((await response.json()) as { error: string }).error}`;
    };
    expect(await post("/clock/wait", '{"key":"a","until":"tomorrow"}')).toBe(
      '400 market clock: "until" must be like 2026-08-18T22:05:11.000Z, got "tomorrow"',
    );
    expect(await post("/clock/wait", "until")).toMatch(/^400 .*expects a JSON object, got "until"/);
    expect(await post("/clock/speed", '{"speed":-3}')).toMatch(/^400 .*above 0, or "max", got -3/);
    expect(await post("/clock/stop", "{}")).toBe("404 market clock: no route POST /clock/stop");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function breakableProxy(targetPort: string) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const proxy = createServer((inbound) => {
    connections += 1;
    const outbound = connect(Number(targetPort), "127.0.0.1");
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from);
      from.on("error", () => from.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connections: () => connections,
    cutAll: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise<void>((resolve) => (sockets.forEach((socket) => socket.destroy()), proxy.close(() => resolve()))),
  };
}
