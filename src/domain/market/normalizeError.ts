/** A row that is not what its report promises. The reader of the file adds the document and the row number. */
export class MarketRowError extends Error {
  override name = "MarketRowError";
  readonly column: string;

  constructor(column: string, found: string | undefined, expected: string) {
    super(`column ${column}: expected ${expected}, found ${found === undefined ? "nothing" : `"${found}"`}`);
    this.column = column;
  }
}
