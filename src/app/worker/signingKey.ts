import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolderDurably } from "../../adapters/archive/durably.ts";
import { replacePrivate } from "./privateFile.ts";

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
    makeFolderDurably(dirname(privateKeyFile));
    replacePrivate(privateKeyFile, privateKey);
    replacePrivate(publicKeyFile, publicKey);
  }
  return { privateKeyFile, publicKeyFile, publicKeyPem: readFileSync(publicKeyFile, "utf8") };
}
