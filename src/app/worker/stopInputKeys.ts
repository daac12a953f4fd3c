import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OperatorKey } from "../../domain/evidence/operatorAdmission.ts";
import { inputActor } from "../../domain/inputs/stopContact.ts";
import type { OperatorKeys } from "../../ports/operatorAdmissions.ts";
import { keyIdOf } from "../../replay/signature.ts";
import type { Deployment } from "./deployment.ts";
import { readPrivate, replacePrivate, whileLocked } from "./privateFile.ts";

/** The key of one stop input: it may stop machines at its site and do nothing else. */
export interface StopInputKey {
  readonly siteId: string;
  readonly inputId: string;
  /** Ed25519, PKCS #8 in PEM: a secret. */
  readonly privateKeyPem: string;
  readonly key: OperatorKey;
}

/** Where a data folder keeps the keys of its stop inputs. */
export function stopInputKeysFolder(dataDir: string): string {
  return join(dataDir, "keys", "stop-inputs");
}

/**
 * The key of each stop input of these sites, made on first use: files of their owner alone.
 * @throws CommandError (3) for a file that is another account's or open to others, Error for one that holds no key
 */
export function stopInputKeys(folder: string, deployments: readonly Deployment[]): readonly StopInputKey[] {
  return deployments.flatMap(({ plan: { siteId }, stopInputs = [] }) =>
    stopInputs.map(({ inputId }): StopInputKey => {
      const privateKeyPem = keyIn(join(folder, siteId, `${inputId}.pem`));
      const publicKey = createPublicKey(createPrivateKey(privateKeyPem));
      const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
      const keyId = keyIdOf(publicKey);
      const key: OperatorKey = {
        keyId,
        publicKeyPem,
        actor: inputActor(inputId),
        roles: ["stop"],
        sites: [siteId],
      };
      return { siteId, inputId, privateKeyPem, key };
    }),
  );
}

/** Those who may order, and the stop inputs beside them. */
export function withStopInputs(operators: OperatorKeys, inputs: readonly StopInputKey[]): OperatorKeys {
  return {
    find: (keyId) => inputs.find(({ key }) => key.keyId === keyId)?.key ?? operators.find(keyId),
    holds: (text, proof, key) => operators.holds(text, proof, key),
  };
}

function keyIn(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return whileLocked(path, () => {
    const kept = readPrivate(path, "key of a stop input");
    if (kept !== undefined) return kept;
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    replacePrivate(path, pem);
    return pem;
  });
}
