import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { get } from "../../../src/adapters/ercot/http.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { PortUnavailableError } from "../../../src/ports/errors.ts";

const AT = parseInstant("2026-08-18T22:00:00Z");
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Closes a connection without an answer at the requests of it that are named, 1 its first; counts connections. */
async function source(...unanswered: readonly number[]): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const asked = new WeakMap<object, number>();
  server = createServer(({ socket }, response) => {
    const nth = (asked.get(socket) ?? 0) + 1;
    asked.set(socket, nth);
    if (unanswered.includes(nth)) socket.destroy();
    else response.setHeader("content-type", "application/json").end("[]");
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`, connections: () => connections };
}

const text = async (url: string): Promise<string> => (await get(url, { timeoutMs: 5_000, at: AT })).bytes.toString();

it("a source that closes a connection which was kept open, just as it is used again, is asked on a new one", async () => {
  const { url, connections } = await source(2);
  expect(await text(url)).toBe("[]");
  expect(await text(url)).toBe("[]");
  expect(connections()).toBe(2);
});

it("a source that closes a new connection without an answer gives none", async () => {
  const { url, connections } = await source(1);
  await expect(text(url)).rejects.toThrow(PortUnavailableError);
  await expect(text(url)).rejects.toThrow(/no whole answer \(ECONNRESET: socket hang up\)/);
  expect(connections()).toBe(2);
});
