import { type Finding, finding } from "../../config/index.ts";
import { hashprice } from "../../domain/inputs/hashprice.ts";
import { madeOf, observedFact } from "../../domain/inputs/marketFacts.ts";
import { feedSource, type SiteFile } from "./registries.ts";

/** Whether a site's feeds bring what a fact can be made of, so that none need tell it. */
export function isToBeMade(kind: string, { feeds }: Pick<SiteFile, "feeds">): boolean {
  const given = feeds.map((feed): string => feedSource(feed).gives);
  return madeOf(kind).some((part) => given.includes(part));
}

/** A hashprice that is told and made, made of one part alone, or made without a rule; and a rule that nothing reads. */
export function madeFactFindings({ feeds, policy }: Pick<SiteFile, "feeds" | "policy">): Finding[] {
  const given = feeds.map((feed): string => feedSource(feed).gives);
  const parts = madeOf(hashprice.kind);
  const listed = parts.filter((part) => given.includes(part));
  const told = given.indexOf(hashprice.kind);
  const rule = policy.hashprice;
  if (listed.length === 0) {
    if (rule === undefined) return [];
    const message = "is read by nothing: no feed brings what a hashprice is made of";
    return [finding(["policy", "hashprice"], message, `feeds of ${names(parts)}, or no such key`)];
  }
  const lacking = parts.filter((part) => !given.includes(part));
  return [
    ...(told === -1
      ? []
      : [
          finding(
            ["feeds", told, "use"],
            `tells the hashprice, and other feeds bring the ${names(listed)} that it is made of`,
            "the one or the others",
          ),
        ]),
    ...(lacking.length === 0 || told !== -1
      ? []
      : [finding(["feeds"], `none of them brings the ${names(lacking)}`, `a feed of it beside the ${names(listed)}`)]),
    ...(rule !== undefined
      ? []
      : [finding(["policy"], "has no hashprice", "how it is made: payout, maxDifferenceShare, maxMoveShare, ...")]),
  ];
}

function names(kinds: readonly string[]): string {
  return kinds.map((kind) => observedFact(kind).called).join(" and ");
}
