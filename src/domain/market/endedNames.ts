import type { Mention } from "./mentionsIn.ts";

/**
 * What an ended rung names: "EEA Level 1, Level 2 and Level 3" each of them, "EEA 1 through 3" all there are.
 * Ballast's own rule. Pure.
 */
export function endedNames({ pattern, from, to }: Mention, sentence: string): readonly string[] {
  if (!pattern.names.startsWith("EEA")) return [pattern.names];
  if (/^\s*through\b/i.test(sentence.slice(to))) return ["energy emergency"];
  const numbers = [...sentence.slice(from, to).matchAll(/\b[1-3]\b/g)].map(([number]) => `EEA ${number}`);
  return [...new Set([...numbers, pattern.names])];
}
