/** A statement that cannot be composed from what was given: what, where, what was expected. */
export class StatementError extends Error {
  override name = "StatementError";
}
