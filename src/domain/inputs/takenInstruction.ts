import type { Instant } from "../units/instant.ts";
import type { SiteInput } from "./facts.ts";
import type { MessageEvidence } from "./gridInstruction.ts";
import { revisionOf } from "./instructionSuccession.ts";
import type { InstructionWord, TakenInstruction } from "./instructionWord.ts";

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

/** What a site is told of a word at market time `at`, under an id of its own; nothing of an acknowledgement. */
export function inputOfWord(
  word: InstructionWord,
  { id, at, evidence }: { readonly id: string; readonly at: Instant; readonly evidence: MessageEvidence },
): SiteInput | undefined {
  if (word.kind === "instruct") return { kind: "instruction", id, at, instruction: { ...word.instruction, evidence } };
  if (word.kind === "recall") return { kind: "recall", id, at, instructionId: word.instructionId, evidence };
  return undefined;
}
