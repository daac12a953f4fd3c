/** Names of the files of one statement. */
export interface PaperFiles {
  readonly body: string;
  readonly text: string;
  readonly csv: string;
  readonly intervalsCsv: string;
  readonly guide: string;
}

/** The statement's number with everything but letters, digits, dot, dash and underscore as `_`, and an ending each. */
export function paperFiles(statementId: string): PaperFiles {
  const base = statementId.replace(/[^A-Za-z0-9._-]+/g, "_");
  return {
    body: `${base}.json`,
    text: `${base}.txt`,
    csv: `${base}.csv`,
    intervalsCsv: `${base}-intervals.csv`,
    guide: `${base}-guide.txt`,
  };
}
