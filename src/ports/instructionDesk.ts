import type { WordSender } from "../domain/inputs/instructionWord.ts";
import type { DoorMessage, DoorOutcome, Said, Stranger } from "./instructionLedger.ts";

/** What a door hands in: a message, who sent it, and what it says. The desk stamps it. */
export interface HandedIn {
  readonly message: Omit<DoorMessage, "receivedAt" | "sender">;
  readonly sender: WordSender;
  readonly said: Said;
}

/** What became of what was handed in. */
export interface DeskAnswer extends Omit<DoorOutcome, "untoldWordNo" | "untoldAwardsAt"> {
  /**
   * Whether its site, of awards each of their sites, has it in its mailbox, or has decided on a stop; where it has not,
   * it is told as soon as it can be reached. The end of a stop is not: it is asked again, or not at all.
   */
  readonly isTold: boolean;
  /** What the site said against a stop or its end. */
  readonly siteRefusal?: string;
}

/**
 * The one way in for instructions, recalls, acknowledgements, safety stops and awards, whatever door they come through.
 * `take` returns once the message is kept for good; it throws PortUnavailableError, and nothing is kept, without
 * database or clock.
 */
export interface InstructionDesk {
  take(handedIn: HandedIn): Promise<DeskAnswer>;
  /** Counts somebody whom a door turned away. Throws as `take`. */
  turnAway(stranger: Omit<Stranger, "receivedAt">): Promise<void>;
}
