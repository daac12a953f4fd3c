import { mentionStanding } from "./deniedMention.ts";
import { endedNames } from "./endedNames.ts";
import { fallenLevel } from "./fallenLevel.ts";
import { isDrillMessage } from "./drillMessage.ts";
import { isEmergency } from "./gridLevels.ts";
import { MESSAGE_PATTERNS, type MessagePattern } from "./messagePatterns.ts";
import type { GridLevel } from "./model.ts";
import { type Mention, mentionsIn } from "./mentionsIn.ts";
import { rungList } from "./rungList.ts";

/** The words of an operations message. */
export interface MessageWords {
  /** Column Type. */
  readonly type: string;
  /** Column Notice. */
  readonly summary: string;
}

/** What a message ends: a quoted notice, those of some names, those above a level, or all with a level. */
export type Ending =
  | { readonly of: "quoted"; readonly text: string }
  | { readonly of: "named"; readonly names: string }
  | { readonly of: "above"; readonly level: GridLevel }
  | { readonly of: "all" };

export interface MessageReading {
  readonly declares?: Pick<MessagePattern, "names" | "level">;
  readonly ends: readonly Ending[];
  /** A person should read it: it is grave and no pattern says what it is, or it asks for what no level says. */
  readonly isForPerson: boolean;
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
  "withdrawn expired exit(?:ed|s|ing) no\\slonger restored concluded discontinued in\\serror erroneous(?:ly)?";
const ENDED = new RegExp(String.raw`\b(?:${ENDING.replaceAll(" ", "|")})\b`, "gi");
const SENTENCE_END = /(?<=[.;!?])(?<!\b(?:no|lvl)\.)\s+|\n+/i;
const CORRECTED = /\bcorrect(?:s|ed|ion|ing)\b|\bin\s+error\b|\berroneous/i;
const OPEN = /\bor\b/i;
const OPEN_AFTER = /^\s*or\s+(?:higher|above|greater|worse)\b/i;
const APART = /[,;]|\b(?:and|but|during|while|because|due|since|until|before|despite)\b/i;

/**
 * What one of ERCOT's operations messages says, by ordered patterns over its type and the sentences of its notice. A
 * rung that a sentence denies, expects or makes conditional ("no EEA is expected") is not declared; a drill declares
 * and ends nothing. An emergency that a sentence both denies and declares, one of several, one of a drill, and a
 * correction are for a person. The type decides unless the notice declares an emergency: "Advisory" in a Watch stays a
 * word. Pure; the message alone raises nothing.
 */
export function readMessage({ type, summary }: MessageWords): MessageReading {
  const quoted = QUOTED.exec(summary);
  if (quoted !== null) return { ends: [{ of: "quoted", text: (quoted[1] as string).trim() }], isForPerson: false };
  const read = summary.split(SENTENCE_END).map(readSentence);
  const hasEmergency = read.some((one) => one.hasEmergency);
  if ([type, summary].some(isDrillMessage)) return { ends: [], isForPerson: hasEmergency };
  const ends = read.flatMap((one) => one.ends);
  const declared = heaviest(read.flatMap((one) => one.declares));
  const byType = MESSAGE_PATTERNS.find(({ pattern }) => pattern.test(type));
  const isOver = declared === undefined && ends.length > 0;
  const said = isOver || isEmergency(declared?.level ?? "unknown") ? declared : (byType ?? declared);
  const isUnmatched = said === undefined && ends.length === 0;
  return {
    ...(said === undefined ? {} : { declares: { names: said.names, level: said.level } }),
    ends,
    isForPerson:
      said?.isForPerson === true ||
      (isUnmatched && GRAVE.test(`${type} ${summary}`)) ||
      (CORRECTED.test(summary) && hasEmergency) ||
      read.some((one) => one.isOpen) ||
      isHeavier(heaviest(read.flatMap((one) => one.doubts)), said),
  };
}

interface SentenceReading {
  readonly declares: readonly MessagePattern[];
  /** Whether it declares one emergency or another: "EEA 1 or 2", "EEA 2 or higher". The gravest named counts. */
  readonly isOpen?: boolean;
  /** Emergencies that it may declare or deny. */
  readonly doubts: readonly MessagePattern[];
  readonly ends: readonly Ending[];
  /** Whether it mentions an emergency, whatever it says of it. */
  readonly hasEmergency: boolean;
}

function isHeavier(one: MessagePattern | undefined, than: MessagePattern | undefined): boolean {
  return one !== undefined && (than === undefined || MESSAGE_PATTERNS.indexOf(one) < MESSAGE_PATTERNS.indexOf(than));
}

function readSentence(sentence: string): SentenceReading {
  const mentions = mentionsIn(sentence);
  const hasEmergency = mentions.some(({ pattern }) => isEmergencyPattern(pattern));
  const normal = TO_NORMAL.exec(sentence);
  if (normal !== null && isSaid(sentence, normal.index))
    return { declares: [], doubts: [], ends: [{ of: "all" }], hasEmergency };
  const moved = movedTo(sentence);
  if (moved !== undefined) return { declares: [moved], doubts: [], ends: above(moved.level), hasEmergency };
  const fallen = fallenLevel(sentence, mentions);
  const isEnding = sentence.search(ENDED) >= 0;
  if (fallen?.isSaid === true && !isEnding)
    return { declares: fallen.declares, doubts: [], ends: above(fallen.level), hasEmergency };
  const over = new Set(endedIn(sentence, mentions).flatMap((mention) => rungList(mention, sentence, mentions).rungs));
  const standing = mentions
    .filter((mention) => !over.has(mention))
    .map((mention) => {
      const { from, to } = rungList(mention, sentence, mentions);
      const isOpen = OPEN.test(sentence.slice(from, to)) || OPEN_AFTER.test(sentence.slice(to));
      return { pattern: mention.pattern, is: mentionStanding(sentence.slice(0, from), sentence.slice(to)), isOpen };
    });
  const all = (is: string): MessagePattern[] => standing.filter((one) => one.is === is).map(({ pattern }) => pattern);
  return {
    declares: all("said"),
    doubts: all("doubtful").filter(isEmergencyPattern),
    isOpen:
      (fallen !== undefined && isEnding) ||
      standing.some(({ pattern, is, isOpen }) => is === "said" && isOpen && isEmergencyPattern(pattern)),
    ends: [...over].flatMap((mention) =>
      endedNames(mention, sentence).map((names): Ending => ({ of: "named", names })),
    ),
    hasEmergency,
  };
}

const above = (level: GridLevel): Ending[] => [{ of: "above", level }];

function isEmergencyPattern({ level, isForPerson }: MessagePattern): boolean {
  return isForPerson === true || isEmergency(level ?? "unknown");
}

const isSaid = (sentence: string, at: number): boolean => mentionStanding(sentence.slice(0, at), "") === "said";

/** "moved from EEA 3 to EEA 2": it is at that level now, and nothing above it is. */
function movedTo(sentence: string): (MessagePattern & { readonly level: GridLevel }) | undefined {
  const found = MOVED.exec(sentence);
  if (found === null || mentionsIn(sentence.slice(0, found.index + found[0].length)).length === 0) return undefined;
  const target = (found[1] as string).replace(/^(?=(?:level\s*)?[1-3]\b)/i, "EEA ");
  return MESSAGE_PATTERNS.filter((one) => isSaid(sentence, found.index) && one.pattern.exec(target)?.index === 0).find(
    (one): one is MessagePattern & { readonly level: GridLevel } => one.level !== undefined,
  );
}

/** Rungs that a verb of ending is about: the nearest before it, else those right after it. */
function endedIn(sentence: string, mentions: readonly Mention[]): Mention[] {
  return [...sentence.matchAll(ENDED)].flatMap((verb) => {
    if (!isSaid(sentence, verb.index)) return [];
    const end = verb.index + verb[0].length;
    const before = mentions.findLast(({ to }) => to <= verb.index);
    if (before !== undefined && !/\b(?:and|but|while)\b/i.test(sentence.slice(before.to, verb.index))) return [before];
    return mentions.filter(({ from }) => from >= end && !APART.test(sentence.slice(end, from)));
  });
}

/** The first in the list's order. */
function heaviest(patterns: readonly MessagePattern[]): MessagePattern | undefined {
  return MESSAGE_PATTERNS.find((one) => patterns.includes(one));
}
