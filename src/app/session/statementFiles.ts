import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paperFiles } from "../../domain/statement/papers.ts";
import { RENDERERS } from "../../domain/statement/renderers/index.ts";
import type { StatementRecord } from "../../ports/statementStore.ts";

/**
 * Writes statements into a folder as files for their owner alone: each as text, its lines and its intervals as CSV, and
 * the guide to them where there is one. @throws Error when the folder cannot be written
 */
export function writeStatements(folder: string, statements: readonly StatementRecord[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, paper: string): void => writeFileSync(join(folder, name), paper, { mode: 0o600 });
  for (const record of statements) {
    const names = paperFiles(record.statement.statementId);
    for (const { format } of RENDERERS) {
      const paper = record[format];
      if (paper !== undefined) write(names[format], paper);
    }
  }
}
