import type { Mention } from "./mentionsIn.ts";

/** Between two rungs of a list. */
const LISTED = /^\s*(?:,|,?\s*(?:and|or|nor|&)\b)\s*(?:(?:an?|the|any)\s+)?$/i;
/** After "and" it begins a clause of its own: "terminated EEA 3 and EEA 2 remains". */
const SINGULAR_AFTER = /^\s*(?:is|was|has|remains|continues|stays|will)\b/i;

/**
 * The rungs that are listed with one, and where its denial is looked for: a list that ends in "or" is denied as one.
 * Ballast's own rule. Pure.
 */
export function rungList(
  mention: Mention,
  sentence: string,
  mentions: readonly Mention[],
): { readonly rungs: readonly Mention[]; readonly from: number; readonly to: number } {
  const rungs = listOf(mention, sentence, mentions);
  const [first = mention, last = mention] = [rungs[0], rungs.at(-1)];
  const { from, to } = /\bn?or\b/i.test(sentence.slice(first.from, last.to)) ? { ...first, to: last.to } : mention;
  return { rungs, from, to };
}

/** The rungs that are listed with one: "Watch, Advisory, or EEA" and "EEA 1 and EEA 2". */
function listOf(mention: Mention, sentence: string, mentions: readonly Mention[]): readonly Mention[] {
  let list: Mention[] = [];
  for (const [i, one] of mentions.entries()) {
    const previous = mentions[i - 1];
    if (previous === undefined || !LISTED.test(sentence.slice(previous.to, one.from))) list = [];
    list.push(one);
    const next = mentions[i + 1];
    if (!list.includes(mention) || (next !== undefined && LISTED.test(sentence.slice(one.to, next.from)))) continue;
    const joint = previous === undefined ? "" : sentence.slice(previous.to, one.from);
    const isApart = /\band\b/i.test(joint) && SINGULAR_AFTER.test(sentence.slice(one.to));
    return /\w/.test(joint) && !isApart ? list : [mention];
  }
  return [mention];
}
