import { describe, expect, it } from "vitest";
import { type AsAward, awardsVerdict } from "../../../src/domain/inputs/asAward.ts";
import type { InstructedSite } from "../../../src/domain/inputs/instructionWord.ts";
import { at } from "../decision/site.ts";

const mine: InstructedSite = {
  siteId: "mine",
  maxKw: 300,
  cohortIds: ["hall-1"],
  reserveResources: ["MINE_LD1"],
  isRetired: false,
};
const award = (changes: Partial<AsAward> = {}): AsAward => ({
  siteId: "mine",
  resource: "MINE_LD1",
  qse: "QALPHA",
  asType: "ECRSM",
  tradingDate: "2024-08-20",
  startsAt: at("18:00:00"),
  endsAt: at("18:05:00"),
  awardedMw: "0.2",
  ...changes,
});
const verdict = (awards: readonly AsAward[], changes: Partial<InstructedSite> = {}) =>
  awardsVerdict(awards, { sender: { name: "alpha", sites: ["mine"] }, sites: [{ ...mine, ...changes }] });

describe("awards at a door", () => {
  it("of a resource that the site's file names are taken without a word; 0 MW takes one back", () => {
    expect(verdict([award(), award({ awardedMw: "0" })])).toEqual({ kind: "accepted" });
  });

  it("of a resource that no site's file names are taken, and that is said", () => {
    expect(verdict([award({ resource: "MINE_LD2" }), award({ resource: "MINE_LD2" })])).toEqual({
      kind: "accepted",
      note: "in no site's file under reserve.resources: MINE_LD2 of mine; it is owed all the same",
    });
  });

  it.each([
    ["more than the site can take", award({ awardedMw: "0.301" }), {}, "power AwardedAS[1].awardedMW"],
    ["an end before the start", award({ endsAt: at("18:00:00") }), {}, "time AwardedAS[1].endTime"],
    ["a site that is not here", award({ siteId: "yours" }), {}, "site AwardedAS[1].resource"],
    ["a site out of service", award(), { isRetired: true }, "site AwardedAS[0].resource"],
  ])("with %s is refused with all of its message", (_, one, changes, said) => {
    const { code, where } = verdict([award(), one], changes) as { code: string; where: string };
    expect(`${code} ${where}`).toBe(said);
  });

  it("beyond 400 of one site in a message are refused: so many can a site hold", () => {
    expect(verdict(Array.from({ length: 400 }, () => award()))).toEqual({ kind: "accepted" });
    expect(verdict(Array.from({ length: 401 }, () => award()))).toMatchObject({ code: "room" });
  });
});
