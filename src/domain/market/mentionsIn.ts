import { MESSAGE_PATTERNS, type MessagePattern } from "./messagePatterns.ts";

/** A rung where it stands in a sentence. */
export interface Mention {
  readonly pattern: MessagePattern;
  readonly from: number;
  readonly to: number;
}

/** Each pattern, to be found wherever it stands in a sentence. */
const EVERYWHERE = MESSAGE_PATTERNS.map((pattern) => ({
  pattern,
  every: new RegExp(pattern.pattern, `${pattern.pattern.flags}g`),
}));

/** Every rung of a sentence, where it stands; of two that overlap the heavier. Ballast's own rule. Pure. */
export function mentionsIn(sentence: string): Mention[] {
  const found: Mention[] = [];
  for (const one of EVERYWHERE)
    for (const match of sentence.matchAll(one.every)) {
      const mention = { pattern: one.pattern, from: match.index, to: match.index + match[0].length };
      if (!found.some(({ from, to }) => mention.from < to && from < mention.to)) found.push(mention);
    }
  return found.toSorted((a, b) => a.from - b.from);
}
