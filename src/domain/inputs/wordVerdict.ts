/** What was wrong with a word: who sends it may look the code up, a person reads the rest. */
export type RefusalCode =
  | "malformed"
  | "sender"
  | "site"
  | "product"
  | "power"
  | "time"
  | "overtaken"
  | "contradicts"
  | "recalled"
  | "over"
  | "unknown"
  | "room"
  | "replayed";

/** Why a word is not taken: what, where, and what was expected. */
export interface WordRefusal {
  readonly kind: "refused";
  readonly code: RefusalCode;
  /** Member of the message, such as `targetMw`; empty where it is the whole. */
  readonly where: string;
  readonly why: string;
  readonly expected: string;
}

/** What becomes of a word. `repeated`: it says what is known, and changes nothing. `note` is for a person. */
export type WordVerdict =
  | { readonly kind: "accepted"; readonly note?: string }
  | { readonly kind: "repeated"; readonly note?: string }
  | WordRefusal;

/** A refusal, in the order in which it is read. */
export function refusedWord(code: RefusalCode, where: string, why: string, expected: string): WordRefusal {
  return { kind: "refused", code, where, why, expected };
}
