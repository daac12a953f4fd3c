import type { SiteId } from "../units/ids.ts";
import { type Instant, isInstant } from "../units/instant.ts";
import { canonicalJson } from "./canonicalJson.ts";
import { memberAt } from "./historyEvent.ts";

/** How an operator's request shows whose it is: an Ed25519 signature over `operatorText`. */
export interface OperatorProof {
  /** First 16 hex digits of the SHA-256 of the public key: names the key, proves nothing. */
  readonly keyId: string;
  /** Market time. */
  readonly signedAt: Instant;
  /** Chance, made for this one request. */
  readonly nonce: string;
  /** Base64 of the 64 bytes. */
  readonly signature: string;
}

/** What an operator asks of a site, with its proof: the arguments of every operator's update. */
export type Signed<Request extends { readonly id: string }> = Request & { readonly proof: OperatorProof };

/** What is signed and what is checked: one request to one site. */
export interface OperatorRequest {
  readonly siteId: SiteId;
  /** Name of the Temporal update. */
  readonly update: string;
  readonly request: Signed<{ readonly id: string }>;
}

/**
 * The text that an operator signs: site, update, the whole request, when and the nonce, so that no part of it can serve
 * another purpose. @throws CanonicalJsonError for a request that has no canonical form
 */
export function operatorText({ siteId, update, request }: OperatorRequest): string {
  const { proof, ...asked } = request;
  const { keyId, signedAt, nonce } = proof;
  return canonicalJson({ schema: "ballast.operator/1", siteId, update, request: asked, keyId, signedAt, nonce });
}

const KEY_ID = /^[0-9a-f]{16}$/;
const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;
/** A request as JSON: beyond it nobody looks whether it is signed. A configuration brings a site's whole plan. */
const REQUEST_CHARS_MAX = 20_000;
const CONFIGURE_CHARS_MAX = 600_000;

/**
 * Why a request cannot be signed as it stands, for whoever sent it as the update of this name. Takes whatever a sender
 * may send.
 */
export function proofProblem(update: string, request: unknown): string | undefined {
  const proof = memberAt(request, "proof");
  if (typeof proof !== "object" || proof === null)
    return "it is not signed; send it with `ballast order` or `ballast release` and an operator's key";
  const text = (name: string): string => String(memberAt(proof, name));
  if (!KEY_ID.test(text("keyId"))) return "its proof names no key: 16 hex digits are expected as keyId";
  if (!isInstant(text("signedAt"))) return "its proof has no moment: an instant is expected as signedAt";
  if (!NONCE.test(text("nonce"))) return "its proof has no nonce: 16 to 64 letters, digits, - or _ are expected";
  if (!SIGNATURE.test(text("signature"))) return "its proof has no signature: 64 bytes in base64 are expected";
  if (Object.keys(proof).length !== 4) return "its proof has more than keyId, signedAt, nonce and signature";
  if (typeof memberAt(request, "id") !== "string") return "it has no id";
  const charsMax = update === "configure" ? CONFIGURE_CHARS_MAX : REQUEST_CHARS_MAX;
  return JSON.stringify(request).length > charsMax ? `it has more than ${charsMax} characters` : undefined;
}
