import type { AuditFinding, AuditVerdict, Mismatch } from "../domain/evidence/model.ts";

/** What one layer has looked at and found. */
export class LayerLog {
  readonly layer: string;
  readonly what: string;
  readonly findings: AuditFinding[] = [];
  readonly notes: string[] = [];
  checked = 0;

  /** @param what one clause for the reader: what this layer checks */
  constructor(layer: string, what: string) {
    this.layer = layer;
    this.what = what;
  }

  check(count = 1): void {
    this.checked += count;
  }

  find(where: string, expected: string, found: string): void {
    this.findings.push({ layer: this.layer, where, expected, found });
  }

  found(mismatches: readonly Mismatch[]): void {
    this.findings.push(...mismatches.map((one) => ({ layer: this.layer, ...one })));
  }

  /** Compare two short values; a difference is a finding. Counts as one check. */
  same(where: string, expected: unknown, found: unknown): void {
    this.check();
    if (expected !== found) this.find(where, String(expected), String(found));
  }

  note(text: string): void {
    this.notes.push(text);
  }

  report(): AuditVerdict["layers"][number] {
    const { layer, what, checked, findings, notes } = this;
    return { layer, what, checked, findings, notes };
  }
}

/** Something that a check cannot read is a finding of that check, not the end of the audit. */
export async function guarded(log: LayerLog, where: string, check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    log.find(where, "values that can be read", `${(error as Error).name}: ${(error as Error).message}`);
  }
}
