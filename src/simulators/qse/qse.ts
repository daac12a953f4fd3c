import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/** What a door answered. */
export interface QseAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** JSON where it is JSON, else the text. */
  readonly body: unknown;
}

/** How one message is sent; what is given is sent as it is, right or wrong. */
export interface Sending {
  readonly path?: string;
  readonly contentType?: string;
  readonly time?: string;
  readonly nonce?: string;
  /** Signs with this key instead of the QSE's own, or not at all. */
  readonly signedWith?: string | "nothing";
  /** Changes the body after it was signed. */
  readonly spoil?: (body: string) => string;
}

/** One award of a resource; times with their offset. */
export interface SimulatedAward {
  readonly resource: string;
  readonly asType: string;
  readonly awardedMW: number;
  readonly startTime: string;
  readonly endTime: string;
  /** Central operating day. */
  readonly tradingDate: string;
  /** `DAM` for a day-ahead one. */
  readonly marketType?: string;
}

/** A QSE with a private key (PEM, Ed25519) or a client certificate, and its market time. */
export interface QseParts {
  readonly url: string;
  readonly privateKeyPem?: string;
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  readonly now: () => Promise<string>;
}

const ANSWER_WITHIN_MS = 15_000;

/**
 * A simulated QSE: it signs messages and sends them over a socket, as docs/instructions.md asks of a real one. `send`
 * throws when the other side does not answer.
 */
export class SimulatedQse {
  readonly #parts: QseParts;

  constructor(parts: QseParts) {
    this.#parts = parts;
  }

  /** Sends an instruction or a recall as JSON. */
  async instruct(message: Readonly<Record<string, unknown>>, how: Sending = {}): Promise<QseAnswer> {
    return this.send(JSON.stringify(message), how);
  }

  /** Passes on what SCED awarded in one run, in the members of `AwardedAS`; it names itself and the market. */
  async award(awards: readonly SimulatedAward[], how: Sending = {}): Promise<QseAnswer> {
    const AwardedAS = awards.map((one) => ({ qse: "QSIM", marketType: "RTM", ...one }));
    return this.send(JSON.stringify({ AwardedAS }), { path: "/v1/awards", ...how });
  }

  /** Sends a body as it is. */
  async send(text: string, how: Sending = {}): Promise<QseAnswer> {
    const { path = "/v1/instructions", contentType = "application/json", signedWith, spoil } = how;
    const time = how.time ?? (await this.#parts.now());
    const nonce = how.nonce ?? randomBytes(18).toString("base64url");
    const pem = signedWith ?? this.#parts.privateKeyPem;
    const headers = {
      "content-type": contentType,
      "ballast-time": time,
      "ballast-nonce": nonce,
      ...(pem === undefined || pem === "nothing" ? {} : signature(pem, { path, time, nonce, text })),
    };
    return post(this.#parts, { path, headers, text: spoil === undefined ? text : spoil(text) });
  }
}

function signature(
  pem: string,
  { path, time, nonce, text }: { path: string; time: string; nonce: string; text: string },
): Record<string, string> {
  const key = createPrivateKey(pem);
  const keyId = idOf(createPublicKey(key));
  const body = createHash("sha256").update(text).digest("hex");
  const lines = `ballast.ingress/1\nPOST\n${path}\n${keyId}\n${time}\n${nonce}\n${body}`;
  return { "ballast-key": keyId, "ballast-signature": sign(null, Buffer.from(lines), key).toString("base64") };
}

function idOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 16);
}

function post(
  { url, tls }: QseParts,
  { path, headers, text }: { path: string; headers: Record<string, string>; text: string },
): Promise<QseAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(text) },
      timeout: ANSWER_WITHIN_MS,
      agent: false as const,
      ...tls,
    };
    const target = new URL(path, url);
    const sent = (target.protocol === "https:" ? httpsRequest : httpRequest)(target, options, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const body = Buffer.concat(parts).toString("utf8");
        const isJson = String(answer.headers["content-type"]).startsWith("application/json");
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: isJson ? JSON.parse(body) : body });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer of ${url} within ${ANSWER_WITHIN_MS / 1000} s`)));
    sent.on("error", reject);
    sent.end(text);
  });
}
