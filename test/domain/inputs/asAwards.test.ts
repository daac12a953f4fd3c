import { describe, expect, it } from "vitest";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import type { SitePlan } from "../../../src/domain/decision/model.ts";
import { decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import { type AsAwardsInput, asAwards, type HeldAward } from "../../../src/domain/inputs/asAwards.ts";
import { awardsInForce } from "../../../src/domain/inputs/awardsInForce.ts";
import { awardProduct } from "../../../src/domain/market/awardProducts.ts";
import { at, clockOf, site, TestSite } from "../decision/site.ts";

const qualified = (product: "ECRS" | "RRS", asType: string) => ({
  product,
  asTypes: [asType],
  maxMw: "0.3",
  qualifiedFrom: at("00:00:00"),
  qualifiedUntil: at("20:00:00"),
  responseMinutes: 10,
  sustainMinutes: 60,
});
const reserve: NonNullable<SitePlan["reserve"]> = {
  resources: [
    { resource: "MINE_LD1", kind: "NCLR", products: [qualified("ECRS", "ECRSM"), qualified("RRS", "RRSUF")] },
    { resource: "MINE_LD2", kind: "NCLR", products: [qualified("ECRS", "ECRSM")] },
  ],
  penaltyUsdPerMwh: 0,
  gates: [],
  band: { lowShare: 0.95, highShare: 1.5 },
};
const plan = site({ reserve });

/** `ECRSM 0.2 MW DAM 18:00-19:00`, of MINE_LD1. */
type Award = AsAwardsInput["awards"][number];
function award(said: string, changes: Partial<Award> = {}): Award {
  const [asType, mw, , market, span] = said.split(" ") as [string, string, string, string, string];
  const [from, until] = span.split("-").map((time) => at(`${time}:00`)) as [Award["startsAt"], Award["startsAt"]];
  return {
    resource: "MINE_LD1",
    qse: "QSE",
    asType,
    ...(market === "-" ? {} : { marketType: market }),
    tradingDate: "2024-08-20",
    startsAt: from,
    endsAt: until,
    awardedMw: mw,
    ...changes,
  };
}

function message(time: string, awards: readonly Award[], receivedAt = time): AsAwardsInput {
  const evidence = { door: "http", contentHash: `hash-${time}`, receivedAt: at(`${receivedAt}:00`) };
  return { kind: "as-awards", id: `as-awards/${time}`, at: at(`${time}:00`), awards, sender: "qse", evidence };
}

/** Owed at a time of day, MW by service. */
function owedAt(one: TestSite, time: string) {
  return awardsInForce(one.state.asAwards ?? [], at(time)).mw;
}

describe("what a type of award is", () => {
  it.each([
    ["RRSPF", "RRS"],
    ["RRSFF", "RRS"],
    ["RRSUF", "RRS"],
    ["ECRSS", "ECRS"],
    ["ECRSM", "ECRS"],
    ["NSPIN", "NSPIN"],
    ["NSPNM", "NSPIN"],
    ["On-Non-Spin", "NSPIN"],
    ["Off-Non-Spin", "NSPIN"],
    ["Reg-Up", "REGUP"],
    ["Reg-Down", "REGDN"],
    ["ecrs", "ECRS"],
    ["ERS-10", undefined],
    ["DRRS", undefined],
  ])("%s is %s", (type, product) => expect(awardProduct(type)).toBe(product));
});

describe("what a site owes", () => {
  it("is the sum of what is awarded for that moment, up and down apart", () => {
    const one = new TestSite(plan);
    one.take(
      message("13:30", [
        award("ECRSM 0.1 MW DAM 18:00-19:00"),
        award("RRSUF 0.05 MW DAM 18:00-20:00"),
        award("REGDN 0.02 MW DAM 18:00-19:00"),
      ]),
    );
    expect(owedAt(one, "17:59:59")).toEqual({});
    const owed = awardsInForce(one.state.asAwards!, at("18:00:00"));
    expect(owed.mw).toEqual({ ECRS: 0.1, RRS: 0.05, REGDN: 0.02 });
    expect(owed.upMw).toBeCloseTo(0.15, 12);
    expect(owed.downMw).toBe(0.02);
    expect(owedAt(one, "19:00:00")).toEqual({ RRS: 0.05 });
  });

  it("is what SCED awarded where it has spoken for that resource and type, and day-ahead elsewhere", () => {
    const one = new TestSite(plan);
    one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00"), award("RRSUF 0.1 MW DAM 18:00-19:00")]));
    one.take(message("18:04", [award("ECRSM 0.05 MW RTM 18:05-18:10")]));
    expect(owedAt(one, "18:04:59")).toEqual({ ECRS: 0.2, RRS: 0.1 });
    expect(owedAt(one, "18:05:00")).toEqual({ ECRS: 0.05, RRS: 0.1 });
    expect(owedAt(one, "18:10:00")).toEqual({ ECRS: 0.2, RRS: 0.1 });
  });

  it("nothing awarded by SCED is nothing owed, not the day-ahead award", () => {
    const one = new TestSite(plan);
    one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00")]));
    one.take(message("18:04", [award("ECRSM 0 MW RTM 18:05-18:10")]));
    expect(awardsInForce(one.state.asAwards!, at("18:06:00")).upMw).toBe(0);
  });

  it("a supplemental award stands beside the day-ahead one", () => {
    const one = new TestSite(plan);
    one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00"), award("ECRSM 0.1 MW SASM 18:00-19:00")]));
    expect(owedAt(one, "18:00:00").ECRS).toBeCloseTo(0.3, 12);
  });

  it("two resources each owe their own", () => {
    const one = new TestSite(plan);
    const other = award("ECRSM 0.1 MW DAM 18:00-19:00", { resource: "MINE_LD2" });
    one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00"), other]));
    expect(owedAt(one, "18:00:00").ECRS).toBeCloseTo(0.3, 12);
  });
});

describe("an award that a site is told", () => {
  it("takes the place of the older word on it, and an older word that comes late changes nothing", () => {
    const one = new TestSite(plan);
    one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00")]));
    one.take(message("13:50", [award("ECRSM 0.1 MW DAM 18:00-19:00")]));
    expect(one.take(message("13:55", [award("ECRSM 0.3 MW DAM 18:00-19:00")], "13:40")).relevant).toBe(false);
    expect(one.state.asAwards?.map(({ awardedMw }) => awardedMw)).toEqual(["0.1"]);
  });

  it("is decided on at once, and looked at again where it begins and ends", () => {
    const one = new TestSite(site({ reserve, cohorts: site().cohorts }));
    one.take(message("17:40", [award("ECRSM 0.2 MW DAM 18:00-18:05")]));
    expect(one.records).toHaveLength(1);
    const fact = (time: string) =>
      asAwards.changesAt?.(
        { ...one.state, silentFeeds: [] },
        {
          site: plan,
          asOf: at(time),
          intervalStart: at("17:30:00"),
        },
      );
    expect(clockOf(fact("17:40:00"))).toBe("18:00:00");
    expect(clockOf(fact("18:00:00"))).toBe("18:05:00");
    expect(fact("18:05:00")).toBeUndefined();
  });

  it("stands in the records until its end, and is forgotten by the decision after it", () => {
    const one = new TestSite(plan);
    one.take(message("17:40", [award("ECRSM 0.2 MW DAM 18:00-18:05"), award("RRSUF 0.1 MW DAM 18:00-19:00")]));
    const types = (asAwardsHeld: readonly HeldAward[] | undefined) => asAwardsHeld?.map(({ asType }) => asType);
    expect(types(one.decideAt(at("18:04:59")).input.facts.asAwards)).toEqual(["ECRSM", "RRSUF"]);
    expect(types(one.decideAt(at("18:05:00")).input.facts.asAwards)).toEqual(["RRSUF"]);
    expect(types(one.state.asAwards)).toEqual(["RRSUF"]);
  });

  it("of a type that is no service known here is told as a problem, and costs the others nothing", () => {
    const one = new TestSite(plan);
    const { problem } = one.take(
      message("13:30", [award("DRRS 0.2 MW DAM 18:00-19:00"), award("ECRSM 0.1 MW DAM 18:00-19:00")]),
    );
    expect(problem).toMatch(/^award of 0\.2 MW DRRS to MINE_LD1 from .* is of no service known here$/);
    expect(owedAt(one, "18:00:00")).toEqual({ ECRS: 0.1 });
  });

  it.each([
    ["ECRSM 0.4 MW DAM 18:00-19:00", {}, "MINE_LD1 is qualified for 0.3 MW of ECRSM, not for 0.4"],
    ["ECRSS 0.1 MW DAM 18:00-19:00", {}, "MINE_LD1 is not qualified for ECRSS"],
    ["ECRSM 0.1 MW DAM 20:00-21:00", {}, "MINE_LD1 is not qualified for ECRSM"],
    ["ECRSM 0.1 MW DAM 18:00-19:00", { resource: "OTHER" }, "OTHER is no resource of the site's file"],
  ])("%s %o that the site should not have is owed all the same, and that is said once", (said, changes, doubt) => {
    const one = new TestSite(plan);
    const each = [award(said, changes), award(said, { ...changes, marketType: "SASM" })];
    expect(one.take(message("13:30", each)).problem).toBe(`awarded and owed, though ${doubt}`);
    expect(one.state.asAwards).toHaveLength(2);
    expect(one.take({ ...message("13:30", each), id: "again" }).problem).toBe(`awarded and owed, though ${doubt}`);
  });

  it("while a gate is not met is owed all the same, and the gate is named", () => {
    const gates = [
      { gateId: "hedge", called: "the forward hedge", metFrom: at("00:00:00"), until: at("18:00:00") },
      { gateId: "margin", called: "margin", metFrom: at("00:00:00") },
    ];
    const one = new TestSite(site({ reserve: { ...reserve, gates } }));
    expect(one.take(message("13:30", [award("ECRSM 0.1 MW DAM 17:00-18:00")])).problem).toBeUndefined();
    const { problem } = one.take(message("13:31", [award("ECRSM 0.1 MW DAM 18:00-19:00")]));
    expect(problem).toBe("awarded and owed, though the forward hedge is not met");
  });

  it("that ends before it begins is told as a problem", () => {
    const one = new TestSite(plan);
    expect(one.take(message("13:30", [award("ECRSM 0.2 MW DAM 19:00-18:00")])).problem).toMatch(/before it begins$/);
    expect(one.state.asAwards).toBeUndefined();
  });

  it("of a site that sells no reserve is kept, decides nothing, and that is said", () => {
    const one = new TestSite(site());
    const taken = one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00")]));
    expect(taken.relevant).toBe(false);
    expect(taken.problem).toBe("the site's file has no reserve: nothing is kept on for its awards");
    expect(one.state.asAwards).toHaveLength(1);
  });

  it("beyond 400 is left out aloud: those that start last", () => {
    const one = new TestSite(plan);
    const many = Array.from({ length: 405 }, (_, i) => award("ECRSM 0.1 MW DAM 18:00-19:00", { resource: `LD${i}` }));
    const last = award("ECRSM 0.1 MW DAM 17:00-19:00", { resource: "FIRST" });
    const { problem } = one.take(message("13:30", [...many, last]));
    expect(problem).toMatch(/^6 awards are left out, at most 400 are held; those that start last; .* and 397 more$/);
    expect(one.state.asAwards?.[0]?.resource).toBe("FIRST");
    expect(one.state.asAwards).toHaveLength(400);
  });

  it("is known again from the records of a run that ended without handing over", () => {
    const one = new TestSite(plan);
    one.take(message("13:30", [award("ECRSM 0.2 MW DAM 18:00-19:00")]));
    const records = one.records.map(({ input }) => input.facts);
    const about = { site: plan, asOf: at("13:30:00"), intervalStart: at("13:30:00") };
    expect(asAwards.recovered(records, about)).toEqual({ asAwards: one.state.asAwards });
    expect(asAwards.recovered(records, { ...about, asOf: at("19:00:00") })).toEqual({});
  });

  it("is absent from the input of a site that has none: it decides as before", () => {
    const bare = site();
    const { state } = absorb(bare, initialSiteState(bare), { kind: "wake", id: "w", at: at("18:00:00") });
    const input = decisionInput(bare, state, at("18:00:00"));
    expect(Object.keys(input.facts)).not.toContain("asAwards");
  });
});
