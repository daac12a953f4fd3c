import type { Instant } from "../../domain/units/instant.ts";
import { isInstant, secondsBetween } from "../../domain/units/instant.ts";
import { textSignatureHolds } from "../../replay/signature.ts";
import type { Issuer } from "./issuers.ts";

/** How far the moment of a request may be from market time, either way, seconds. */
export const REQUEST_VALID_SECONDS = 120;
const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

/** What of a request shows whose it is. */
export interface ShownRequest {
  readonly method: string;
  readonly path: string;
  /** SHA-256 of the body, hex. */
  readonly bodyHash: string;
  /** Headers `ballast-key`, `ballast-time`, `ballast-nonce` and `ballast-signature`. */
  readonly keyId?: string | undefined;
  readonly time?: string | undefined;
  readonly nonce?: string | undefined;
  readonly signature?: string | undefined;
  /** SHA-256 of the certificate that the client shows, where the server checked it. */
  readonly certificate?: string | undefined;
}

/** Whose a request is, or why nobody's: `named` is the issuer that it claims to be of. */
export type KnownSender =
  | {
      readonly kind: "known";
      readonly issuer: Issuer;
      readonly nonce: string;
      readonly proof: Readonly<Record<string, string>>;
    }
  | { readonly kind: "stranger"; readonly named: string; readonly why: string; readonly expected: string };

/** The text that an issuer signs, lines without one at the end: so no part of a request can serve another. */
export function requestText({ method, path, bodyHash, keyId, time, nonce }: ShownRequest): string {
  return ["ballast.ingress/1", method, path, keyId, time, nonce, bodyHash].join("\n");
}

/**
 * Whose a request is at market time `now`: of the issuer whose key signed it, or whose certificate the client shows.
 * That its nonce is new is for the ledger to say.
 */
export function knownSender(shown: ShownRequest, issuers: readonly Issuer[], now: Instant): KnownSender {
  const { keyId, time, nonce, signature, certificate } = shown;
  const isSigned = signature !== undefined || keyId !== undefined;
  const issuer = issuers.find(({ keys, certificates }) =>
    isSigned ? keyId !== undefined && keys.has(keyId) : certificate !== undefined && certificates.has(certificate),
  );
  const stranger = (why: string, expected: string): KnownSender => ({
    kind: "stranger",
    named: issuer?.sender.name ?? "",
    why,
    expected,
  });
  if (!isSigned && certificate === undefined)
    return stranger("it is not signed", "ballast-key, ballast-time, ballast-nonce and ballast-signature");
  if (issuer === undefined)
    return isSigned
      ? stranger("its key is not known here", "a key of an issuer")
      : stranger("its certificate is not known here", "a certificate of an issuer");
  if (time === undefined || !isInstant(time))
    return stranger("ballast-time is no moment", "an instant such as 2026-08-18T22:05:11.000Z");
  if (nonce === undefined || !NONCE.test(nonce))
    return stranger("ballast-nonce is none", "16 to 64 letters, digits, - or _, new for each message");
  const pem = keyId === undefined ? undefined : issuer.keys.get(keyId);
  if (isSigned && !holds(shown, pem))
    return stranger("the signature does not hold", "an Ed25519 signature of this request");
  if (Math.abs(secondsBetween(time, now)) > REQUEST_VALID_SECONDS)
    return stranger(
      `ballast-time is more than ${REQUEST_VALID_SECONDS} s from market time`,
      `a request signed within ${REQUEST_VALID_SECONDS} s of ${now}`,
    );
  const proof: Readonly<Record<string, string>> =
    isSigned && keyId !== undefined && signature !== undefined
      ? { by: "signature", keyId, time, nonce, signature, method: shown.method, path: shown.path, publicKey: pem ?? "" }
      : { by: "certificate", certificate: certificate ?? "", time, nonce };
  return { kind: "known", issuer, nonce, proof };
}

function holds(shown: ShownRequest, pem: string | undefined): boolean {
  const { keyId, signature } = shown;
  if (pem === undefined || keyId === undefined || signature === undefined) return false;
  if (!KEY_ID.test(keyId) || !SIGNATURE.test(signature)) return false;
  return textSignatureHolds(requestText(shown), { algorithm: "ed25519", keyId, valueBase64: signature }, pem);
}
