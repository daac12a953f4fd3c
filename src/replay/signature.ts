import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson } from "../domain/evidence/canonicalJson.ts";
import type { BundleManifest, ManifestSignature } from "../domain/evidence/model.ts";
import { sha256Hex } from "./hash.ts";

/** A key that is not Ed25519 in PEM. */
export class KeyError extends Error {
  override name = "KeyError";
}

/**
 * The manifest with an Ed25519 signature (RFC 8032) over its canonical text. @throws KeyError when the PEM holds no
 * such private key.
 */
export function signManifest(manifest: BundleManifest, privateKeyPem: string): BundleManifest {
  return { ...manifest, signature: signText(signedText(manifest), privateKeyPem) };
}

/** An Ed25519 signature (RFC 8032) over a text. @throws KeyError when the PEM holds no such private key. */
export function signText(text: string, privateKeyPem: string): ManifestSignature {
  const key = readKey("private", privateKeyPem);
  const value = sign(null, Buffer.from(text, "utf8"), key).toString("base64");
  return { algorithm: "ed25519", keyId: keyIdOf(createPublicKey(key)), valueBase64: value };
}

/**
 * Whether the manifest carries a signature that this public key (PEM) verifies, and names this key. @throws KeyError
 * when the PEM holds no such key.
 */
export function signatureHolds(manifest: BundleManifest, publicKeyPem: string): boolean {
  return textSignatureHolds(signedText(manifest), manifest.signature, publicKeyPem);
}

/** Whether this public key (PEM) verifies the signature of a text, and is named by it. @throws KeyError as above. */
export function textSignatureHolds(
  text: string,
  signature: ManifestSignature | undefined,
  publicKeyPem: string,
): boolean {
  const key = readKey("public", publicKeyPem);
  if (signature === undefined) return false;
  const { algorithm, keyId, valueBase64 } = signature;
  const value = Buffer.from(valueBase64, "base64");
  // the signature does not cover itself: its own members must have their one form
  const oneForm =
    algorithm === "ed25519" &&
    keyId === keyIdOf(key) &&
    value.toString("base64") === valueBase64 &&
    Object.keys(signature).length === 3;
  return oneForm && verify(null, Buffer.from(text, "utf8"), key, value);
}

/** Whether a PEM holds an Ed25519 public key and nothing secret. @throws KeyError saying what it holds instead */
export function checkPublicKey(pem: string): void {
  readKey("public", pem);
}

/** Id of the key pair of a private key (PEM). @throws KeyError when the PEM holds no such key. */
export function keyIdOfPrivate(privateKeyPem: string): string {
  return keyIdOf(createPublicKey(readKey("private", privateKeyPem)));
}

/** Id of a public key (PEM). @throws KeyError when the PEM holds no such key. */
export function keyIdOfPublic(publicKeyPem: string): string {
  return keyIdOf(readKey("public", publicKeyPem));
}

/** First 16 hex digits of the SHA-256 of a public key's DER form: names the key, proves nothing. */
export function keyIdOf(publicKey: KeyObject): string {
  return sha256Hex(publicKey.export({ type: "spki", format: "der" })).slice(0, 16);
}

function signedText(manifest: BundleManifest): string {
  return canonicalJson({ ...manifest, signature: undefined });
}

function readKey(kind: "private" | "public", pem: string): KeyObject {
  // a public key could be made from it, and the secret would be with whoever audits
  if (kind === "public" && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem))
    throw new KeyError(
      "expected a public key, got a private one: keep it to yourself and give the public key " +
        "(openssl pkey -in <private key> -pubout)",
    );
  let key: KeyObject;
  try {
    key = kind === "private" ? createPrivateKey(pem) : createPublicKey(pem);
  } catch (cause) {
    throw new KeyError(`expected an Ed25519 ${kind} key in PEM form (openssl genpkey -algorithm ed25519)`, { cause });
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new KeyError(`expected an Ed25519 ${kind} key, got ${key.asymmetricKeyType ?? "none"}`);
  return key;
}
