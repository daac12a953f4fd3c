/** A value that has no canonical JSON form; the message names the place and the value. */
export class CanonicalJsonError extends Error {
  override name = "CanonicalJsonError";
}

/**
 * The one text of a JSON value: object keys in ascending order of their UTF-16 code units, no white space, numbers and
 * strings as ECMAScript's JSON.stringify writes them, members that are `undefined` left out. The idea is RFC 8785 (JSON
 * Canonicalization Scheme). Hashes, signatures and the audit's comparisons are made over this text.
 * @throws CanonicalJsonError for NaN and infinities, -0, `undefined` in a list or at the top, bigint, function, symbol,
 * objects that
 *   are not plain (Date, Map, Uint8Array ...), lone surrogates, and circular values.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$", []);
}

function write(value: unknown, at: string, above: readonly object[]): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeNumber(value, at);
  if (typeof value === "string") return writeString(value, at);
  if (typeof value !== "object")
    throw new CanonicalJsonError(
      `${at}: ${typeof value} has no JSON form; expected text, number, boolean, null, list or plain object`,
    );
  if (above.includes(value)) throw new CanonicalJsonError(`${at}: refers back to an object that contains it`);
  const path = [...above, value];
  if (Array.isArray(value)) {
    // Array.from, because map skips holes and a hole must be refused
    return `[${Array.from(value, (item: unknown, i) => write(item, `${at}[${i}]`, path)).join(",")}]`;
  }
  if (!isPlain(value))
    throw new CanonicalJsonError(`${at}: expected a plain object, got ${Object.prototype.toString.call(value)}`);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${writeString(key, at)}:${write(member, `${at}.${key}`, path)}`);
  }
  return `{${members.join(",")}}`;
}

function writeNumber(value: number, at: string): string {
  if (!Number.isFinite(value)) throw new CanonicalJsonError(`${at}: ${value} is not a JSON number`);
  if (Object.is(value, -0)) throw new CanonicalJsonError(`${at}: -0 does not survive JSON; expected 0`);
  return JSON.stringify(value);
}

function writeString(value: string, at: string): string {
  if (!value.isWellFormed()) throw new CanonicalJsonError(`${at}: text with half a surrogate pair has no UTF-8 form`);
  return JSON.stringify(value);
}

/** Plain in any realm: workflow code lives in its own, so its `Object.prototype` is another one. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
