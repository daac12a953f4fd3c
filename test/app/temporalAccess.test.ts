import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporalAccess } from "../../src/app/temporalAccess.ts";

let dir: string;
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text, { mode: 0o600 });
  return join(dir, name);
};

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "ballast-access-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("a connection to a Temporal server", () => {
  it("is plain when nothing is named", () => {
    expect(temporalAccess({})).toEqual({});
    expect(temporalAccess({ TEMPORAL_TLS_CA_FILE: "" })).toEqual({});
  });

  it("trusts the given authority and shows the given certificate", () => {
    const env = {
      TEMPORAL_TLS_CA_FILE: file("ca", "CA"),
      TEMPORAL_TLS_CERT_FILE: file("crt", "CRT"),
      TEMPORAL_TLS_KEY_FILE: file("key", "KEY"),
    };
    expect(temporalAccess(env)).toEqual({
      tls: {
        serverRootCACertificate: Buffer.from("CA"),
        clientCertPair: { crt: Buffer.from("CRT"), key: Buffer.from("KEY") },
      },
    });
  });

  it("sends an API key over TLS only", () => {
    expect(temporalAccess({ TEMPORAL_API_KEY_FILE: file("api", "abc.def\n") })).toEqual({
      tls: true,
      apiKey: "abc.def",
    });
  });

  it.each([
    ["half a client certificate", () => ({ TEMPORAL_TLS_CERT_FILE: file("crt", "C") }), /belong together/],
    ["a file that is not there", () => ({ TEMPORAL_TLS_CA_FILE: join(dir, "no") }), /TEMPORAL_TLS_CA_FILE: .*ENOENT/],
    ["an API key of two words", () => ({ TEMPORAL_API_KEY_FILE: file("two", "sec ret") }), /holds no API key/],
  ])("is refused with %s, and the secret is not told", (_what, env, message) => {
    expect(() => temporalAccess(env())).toThrow(message);
    expect(() => temporalAccess(env())).not.toThrow(/sec ret/);
  });

  it("speaks TLS to the server once an API key is given", async () => {
    const server = createServer({}).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    // without a certificate of its own the server can only fail the hand-shake: that a hand-shake came is what counts
    const failed = once(server, "tlsClientError");
    const access = temporalAccess({ TEMPORAL_API_KEY_FILE: file("api", "abc.def\n") });
    const connecting = Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1_000, ...access });
    await expect(connecting).rejects.toThrow(/deadline/);
    const [error] = (await failed) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/^ERR_SSL_/);
    server.close();
  });
});
