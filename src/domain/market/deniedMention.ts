/** How a sentence stands to what it mentions: it says it, denies it (or waits for it), or leaves that open. */
export type MentionStanding = "said" | "denied" | "doubtful";

const DENYING = "no not neither never without avoid\\w* prevent\\w* may might could would should will";
const CONDITIONAL = "if unless until when once whether in\\scase in\\sthe\\sevent in\\sevent";
const EXPECTING =
  "expect\\w* anticipat\\w* potential\\w* possib\\w* risk likelihood prior prepar\\w* test\\w* drill\\w* exercise\\w*";
const VERBS = "issu|declar|enter|initiat|implement|activat";

const DENIED = new RegExp(String.raw`\b(?:${words(`${DENYING} ${CONDITIONAL}`)})\b([^,:]*)$`, "i");
const WAITS = new RegExp(String.raw`\b(?:${words(CONDITIONAL)})\b([^,:]*)$`, "i");
const EXPECTED = new RegExp(String.raw`\b(?:${words(EXPECTING)})\b([^,:]*)$`, "i");
const DENIED_AFTER = new RegExp(
  String.raw`^[\s,]*(?:(?:${words("is are was were has have")})\s+)?` +
    String.raw`(?:${words("not unlikely may might could would will possible")})\b`,
  "i",
);
const PRACTICE = "drill exercise test training workshop";
const PRACTICED_AFTER = new RegExp(
  String.raw`^(?:\s+(?:${words("firm load shed system annual summer winter")}))*\s+(?:${words(PRACTICE)})s?\b`,
  "i",
);
/** What is declared after an expectation; not what is expected to be. */
const DECLARING = new RegExp(
  String.raw`(?<!\b(?:to|be|of|for|before|expects|anticipates|expecting|anticipating)\s)\b(?:${VERBS})\w*`,
  "i",
);
const DECLARED = new RegExp(String.raw`\b(?:${VERBS})(?:es|ed|ing|s)\b`, "i");
const DECLARED_AFTER = new RegExp(
  String.raw`^\s*(?:is|are|was|has\sbeen|have\sbeen)\s+(?:(?:now|hereby|also)\s+)?` +
    String.raw`(?:(?:${VERBS})ed\b|in\s(?:effect|force)\b)`,
  "i",
);
/** A denied verb itself: "not yet been declared". */
const OWN_VERB = new RegExp(
  String.raw`^\s+(?:(?:${words("yet been be currently so far to \\w+ly")})\s+)*(?:${VERBS})\w*`,
);
const ADVERBS = String.raw`(?:(?:now|also|already|therefore|thus|hereby|today|immediately)\s+)*`;
const JOINS = String.raw`\b(?:and|but|so|thus|therefore|hence)\s+`;
/** ERCOT does something, or has done it: what stands before is another clause, unless it leads up to it with "that". */
const CLAUSES = new RegExp(
  String.raw`(?<!\bthat\s)\bERCOT\s+${ADVERBS}(?:(?:has|have|is|was)\b|(?:${VERBS})(?:es|ed|s)\b)|` +
    String.raw`${JOINS}${ADVERBS}(?:has|have|is)\s+${ADVERBS}(?:${VERBS})(?:ed|ing)\b`,
  "gi",
);
const JOINED = new RegExp(String.raw`${JOINS}${ADVERBS}(?:an?\s+|the\s+)?$`, "i");
const LED_BY_CONDITION = /^\W*(?:if|unless|should|whether|in\s(?:the\s)?(?:case|event))\b/i;
const SAID_NOW = /\bERCOT\s+(?:has|have)\b/i;
/** "No further EEA": all of it is about the mention. */
const ABOUT_MENTION = new RegExp(
  String.raw`^(?:\s*\b(?:${words("an? the any other further additional new such and or nor")})\b)*\s*$`,
  "i",
);
/** What may come: "ERCOT will declare", "may need to declare", "is prepared to enter", "will move to". */
const COMING = "will may might could would can shall must should";
const ON_THE_WAY = "also soon then now again later likely immediately need have be required forced to";
const COMES = String.raw`\b(?:${words(COMING)})\s+(?:(?:${words(ON_THE_WAY)})\s+){0,4}?`;
const IS_READY = String.raw`\bERCOT\s+(?:is\s+)?(?:plan|intend|about|ready|prepared|consider|going)\w*\s+(?:to\s+)?`;
const ANNOUNCED = new RegExp(
  String.raw`(?:${COMES}|${IS_READY})(?:${VERBS}|mov|escalat|upgrad|transition|go\b|order|begin|start)[^,:]*$`,
  "i",
);
const ANNOUNCED_AFTER = new RegExp(String.raw`^\s*${COMES}be\s+(?:(?:${VERBS})ed|needed|required|necessary)\b`, "i");

/**
 * How the words of a sentence `before` a mention, and right `after` it, stand to it. "No EEA is expected", "to avoid
 * EEA" and "an EEA drill" deny it. A denial or an expectation reaches as far as its clause: "as reserves could not be
 * restored ERCOT has declared EEA 2" says it. A condition reaches over its whole sentence. What is announced or may
 * come ("EEA 2 may be declared"), under a condition too, and where a denial or a declaration may be meant, is doubtful.
 * Ballast's own rule. Pure.
 */
export function mentionStanding(before: string, after: string): MentionStanding {
  const clause = clauseOf(before, after);
  if (PRACTICED_AFTER.test(after)) return "denied";
  if (ANNOUNCED.test(clause) || ANNOUNCED_AFTER.test(after)) return "doubtful";
  if (DENIED_AFTER.test(after)) return "denied";
  const waits = WAITS.exec(before);
  if (waits !== null) return isClearlyDenied(waits[1] as string, after) ? "denied" : "doubtful";
  const denied = DENIED.exec(clause);
  if (denied !== null) return isClearlyDenied(denied[1] as string, after) ? "denied" : "doubtful";
  const expected = EXPECTED.exec(clause);
  if (expected !== null && !DECLARING.test(expected[1] as string))
    return isDeclaredApart(expected[1] as string, after) ? "doubtful" : "denied";
  return LED_BY_CONDITION.test(before) && !SAID_NOW.test(clause) ? "doubtful" : "said";
}

/** The words before a mention from where its own clause begins. */
function clauseOf(before: string, after: string): string {
  if (JOINED.test(before) && DECLARED_AFTER.test(after)) return "";
  return before.slice([...before.matchAll(CLAUSES)].at(-1)?.index);
}

/** Whether between a denial and what it is about nothing is declared but what it denies. */
function isClearlyDenied(between: string, after: string): boolean {
  const start = [...between.matchAll(CLAUSES)].at(-1)?.index;
  if (start !== undefined && between.slice(0, start).trim() === "") return true;
  if (DECLARED.test(between.replace(OWN_VERB, ""))) return false;
  return !isDeclaredApart(between, after);
}

function isDeclaredApart(between: string, after: string): boolean {
  return DECLARED_AFTER.test(after) && !ABOUT_MENTION.test(between);
}

function words(list: string): string {
  return list.replaceAll(" ", "|");
}
