import type { DecisionRecord } from "../decision/model.ts";
import type { AuditFinding } from "./model.ts";
import { recordText } from "./recordText.ts";

/** The end of the record chain so far; absent before the first record of a bundle. */
export interface RecordChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/**
 * One record follows the last: sequence + 1, `previousHash` the hash of the last. The first record of a bundle that starts at the
 * site's first run has sequence 1 and the hash `genesis`; of a later bundle its own word is taken.
 * @param hash SHA-256 of a text, hex
 */
export function checkRecordChain(
  end: RecordChainEnd | undefined, record: DecisionRecord, where: string, hash: (text: string) => string,
): { readonly end: RecordChainEnd; readonly findings: readonly AuditFinding[] } {
  const findings: AuditFinding[] = [];
  if (end !== undefined && record.sequence !== end.sequence + 1) {
    findings.push({ layer: "structure", where, expected: `record ${end.sequence + 1}`, found: `record ${record.sequence}` });
  }
  if (end !== undefined && record.previousHash !== end.hash) {
    findings.push({ layer: "structure", where, expected: `previousHash ${end.hash}`, found: record.previousHash });
  }
  return { end: { sequence: record.sequence, hash: hash(recordText(record)) }, findings };
}
