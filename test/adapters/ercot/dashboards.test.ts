import { describe, expect, it } from "vitest";
import { parseDashboardPricesJson } from "../../../src/adapters/ercot/reports/systemWidePrices.ts";
import { dailyPrc, parseGridConditionJson } from "../../../src/adapters/ercot/reports/dailyPrc.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { PortDataError } from "../../../src/ports/errors.ts";
import { FETCHED_AT, jsonDocument } from "./documents.ts";
import { systemWidePriceFeed } from "../../support/feeds.ts";

/** What is read at 13:05 Central of a page that was observed at 12:53. */
const READ_AT = parseInstant("2026-08-22T13:05:00-05:00");
const condition = (current: object, rest: object = {}, report?: (problem: string) => void) =>
  parseGridConditionJson(
    {
      ...jsonDocument("dashboard/daily-prc", {
        lastUpdated: "2026-08-22 12:53:10-0500",
        current_condition: { state: "normal", eea_level: 0, prc_value: "18,807", datetime: 1787421180, ...current },
        data: [],
        ...rest,
      }),
      fetchedAt: READ_AT,
    },
    "abc",
    report,
  );

describe("daily-prc.json", () => {
  it("gives state, PRC without its comma, and the moment of the condition", () => {
    expect(condition({})).toEqual([
      {
        kind: "grid-condition",
        source: "dashboard/daily-prc",
        documentId: "1001",
        contentHash: "abc",
        fetchedAt: READ_AT,
        quality: "PUBLISHED",
        level: "normal",
        stateText: "normal",
        prcMw: 18807,
        observedAt: "2026-08-22T17:53:00.000Z",
      },
    ]);
  });

  it("is dated by lastUpdated when the condition has no time of its own", () => {
    for (const datetime of [undefined, null, "", 0])
      expect(condition({ datetime })[0]?.observedAt).toBe("2026-08-22T17:53:10.000Z");
  });

  it("with an unknown state is unreadable and at least its EEA number, with both in the text", () => {
    expect(condition({ state: "brownout", eea_level: 2 })[0]).toMatchObject({
      level: "eea2",
      unreadable: true,
      stateText: "brownout (eea_level 2)",
      quality: "SUSPECT",
    });
    expect(condition({ eea_level: 2 })[0]).toMatchObject({
      level: "eea2",
      stateText: "normal (eea_level 2)",
      quality: "PUBLISHED",
    });
    for (const eea_level of [true, [2], "two", " "])
      expect(condition({ state: "normal", eea_level })[0]).toMatchObject({ level: "unknown", unreadable: true });
  });

  it("with control characters in its state is kept as a text that a database and a terminal take", () => {
    expect(condition({ state: "brown\u0000out\u001b[2J", eea_level: 2 })[0]?.stateText).toBe(
      "brown\ufffdout\ufffd[2J (eea_level 2)",
    );
  });

  it("is as old as its rows where only its stamp moves: five minutes ahead of the newest row, and no further", () => {
    const row = { timestamp: "2026-08-22 12:58:00-0500", epoch: 1787421480000, interval: 58, dstFlag: "N", prc: 18000 };
    const at = (minutes: number) =>
      condition({ datetime: 1787421480 + minutes * 60 }, { data: [row] })[0]?.observedAt.slice(11, 16);
    expect([0, 3, 5].map(at)).toEqual(["17:58", "18:01", "18:03"]);
    expect(at(6)).toBe("18:03");
  });

  it("is dated by the newest of datetime, in seconds or milliseconds, and the last row of data", () => {
    const row = { timestamp: "2026-08-22 12:58:00-0500", epoch: 1787421480000, interval: 58, dstFlag: "N", prc: 18000 };
    expect(condition({}, { data: [row] })[0]?.observedAt).toBe("2026-08-22T17:58:00.000Z");
    expect(condition({ datetime: 1787421780000 }, { data: [row] })[0]?.observedAt).toBe("2026-08-22T18:03:00.000Z");
    expect(condition({ datetime: null }, { data: [row] })[0]?.observedAt).toBe("2026-08-22T17:58:00.000Z");
  });

  it("whose datetime is an hour ahead is dated by what else it says, aloud: the hour's true levels are not older", () => {
    const told: string[] = [];
    const ahead = 1787421180 + 3_600;
    const row = { epoch: 1787421480000 };
    const report = (problem: string) => void told.push(problem);
    expect(condition({ datetime: ahead }, { data: [row] }, report)[0]?.observedAt).toBe("2026-08-22T17:58:00.000Z");
    expect(condition({ datetime: ahead }, {}, report)[0]?.observedAt).toBe("2026-08-22T17:53:10.000Z");
    expect(new Set(told)).toEqual(
      new Set([
        "dashboard/daily-prc: current_condition.datetime: 2026-08-22T18:53:00.000Z is more than 120 s ahead of " +
          "market time: check the source's clock and this machine's",
      ]),
    );
    expect(() => condition({ datetime: ahead }, { lastUpdated: "2026-08-22 13:53:10-0500" })).toThrow(
      /lastUpdated: 2026-08-22T18:53:10.000Z is more than 120 s ahead of market time/,
    );
  });

  it("keeps an emergency whose PRC cannot be read: the PRC is absent and told, not 0", () => {
    for (const prc_value of [undefined, null, "", "n/a", -1, "999999999", 1e21]) {
      const told: string[] = [];
      const [read] = condition({ state: "eea3", eea_level: 3, prc_value }, {}, (problem) => void told.push(problem));
      expect(told).toEqual([expect.stringContaining("expected current_condition.prc_value in MW, found")]);
      expect(read).toMatchObject({ level: "eea3" });
      expect(read?.prcMw).toBeUndefined();
    }
  });

  it.each([
    ["without a condition", {}, { current_condition: null }, /expected an object current_condition, found null/],
    ["without a state", { state: "" }, {}, /expected current_condition\.state as text, found ""/],
    [
      "without any time",
      { datetime: null },
      { lastUpdated: "today" },
      /expected lastUpdated such as .*, found "today"/,
    ],
  ])("%s is refused", (_what, current, rest, message) => {
    expect(() => condition(current, rest)).toThrow(PortDataError);
    expect(() => condition(current, rest)).toThrow(message);
  });
});

