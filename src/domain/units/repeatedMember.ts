import { jsonStringEnd } from "./jsonStringEnd.ts";

/**
 * Name of the first member that stands twice in one object of a JSON text; undefined where none does. A parser takes
 * the last without a word, another may take the first. The text is JSON that was parsed before.
 */
export function repeatedMember(text: string): string | undefined {
  // of each open object the names so far, of each open list none
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      const end = jsonStringEnd(text, at);
      const names = open.at(-1);
      if (isName && names !== undefined) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        if (names.has(name)) return name;
        names.add(name);
      }
      at = end;
    } else if (sign === "{" || sign === "[") {
      open.push(sign === "{" ? new Set() : undefined);
      isName = sign === "{";
    } else if (sign === "}" || sign === "]") open.pop();
    else if (sign === ",") isName = open.at(-1) !== undefined;
    else if (sign === ":") isName = false;
  }
  return undefined;
}
