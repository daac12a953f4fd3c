import { randomBytes } from "node:crypto";
import { operatorText, type Signed } from "../../domain/evidence/operatorProof.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { keyIdOfPrivate, signText } from "../../replay/signature.ts";

/**
 * A request to a site with the proof of whose it is: signed now (market time), with a nonce of its own.
 * @throws KeyError when the PEM holds no Ed25519 private key
 */
export function signRequest<Request extends { readonly id: string }>(
  privateKeyPem: string,
  what: { readonly siteId: string; readonly update: string; readonly signedAt: Instant },
  request: Request,
): Signed<Request> {
  const { siteId, update, signedAt } = what;
  const proof = {
    keyId: keyIdOfPrivate(privateKeyPem),
    signedAt,
    nonce: randomBytes(18).toString("base64url"),
    signature: "",
  };
  const text = operatorText({ siteId, update, request: { ...request, proof } });
  return { ...request, proof: { ...proof, signature: signText(text, privateKeyPem).valueBase64 } };
}
