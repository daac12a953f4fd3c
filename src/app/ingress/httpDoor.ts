import { createHash } from "node:crypto";
import { TLSSocket } from "node:tls";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { RefusedAnswer, TakenAnswer } from "../../contract/instructions.ts";
import { revisionOf } from "../../domain/inputs/instructionSuccession.ts";
import { STOP_KINDS } from "../../domain/inputs/safetyStops.ts";
import type { RefusalCode, WordRefusal } from "../../domain/inputs/wordVerdict.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { DeskAnswer, InstructionDesk } from "../../ports/instructionDesk.ts";
import type { Said } from "../../ports/instructionLedger.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { Issuer } from "./issuers.ts";
import { knownSender } from "./knownSender.ts";
import { type Body, saidOfBody } from "./saidOfBody.ts";
import { saidOfStop } from "./saidOfStop.ts";
import { stopText } from "./stopText.ts";

/** No message is longer. */
const BODY_BYTES_MAX = 65_536;
/** A sender that dawdles is let go, at most a second later. */
const REQUEST_WITHIN_MS = 10_000;
const DAWDLERS_EVERY_MS = 1_000;
/** Node takes the longer of both limits for a body: they are one. */
const PATIENCE = { headersTimeout: REQUEST_WITHIN_MS, connectionsCheckingInterval: DAWDLERS_EVERY_MS };
/** Many more than senders; each costs memory while its body is under way. */
const CONNECTIONS_MAX = 4_000;
/** Strangers are counted in the ledger; the log tells each way of being one once in this time. */
const STRANGER_LOG_EVERY_MS = 60_000;
const ASK_AGAIN_SECONDS = 5;

/** What each refusal is in HTTP. */
const STATUS: Readonly<Record<RefusalCode, number>> = {
  malformed: 400,
  sender: 403,
  site: 404,
  product: 403,
  power: 422,
  time: 422,
  overtaken: 409,
  contradicts: 409,
  recalled: 409,
  over: 409,
  unknown: 404,
  room: 409,
  replayed: 409,
};

