import type { Mention } from "./mentionsIn.ts";

const NUMBERS: readonly RegExp[] = [/\b(?:1|I|one)[a-c]?\b/i, /\b(?:2|II|two)[a-c]?\b/i, /\b(?:3|III|three)[a-c]?\b/i];
const RANGE = /[-\u2013\u2014]|\b(?:to|through|thru)\b/i;
const FROM_FIRST = /\bup\s+to\b/i;

/**
 * What an ended rung names: "EEA Level 1, Level 2 and Level 3" each of them, "EEA Levels 2 through 3" those between,
 * "EEA 1 through 3" all there are. Ballast's own rule. Pure.
 */
export function endedNames({ pattern, from, to }: Mention, sentence: string): readonly string[] {
  if (!pattern.names.startsWith("EEA")) return [pattern.names];
  const text = sentence.slice(from, to);
  if (/^\s*through\b/i.test(sentence.slice(to))) return ["energy emergency"];
  const named = NUMBERS.flatMap((number, i) => (number.test(text) ? [i + 1] : []));
  const [last = 0] = named.slice(-1);
  const isRange = RANGE.test(text.replaceAll(/\bup\s+to\b/gi, ""));
  const [first = 1] = FROM_FIRST.test(text) && named.length === 1 ? [1] : named;
  const all = isRange || FROM_FIRST.test(text) ? [1, 2, 3].filter((one) => one >= first && one <= last) : named;
  if (all.length === NUMBERS.length && all !== named) return ["energy emergency"];
  return [...new Set([...all.map((one) => `EEA ${one}`), pattern.names])];
}
