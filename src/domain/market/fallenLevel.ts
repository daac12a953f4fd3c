import { ALONE, ANY, NAME, RANK } from "./eeaWords.ts";
import { mentionStanding } from "./deniedMention.ts";
import { isWorse } from "./gridLevels.ts";
import type { Mention } from "./mentionsIn.ts";
import { MESSAGE_PATTERNS, type MessagePattern } from "./messagePatterns.ts";
import type { GridLevel } from "./model.ts";

/** What a sentence says of a fall. */
export interface FallenLevel {
  /** In force after it. */
  readonly level: GridLevel;
  /** The rung of that level; none where it is normal. */
  readonly declares: readonly MessagePattern[];
  /** Neither denied nor left open. */
  readonly isSaid: boolean;
}

const RANKED = String.raw`(?:${RANK}[\s:-]*)`;
const TO = String.raw`\)?\s*(?:(?:down\s+)?to\b|[-=]>|\u2192)\s*(?:(?:an?|the)\s+)?`;
const TAIL = String.raw`(?:(?<=(?:${RANK}|${NAME})[\s(:-]*\w+)\b|${ALONE})`;
const NUMBERED = new RegExp(
  String.raw`\b(?:${NAME}[\s(:-]*)?${RANKED}?(${ANY})${TO}` +
    String.raw`(?:${NAME}[\s(:-]*)?${RANKED}?(${ANY})${TAIL}(?:\s+(?:of\s+(?:the\s+)?)?${NAME})?`,
  "gi",
);
const NAMED = new RegExp(NAME, "i");
const BETWEEN = new RegExp(`^${TO}$`, "i");
const TO_NORMAL = new RegExp(String.raw`^${TO}normal\b`, "i");
const LEVELS: readonly (readonly [RegExp, GridLevel])[] = [
  [/^(?:3|III|three)[a-c]?$/i, "eea3"],
  [/^(?:2|II|two)[a-c]?$/i, "eea2"],
  [/^(?:1|I|one)[a-c]?$/i, "eea1"],
];

/**
 * The level after a fall that a sentence says without a verb: `EEA 3 to 2`, `EEA Level 3 to EEA Level 2`, `EEA 2 to
 * Watch`, `EEA 1 to normal`. A list or a range of levels in force is written upwards ("EEA 1 to 3"), so downwards it
 * is a change, and the last one is in force. ERCOT may skip levels on the way down. Ballast's own rule. Pure.
 */
export function fallenLevel(sentence: string, mentions: readonly Mention[]): FallenLevel | undefined {
  const said = (level: GridLevel, from: number, to: number): FallenLevel => ({
    level,
    declares: MESSAGE_PATTERNS.filter((one) => one.level === level).slice(0, 1),
    isSaid: mentionStanding(sentence.slice(0, from), sentence.slice(to)) === "said",
  });
  for (const found of sentence.matchAll(NUMBERED)) {
    const [text, first = "", last = ""] = found;
    const [before, level] = [levelOf(first), levelOf(last)];
    if (level === undefined || before === undefined || !NAMED.test(text) || !isWorse(before, level)) continue;
    return said(level, found.index, found.index + text.length);
  }
  for (const [i, { pattern, from, to }] of mentions.entries()) {
    if (pattern.level === undefined || !/^(?:EEA|energy)/.test(pattern.names)) continue;
    const normal = TO_NORMAL.exec(sentence.slice(to));
    if (normal !== null) return said("normal", from, to + normal[0].length);
    const next = mentions[i + 1];
    if (next?.pattern.level === undefined || !BETWEEN.test(sentence.slice(to, next.from))) continue;
    if (isWorse(pattern.level, next.pattern.level)) return said(next.pattern.level, from, next.to);
  }
  return undefined;
}

function levelOf(number: string): GridLevel | undefined {
  return LEVELS.find(([pattern]) => pattern.test(number))?.[1];
}
