import { name } from "./checks.ts";

/** Where what a site is told was read: source and SHA-256 of the kept document. */
export interface ToldProvenance {
  readonly source: string;
  readonly contentHash: string;
}

/** What a sender must say of its document. */
export const PROVENANCE = { source: name, contentHash: name };
