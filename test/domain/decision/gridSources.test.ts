import { describe, expect, it } from "vitest";
import { gridReleaseProblem } from "../../../src/domain/inputs/gridTold.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { shownOf } from "../../../src/domain/decision/shownOf.ts";
import { currentState } from "../../../src/domain/decision/schema1.ts";
import type { SiteState } from "../../../src/domain/decision/siteStateModel.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, hashprice, modes, scedLmp, site, TestSite } from "./site.ts";

const [PAGE, MIRROR, NOTICES] = ["grid-condition", "grid-condition/mirror", "grid-condition/notices"];
const listed = (...sources: readonly string[]) => ({
  "grid-condition": sources.map((source) => ({ source, silentAfterSeconds: source === PAGE ? 300 : 180 })),
});

/** What a source is told to say: `level` twice, `next` in its newest poll. */
const says = (source: string, time: string, level: GridLevel, next?: GridLevel): SiteInput => ({
  kind: "grid-condition",
  id: `${source}/${time}`,
  at: at(time),
  feedId: source,
  level,
  since: addSeconds(at(time), -60),
  next,
  stateText: next ?? level,
  observedAt: at(time),
  source: source === NOTICES ? "notices/ops" : "dashboard/daily-prc",
  contentHash: "00",
});
const word = (kind: "feed-silent" | "feed-restored", source: string, time: string): SiteInput => ({
  kind,
  id: `${kind}/${source}/${time}`,
  at: at(time),
  feed: "grid-condition",
  source,
});
const release = (time: string): SiteInput => ({
  kind: "release",
  id: `release/${time}`,
  at: at(time),
  orderId: "grid-level",
  actor: "maria",
  reason: "ERCOT's hotline says the EEA is over",
});

/** A site that runs at 30 $/MWh, strike 75, and is off in EEA 2; every source says normal at 18:30. */
function calm(...sources: readonly string[]): TestSite {
  const one = new TestSite(site({ gridSource: "feed", factSources: listed(...sources) }));
  for (const input of [hashprice("18:30:00"), scedLmp("18:29:50", 30)]) one.take(input);
  for (const source of sources) one.take(says(source, "18:31:00", "normal"));
  one.take(scedLmp("18:35:10", 30, 20));
  return one;
}
const level = (one: TestSite, time: string): GridLevel => one.decideAt(at(time)).input.facts.grid.level;
const now = (one: TestSite): string => modes(one.records.at(-1)!.output);

describe("the grid level of two routes to ERCOT's page", () => {
  it("rises by two polls of one alone, whatever the other says, and names who said it since when", () => {
    const one = calm(PAGE, MIRROR);
    one.take(says(PAGE, "18:36:00", "normal", "eea2"));
    expect(level(one, "18:36:10")).toBe("normal");
    one.take(says(PAGE, "18:36:20", "eea2"));
    expect(now(one)).toBe("a:off/eea-policy");
    expect(one.records.at(-1)?.output.cohorts[0]?.sentence).toMatch(
      /: grid level EEA2 by grid-condition, the site's policy curtails\.$/,
    );
    expect(one.records.at(-1)?.input.facts.grid).toMatchObject({
      level: "eea2",
      since: at("18:36:20"),
      saidBy: [PAGE],
      evidence: [
        { source: PAGE, level: "eea2" },
        { source: MIRROR, level: "normal" },
      ],
    });
  });

  it("does not rise by one poll of each, for both read one page; it does by one poll and a message of another kind", () => {
    const routes = calm(PAGE, MIRROR);
    for (const source of [PAGE, MIRROR]) routes.take(says(source, "18:36:00", "normal", "eea2"));
    expect(level(routes, "18:36:10")).toBe("normal");
    const kinds = calm(PAGE, NOTICES);
    kinds.take(says(PAGE, "18:36:00", "normal", "eea3"));
    kinds.take(says(NOTICES, "18:36:05", "normal", "eea2"));
    expect(kinds.records.at(-1)?.input.facts.grid).toMatchObject({ level: "eea2", saidBy: [NOTICES] });
  });

  it("falls when both have said lower twice, to the worse of the two, and not by a single poll of the second", () => {
    const one = calm(PAGE, MIRROR);
    for (const source of [PAGE, MIRROR]) one.take(says(source, "18:36:00", "eea2"));
    one.take(says(PAGE, "18:38:00", "normal"));
    one.take(says(MIRROR, "18:39:00", "eea2", "watch"));
    expect(level(one, "18:39:10")).toBe("eea2");
    one.take(says(MIRROR, "18:40:00", "watch"));
    expect(level(one, "18:40:10")).toBe("watch");
    one.take(says(MIRROR, "18:41:00", "watch", "eea1"));
    one.take(says(MIRROR, "18:42:00", "normal"));
    expect(level(one, "18:42:10")).toBe("normal");
  });

  it("below EEA 1 ends at once with the source that said it, while the other speaks", () => {
    const one = calm(PAGE, MIRROR);
    one.take(says(PAGE, "18:36:00", "watch"));
    expect(level(one, "18:36:10")).toBe("watch");
    one.take(word("feed-silent", PAGE, "18:41:00"));
    expect(one.records.at(-1)?.input.facts).toMatchObject({ grid: { level: "normal" }, silentFeeds: [] });
    expect(one.records.at(-1)?.input.facts.silentSources).toEqual([
      { feed: "grid-condition", source: PAGE, at: at("18:41:00") },
    ]);
  });

  it("goes by the feed's silence only when all of its sources are silent", () => {
    const one = calm(PAGE, MIRROR);
    expect(shownOf(one.state).needsReview).toBe(false);
    one.take(word("feed-silent", PAGE, "18:41:00"));
    expect(one.state.silentFeeds).toEqual([]);
    expect(shownOf(one.state).needsReview).toBe(true);
    one.take(word("feed-silent", MIRROR, "18:42:00"));
    expect(one.state.silentFeeds).toEqual(["grid-condition"]);
    one.take(word("feed-restored", PAGE, "18:43:00"));
    expect(one.state).toMatchObject({ silentFeeds: [], silentSources: [{ source: MIRROR }] });
  });
});

