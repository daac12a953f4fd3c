import type { AsAward } from "../domain/inputs/asAward.ts";
import type { GridInstruction } from "../domain/inputs/gridInstruction.ts";
import type { InstructionWord, TakenInstruction } from "../domain/inputs/instructionWord.ts";
import type { SafetyStop } from "../domain/inputs/safetyStops.ts";
import type { StopWord } from "../domain/inputs/stopAcceptance.ts";
import type { WordRefusal, WordVerdict } from "../domain/inputs/wordVerdict.ts";
import type { SiteId } from "../domain/units/ids.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { KeptStop } from "./doorStops.ts";

export type Door = "http" | "folder" | "voice";

/** A message as it came, of a sender whom its door knew. */
export interface DoorMessage {
  readonly door: Door;
  readonly sender: string;
  /** The sender's own mark of this message: the same again is the same message. */
  readonly nonce: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  /** SHA-256, hex. */
  readonly contentHash: string;
  /** How the door knew the sender: plain JSON without secrets. */
  readonly proof: unknown;
  /** Market time. */
  readonly receivedAt: Instant;
}

/**
 * What a message says: one word about one instruction, a safety stop or its end, awards, a notice for people, or
 * nothing that can be taken.
 */
export type Said =
  | { readonly kind: "word"; readonly word: InstructionWord }
  | { readonly kind: "safetyStop"; readonly word: StopWord }
  | { readonly kind: "awards"; readonly awards: readonly AsAward[] }
  | { readonly kind: "notice"; readonly id: string; readonly summary: string }
  | WordRefusal;

/** What was taken before, when a message is judged. */
export interface KnownBefore {
  /** Under the id of the word at its site; undefined where it brings none. */
  readonly known: TakenInstruction | undefined;
  readonly standing: readonly GridInstruction[];
  /** Safety stops in force at the site of a stop or its end. */
  readonly stops: readonly SafetyStop[];
}

/** What became of a message. */
export interface DoorOutcome {
  readonly messageNo: string;
  readonly verdict: WordVerdict;
  /** Number of the word that its site is to be told; absent where there is none, or it was told before. */
  readonly untoldWordNo?: string;
  /** Sites that are to be told of the awards that it brought; absent where there are none. */
  readonly untoldAwardsAt?: readonly SiteId[];
  /** The instruction as it is known from here on. */
  readonly known?: TakenInstruction;
  /** The safety stop, or its end, that it brought. */
  readonly stop?: KeptStop;
  /** The same message had come before: this is what became of it then. */
  readonly isSeenBefore: boolean;
}

/** A word that its site has not in its mailbox yet. */
export interface UntoldWord {
  readonly wordNo: string;
  readonly word: InstructionWord;
  readonly door: Door;
  readonly contentHash: string;
  readonly receivedAt: Instant;
}

/** Somebody whom a door does not know, or does not believe. */
export interface Stranger {
  readonly door: Door;
  /** Whom it named, where that is somebody known; else empty. */
  readonly named: string;
  readonly why: string;
  readonly contentHash: string;
  readonly receivedAt: Instant;
}

/**
 * Every message of every door, in one order a site. Append-only. Each method throws PortUnavailableError without
 * database.
 */
export interface InstructionLedger {
  /**
   * Keeps a message, whatever `judge` says of it, and with it what it says when it is accepted: all or nothing. A
   * safety stop is in force from then on: no command but off goes to its machines. A nonce
   * of its sender that was used for other content is refused as `replayed`.
   */
  take(message: DoorMessage, said: Said, judge: (before: KnownBefore) => WordVerdict): Promise<DoorOutcome>;
  /** Counts somebody who was turned away. */
  turnedAway(stranger: Stranger): Promise<void>;
  /** What sites have not been told, in the order in which it was taken; of each site the first `wordsMaxPerSite`. */
  untold(wordsMaxPerSite: number): Promise<readonly UntoldWord[]>;
  /** A site has a word in its mailbox. */
  told(wordNo: string): Promise<void>;
  /** Ends, with the reason, what a site that is out of service for good was not told; nothing for any other site. */
  endOfRetired(siteId: SiteId): Promise<readonly { readonly wordNo: string; readonly why: string }[]>;
}
