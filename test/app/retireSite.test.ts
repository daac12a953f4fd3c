import { describe, expect, it } from "vitest";
import { DEMO_DAY } from "../../src/app/session/demoDay.ts";
import { closeInput, schedulesEnd } from "../../src/app/system/schedules.ts";
import { watchesOf } from "../../src/app/system/watches.ts";
import { inService } from "../../src/app/worker/book.ts";
import { feedsOfBook } from "../../src/app/worker/bookFeeds.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { smallSite } from "./smallSite.ts";

const site = smallSite({ day: DEMO_DAY, net: 99, machinesPerCohort: 1 });
const named = (siteId: string): Deployment => ({ ...site, plan: { ...site.plan, siteId } });
const at = "2026-08-18T19:00:00.000Z" as Instant;
const retired = [{ siteId: "twin", actor: "maria", reason: "lease ended", at }];
const two = { deployments: [named("north"), named("twin")], retired };
const told = (feed: { readonly subscribers: readonly { readonly siteId: string }[] }) =>
  feed.subscribers.map(({ siteId }) => siteId);

describe("a site that is retired", () => {
  it("is told of no feed any more, and hears of corrected settlement prices alone; the other site of its feeds goes on", () => {
    const feeds = [...feedsOfBook(two).values()];
    for (const feed of feeds) expect([told(feed), feed.isOver]).toEqual([["north"], undefined]);
    const corrected = feeds.filter(({ retiredSiteIds }) => retiredSiteIds.includes("twin"));
    expect(new Set(corrected.map(({ silentAs }) => silentAs))).toEqual(new Set(["settlement-price"]));
  });

  it("ends the feeds that it alone read, but for those that may correct its days", () => {
    const feeds = [...feedsOfBook({ deployments: [named("twin")], retired }).values()];
    for (const feed of feeds) {
      const mayCorrect = feed.role === "record" && feed.silentAs === "settlement-price";
      expect(feed.isOver === true).toBe(!mayCorrect);
    }
    const watches = watchesOf({ bookId: "book", deployments: [named("twin")], retired }).map(({ feedId }) => feedId);
    expect(watches).toContain("registers/twin");
    expect(watches).not.toContain("fleet/twin");
  });

  it("is not in service; the others are", () => {
    expect(inService(two).map(({ plan }) => plan.siteId)).toEqual(["north"]);
  });

  it("is settled on the morning after its last day, and stated on the 7th of the month after: then its schedules end", () => {
    const ends = (day: string) => Object.values(schedulesEnd(day)).map((end: Date) => end.toISOString().slice(0, 16));
    expect(ends("2026-08-18")).toEqual(["2026-08-19T06:21", "2026-09-07T15:01"]);
    expect(ends("2026-12-31")).toEqual(["2027-01-01T06:21", "2027-01-07T15:01"]);
  });

  it("has no contract in force after its last day", () => {
    const terms = (effectiveFrom: string, effectiveTo?: string) => ({
      ...(site.contracts[0] as Deployment["contracts"][number]),
      contractId: effectiveFrom,
      effectiveFrom,
      effectiveTo,
    });
    const contracts = [terms("2026-01-01", "2026-06-30"), terms("2026-07-01"), terms("2026-09-01")];
    const kept = closeInput({ ...site, contracts }, "2026-08-18").contracts;
    expect(kept.map(({ contractId, effectiveTo }) => [contractId, effectiveTo])).toEqual([
      ["2026-01-01", "2026-06-30"],
      ["2026-07-01", "2026-08-18"],
    ]);
    expect(closeInput({ ...site, contracts }).contracts).toHaveLength(3);
  });
});
