import type { Instant } from "../units/instant.ts";
import type { SiteInput } from "./facts.ts";
import type { GridInstruction, MessageEvidence } from "./gridInstruction.ts";
import { instructionKey, type InstructionName, isSameInstruction } from "./instructionKey.ts";
import { revisionOf } from "./instructionSuccession.ts";
import { aboutOf, type InstructionWord, type TakenInstruction } from "./instructionWord.ts";

/** A word as it was taken: who sent it, and when it came. */
export interface TakenWord {
  readonly word: InstructionWord;
  readonly sender: string;
  readonly at: Instant;
}

/** What words about one instruction come to, in the order in which they were taken; undefined where none did. */
export function takenInstruction(words: readonly TakenWord[]): TakenInstruction | undefined {
  return words.reduce<TakenInstruction | undefined>((known, { word, sender, at }) => {
    if (word.kind === "instruct") return { ...known, issuer: word.instruction.issuer, instruction: word.instruction };
    if (word.kind === "recall") return { issuer: word.issuer, ...known, recalledAt: at };
    if (known?.instruction === undefined) return known;
    return { ...known, acknowledged: { by: sender, at, revision: revisionOf(known.instruction) } };
  }, undefined);
}

/**
 * What words at a site come to about one instruction, in the order in which they were taken. A name without an issuer
 * means the one that stands under the id, else the only one there was; undefined where that leaves several open.
 */
export function knownUnderName(words: readonly TakenWord[], name: InstructionName): TakenInstruction | undefined {
  const about = words.filter(({ word }) => isSameInstruction(aboutOf(word), name));
  const issuers = [...new Set(about.map(({ word }) => aboutOf(word).issuer))].filter((one) => one !== undefined);
  const each = issuers.map((issuer) =>
    takenInstruction(about.filter(({ word }) => isSameInstruction(aboutOf(word), { ...name, issuer }))),
  );
  const standing = each.filter((one) => one?.instruction !== undefined && one.recalledAt === undefined);
  const [only, ...others] = standing.length === 1 ? standing : each;
  return others.length === 0 ? only : undefined;
}

/** Instructions that stand by words at a site, each of its own issuer. */
export function standingInstructions(words: readonly TakenWord[]): readonly GridInstruction[] {
  const said = words.filter(({ word }) => word.kind !== "acknowledge");
  return [...Map.groupBy(said, ({ word }) => instructionKey(aboutOf(word))).values()].flatMap((about) => {
    const { instruction, recalledAt } = takenInstruction(about) ?? {};
    return instruction === undefined || recalledAt !== undefined ? [] : [instruction];
  });
}

/** What a site is told of a word at market time `at`, under an id of its own; nothing of an acknowledgement. */
export function inputOfWord(
  word: InstructionWord,
  { id, at, evidence }: { readonly id: string; readonly at: Instant; readonly evidence: MessageEvidence },
): SiteInput | undefined {
  if (word.kind === "instruct") return { kind: "instruction", id, at, instruction: { ...word.instruction, evidence } };
  if (word.kind !== "recall") return undefined;
  const { instructionId, issuer } = word;
  return { kind: "recall", id, at, instructionId, issuer, evidence };
}
