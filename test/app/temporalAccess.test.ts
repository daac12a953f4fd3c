import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporalAccess } from "../../src/app/temporalAccess.ts";

/** Self-signed for `a.example`, made for these tests with openssl; valid until 2126. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBPjCB8aADAgECAhRPA8mRRlszUJ0rXkwaK5G5xpZ9FjAFBgMrZXAwFDESMBAG
A1UEAwwJYS5leGFtcGxlMCAXDTI2MTEyODA4NDM1MVoYDzIxMjYxMTA0MDg0MzUx
WjAUMRIwEAYDVQQDDAlhLmV4YW1wbGUwKjAFBgMrZXADIQBSiTWn739bFw/7fka4
54wcCE2vi7ReeG6k3h/6DjrMTKNTMFEwHQYDVR0OBBYEFObxDluVZOWP0DnSV0C2
8WQLbcByMB8GA1UdIwQYMBaAFObxDluVZOWP0DnSV0C28WQLbcByMA8GA1UdEwEB
/wQFMAMBAf8wBQYDK2VwA0EAKQ6mK/4iSADK+kBs+ip8uhrw3EEVGNckMCEJKbOT
tc8KUucnyMGxg6LTEtANh+yexY795hGl4lgwyl1zXudcAg==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIBFHm0o2NiCMInm0AQeypz9FvBFcZaIoZmviZ2iWNRWh
-----END PRIVATE KEY-----
`;

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
      TEMPORAL_TLS_CA_FILE: file("ca", `# two authorities\n${CERTIFICATE}${CERTIFICATE}`),
      TEMPORAL_TLS_CERT_FILE: file("crt", CERTIFICATE),
      TEMPORAL_TLS_KEY_FILE: file("key", KEY),
    };
    expect(temporalAccess(env)).toEqual({
      tls: {
        serverRootCACertificate: Buffer.from(`# two authorities\n${CERTIFICATE}${CERTIFICATE}`),
        clientCertPair: { crt: Buffer.from(CERTIFICATE), key: Buffer.from(KEY) },
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

  const certified = (crt: string, key: string) => ({
    TEMPORAL_TLS_CERT_FILE: file("mine.crt", crt),
    TEMPORAL_TLS_KEY_FILE: file("mine.key", key),
  });
  const madeKey = (passphrase?: string): string =>
    generateKeyPairSync("ed25519").privateKey.export({
      type: "pkcs8",
      format: "pem",
      ...(passphrase !== undefined && { cipher: "aes-256-cbc", passphrase }),
    }) as string;
  const damaged = CERTIFICATE.replace("MIIB", "MIIC");

  it.each([
    ["an authority that is no PEM", () => ({ TEMPORAL_TLS_CA_FILE: file("ca", "hush") }), /CA_FILE: .*no certificate/],
    ["an empty authority", () => ({ TEMPORAL_TLS_CA_FILE: file("ca", "") }), /TEMPORAL_TLS_CA_FILE: .*no certificate/],
    [
      "a damaged second authority",
      () => ({ TEMPORAL_TLS_CA_FILE: file("ca", CERTIFICATE + damaged) }),
      /CA_FILE.*damag/,
    ],
    ["a damaged certificate", () => certified(damaged, KEY), /TEMPORAL_TLS_CERT_FILE: .*mine.crt holds a damaged/],
    ["certificate and key exchanged", () => certified(KEY, CERTIFICATE), /TEMPORAL_TLS_CERT_FILE: .*no certificate/],
    ["a key that is none", () => certified(CERTIFICATE, "hush"), /TEMPORAL_TLS_KEY_FILE: .*holds no private key/],
    ["a key under a passphrase", () => certified(CERTIFICATE, madeKey("x")), /KEY_FILE: .*a key under a passphrase/],
    ["another's key", () => certified(CERTIFICATE, madeKey()), /KEY_FILE: .*mine.key is not the key of .*mine.crt/],
  ])("is refused before anything is sent with %s, by variable and file, and no content is told", (_what, env, says) => {
    expect(() => temporalAccess(env())).toThrow(says);
    expect(() => temporalAccess(env())).not.toThrow(/hush|MIIB|MC4C/);
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
