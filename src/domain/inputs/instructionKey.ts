/** What an instruction is known by: the id that its issuer gave it, and that issuer. */
export interface InstructionName {
  readonly instructionId: string;
  /** Absent where a word does not say it: a person's acknowledgement, a recall of an older record. */
  readonly issuer?: string | undefined;
}

/**
 * What an instruction is told apart by: an id is its issuer's own, so the same id of two issuers is two instructions,
 * and nobody takes or recalls another's. Ballast's own rule.
 */
export function instructionKey({ instructionId, issuer }: InstructionName): string {
  return issuer === undefined ? instructionId : JSON.stringify([issuer, instructionId]);
}

/** Whether two names may mean one instruction: one that names no issuer means whichever has the id. */
export function isSameInstruction(one: InstructionName, other: InstructionName): boolean {
  if (one.instructionId !== other.instructionId) return false;
  return one.issuer === undefined || other.issuer === undefined || one.issuer === other.issuer;
}
