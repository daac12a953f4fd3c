import { createServer, type Server, type Socket } from "node:net";
import type { Listener } from "./served.ts";

const REQUEST_BYTES_MAX = 65_536;
const IDLE_MS = 10_000;

/** What the machine puts on the wire after a request. */
export type WireAnswer =
  | { readonly kind: "reply"; readonly text: string; readonly close: boolean }
  | { readonly kind: "close" }
  | { readonly kind: "silence" };

/**
 * One TCP listener in the manner of cgminer: one JSON request with or without a newline or NUL, one reply ended by a
 * NUL, then the connection is closed. @throws Error naming the address when it cannot be bound.
 */
export function listen(
  host: string,
  port: number,
  delayMs: number,
  answer: (request: string) => WireAnswer,
  log: (message: string) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", (error) => log(`${host}:${port}: ${error.message}`));
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    serve(socket, delayMs, answer);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(bindError(host, port, error)));
    server.listen({ host, port, backlog: 64 }, () => resolve({ close: () => closeAll(server, sockets) }));
  });
}

function serve(socket: Socket, delayMs: number, answer: (request: string) => WireAnswer): void {
  let text = "";
  let answered = false;
  const finish = () => {
    answered = true;
    const reply = answer(text);
    if (delayMs > 0) setTimeout(() => put(socket, reply), delayMs);
    else put(socket, reply);
  };
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    if (answered) return;
    text += chunk;
    if (text.length > REQUEST_BYTES_MAX) socket.destroy();
    else if (isWholeRequest(text)) finish();
  });
  socket.on("end", () => {
    // To end a socket that has ended costs an error object.
    if (answered || text === "") return socket.writableEnded ? undefined : socket.end();
    finish();
  });
}

/** A request has no length and needs no terminator: it is whole as soon as it is JSON. */
function isWholeRequest(text: string): boolean {
  const trimmed = trimRequest(text);
  if (!trimmed.endsWith("}")) return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch {
    return false; // more may be on its way
  }
}

/** A request without the newline or NUL that some clients add. */
export function trimRequest(text: string): string {
  return text.replace(/[\0\s]+$/, "");
}

function put(socket: Socket, answer: WireAnswer): void {
  if (socket.destroyed || answer.kind === "silence") return;
  if (answer.kind === "close") socket.destroy();
  else if (answer.close) socket.end(`${answer.text}\0`);
  else socket.write(`${answer.text}\0`);
}

function bindError(host: string, port: number, error: NodeJS.ErrnoException): Error {
  const hints: Readonly<Record<string, string>> = {
    EADDRNOTAVAIL:
      "this system has only 127.0.0.1 as loopback: add the address to the loopback interface, or give every " +
      "machine host 127.0.0.1 with a port of its own",
    EADDRINUSE: "another program listens there: stop it, or choose other addresses",
    EMFILE: "too many open files: raise the limit (ulimit -n) or simulate fewer machines",
    EACCES: "not allowed: choose a port above 1023",
  };
  return new Error(
    `simulated miner: cannot listen on ${host}:${port} (${error.code}): ${hints[`${error.code}`] ?? error.message}`,
    { cause: error },
  );
}

function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
