/** Where two JSON values first part, and what stands there. */
export interface Difference {
  /** `` for the whole, else `.member[3].inner`. */
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/**
 * The first place at which two JSON values differ, members in alphabetical order; undefined when they are the same. A
 * member that is undefined and one that is not there are the same.
 */
export function firstDifference(expected: unknown, found: unknown, path = ""): Difference | undefined {
  if (Object.is(expected, found)) return undefined;
  if (Array.isArray(expected) && Array.isArray(found)) {
    for (let i = 0; i < Math.max(expected.length, found.length); i++) {
      const difference = firstDifference(expected[i], found[i], `${path}[${i}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (isObject(expected) && isObject(found)) {
    for (const key of [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()) {
      const difference = firstDifference(expected[key], found[key], `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return { path, expected, found };
}

/** A value for a finding: JSON, cut after `max` characters. */
export function shown(value: unknown, max = 160): string {
  const text = value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
