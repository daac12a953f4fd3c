import { request } from "node:http";
import type { Socket } from "node:net";
import { PortDataError } from "../../ports/errors.ts";
import { cleanText } from "../../domain/units/foreignText.ts";

const PROTOCOL = "ballast-clock";
const LINE_CHARACTERS_MAX = 65_536;

/** What the keeper answered: an HTTP status, and market time or why not. */
export interface ClockAnswer {
  readonly status: number;
  readonly now?: unknown;
  readonly error?: unknown;
}

/** One connection to the keeper of a paced clock, on which any number of questions wait side by side. */
export interface ClockLink {
  /**
   * The answer to one question, as a line of JSON each. Whoever gives up by `signal` hears no answer; the keeper is not
   * told. @throws Error when the connection cannot be made or is lost, PortDataError on a line that is no answer, the
   * signal's reason
   */
  ask(question: object, signal?: AbortSignal): Promise<ClockAnswer>;
  close(): void;
}

interface Connection {
  readonly socket: Socket;
  readonly asked: Map<number, PromiseWithResolvers<ClockAnswer>>;
}

/** A link to the keeper at `url`, made with the first question and again after a loss. @throws nothing itself */
export function clockLink(url: string): ClockLink {
  let connection: Promise<Connection> | undefined;
  let lastId = 0;

  /** Made once for all who ask meanwhile; one that could not be made, or is lost, is made anew by the next. */
  function connected(): Promise<Connection> {
    if (connection !== undefined) return connection;
    const own = upgraded(url).then((socket) => listening(socket, gone));
    const gone = (): void => void (connection === own && (connection = undefined));
    own.catch(gone);
    connection = own;
    return own;
  }

  return {
    async ask(question, signal) {
      const { socket, asked } = await connected();
      signal?.throwIfAborted();
      if (socket.destroyed) throw lost();
      lastId += 1;
      const id = lastId;
      const answer = Promise.withResolvers<ClockAnswer>();
      const abort = (): void => answer.reject(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      asked.set(id, answer);
      // Only who waits for an answer keeps the process alive.
      socket.ref();
      socket.write(`${JSON.stringify({ id, ...question })}\n`);
      try {
        return await answer.promise;
      } finally {
        signal?.removeEventListener("abort", abort);
        asked.delete(id);
        if (asked.size === 0) socket.unref();
      }
    },
    close: () => void connection?.then(({ socket }) => socket.destroy()).catch(() => undefined),
  };
}

function lost(): Error {
  return new Error("the connection was lost");
}

/** The connection as lines, by HTTP's own way of changing the protocol. */
function upgraded(url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL("/clock", url), {
      agent: false,
      headers: { connection: "Upgrade", upgrade: PROTOCOL },
    });
    asking.on("error", reject);
    asking.on("response", (response) => {
      response.resume();
      reject(new Error(`HTTP ${response.statusCode} where ${PROTOCOL} was asked for`));
    });
    asking.on("upgrade", (_, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    asking.end();
  });
}

/** Hands each line to whoever asked; when the connection ends, all who wait hear it. */
function listening(socket: Socket, gone: () => void): Connection {
  const asked: Connection["asked"] = new Map();
  let text = "";
  let why: Error | undefined;
  socket.setEncoding("utf8");
  socket.unref();
  socket.on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() as string;
    try {
      if (text.length > LINE_CHARACTERS_MAX) throw notAnAnswer(text);
      for (const line of lines) {
        const { id, ...answer } = parsed(line);
        asked.get(id)?.resolve(answer);
      }
    } catch (error) {
      why = error as Error;
      socket.destroy();
    }
  });
  socket.on("error", (error) => (why ??= error));
  socket.on("end", () => socket.destroy());
  socket.on("close", () => {
    gone();
    for (const { reject } of asked.values()) reject(why ?? lost());
  });
  return { socket, asked };
}

function parsed(line: string): ClockAnswer & { readonly id: number } {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    throw notAnAnswer(line);
  }
  const { id, status } = (answer ?? {}) as { id?: unknown; status?: unknown };
  if (typeof id !== "number" || typeof status !== "number") throw notAnAnswer(line);
  return answer as ClockAnswer & { readonly id: number };
}

function notAnAnswer(line: string): PortDataError {
  return new PortDataError(
    `market clock: answered ${JSON.stringify(cleanText(line, 200))}, expected a line of JSON ` +
      `with the number of its question as id, and a status`,
  );
}
