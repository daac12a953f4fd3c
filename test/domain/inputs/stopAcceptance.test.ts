import { describe, expect, it } from "vitest";
import type { InstructedSite, WordSender } from "../../../src/domain/inputs/instructionWord.ts";
import type { SafetyStop } from "../../../src/domain/inputs/safetyStops.ts";
import { stopAcceptance, type StopWord } from "../../../src/domain/inputs/stopAcceptance.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const mine: InstructedSite = {
  siteId: "mine",
  maxKw: 300,
  cohortIds: ["hall-1", "hall-2"],
  reserveResources: [],
  isRetired: false,
};
const panel: WordSender = { name: "panel", issuer: "panel", products: [], sites: ["mine"], mayStop: true };
const looksOnly: WordSender = { name: "panel", issuer: "panel", products: ["ERS-30"], sites: ["mine"] };
const both: WordSender = { ...panel, mayStartAgain: true };
const at = parseInstant("2026-08-18T22:00:00.000Z");
const stopped = (cohortId?: string): SafetyStop => ({
  ...(cohortId === undefined ? {} : { cohortId }),
  actor: "maria",
  reason: "smoke",
  at,
});

/** What a door says: accepted, or code and member of its refusal. */
function said(
  kind: StopWord["kind"],
  word: Partial<StopWord> = {},
  facts: { sender?: WordSender; site?: InstructedSite | undefined; stops?: readonly SafetyStop[] } = {},
): string {
  const { sender = both, stops = [] } = facts;
  const site = "site" in facts ? facts.site : mine;
  const asked = { kind, requestId: "stop/1", siteId: "mine", reason: "smoke", ...word };
  const verdict = stopAcceptance(asked, { sender, site, stops });
  return verdict.kind === "refused" ? `${verdict.code} ${verdict.where}`.trim() : verdict.kind;
}

describe("a safety stop at a door", () => {
  it("is taken of whoever has the right, for the site or a cohort, also where one stands already", () => {
    expect(said("stop", {}, { sender: panel })).toBe("accepted");
    expect(said("stop", { cohortId: "hall-2" }, { sender: panel, stops: [stopped()] })).toBe("accepted");
  });

  it.each([
    ["no right", {}, { sender: looksOnly }, "sender"],
    ["another's site", { siteId: "theirs" }, {}, "site site"],
    ["a site that is not here", {}, { site: undefined }, "site site"],
    ["a site out of service", {}, { site: { ...mine, isRetired: true } }, "site site"],
    ["a cohort that it does not have", { cohortId: "hall-9" }, {}, "site cohort"],
  ])("is refused with %s", (_what, word, facts, refusal) => {
    expect(said("stop", word, facts)).toBe(refusal);
  });

  it("ends by a right of its own, and only where that very place is stopped", () => {
    const stops = [stopped("hall-1")];
    expect(said("stop-over", { cohortId: "hall-1" }, { sender: panel, stops })).toBe("sender");
    expect(said("stop-over", { cohortId: "hall-1" }, { stops })).toBe("accepted");
    expect(said("stop-over", { cohortId: "hall-2" }, { stops })).toBe("unknown cohort");
    expect(said("stop-over", {}, { stops })).toBe("unknown site");
    expect(said("stop-over", {}, { stops: [...stops, stopped()] })).toBe("accepted");
  });

  it("of a cohort that has left the plan can still be ended", () => {
    expect(said("stop-over", { cohortId: "hall-9" }, { stops: [stopped("hall-9")] })).toBe("accepted");
  });
});
