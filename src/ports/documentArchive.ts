import type { BundleDocument } from "../domain/evidence/ledgers.ts";

/** A kept document with its bytes. */
export type KeptDocument = BundleDocument & { readonly bytes: Uint8Array };

/** Market documents that have left the database, as they came. */
export interface DocumentArchive {
  /**
   * The documents with these bytes, and the bytes; undefined when none of them is there, or what is there has another
   * SHA-256 (hex).
   */
  find(sha256: string): { readonly entries: readonly BundleDocument[]; readonly bytes: Uint8Array } | undefined;
}