export interface HttpDoorParts {
  readonly desk: InstructionDesk;
  readonly clock: Pick<MarketClock, "now">;
  readonly issuers: readonly Issuer[];
  readonly log: Log;
  /** PEM; `ca` signs certificates of clients, which are asked for where it is given. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

/** Whether a message was kept is not known where the database went away amid it. */
const AWAY: RefusedAnswer = {
  code: "unavailable",
  where: "",
  why: "nothing can be kept at the moment",
  expected: "the same message again in a moment: it is kept once",
};
/** What each path takes. */
const PATHS: Readonly<Record<string, (body: Body, issuer: Issuer, nonce: string) => Said>> = {
  "/v1/instructions": (body, issuer) => saidOfBody(body, issuer, "instructions"),
  "/v1/awards": (body, issuer) => saidOfBody(body, issuer, "awards"),
  "/v1/stop": (body, { sender }, nonce) => saidOfStop(body, STOP_KINDS.stop, { ...sender, nonce }),
  "/v1/start-again": (body, { sender }, nonce) => saidOfStop(body, STOP_KINDS.start, { ...sender, nonce }),
};
const ONE_REQUEST = "one POST as docs/instructions.md shows it";
/** What the server's own errors are in HTTP, by their codes. */
const UNREAD: Readonly<Record<string, readonly [status: string, why: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", `it did not come within ${REQUEST_WITHIN_MS / 1000} s`],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "its headers are too long"],
};

/** Why a request is answered with an error before any rule has seen it. */
class Turned extends Error {
  override name = "Turned";
  readonly answer: RefusedAnswer;
  constructor(answer: RefusedAnswer) {
    super(answer.why);
    this.answer = answer;
  }
}

/**
 * The door over HTTP: `POST /v1/instructions` and `POST /v1/awards`, JSON or XML, `POST /v1/stop` and
 * `POST /v1/start-again`, JSON. 202 with the state of the instruction or the stop once it is kept for good; 401 for a
 * stranger; else 4xx with what, where and what was expected; 503 while nothing can be kept. Not yet listening.
 * @throws Error for a certificate or private key that TLS cannot use
 */
export function httpDoor(parts: HttpDoorParts): FastifyInstance {
  const { desk, log, tls } = parts;
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionTimeout: REQUEST_WITHIN_MS,
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return;
      const [status, why] = UNREAD[error.code] ?? ["400 Bad Request", "the request is no HTTP that is read"];
      const text = JSON.stringify(refused("", why, ONE_REQUEST));
      const head = `content-type: application/json\r\ncontent-length: ${text.length}\r\nconnection: close`;
      socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${text}`);
    },
    frameworkErrors: (error, _request, reply) => {
      const { statusCode = 400 } = error;
      void (reply as FastifyReply).code(statusCode).send(refused("path", thrownText(error), ONE_REQUEST));
    },
    ...(tls === undefined
      ? { http: PATIENCE }
      : {
          https: {
            ...tls,
            ...PATIENCE,
            requestCert: tls.ca !== undefined,
            rejectUnauthorized: false,
            minVersion: "TLSv1.2",
          },
        }),
  }) as unknown as FastifyInstance;
  server.server.maxConnections = CONNECTIONS_MAX;
  const toldAtMs = new Map<string, number>();
  server.removeAllContentTypeParsers();
  for (const type of ["application/json", "application/xml", "text/xml"])
    server.addContentTypeParser(type, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  for (const [path, read] of Object.entries(PATHS)) server.post(path, (request, reply) => take(read, request, reply));
  server.setNotFoundHandler((_request, reply) => {
    void reply.code(404).send(refused("path", "there is nothing here", `POST ${Object.keys(PATHS).join(", ")}`));
  });
  server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof Turned) {
      await reply.code(401).header("www-authenticate", "Ballast-Ed25519").send(error.answer);
      return;
    }
    if (error instanceof PortUnavailableError) {
      log.warn({ problem: thrownText(error) }, "a message cannot be kept: its sender is told to send it again");
      await reply.code(503).header("retry-after", String(ASK_AGAIN_SECONDS)).send(AWAY);
      return;
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ url: request.url, problem: thrownText(error) }, "a message could not be dealt with");
    const why = status >= 500 ? "it could not be dealt with" : thrownText(error);
    await reply.code(status).send(refused("", why, `JSON or XML, at most ${BODY_BYTES_MAX} bytes`));
  });
  return server;

  async function take(
    read: (body: Body, issuer: Issuer, nonce: string) => Said,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const content = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const contentHash = createHash("sha256").update(content).digest("hex");
    const shown = {
      method: request.method,
      path: request.url,
      bodyHash: contentHash,
      keyId: headerOf(request, "ballast-key"),
      time: headerOf(request, "ballast-time"),
      nonce: headerOf(request, "ballast-nonce"),
      signature: headerOf(request, "ballast-signature"),
      certificate: certificateOf(request),
    };
    const found = knownSender(shown, parts.issuers, await parts.clock.now());
    if (found.kind === "stranger") {
      const { named, why, expected } = found;
      await desk.turnAway({ door: "http", named, why, contentHash });
      const told = toldAtMs.get(`${named} ${why}`);
      if (told === undefined || performance.now() - told >= STRANGER_LOG_EVERY_MS) {
        toldAtMs.set(`${named} ${why}`, performance.now());
        log.warn({ named, why, from: request.ip }, "somebody was turned away; others like it are counted");
      }
      throw new Turned({ code: "stranger", where: "", why, expected });
    }
    const { issuer, nonce, proof } = found;
    const contentType = String(request.headers["content-type"]).toLowerCase();
    const said = read({ content, contentType }, issuer, nonce);
    const message = { door: "http", nonce, contentType, content, contentHash, proof } as const;
    const answer = await desk.take({ message, sender: issuer.sender, said });
    const { verdict, stop, messageNo } = answer;
    if (verdict.kind === "refused") return reply.code(STATUS[verdict.code]).send(refusedText(verdict, messageNo));
    if (stop === undefined) return reply.code(202).send(takenText(answer));
    const { status, body } = stopText(answer, stop);
    if (status === 503) void reply.header("retry-after", String(ASK_AGAIN_SECONDS));
    return reply.code(status).send(body);
  }
}

/** What a sender hears of a message that was taken. */
export function takenText({ messageNo, verdict, known, isSeenBefore, isTold }: DeskAnswer): TakenAnswer {
  const { instruction, issuer, recalledAt, acknowledged } = known ?? {};
  return {
    message: messageNo,
    verdict: verdict.kind === "refused" ? "repeated" : verdict.kind,
    ...(verdict.kind !== "refused" && verdict.note !== undefined ? { note: verdict.note } : {}),
    isSeenBefore,
    isTold,
    ...(instruction === undefined || issuer === undefined
      ? {}
      : {
          instruction: {
            id: instruction.instructionId,
            issuer,
            revision: revisionOf(instruction),
            ...(recalledAt === undefined ? {} : { recalledAt }),
            ...(acknowledged === undefined ? {} : { acknowledged }),
          },
        }),
  };
}

function refusedText({ code, where, why, expected }: WordRefusal, message: string): RefusedAnswer {
  return { code, where, why, expected, message };
}

function refused(where: string, why: string, expected: string): RefusedAnswer {
  return { code: "malformed", where, why, expected };
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** Fingerprint of the client's certificate, where its authority signed it. */
function certificateOf({ raw: { socket } }: FastifyRequest): string | undefined {
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
}
