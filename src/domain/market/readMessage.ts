import { isDenied } from "./deniedMention.ts";
import { isEmergency } from "./gridLevels.ts";
import { MESSAGE_PATTERNS, type MessagePattern } from "./messagePatterns.ts";
import type { GridLevel } from "./model.ts";

/** The words of an operations message. */
export interface MessageWords {
  /** Column Type. */
  readonly type: string;
  /** Column Notice. */
  readonly summary: string;
}

/** What a message ends: the notice that it quotes, those of some names, those above a level, or all with a level. */
export type Ending =
  | { readonly of: "quoted"; readonly text: string }
  | { readonly of: "named"; readonly names: string }
  | { readonly of: "above"; readonly level: GridLevel }
  | { readonly of: "all" };

/** What a message says. */
export interface MessageReading {
  readonly declares?: Pick<MessagePattern, "names" | "level">;
  readonly ends: readonly Ending[];
  /** A person should read it: it is grave and no pattern says what it is, or it asks for what no level says. */
  readonly isForPerson: boolean;
}

/** Each pattern, to be found wherever it stands in a sentence. */
const EVERYWHERE = MESSAGE_PATTERNS.map((pattern) => ({
  pattern,
  every: new RegExp(pattern.pattern, `${pattern.pattern.flags}g`),
}));

interface Mention {
  readonly pattern: MessagePattern;
  readonly from: number;
  readonly to: number;
}

const GRAVE = /\b(?:emergenc|shed|curtail)/i;
const QUOTED = /\bcancel\w*\s+(?:the\s+)?following\s+notices?\b\W*(.*)$/is;
const MOVING = "mov chang transition downgrad lower reduc de-?escalat step return upgrad escalat rais went go";
const MOVED = new RegExp(
  String.raw`\b(?:${MOVING.replaceAll(" ", "|")})\w*\b[^.;]*?` +
    String.raw`(?<!\b(?:due|prior|subject|according|related|response)\s)\bto\s+(?:an?\s+)?(.{1,60})`,
  "i",
);
const TO_NORMAL = /\b(?:return\w*|back|restored)\s+to\s+normal\b|\bnormal\s+(?:operations|conditions)\b[^.;]*\bresum/i;
const ENDING =
  "cancel(?:l?ed|s)? cancell?ing terminat(?:ed|es|ing) rescind(?:ed|s|ing)? lift(?:ed|s|ing) ended recalled " +
  "withdrawn expired exit(?:ed|s|ing) no\\slonger restored concluded discontinued";
const ENDED = new RegExp(String.raw`\b(?:${ENDING.replaceAll(" ", "|")})\b`, "gi");
const APART = /[,;]|\b(?:and|but|during|while|because|due|since|until|before|despite)\b/i;

/**
 * What one of ERCOT's operations messages says, by ordered patterns over its type and the sentences of its notice. A
 * rung that a sentence denies, expects or makes conditional ("no EEA is expected") is not declared. The type decides
 * unless the notice declares an emergency: "Advisory" in a Watch stays a word. Pure; the message alone raises nothing.
 */
export function readMessage({ type, summary }: MessageWords): MessageReading {
  const quoted = QUOTED.exec(summary);
  if (quoted !== null) return { ends: [{ of: "quoted", text: (quoted[1] as string).trim() }], isForPerson: false };
  const read = summary.split(/(?<=[.;!?])\s+|\n+/).map(readSentence);
  const ends = read.flatMap((one) => one.ends);
  const declared = heaviest(read.flatMap((one) => one.declares));
  const byType = MESSAGE_PATTERNS.find(({ pattern }) => pattern.test(type));
  const isOver = declared === undefined && ends.length > 0;
  const said = isOver || isEmergency(declared?.level ?? "unknown") ? declared : (byType ?? declared);
  const isUnmatched = said === undefined && ends.length === 0;
  return {
    ...(said === undefined ? {} : { declares: { names: said.names, level: said.level } }),
    ends,
    isForPerson: said?.isForPerson === true || (isUnmatched && GRAVE.test(`${type} ${summary}`)),
  };
}

function readSentence(sentence: string): { readonly declares: readonly MessagePattern[]; readonly ends: Ending[] } {
  const mentions = mentionsIn(sentence);
  const normal = TO_NORMAL.exec(sentence);
  if (normal !== null && !isDenied(sentence.slice(0, normal.index), "")) return { declares: [], ends: [{ of: "all" }] };
  const moved = movedTo(sentence);
  if (moved !== undefined) return moved;
  const over = new Set(endedIn(sentence, mentions));
  const declares = mentions
    .filter((mention) => !over.has(mention) && !isDenied(sentence.slice(0, mention.from), sentence.slice(mention.to)))
    .map(({ pattern }) => pattern);
  return { declares, ends: [...over].map(({ pattern }): Ending => ({ of: "named", names: pattern.names })) };
}

/** "moved from EEA 3 to EEA 2": it is at that level now, and nothing above it is. */
function movedTo(
  sentence: string,
): { readonly declares: readonly MessagePattern[]; readonly ends: Ending[] } | undefined {
  const found = MOVED.exec(sentence);
  if (found === null || mentionsIn(sentence.slice(0, found.index + found[0].length)).length === 0) return undefined;
  const target = (found[1] as string).replace(/^(?=(?:level\s*)?[1-3]\b)/i, "EEA ");
  const pattern = MESSAGE_PATTERNS.find((one) => one.level !== undefined && one.pattern.exec(target)?.index === 0);
  if (pattern?.level === undefined || isDenied(sentence.slice(0, found.index), "")) return undefined;
  return { declares: [pattern], ends: [{ of: "above", level: pattern.level }] };
}

/** Rungs that a verb of ending is about: the nearest before it, else those right after it. */
function endedIn(sentence: string, mentions: readonly Mention[]): Mention[] {
  return [...sentence.matchAll(ENDED)].flatMap((verb) => {
    if (isDenied(sentence.slice(0, verb.index), "")) return [];
    const end = verb.index + verb[0].length;
    const before = mentions.findLast(({ to }) => to <= verb.index);
    if (before !== undefined && !/\b(?:and|but|while)\b/i.test(sentence.slice(before.to, verb.index))) return [before];
    return mentions.filter(({ from }) => from >= end && !APART.test(sentence.slice(end, from)));
  });
}

/** Every rung of a sentence, where it stands; of two that overlap the heavier. */
function mentionsIn(sentence: string): Mention[] {
  const found: Mention[] = [];
  for (const one of EVERYWHERE)
    for (const match of sentence.matchAll(one.every)) {
      const mention = { pattern: one.pattern, from: match.index, to: match.index + match[0].length };
      if (!found.some(({ from, to }) => mention.from < to && from < mention.to)) found.push(mention);
    }
  return found.toSorted((a, b) => a.from - b.from);
}

/** The first in the list's order. */
function heaviest(patterns: readonly MessagePattern[]): MessagePattern | undefined {
  return MESSAGE_PATTERNS.find((one) => patterns.includes(one));
}