/** The row of 2026-04-24 22:15 with two of its points. */
const row = {
  intervalEnding: "22:15",
  dstFlag: "N",
  hbWest: 405.94,
  lzWest: 809.79,
  timestamp: "2026-04-24 22:15:00-0500",
  interval: 1777086900000,
};
const prices = (rows: object[], point = "LZ_WEST") =>
  parseDashboardPricesJson(
    jsonDocument("dashboard/system-wide-prices", {
      lastUpdated: "2026-04-24 22:17:00-0500",
      rtSppData: rows,
      damSppData: [],
    }),
    "abc",
    point,
  );

describe("system-wide-prices.json", () => {
  it("dates a price by the end of its interval and takes load zones as the plain ones", () => {
    expect(prices([row])).toEqual([
      {
        kind: "settlement-price",
        source: "dashboard/system-wide-prices",
        documentId: "1001",
        contentHash: "abc",
        fetchedAt: FETCHED_AT,
        quality: "PRELIMINARY",
        settlementPoint: "LZ_WEST",
        settlementPointType: "LZ",
        interval: { operatingDay: "2026-04-24", hourEnding: 23, interval: 1, repeatedHour: false },
        priceUsdPerMwh: "809.79",
      },
    ]);
    expect(prices([row], "HB_WEST")[0]).toMatchObject({ settlementPointType: "HU", priceUsdPerMwh: "405.94" });
  });

  it("puts the last interval into the day that ends, whichever way midnight is printed", () => {
    const last = { operatingDay: "2026-04-24", hourEnding: 24, interval: 4, repeatedHour: false };
    expect(prices([{ ...row, intervalEnding: "00:00", timestamp: "2026-04-25 00:00:00-0500" }])[0]).toMatchObject({
      interval: last,
    });
    expect(prices([{ ...row, intervalEnding: "24:00", timestamp: "2026-04-25 00:00:00-0500" }])[0]).toMatchObject({
      interval: last,
    });
    expect(prices([{ ...row, intervalEnding: "24:00", timestamp: "2026-04-24 23:59:59-0500" }])[0]).toMatchObject({
      interval: last,
    });
  });

  it("marks the second copy of the repeated hour by its flag", () => {
    const copies = prices([
      { ...row, intervalEnding: "01:30", timestamp: "2025-11-02 01:30:00-0500" },
      { ...row, intervalEnding: "01:30", dstFlag: "Y", timestamp: "2025-11-02 01:30:00-0600" },
    ]);
    expect(copies.map((copy) => copy.interval)).toEqual(
      [false, true].map((repeatedHour) => ({ operatingDay: "2025-11-02", hourEnding: 2, interval: 2, repeatedHour })),
    );
  });

  it("skips a price that is not there yet, and refuses one that is no number or a row that cannot be dated", () => {
    expect(prices([{ ...row, lzWest: null }])).toEqual([]);
    expect(() => prices([{ ...row, lzWest: "809.79" }])).toThrow(
      /rtSppData\[0\]: column lzWest: expected a number, found ""809\.79""/,
    );
    expect(() => prices([{ ...row, lzWest: undefined }])).toThrow(/column lzWest: expected a number, found nothing/);
    expect(() => prices([{ ...row, intervalEnding: "22:17" }])).toThrow(/intervalEnding: expected one such as 22:15/);
    expect(() => prices([{ ...row, intervalEnding: "02:30", timestamp: "2026-03-08 02:30:00-0500" }])).toThrow(
      PortDataError,
    );
  });

  it("leaves out a row whose label and stamp are hours apart: nobody knows which quarter hour it prices", () => {
    expect(() => prices([{ ...row, intervalEnding: "02:00" }])).toThrow(
      /expected one moment, found "02:00 at 2026-04-24 22:15:00-0500"/,
    );
    expect(() => prices([{ ...row, intervalEnding: "24:00" }])).toThrow(/expected one moment/);
    // on the day of a clock change a stamp may be printed by the other clock
    expect(prices([{ ...row, timestamp: "2026-04-24 21:15:00-0600" }])).toHaveLength(1);
  });

  it("prices an interval once where two rows say the same, and not at all, aloud, where they differ", () => {
    const other = { ...row, intervalEnding: "22:30", timestamp: "2026-04-24 22:30:00-0500", lzWest: 63.4 };
    const read = (rows: object[]) => {
      const told: string[] = [];
      const body = { lastUpdated: "2026-04-24 22:32:00-0500", rtSppData: rows };
      const document = jsonDocument("dashboard/system-wide-prices", body);
      const all = parseDashboardPricesJson(document, "abc", "LZ_WEST", (problem) => told.push(problem));
      return [all.map(({ priceUsdPerMwh }) => priceUsdPerMwh), told];
    };
    expect(read([row, row, other])).toEqual([["809.79", "63.4"], []]);
    const problem =
      "dashboard/system-wide-prices document 1001: 2026-04-24/23/1 has different values: 1687.82 and 3967.23";
    const [one, two] = [1687.82, 3967.23].map((lzWest) => ({ ...row, lzWest }));
    expect(read([one!, two!, other])).toEqual([["63.4"], [problem]]);
    expect(() => read([one!, two!])).toThrow(problem);
  });

  it("leaves an odd row out, says so, and reads the others", () => {
    const told: string[] = [];
    const good = { ...row, intervalEnding: "22:30", timestamp: "2026-04-24 22:30:00-0500", lzWest: 63.4 };
    const read = parseDashboardPricesJson(
      jsonDocument("dashboard/system-wide-prices", {
        lastUpdated: "2026-04-24 22:32:00-0500",
        rtSppData: [{ ...row, dstFlag: "Y" }, { ...row, lzWest: -99999 }, null, good],
      }),
      "abc",
      "LZ_WEST",
      (problem) => told.push(problem),
    );
    expect(read.map(({ priceUsdPerMwh }) => priceUsdPerMwh)).toEqual(["63.4"]);
    expect(told.map((problem) => problem.slice(0, 73))).toEqual([
      "dashboard/system-wide-prices document 1001: rtSppData[0]: 2026-04-24 HE 2",
      "dashboard/system-wide-prices document 1001: rtSppData[1]: column lzWest: ",
      "dashboard/system-wide-prices document 1001: rtSppData[2]: column lzWest: ",
    ]);
  });

  it("leaves out a price of an interval that is not over: nothing is settled before its end", () => {
    const told: string[] = [];
    const early = { ...row, intervalEnding: "17:30", timestamp: "2026-08-18 17:30:00-0500", lzWest: 5_000 };
    const due = { ...row, intervalEnding: "17:00", timestamp: "2026-08-18 17:00:00-0500", lzWest: 63.4 };
    const read = parseDashboardPricesJson(
      jsonDocument("dashboard/system-wide-prices", {
        lastUpdated: "2026-08-18 17:01:00-0500",
        rtSppData: [due, early],
      }),
      "abc",
      "LZ_WEST",
      (problem) => told.push(problem),
    );
    expect(read.map(({ priceUsdPerMwh }) => priceUsdPerMwh)).toEqual(["63.4"]);
    expect(told).toEqual([expect.stringMatching(/rtSppData\[1\].*expected an interval that is over/)]);
  });

  it("does not show resource nodes: asking for one is refused before the first poll", () => {
    expect(() => systemWidePriceFeed({ baseUrl: "http://127.0.0.1:1", settlementPoint: "ABC_RN" })).toThrow(
      "settlement prices of ABC_RN are not cross-checked: the dashboard system-wide-prices shows hubs and load zones only",
    );
  });
});

it("dashboards are not polled more often than every 30 s", () => {
  const settings = { ...dailyPrc.usual, pollEverySeconds: 10 };
  expect(dailyPrc.fragment.safeParse(settings).error?.issues[0]).toMatchObject({
    path: ["pollEverySeconds"],
    message: "Too small: expected number to be >=30",
  });
});
