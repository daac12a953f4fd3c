import type { Finding } from "./problem.ts";

/** A finding for each name that an earlier entry already has. */
export function duplicates(entries: readonly { id: string; path: readonly (string | number)[] }[], what: string): Finding[] {
  return entries.flatMap(({ id, path }, index) => (entries.findIndex((entry) => entry.id === id) === index ? [] : [{
    path, message: `${what} "${id}" appears twice`, expected: "each once",
  }]));
}
