import { describe, expect, it } from "vitest";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import { gridReleaseProblem } from "../../../src/domain/inputs/gridTold.ts";
import type { GridNotice } from "../../../src/domain/market/noticesInForce.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, hashprice, modes, scedLmp, site, TestSite } from "./site.ts";

const PAGE = "grid-condition";

/** What the dashboard says: `level` twice, `next` in its newest poll. */
const says = (time: string, level: GridLevel, next?: GridLevel): SiteInput => ({
  kind: "grid-condition",
  id: `${PAGE}/${time}`,
  at: at(time),
  feedId: PAGE,
  level,
  since: addSeconds(at(time), -60),
  next,
  stateText: next ?? level,
  observedAt: at(time),
  source: "dashboard/daily-prc",
  contentHash: "00",
});
const eea = (number: 1 | 2 | 3, postedAt: string): GridNotice => ({
  key: `k${number}`,
  names: `EEA ${number}`,
  level: `eea${number}`,
  summary: `ERCOT has declared EEA Level ${number}.`,
  postedAt: at(postedAt),
});
const watchOf = (postedAt: string): GridNotice => ({
  key: "w",
  names: "watch",
  level: "watch",
  summary: "ERCOT issued a Watch.",
  postedAt: at(postedAt),
  until: addSeconds(at(postedAt), 86_400),
});
const notices = (time: string, ...inForce: readonly GridNotice[]): SiteInput => ({
  kind: "grid-notices",
  id: `grid-notices/${time}`,
  at: at(time),
  inForce,
  forPerson: [],
  readAt: at(time),
  source: "page/operations-messages",
  contentHash: "01",
});
const word = (kind: "feed-silent" | "feed-restored", feed: string, time: string): SiteInput => ({
  kind,
  id: `${kind}/${feed}/${time}`,
  at: at(time),
  feed,
  source: feed,
});

/** A site that runs at 30 $/MWh, strike 75, and is off in EEA 2; the dashboard has said normal since 18:30. */
function calm(): TestSite {
  const listed = { "grid-condition": [{ source: PAGE, silentAfterSeconds: 300 }] };
  const one = new TestSite(site({ gridSource: "feed", factSources: listed }));
  for (const input of [hashprice("18:30:00"), scedLmp("18:29:50", 30)]) one.take(input);
  one.take(says("18:31:00", "normal"));
  one.take(scedLmp("18:35:10", 30, 20));
  return one;
}
const level = (one: TestSite, time: string): GridLevel => one.decideAt(at(time)).input.facts.grid.level;
const now = (one: TestSite): string => modes(one.records.at(-1)!.output);
const grid = (one: TestSite) => one.records.at(-1)!.input.facts.grid;

