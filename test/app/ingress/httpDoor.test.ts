import { connect } from "node:net";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpDoor } from "../../../src/app/ingress/httpDoor.ts";
import { PortUnavailableError } from "../../../src/ports/errors.ts";
import type { HandedIn } from "../../../src/ports/instructionDesk.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { keyIdOfPublic } from "../../../src/replay/signature.ts";
import { SimulatedQse } from "../../../src/simulators/qse/qse.ts";

const NOW = "2026-08-18T22:00:00.000Z";
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
const issuer = {
  sender: { name: "alpha", issuer: "alpha" },
  resources: {},
  keys: new Map([[keyIdOfPublic(publicPem), publicPem]]),
  certificates: new Set<string>(),
};
let turnedAway = 0;
let isAway = false;
const logged: string[] = [];
const desk = {
  async take({ said }: HandedIn) {
    if (isAway) throw new PortUnavailableError("timeout exceeded at COMMIT");
    const verdict = said.kind === "refused" ? said : ({ kind: "accepted" } as const);
    return { messageNo: "1", verdict, isSeenBefore: false, isTold: true };
  },
  async turnAway() {
    turnedAway += 1;
  },
};
const log = { info() {}, warn: (_: object, text: string) => void logged.push(text), error() {} };
const opened = () => httpDoor({ desk, log, issuers: [issuer], clock: { now: async () => parseInstant(NOW) } });
let door: ReturnType<typeof opened>;
let qse: SimulatedQse;
let port: number;
beforeEach(async () => {
  logged.length = 0;
  door = opened();
  const url = await door.listen({ port: 0 });
  port = Number(new URL(url).port);
  const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  qse = new SimulatedQse({ url, privateKeyPem, now: async () => NOW });
});
afterEach(() => door.close());

const body = JSON.stringify({ type: "instruction", id: "a", site: "mine", reduceMw: 0.4, issued: NOW });
/** What comes back for bytes as they are, until the other side ends. */
async function answerTo(request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  let text = "";
  socket.on("data", (part: string) => (text += part));
  socket.end(request);
  await once(socket, "close");
  return text;
}

describe("the door over HTTP", () => {
  it.each(["application/json", "Application/JSON; charset=UTF-8", "APPLICATION/json"])(
    "reads %s as JSON",
    async (type) => {
      expect(await qse.send(body, { contentType: type })).toMatchObject({ status: 202 });
    },
  );

  it("refuses a body that says a member twice: another reader may take the other", async () => {
    const twice = body.replace('"reduceMw":0.4', '"reduceMw":0.4,"reduceMw":40');
    expect(await qse.send(twice)).toMatchObject({
      status: 400,
      body: { code: "malformed", where: "reduceMw", why: expect.stringMatching(/has reduceMw twice/) },
    });
  });

  it.each([
    [
      "a path that cannot be read",
      "POST /%zz HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
      400,
    ],
    ["two lengths", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n", 400],
    ["no HTTP", "\u0016\u0003\u0001 hello\r\n\r\n", 400],
    ["too long headers", `POST / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(40_000)}\r\n\r\n`, 431],
  ])("answers %s with one object as any refusal", async (_what, request, status) => {
    const answer = await answerTo(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toEqual({
      code: "malformed",
      where: expect.any(String),
      why: expect.any(String),
      expected: expect.any(String),
    });
  });

  it("lets a sender go that dawdles over its headers or its body, after ten seconds", () => {
    const { requestTimeout, headersTimeout } = door.server;
    expect([requestTimeout, headersTimeout]).toEqual([10_000, 10_000]);
    expect(door.server.maxConnections).toBe(4_000);
  });

  it("promises nothing of a message whose keeping was cut off: the same again is kept once", async () => {
    isAway = true;
    const answer = await qse.send(body);
    isAway = false;
    expect(answer).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
      body: {
        code: "unavailable",
        why: "nothing can be kept at the moment",
        expected: expect.stringMatching(/same message again.*once/),
      },
    });
  });

  it("counts each stranger, and logs a flood of them once", async () => {
    for (let at = 0; at < 20; at += 1)
      expect(await qse.send(body, { signedWith: "nothing" })).toMatchObject({ status: 401 });
    expect(turnedAway).toBe(20);
    expect(logged).toHaveLength(1);
  });
});
