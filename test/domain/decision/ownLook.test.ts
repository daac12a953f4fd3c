import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { DecisionRecord, SitePlan } from "../../../src/domain/decision/model.ts";
import { ownLookAfter } from "../../../src/domain/decision/nextLook.ts";
import { centralWall } from "../../../src/domain/market/calendar.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import { at, type InputChanges, inputAt, site } from "./site.ts";

const plan = site();

/** When the site rouses itself after deciding at 18:35 of 2024-08-20 on a quiet price of 20 $/MWh. */
function roused(changes: InputChanges = {}, under: SitePlan = plan): string {
  const input = inputAt(under, 20, changes);
  const record: DecisionRecord = {
    schema: "ballast.decision/2",
    siteId: under.siteId,
    sequence: 1,
    ruleSet: "test",
    planHash: "",
    input,
    output: decide(under, input),
    previousHash: "genesis",
  };
  const { day, time } = centralWall(ownLookAfter(under, record));
  return `${day} ${time}`;
}

const order = (from: Instant, until: Instant) => ({
  orderId: "o-1",
  actor: "desk",
  reason: "work on the line",
  action: "curtail" as const,
  from,
  until,
});

describe("when a site rouses itself", () => {
  it("is the end of its operating day on a quiet price: the age limit at 18:39:50 is the feed watcher's to tell", () => {
    expect(roused()).toBe("2024-08-21 00:00:00");
  });

  it("is an order's start or end that comes before the age limit", () => {
    expect(roused({ orders: [order(at("18:37:00"), at("20:00:00"))] })).toBe("2024-08-20 18:37:00");
    expect(roused({ orders: [order(at("18:00:00"), at("18:36:00"))] })).toBe("2024-08-20 18:36:00");
  });

  it("is not an order's end behind the age limit: the next price or the watcher's word brings a decision that shows it", () => {
    const orders = [order(at("18:00:00"), at("18:43:00"))];
    expect(roused({ orders })).toBe("2024-08-21 00:00:00");
    const scedRuns = [
      { scedAt: at("18:29:50"), lmpUsdPerMwh: 20 },
      { scedAt: at("18:34:50"), lmpUsdPerMwh: 20 },
    ];
    expect(roused({ asOf: at("18:35:50"), orders, scedRuns })).toBe("2024-08-20 18:43:00");
    expect(roused({ asOf: at("18:40:05"), orders, silentFeeds: ["sced-lmp"] })).toBe("2024-08-20 18:43:00");
  });

  it("is nothing of the hashprice's age limit either", () => {
    const old = { usdPerPhDay: 54, asOf: "2024-08-18T23:37:00.000Z" as Instant };
    expect(roused({ hashprice: old })).toBe("2024-08-21 00:00:00");
  });
});