describe("an operations message and the dashboard", () => {
  it("raise the level straight to EEA 2 with one poll, as on 6 September 2023, whichever comes first; the record says by whom", () => {
    const messageFirst = calm();
    messageFirst.take(notices("18:36:00", eea(2, "18:35:00")));
    expect(level(messageFirst, "18:36:00")).toBe("normal");
    messageFirst.take(says("18:36:20", "normal", "eea2"));
    expect(level(messageFirst, "18:36:20")).toBe("eea2");
    expect(now(messageFirst)).toContain("off");
    expect(grid(messageFirst).saidBy).toEqual([PAGE, "grid-notices"]);
    expect(messageFirst.records.at(-1)!.input.facts.gridNotices?.inForce[0]?.summary).toContain("EEA Level 2");
    const pollFirst = calm();
    pollFirst.take(says("18:36:20", "normal", "eea2"));
    expect(level(pollFirst, "18:36:20")).toBe("normal");
    pollFirst.take(notices("18:36:50", eea(2, "18:35:00")));
    expect(level(pollFirst, "18:36:50")).toBe("eea2");
  });

  it("raise it to what both say at least", () => {
    const one = calm();
    one.take(notices("18:36:00", eea(1, "18:35:00")));
    one.take(says("18:36:20", "normal", "eea3"));
    expect(level(one, "18:36:20")).toBe("eea1");
    const other = calm();
    other.take(notices("18:36:00", eea(3, "18:35:00")));
    other.take(says("18:36:20", "normal", "eea2"));
    expect(level(other, "18:36:20")).toBe("eea2");
  });

  it("raise nothing where the message stands alone, however grave and however long", () => {
    const one = calm();
    one.take(notices("18:36:00", eea(3, "18:35:00")));
    one.take(notices("18:46:00", eea(3, "18:35:00"), watchOf("18:45:00")));
    expect(level(one, "18:50:00")).toBe("normal");
    expect(now(one)).not.toContain("off");
  });

  it("raise nothing where the page of messages has fallen silent before the poll", () => {
    const one = calm();
    one.take(notices("18:36:00", eea(2, "18:35:00")));
    one.take(word("feed-silent", "grid-notices", "18:52:00"));
    one.take(says("18:53:00", "normal", "eea2"));
    expect(level(one, "18:53:00")).toBe("normal");
  });

  it("keep the level while the notice is in force, and let it fall with the notice's end", () => {
    const one = calm();
    one.take(says("18:36:20", "eea2"));
    one.take(notices("18:36:50", eea(2, "18:36:00")));
    one.take(says("19:30:00", "normal"));
    expect(level(one, "19:30:00")).toBe("eea2");
    one.take(notices("19:33:00", eea(1, "19:32:00")));
    expect(level(one, "19:33:00")).toBe("eea1");
    one.take(notices("19:50:00"));
    expect(level(one, "19:50:00")).toBe("normal");
  });

  it("that ends after one poll said EEA 2 lets the level fall by two polls that say less, not by one", () => {
    const one = calm();
    one.take(notices("18:36:00", eea(2, "18:35:00")));
    one.take(says("18:36:20", "normal", "eea2"));
    expect(level(one, "18:36:20")).toBe("eea2");
    one.take(notices("18:40:00"));
    // the page says normal again, once
    one.take({ ...says("18:40:20", "normal"), above: "eea2" } as SiteInput);
    expect(level(one, "18:40:20")).toBe("eea2");
    one.take(says("18:41:20", "normal"));
    expect(level(one, "18:41:20")).toBe("normal");
  });

  it("let it fall by two polls alone where no message was read", () => {
    const one = calm();
    one.take(says("18:36:20", "eea2"));
    one.take(says("19:30:00", "normal", undefined));
    expect(level(one, "19:30:00")).toBe("normal");
  });

  it("keep a level below EEA 1 for a day, not until somebody cancels it", () => {
    const one = calm();
    one.take(says("18:36:20", "watch"));
    one.take(notices("18:36:50", watchOf("18:36:00")));
    one.take(says("18:40:00", "normal"));
    expect(level(one, "18:40:00")).toBe("watch");
    const later = addSeconds(at("18:36:00"), 86_400);
    expect(one.decideAt(addSeconds(later, -1)).input.facts.grid.level).toBe("watch");
    expect(one.decideAt(later).input.facts.grid.level).toBe("normal");
  });

  it("keep an EEA when the page of messages dies, until the dashboard says lower anew, twice", () => {
    const one = calm();
    one.take(says("18:36:20", "eea2"));
    one.take(notices("18:36:50", eea(2, "18:36:00")));
    one.take(word("feed-silent", "grid-notices", "19:00:00"));
    expect(level(one, "19:00:00")).toBe("eea2");
    one.take(says("19:30:00", "normal"));
    expect(level(one, "19:30:00")).toBe("normal");
  });

  it("keep an EEA while the dashboard is silent for 20 minutes, and let it fall only once both say that it is over", () => {
    const one = calm();
    one.take(says("18:36:20", "eea2"));
    one.take(notices("18:36:50", eea(2, "18:36:00")));
    one.take(word("feed-silent", "grid-condition", "18:42:00"));
    one.take(notices("18:50:00"));
    expect(level(one, "19:02:00")).toBe("eea2");
    one.take(word("feed-restored", "grid-condition", "19:03:00"));
    one.take(says("19:03:00", "eea2", "normal"));
    expect(level(one, "19:03:00")).toBe("eea2");
    one.take(says("19:04:00", "normal"));
    expect(level(one, "19:04:00")).toBe("normal");
  });

  it("skip levels on the way down: from EEA 3 to Watch at once", () => {
    const one = calm();
    one.take(says("18:36:20", "eea3"));
    one.take(notices("18:36:50", eea(3, "18:36:00")));
    one.take(notices("19:20:00", watchOf("19:19:00")));
    one.take(says("19:21:00", "eea3", "watch"));
    expect(level(one, "19:21:00")).toBe("eea3");
    one.take(says("19:22:00", "watch"));
    expect(level(one, "19:22:00")).toBe("watch");
  });

  it("leave a person the last word: an EEA that the message alone keeps is released", () => {
    const one = calm();
    one.take(says("18:36:20", "eea2"));
    one.take(notices("18:36:50", eea(2, "18:36:00")));
    one.take(says("19:30:00", "normal"));
    expect(gridReleaseProblem(one.state, one.plan)).toBeUndefined();
    one.take({
      kind: "release",
      id: "release/1",
      at: at("19:31:00"),
      orderId: "grid-level",
      actor: "maria",
      reason: "ERCOT's hotline says the EEA is over",
    });
    one.take(scedLmp("19:30:10", 30, 70));
    one.decideAt(at("19:31:20"));
    expect(now(one)).not.toContain("off");
  });
});

describe("a message that no pattern knows", () => {
  const grave = (time: string, ...keys: readonly string[]): SiteInput => ({
    ...(notices(time) as Extract<SiteInput, { kind: "grid-notices" }>),
    forPerson: keys.map((key) => ({ key, postedAt: at("18:00:00"), type: "Alert", summary: "Curtail to 0 MW." })),
  });

  it("is a finding for a person, once", () => {
    const one = calm();
    expect(one.take(grave("18:36:00", "a")).problem).toContain("Alert: Curtail to 0 MW.");
    expect(one.take(grave("18:40:00", "a")).problem).toBeUndefined();
    expect(one.take(grave("18:44:00", "a", "b")).problem).toContain("Curtail");
  });
});
