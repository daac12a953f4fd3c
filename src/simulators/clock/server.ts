import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { ClockKeeper } from "./keeper.ts";
import { WaitEndedError } from "./keeper.ts";
import { serveLines } from "./lines.ts";

const BODY_BYTES_MAX = 65_536;

export interface ClockServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

class BadRequest extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/**
 * The keeper over HTTP on loopback, JSON in and out:
 * `GET /clock` → `{now, holds, waiters: [{key, until}]}`; `POST /clock/hold|release {key}` → `{now}`;
 * `POST /clock/wait {key, until, siteIds?}` answers `{now}` when woken, 409 when another wait of the key replaced it;
 * `POST /clock/speed {speed}` (market seconds per real second, or "max"). Instants are ISO-8601 UTC.
 * `GET /clock` with `Upgrade: ballast-clock` makes the connection one of lines, on which any number of questions wait
 * side by side: `{id, ask: "now"|"hold"|"release"|"wait"|"speed", key, …}` → `{id, status, now}` or `{id, status,
 * error}`.
 * A client that hangs up or dies keeps its place: when its instant comes the clock stands under its key until that key
 * waits again or is released, so that time never runs ahead of somebody who is being started again.
 * @throws (rejects) the listen error, e.g. EADDRINUSE.
 */
export async function startClockServer(options: {
  keeper: ClockKeeper;
  host?: string;
  port?: number;
}): Promise<ClockServer> {
  const { keeper, host = "127.0.0.1", port = 0 } = options;
  const server = createServer((request, response) => {
    answer(keeper, request, response).catch((error: unknown) => {
      const { status, ...body } = failure(error);
      if (!response.destroyed) send(response, status, body);
    });
  });
  const lines = new Set<Duplex>();
  server.on("upgrade", ({ headers }, socket, head) => {
    if (headers.upgrade !== "ballast-clock") return socket.destroy();
    lines.add(socket);
    socket.on("close", () => lines.delete(socket));
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ballast-clock\r\n\r\n");
    serveLines(socket, head, async (question) => {
      try {
        await act(keeper, String(question["ask"]), question);
        return { status: 200, now: iso(keeper.nowMs()) };
      } catch (error) {
        return failure(error);
      }
    });
  });
  // Idle connections are the clients' to close: a reset between two waits would only cost a retry.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of lines) socket.destroy();
      }),
  };
}

async function answer(keeper: ClockKeeper, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url}`;
  if (route === "GET /clock") return send(response, 200, describe(keeper));
  if (request.method !== "POST") return send(response, 404, { error: `market clock: no route ${route}` });
  await act(keeper, /^\/clock\/(.+)$/.exec(request.url ?? "")?.[1] ?? "", await readBody(request), route);
  send(response, 200, { now: iso(keeper.nowMs()) });
}

/** Does what is asked; a wait is over when its instant has come. */
async function act(
  keeper: ClockKeeper,
  ask: string,
  body: Record<string, unknown>,
  called = `"${ask}"`,
): Promise<void> {
  switch (ask) {
    case "now":
      return;
    case "hold":
      return keeper.hold(keyOf(body));
    case "release":
      return keeper.release(keyOf(body));
    case "wait":
      return void (await keeper.waitUntil(keyOf(body), untilOf(body), undefined, siteIdsOf(body)));
    case "speed":
      return keeper.setSpeed(speedOf(body));
    default:
      throw new BadRequest(`market clock: no route ${called}`, 404);
  }
}

function failure(error: unknown): { readonly status: number; readonly error: string } {
  if (error instanceof BadRequest) return { status: error.status, error: error.message };
  if (error instanceof WaitEndedError) return { status: 409, error: error.message };
  return { status: 500, error: `market clock: ${error instanceof Error ? error.message : String(error)}` };
}

function describe(keeper: ClockKeeper) {
  const { nowMs, holds, waiters } = keeper.status();
  return { now: iso(nowMs), holds, waiters: waiters.map(({ key, untilMs }) => ({ key, until: iso(untilMs) })) };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > BODY_BYTES_MAX) throw new BadRequest(`market clock: body longer than ${BODY_BYTES_MAX} bytes`);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadRequest(
      `market clock: ${request.url} expects a JSON object, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new BadRequest(`market clock: ${request.url} expects a JSON object`);
  return body as Record<string, unknown>;
}

function keyOf(body: Record<string, unknown>): string {
  if (typeof body["key"] === "string" && body["key"] !== "") return body["key"];
  throw new BadRequest(`market clock: "key" must be the waiter's name, got ${JSON.stringify(body["key"])}`);
}

function siteIdsOf(body: Record<string, unknown>): readonly string[] | undefined {
  const { siteIds } = body;
  if (siteIds === undefined) return undefined;
  if (Array.isArray(siteIds) && siteIds.every((one) => typeof one === "string")) return siteIds;
  throw new BadRequest(`market clock: "siteIds" must be a list of names, got ${JSON.stringify(siteIds)}`);
}

function untilOf(body: Record<string, unknown>): number {
  const until = body["until"];
  const ms = typeof until === "string" && until.endsWith("Z") ? Date.parse(until) : NaN;
  if (Number.isNaN(ms))
    throw new BadRequest(`market clock: "until" must be like 2026-08-18T22:05:11.000Z, got ${JSON.stringify(until)}`);
  return ms;
}

function speedOf(body: Record<string, unknown>): number {
  const speed = body["speed"] === "max" ? Infinity : body["speed"];
  if (typeof speed === "number" && speed > 0) return speed;
  throw new BadRequest(
    `market clock: "speed" must be market seconds per real second above 0, or "max", got ${JSON.stringify(speed)}`,
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}
