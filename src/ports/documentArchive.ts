import type { BundleDocument } from "../domain/evidence/ledgers.ts";

/** A kept document with its bytes. */
export type KeptDocument = BundleDocument & { readonly bytes: Uint8Array };

/** What an archive has of a hash; or why it has nothing, for a person: which file, what is wrong with it. */
export type Archived =
  { readonly entries: readonly BundleDocument[]; readonly bytes: Uint8Array } | { readonly problem: string };

/** Market documents that have left the database, as they came. */
export interface DocumentArchive {
  /** The documents with these bytes, whose SHA-256 (hex) is that, and the bytes. */
  find(sha256: string): Archived;
}
