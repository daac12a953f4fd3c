import { ALONE, ANY, NAME, RANK } from "./eeaWords.ts";

const UP_TO = String.raw`up\s+to\b(?:\s+and\s+including\b)?`;
const THROUGH = String.raw`(?:(?:and\s+)?(?:${UP_TO}|through\b|thru\b))`;
/** Between the numbers of a list or of a range. */
const JOINT = String.raw`\s*(?:,?\s*(?:(?:and|or)\b|&)|,|[-\u2013\u2014/]|to\b|,?\s*${THROUGH})\s*`;

/**
 * Finds a level of the Energy Emergency Alert whose number is one of `numbers`, a part of a regular expression: `EEA
 * 2`, `EEA Level 2`, `EEA2`, `EEA Stage 2`, `EEA Lvl 2A`, `Energy Emergency Alert (EEA) Level Two`, `Level 2 EEA`, and
 * the last of a list or a range: `EEA Level 1 and Level 2`, `EEA Levels 1, 2 and 3`, `EEA 1 through 3`, `EEA Levels
 * 1-3`, `EEA up to and including Level 3`. Ballast's own rule. Pure.
 */
export function eeaPattern(numbers: string): RegExp {
  const one = String.raw`(?:${numbers})`;
  const ranked = String.raw`(?:${RANK}[\s:-]*)`;
  const before = String.raw`(?:${ANY}${JOINT}${ranked}?){1,2}`;
  const last = String.raw`${one}(?:(?<=${RANK}[\s:-]*\w+)\b|${ALONE})`;
  return new RegExp(
    [
      String.raw`\b${NAME}[\s(:-]*${ranked}?${one}\b`,
      String.raw`\b${NAME}[\s(:-]*${ranked}?${before}${last}`,
      String.raw`\b${NAME}[\s(:-]*${ranked}?${ANY}\s*,?\s*${THROUGH}\s*${NAME}[\s(:-]*${ranked}?${one}\b`,
      String.raw`\b${NAME}[\s(:-]*${ranked}?${UP_TO}\s*(?:${NAME}\s*)?${ranked}?${last}`,
      String.raw`\b${RANK}[\s-]*(?:${before})?${one}\s+(?:of\s+(?:an?\s+|the\s+)?)?${NAME}(?![\w(])`,
      String.raw`\b${UP_TO}\s+${RANK}[\s-]*${one}\s+(?:of\s+(?:an?\s+|the\s+)?)?${NAME}(?![\w(])`,
    ].join("|"),
    "i",
  );
}
