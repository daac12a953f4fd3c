const PRACTICE = "(?:drill|exercise|test)";
const DRILL = new RegExp(
  String.raw`\bthis\s+is\s+(?:only\s+)?an?\s+(?:\w+\s+){0,3}?${PRACTICE}\b|^\W*${PRACTICE}\b|` +
    String.raw`\b(?:${PRACTICE}|training)\s+(?:message|notice|only|purposes)\b`,
  "i",
);

/**
 * Whether words of an operations message call it a drill, an exercise or a test: "This is a drill: ...". Ballast's own
 * rule. Pure.
 */
export function isDrillMessage(text: string): boolean {
  return DRILL.test(text);
}
