import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Names a file with an Ed25519 private key, PEM: bundles, and gaps in the evidence, are signed with it. */
export const SIGNING_KEY_ENV = "BALLAST_SIGNING_KEY_FILE";

/** Files of an Ed25519 key pair, PEM. */
export interface SigningKey {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
  readonly publicKeyPem: string;
}

/**
 * The key pair of a data folder, made on first use: `keys/signing.pem`, its owner's alone, and `signing-public.pem`, to
 * be given away. Neither goes into a bundle. A key kept beside the data proves no more than whoever can read the
 * folder: for demos and replays.
 */
export function folderSigningKey(dataDir: string): SigningKey {
  const privateKeyFile = join(dataDir, "keys", "signing.pem");
  const publicKeyFile = join(dataDir, "signing-public.pem");
  if (!existsSync(privateKeyFile) || !existsSync(publicKeyFile)) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    mkdirSync(join(dataDir, "keys"), { recursive: true, mode: 0o700 });
    writeFileSync(privateKeyFile, privateKey, { mode: 0o600 });
    writeFileSync(publicKeyFile, publicKey, { mode: 0o600 });
  }
  return { privateKeyFile, publicKeyFile, publicKeyPem: readFileSync(publicKeyFile, "utf8") };
}