describe("an EEA 2 whose source falls silent while the other says normal all the time", () => {
  const quiet = (): TestSite => {
    const one = calm(PAGE, MIRROR);
    one.take(says(PAGE, "18:36:00", "eea2"));
    one.take(word("feed-silent", PAGE, "18:41:00"));
    return one;
  };

  it("stands until the other has spoken twice for certain, 2 × 180 s after, and the site looks by itself then", () => {
    const one = quiet();
    one.take(scedLmp("18:45:10", 30));
    expect(level(one, "18:46:50")).toBe("eea2");
    expect(one.records.at(-1)?.output.nextWakeAt).toBe(at("18:47:00"));
    one.take({ kind: "wake", id: "wake", at: at("18:47:00") });
    expect(now(one)).toBe("a:normal/economic");
    expect(one.state.grid).toMatchObject({ level: "normal", since: at("18:47:00") });
  });

  it("falls earlier when the other says lower anew, twice, after that", () => {
    const one = quiet();
    one.take({ ...says(MIRROR, "18:44:00", "watch"), since: at("18:43:00") } as SiteInput);
    expect(level(one, "18:44:10")).toBe("watch");
  });

  it("stands without end when the other falls silent before that, and once more after both are back with an EEA 2", () => {
    const one = quiet();
    one.take(word("feed-silent", MIRROR, "18:45:00"));
    expect(level(one, "19:59:00")).toBe("eea2");
    one.take(word("feed-restored", PAGE, "20:00:00"));
    expect(level(one, "20:20:00")).toBe("eea2");
  });

  it("does not rise again by its silence, nor by the other's, once it has fallen", () => {
    const one = quiet();
    one.take({ kind: "wake", id: "wake", at: at("18:47:00") });
    one.take(word("feed-silent", MIRROR, "18:55:00"));
    expect(level(one, "19:30:00")).toBe("normal");
  });

  it("is released by a person before, which a source that says EEA 2 ends", () => {
    const one = quiet();
    expect(gridReleaseProblem(one.state, one.plan)).toBeUndefined();
    one.take(release("18:42:00"));
    expect(now(one)).toBe("a:normal/economic");
    one.take(word("feed-restored", PAGE, "18:43:00"));
    expect(now(one)).toBe("a:off/eea-policy");
    expect(gridReleaseProblem(one.state, one.plan)).toMatch(/is read and says eea2/);
  });
});

it("a source that the site's plan lists no more says nothing, and what it kept falls by the others", () => {
  const one = calm(PAGE, MIRROR);
  one.take(says(MIRROR, "18:36:00", "eea2"));
  one.plan = { ...one.plan, factSources: listed(PAGE) };
  expect(level(one, "18:37:00")).toBe("normal");
});

it("a state and messages of an older program, of one source without a name, count as they did", () => {
  const one = calm(PAGE);
  const { silentSources: _, grid: __, ...older } = one.state;
  one.state = currentState({
    ...older,
    grid: { level: "eea2", observedAt: at("18:36:00") },
    silentFeeds: ["grid-condition"],
  } as unknown as SiteState);
  expect(level(one, "18:40:00")).toBe("eea2");
  const told = { ...says(PAGE, "18:45:00", "normal"), feedId: undefined, since: undefined } as unknown as SiteInput;
  one.take(told);
  expect(one.state.silentFeeds).toEqual([]);
  expect(level(one, "18:45:10")).toBe("normal");
});
