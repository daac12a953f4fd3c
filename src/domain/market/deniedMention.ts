const DENYING =
  "no not never without avoid\\w* prevent\\w* if unless until when once may might could would should will";
const EXPECTING =
  "expect\\w* anticipat\\w* potential\\w* possib\\w* risk likelihood prior prepar\\w* test\\w* drill\\w* exercise\\w*";

const DENIED_BEFORE = new RegExp(String.raw`\b(?:${words(DENYING)})\b[^,:]*$`, "i");
const EXPECTED_BEFORE = new RegExp(String.raw`\b(?:${words(EXPECTING)})\b([^,:]*)$`, "i");
const DENIED_AFTER = new RegExp(
  String.raw`^[\s,]*(?:(?:${words("is are was were has have")})\s+)?` +
    String.raw`(?:${words("not unlikely may might could would will possible")})\b`,
  "i",
);
const DECLARING = /\b(?:issu|declar|enter|initiat|implement|activat)\w*/i;

/**
 * Whether the words of a sentence `before` a mention, or right `after` it, deny it, expect it, or make it depend on
 * something: "no EEA is expected", "EEA 2 may be declared", "to avoid EEA". An expectation before a declaration
 * ("expects tight reserves and has issued a Watch") denies nothing. Ballast's own rule. Pure.
 */
export function isDenied(before: string, after: string): boolean {
  if (DENIED_BEFORE.test(before) || DENIED_AFTER.test(after)) return true;
  const expected = EXPECTED_BEFORE.exec(before);
  return expected !== null && !DECLARING.test(expected[1] as string);
}

function words(list: string): string {
  return list.replaceAll(" ", "|");
}
