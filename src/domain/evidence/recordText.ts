import type { SitePlan } from "../decision/model.ts";
import type { KeptRecord } from "../decision/schema1.ts";
import { canonicalJson } from "./canonicalJson.ts";

/** `previousHash` of a site's first decision record. */
export const RECORD_GENESIS = "genesis";

/**
 * Text whose SHA-256 (hex) is a decision record's hash, the next record's `previousHash`. The record's own `schema`
 * separates it from other texts. @throws CanonicalJsonError when the record holds a value without a JSON form.
 */
export function recordText(record: KeptRecord): string {
  return canonicalJson(record);
}

/** Text whose SHA-256 (hex) is a plan's `planHash`. @throws CanonicalJsonError as above. */
export function planText(plan: SitePlan): string {
  return canonicalJson(plan);
}
