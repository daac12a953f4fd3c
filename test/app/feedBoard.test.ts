import { describe, expect, it } from "vitest";
import { feedBoardText } from "../../src/app/status/feedBoardText.ts";
import { boardFeedsOf } from "../../src/app/status/feedBoardView.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { addSeconds, parseInstant } from "../../src/domain/units/instant.ts";
import type { FeedRow } from "../../src/ports/feedRecords.ts";
import { feedBoard } from "../../src/readModels/feedBoard.ts";

const AT = parseInstant("2026-08-18T14:05:12-05:00");
const before = (seconds: number) => addSeconds(AT, -seconds);
const SCED = "sced-lmp/HB_WEST";
const SPP = "settlement-price/HB_WEST/HU";
const GRID = "grid-condition";
const deployment = loadDeployment("config/example-site.yaml", "2026-08-18");
const { feeds } = boardFeedsOf([deployment]);
const only = feeds.filter(({ feedId }) => [SCED, SPP, GRID].includes(feedId));

/** A feed that was answered 20 s ago, is due in 25 s, and whose source spoke of a moment so long ago. */
const row = (feedId: string, saidSecondsAgo: number, more: Partial<FeedRow> = {}): FeedRow => ({
  feedId,
  polledAt: before(20),
  answeredAt: before(20),
  saidAt: before(saidSecondsAgo),
  watchedSince: before(86_400),
  nextPollAt: addSeconds(AT, 25),
  ...more,
});
const FAILING = { problem: "http://127.0.0.1:9/list: status 503", since: before(1_872), polls: 31, toldAt: AT };
const statesOf = (...rows: FeedRow[]) =>
  Object.fromEntries(feedBoard(only, [], rows, [], AT).feeds.map(({ feedId, state }) => [feedId, state]));

describe("how the feeds of a site stand at 14:05:12", () => {
  it("the example's feeds are all there, those of record marked", () => {
    expect(feeds.map(({ feedId, isOfRecord }) => [feedId, isOfRecord])).toEqual(
      expect.arrayContaining([
        [SCED, true],
        [SPP, true],
        [`${SPP}/dashboard`, false],
        [GRID, true],
      ]),
    );
  });

  it("a SCED run of 6 minutes ago is fresh, one of 8 late, one beyond the site's limit silent", () => {
    expect(statesOf(row(SCED, 360))[SCED]).toBe("fresh");
    expect(statesOf(row(SCED, 480))[SCED]).toBe("late");
    expect(statesOf(row(SCED, deployment.plan.staleness.scedPriceSeconds + 1))[SCED]).toBe("silent");
  });

  it("a route that does not answer is failing, however young its last word: dead is not late", () => {
    expect(statesOf(row(SCED, 60, { failing: FAILING }))[SCED]).toBe("failing");
    const board = feedBoard(only, [], [row(SCED, 9_000, { failing: FAILING })], [], AT);
    expect(board.feeds.find(({ feedId }) => feedId === SCED)).toMatchObject({ state: "failing", isSilent: true });
    expect(board.silentOfRecord).toContain(SCED);
  });

  it("a feed whose poll is two minutes overdue is polled by nobody", () => {
    expect(statesOf(row(SCED, 60, { nextPollAt: before(121) }))[SCED]).toBe("unpolled");
    expect(statesOf()[SCED]).toBe("unpolled");
  });

  it("a day-ahead report waits until 18:00 for today's document, and is late after it", () => {
    const [mcpc] = feeds.filter(({ use }) => use === "ercot/np4-188");
    const wordAt = (clock: string, published: string) => {
      const at = parseInstant(`2026-08-18T${clock}-05:00`);
      const document = {
        source: "mis/12329",
        documentId: "1",
        publishedAt: parseInstant(published),
        fetchedAt: parseInstant(published),
      };
      const polled = { polledAt: at, nextPollAt: at, saidAt: addSeconds(at, -3_600), lastDocument: document };
      return feedBoard([mcpc!], [], [row("day-ahead-mcpc", 0, polled)], [], at).feeds[0]?.state;
    };
    const yesterday = "2026-08-17T13:31:00-05:00";
    expect(wordAt("09:00:00", yesterday)).toBe("waiting");
    expect(wordAt("17:59:00", yesterday)).toBe("waiting");
    expect(wordAt("18:00:00", yesterday)).toBe("late");
    expect(wordAt("14:00:00", "2026-08-18T13:31:00-05:00")).toBe("fresh");
  });

  it("a route that is dead while the other carries on is told below a feed that is fresh", () => {
    const routes = { mis: { failing: FAILING }, api: { answeredAt: before(20) } };
    const text = feedBoardText(feedBoard(only, [], [row(SCED, 112, { routes })], [], AT), { columns: 100 });
    expect(text).toContain(`fresh     sced-lmp/HB_WEST  said 112 s ago; next poll in 25 s
          route mis: no answer since 13:34:00, 31 polls: http://127.0.0.1:9/list: status 503`);
  });

  it("a silent cross-check is no silence of record", () => {
    const check = feeds.filter(({ isOfRecord }) => !isOfRecord);
    expect(check.length).toBeGreaterThan(0);
    const rows = check.map(({ feedId }) => row(feedId, 90_000));
    expect(feedBoard(check, [], rows, [], AT)).toMatchObject({ feeds: [{ state: "silent" }], silentOfRecord: [] });
  });

  it.each([80, 100])("is read at a glance on %i columns", (columns) => {
    const document = { source: "mis/12300", documentId: "1063482948", publishedAt: before(52), fetchedAt: before(20) };
    const change = {
      source: "mis/12300",
      documentId: "1063482911",
      fetchedAt: before(3_600),
      added: ["RTDLL"],
      removed: [],
      moved: [],
    };
    const rows = [
      row(SCED, 112, { lastDocument: document }),
      row(SPP, 1_700, { failing: FAILING }),
      row(GRID, 9_000, { polledAt: before(20), nextPollAt: addSeconds(AT, 25) }),
    ];
    const unread = [{ siteId: "pecan-draw", use: "ercot/system-wide-prices", why: "the dashboard shows hubs only" }];
    const text = feedBoardText(feedBoard(only, unread, rows, [change], AT), { columns });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
    const words = text.split("\n").map((line) => line.slice(0, 10).trim());
    expect(words.filter((word) => word !== "" && !word.startsWith("Feeds") && !word.startsWith("Silent"))).toEqual([
      "fresh",
      "failing",
      "silent",
      "not read",
    ]);
    if (columns === 100)
      expect(text).toBe(`Feeds at 2026-08-18 14:05:12 Central: 1 fresh, 1 silent, 1 failing

fresh     sced-lmp/HB_WEST  said 112 s ago; next poll in 25 s
          mis/12300 document 1063482948, published 14:04:20, fetched 14:04:52
          SCHEMA_CHANGED 13:05:12, document 1063482911: added RTDLL
failing   settlement-price/HB_WEST/HU  said 28 min ago; next poll in 25 s
          no answer since 13:34:00, 31 polls: http://127.0.0.1:9/list: status 503
silent    grid-condition  said 2 h 30 min ago; next poll in 25 s
not read  ercot/system-wide-prices at pecan-draw: the dashboard shows hubs only

Silent, and of record: grid-condition
`);
  });
});
