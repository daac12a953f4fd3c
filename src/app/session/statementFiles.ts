import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paperFiles } from "../../domain/statement/papers.ts";
import { RENDERERS } from "../../domain/statement/renderers/index.ts";
import type { StatementRecord } from "../../ports/statementStore.ts";
import { newFolder } from "../newFolder.ts";

/**
 * Writes statements into a new folder as files for their owner alone, all or nothing and on disk when it returns: each
 * as text, its lines and its intervals as CSV, and the guide to them where there is one.
 * @throws CommandError when the folder exists or cannot be written
 */
export async function writeStatements(folder: string, statements: readonly StatementRecord[]): Promise<void> {
  await newFolder(folder, "a day's statements", (draft) => {
    mkdirSync(draft, { mode: 0o700 });
    const write = (name: string, paper: string): void => writeFileSync(join(draft, name), paper, { mode: 0o600 });
    for (const record of statements) {
      const names = paperFiles(record.statement.statementId);
      for (const { format } of RENDERERS) {
        const paper = record[format];
        if (paper !== undefined) write(names[format], paper);
      }
    }
  });
}
