import { type Finding, finding } from "../../config/index.ts";
import { observedFact } from "../../domain/inputs/marketFacts.ts";
import { peakPlan } from "../../domain/inputs/peakPlan.ts";
import { feedSource, type SiteFile } from "./registries.ts";

/** A site that avoids coincident peaks, and lacks a feed that its peak plan is made of. */
export function peakFindings({ feeds, policy }: Pick<SiteFile, "feeds" | "policy">): Finding[] {
  if (policy.coincidentPeak === undefined) return [];
  const given = feeds.map((feed): string => feedSource(feed).gives);
  return (peakPlan.overhears ?? [])
    .filter((kind) => !given.includes(kind))
    .map((kind) =>
      finding(
        ["policy", "coincidentPeak"],
        `is made of the ${observedFact(kind).called}, which no feed brings`,
        "a feed of it, or no such key",
      ),
    );
}
