import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** How to be let in by a Temporal server: options of every connection to it. Holds secrets. */
export interface TemporalAccess {
  readonly tls?:
    | true
    | {
        readonly serverRootCACertificate?: Buffer;
        readonly clientCertPair?: { readonly crt: Buffer; readonly key: Buffer };
      };
  readonly apiKey?: string;
}

/**
 * TLS, mutual TLS and API key by files that the environment names: `TEMPORAL_TLS_CA_FILE` (PEM),
 * `TEMPORAL_TLS_CERT_FILE` with `TEMPORAL_TLS_KEY_FILE` (PEM), `TEMPORAL_API_KEY_FILE` (one line), which goes over TLS
 * only. Nothing named is a plain connection. Certificates and key are looked at here: the TLS library would say neither
 * variable nor file.
 * @throws Error naming variable and file, never a content, when one cannot be used, or the key is not the certificate's
 */
export function temporalAccess(env: NodeJS.ProcessEnv = process.env): TemporalAccess {
  const [ca, crt, key] = ["TEMPORAL_TLS_CA_FILE", "TEMPORAL_TLS_CERT_FILE", "TEMPORAL_TLS_KEY_FILE"].map((name) =>
    contentOf(name, env),
  );
  const apiKey = contentOf("TEMPORAL_API_KEY_FILE", env)?.toString("utf8").trim();
  if ((crt === undefined) !== (key === undefined))
    throw new Error(
      "TEMPORAL_TLS_CERT_FILE and TEMPORAL_TLS_KEY_FILE belong together: name both for mutual TLS, or none",
    );
  if (apiKey !== undefined && !/^\S+$/.test(apiKey))
    throw new Error(`TEMPORAL_API_KEY_FILE: ${env["TEMPORAL_API_KEY_FILE"]} holds no API key; expected one line`);
  if (ca !== undefined) certificateOf("TEMPORAL_TLS_CA_FILE", ca, env);
  if (crt !== undefined && key !== undefined) {
    const certificate = certificateOf("TEMPORAL_TLS_CERT_FILE", crt, env);
    if (!certificate.checkPrivateKey(privateKeyOf("TEMPORAL_TLS_KEY_FILE", key, env)))
      throw new Error(
        `TEMPORAL_TLS_KEY_FILE: ${env["TEMPORAL_TLS_KEY_FILE"]} is not the key of the certificate in ` +
          `TEMPORAL_TLS_CERT_FILE (${env["TEMPORAL_TLS_CERT_FILE"]})`,
      );
  }
  const tls = {
    ...(ca === undefined ? {} : { serverRootCACertificate: ca }),
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
  };
  const isTls = Object.keys(tls).length > 0;
  return {
    ...(isTls ? { tls } : apiKey === undefined ? {} : { tls: true }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

function contentOf(name: string, env: NodeJS.ProcessEnv): Buffer | undefined {
  const file = env[name] || undefined;
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${name}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The first certificate of a PEM file; every one that it holds must be readable. */
function certificateOf(name: string, content: Buffer, env: NodeJS.ProcessEnv): X509Certificate {
  const blocks = content.toString("latin1").match(CERTIFICATE) ?? [];
  try {
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first !== undefined) return first;
  } catch {
    // told below: what the library says names no file
  }
  throw new Error(
    `${name}: ${env[name]} holds ${blocks.length === 0 ? "no certificate" : "a damaged certificate"}; expected PEM, ` +
      `-----BEGIN CERTIFICATE-----`,
  );
}

function privateKeyOf(name: string, content: Buffer, env: NodeJS.ProcessEnv): KeyObject {
  try {
    return createPrivateKey(content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isLocked = code === "ERR_MISSING_PASSPHRASE" || content.includes("ENCRYPTED");
    throw new Error(
      `${name}: ${env[name]} holds ${isLocked ? "a key under a passphrase" : "no private key"}; expected PEM, ` +
        `-----BEGIN PRIVATE KEY-----${isLocked ? ", without a passphrase" : ""}`,
    );
  }
}
