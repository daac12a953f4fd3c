import type { OperatorKey } from "../domain/evidence/operatorAdmission.ts";
import type { OperatorProof } from "../domain/evidence/operatorProof.ts";
import type { SiteId } from "../domain/units/ids.ts";

/** The keys of those who may order at a site, as the list stands at the moment of asking. */
export interface OperatorKeys {
  /** The key of this id; undefined when nobody has it. Throws when the list cannot be used as it is. */
  find(keyId: string): OperatorKey | undefined;
  /** Whether this key made the signature of the text. */
  holds(text: string, proof: OperatorProof, key: OperatorKey): boolean;
}

/** A request as its keeper knows it: `digest` is over its update's name and content, without the proof. */
export interface AskedRequest {
  readonly id: string;
  readonly digest: string;
}

/**
 * Nonces and ids of requests that were used, and the keys that used them. Append-only. Throws PortUnavailableError
 * without database.
 */
export interface OperatorAdmissions {
  /**
   * Take an id and a nonce for one request, once. `id-used`, `nonce-used`: another request has it; the same one has it
   * again however often it asks. The key is kept with it, for whoever checks the signature later.
   */
  claim(
    siteId: SiteId,
    key: OperatorKey,
    proof: OperatorProof,
    request: AskedRequest,
  ): Promise<"claimed" | "id-used" | "nonce-used">;
  /** Every key that a request was ever admitted with, by its id. */
  keysUsed(siteId: SiteId): Promise<readonly OperatorKey[]>;
}
