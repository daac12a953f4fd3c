import type { CohortId, SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { GridInstruction } from "./gridInstruction.ts";

/** An instruction, new or in another revision. */
export interface InstructWord {
  readonly kind: "instruct";
  readonly siteId: SiteId;
  readonly instruction: GridInstruction & { readonly issuedAt: Instant };
}

/** The end of an instruction before its own. */
export interface RecallWord {
  readonly kind: "recall";
  readonly siteId: SiteId;
  readonly instructionId: string;
  readonly issuer: string;
  readonly issuedAt: Instant;
  /** Up to which revision; whatever is known where absent. */
  readonly revision?: number;
}

/** A person at the site has seen the instruction as it stands. */
export interface AcknowledgeWord {
  readonly kind: "acknowledge";
  readonly siteId: SiteId;
  readonly instructionId: string;
  /** Whose instruction it is, where another issuer has used its id too. */
  readonly issuer?: string;
  readonly issuedAt: Instant;
}

/** What a desk hears about one instruction at one site, through whichever door. */
export type InstructionWord = InstructWord | RecallWord | AcknowledgeWord;

/** Who sent a word, as its door found out. */
export interface WordSender {
  readonly name: string;
  /** In whose name alone it may instruct; in anybody's where absent: a person writes down what was said. */
  readonly issuer?: string;
  /** What it may deploy, and where; anything and everywhere where absent. */
  readonly products?: readonly string[];
  readonly sites?: readonly SiteId[];
  /** May stop machines for safety. */
  readonly mayStop?: true;
  /** May end a safety stop, whoever gave it. */
  readonly mayStartAgain?: true;
}

/** What of a site an instruction must fit. */
export interface InstructedSite {
  readonly siteId: SiteId;
  /** The most that it can take at its meter with every machine at its highest mode, kW. */
  readonly maxKw: number;
  readonly cohortIds: readonly CohortId[];
  /** Resources of which its file says what they are qualified for. */
  readonly reserveResources: readonly string[];
  readonly isRetired: boolean;
}

/** What was taken of an instruction before: the newest content, its recall, who acknowledged which revision. */
export interface TakenInstruction {
  readonly issuer: string;
  readonly instruction?: GridInstruction;
  readonly recalledAt?: Instant;
  readonly acknowledged?: { readonly by: string; readonly at: Instant; readonly revision: number };
}

/** Id, issuer and moment of a word, whatever it says. */
export function aboutOf(word: InstructionWord): {
  readonly instructionId: string;
  readonly issuer: string | undefined;
} {
  if (word.kind === "instruct")
    return { instructionId: word.instruction.instructionId, issuer: word.instruction.issuer };
  return { instructionId: word.instructionId, issuer: word.issuer };
}

/** When a word was issued. */
export function issuedAtOf(word: InstructionWord): Instant {
  return word.kind === "instruct" ? word.instruction.issuedAt : word.issuedAt;
}
