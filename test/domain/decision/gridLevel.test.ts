import { describe, expect, it } from "vitest";
import { gridReleaseProblem } from "../../../src/domain/inputs/gridTold.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type { SilenceAction } from "../../../src/domain/decision/model.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { at, hashprice, modes, scedLmp, site, TestSite } from "./site.ts";

const grid = (time: string, level: GridLevel, unreadable?: true): SiteInput => ({
  kind: "grid-condition",
  id: `grid/${time}`,
  at: at(time),
  level,
  unreadable,
  stateText: unreadable ? "brownout" : level,
  observedAt: at(time),
  source: "test",
  contentHash: "00",
});
const feed = (kind: "feed-silent" | "feed-restored", time: string): SiteInput => ({
  kind,
  id: `${kind}/${time}`,
  at: at(time),
  feed: "grid-condition",
});
const release = (time: string): SiteInput => ({
  kind: "release",
  id: `release/${time}`,
  at: at(time),
  orderId: "grid-level",
  actor: "maria",
  reason: "ERCOT's hotline says the EEA is over",
});

/** At 30 $/MWh, strike 75, everything runs; EEA 2 takes it off at 18:36 by the site's policy. */
function inEea2(action: SilenceAction, level: GridLevel = "eea2"): TestSite {
  const base = site({ gridSource: "feed" });
  const one = new TestSite({ ...base, onSilence: { ...base.onSilence, gridCondition: action } });
  for (const input of [
    hashprice("18:30:00"),
    grid("18:30:01", "normal"),
    scedLmp("18:29:50", 30),
    grid("18:36:00", level),
    scedLmp("18:35:10", 30, 100),
  ])
    one.take(input);
  return one;
}
const now = (one: TestSite): string => {
  const record = one.records.at(-1);
  return record === undefined ? "none" : modes(record.output);
};

describe("an EEA 2 that a silent source leaves standing", () => {
  it.each(["hold", "run", "curtail"] as const)(
    "keeps the site off as a grid rule under %s, through an unreadable state and through silence",
    (action) => {
      const one = inEea2(action);
      expect(now(one)).toBe("a:off/eea-policy");
      one.take(grid("18:37:00", "unknown", true));
      one.take(scedLmp("18:40:10", 30));
      expect(now(one)).toBe("a:off/eea-policy");
      expect(one.records.at(-1)?.input.facts.grid).toMatchObject({ level: "eea2", unreadable: true });
      one.take(feed("feed-silent", "18:42:00"));
      expect(now(one)).toBe("a:off/eea-policy");
    },
  );

  it("ends when a readable state says lower", () => {
    const one = inEea2("run");
    one.take(grid("18:37:00", "unknown", true));
    one.take(grid("18:39:00", "normal"));
    expect(now(one)).toBe("a:normal/economic");
  });

  it("ends when a person releases it, which the record names, and stands again when the source speaks", () => {
    const one = inEea2("run");
    one.take(feed("feed-silent", "18:37:00"));
    one.take(release("18:38:00"));
    expect(now(one)).toBe("a:normal/economic");
    expect(one.records.at(-1)?.input.facts.grid).toMatchObject({ level: "eea2", released: { actor: "maria" } });
    one.take(feed("feed-restored", "18:39:00"));
    expect(now(one)).toBe("a:off/eea-policy");
  });

  it("is not released while the source speaks", () => {
    const one = inEea2("run");
    expect(gridReleaseProblem(one.state, one.plan)).toMatch(/is read and says eea2; place an order/);
    one.take(release("18:38:00"));
    expect(now(one)).toBe("a:off/eea-policy");
    one.take(feed("feed-silent", "18:39:00"));
    expect(gridReleaseProblem(one.state, one.plan)).toBeUndefined();
  });
});

it("a conservation level below EEA 1 ends with the feed where the policy is to carry on without it", () => {
  const one = inEea2("run", "conservation");
  one.take(scedLmp("18:40:10", 4000));
  expect(now(one)).toBe("a:off/economic");
  one.take(scedLmp("18:45:05", 30));
  expect(now(one)).toBe("a:off/eea-policy");
  one.take(feed("feed-silent", "18:47:00"));
  expect(now(one)).toBe("a:normal/economic");
});

it("a state that is newer and still older than the feed's limit does not end the feed's silence, and raises nothing", () => {
  const one = inEea2("hold");
  one.take(feed("feed-silent", "18:42:00"));
  one.take({ ...grid("18:36:30", "eea3"), at: at("18:43:00") });
  expect(one.state.grid).toMatchObject({ level: "eea2", evidence: [{ level: "eea3" }] });
  expect(one.state.silentFeeds).toEqual(["grid-condition"]);
});
