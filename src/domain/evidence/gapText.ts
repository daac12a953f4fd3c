import { canonicalJson } from "./canonicalJson.ts";
import type { GapRecord } from "./model.ts";

/** Text of a gap record that its signature is over. @throws CanonicalJsonError for a value without a JSON form */
export function gapText(gap: Omit<GapRecord, "signature">): string {
  return canonicalJson({ ...gap, signature: undefined });
}
