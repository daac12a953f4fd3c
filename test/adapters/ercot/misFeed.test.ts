import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { advance, firstMisCursor } from "../../../src/adapters/ercot/misCursor.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { MarketFeed } from "../../../src/ports/marketFeed.ts";
import type { ErcotFault, ErcotRequest } from "../../../src/simulators/ercot/faults.ts";
import { zipped } from "./documents.ts";
import { HandClock, closeSimulators, demoDay, simulate } from "../../simulators/ercot/market.ts";
import {
  dailyPrcFeed,
  priceCorrectionFeed,
  scedLmpFeed,
  settlementPriceFeed,
  systemWidePriceFeed,
} from "../../support/feeds.ts";

afterEach(closeSimulators);
const DAY = demoDay();

/** A simulated ERCOT at a moment, with a switch for its faults, and the LMP feed of LZ_WEST against it. */
async function ercot(at: string, timeoutMs = 10_000) {
  const clock = new HandClock(at);
  const world: { fault?: (request: ErcotRequest) => ErcotFault | undefined } = {};
  const { url } = await simulate({
    clock,
    day: DAY,
    publication: { jitterSeconds: 0 },
    faults: (request) => world.fault?.(request),
  });
  const feed = scedLmpFeed({ baseUrl: url, settlementPoint: "LZ_WEST", timeoutMs });
  return { clock, world, url, feed };
}
const on = (route: ErcotRequest["route"], fault: ErcotFault) => (request: ErcotRequest) =>
  request.route === route ? fault : undefined;

describe("a MIS feed", () => {
  it("at its first poll brings the last hour, oldest first, and then each document once", async () => {
    const { clock, feed } = await ercot("2026-08-18T17:02:00-05:00");
    const first = await feed.poll(undefined, clock.at);
    const runs = first.documents
      .map((document) => feed.parse(document, "abc")[0])
      .map((one) => (one?.kind === "sced-lmp" ? one.scedAt : ""));
    expect(runs).toHaveLength(12);
    expect(runs).toEqual([...runs].sort());
    expect(runs.at(-1)).toMatch(/^2026-08-18T22:00:1/);
    expect((await feed.poll(first.cursor, clock.at)).documents).toEqual([]);
    const next = await feed.poll(first.cursor, clock.set("2026-08-18T17:06:30-05:00"));
    expect(next.documents).toHaveLength(1);
  });

  it("after five hours away brings all it missed", async () => {
    const { clock, feed } = await ercot("2026-08-18T06:02:00-05:00");
    const { cursor } = await feed.poll(undefined, clock.at);
    const later = await feed.poll(cursor, clock.set("2026-08-18T11:02:00-05:00"));
    expect(later.documents.length).toBeGreaterThanOrEqual(60);
    expect((await feed.poll(later.cursor, clock.at)).documents).toEqual([]);
  });

  it("with a backlog of five hours brings the run of now with its first poll, and asks for the rest every 8 s", async () => {
    const { clock, url } = await ercot("2026-08-18T06:02:00-05:00");
    const feed = scedLmpFeed({ baseUrl: url, settlementPoint: "LZ_WEST", documentsPerPollMax: 20 });
    let { cursor } = await feed.poll(undefined, clock.at);
    clock.set("2026-08-18T11:03:00-05:00");
    const polls: string[][] = [];
    do {
      const poll = await feed.poll(cursor, clock.at);
      cursor = poll.cursor;
      const runs = poll.documents.map((document) => feed.parse(document, "abc")[0]);
      polls.push(runs.map((one) => (one?.kind === "sced-lmp" ? one.scedAt : "")));
    } while (feed.nextPollAt(clock.at, true) === "2026-08-18T16:03:08.000Z");
    expect(polls.map((runs) => runs.length)).toEqual([20, 20, 20, 2]);
    for (const runs of polls) expect(runs).toEqual(runs.toSorted());
    expect(polls[0]?.at(-1)).toMatch(/^2026-08-18T16:00:/);
    expect(feed.nextPollAt(clock.at, true)).toBe("2026-08-18T16:04:00.000Z");
  });

  it("takes no more than it was told in one poll, and the rest with the next", async () => {
    const { clock, url } = await ercot("2026-08-18T17:02:00-05:00");
    const feed = scedLmpFeed({ baseUrl: url, settlementPoint: "LZ_WEST", documentsPerPollMax: 5 });
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let poll = 0; poll < 4; poll += 1) {
      const found = await feed.poll(cursor, clock.at);
      ids.push(...found.documents.map(({ documentId }) => documentId));
      cursor = found.cursor;
    }
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
  });

  it("keeps the whole report as it came, also the points it does not want", async () => {
    const { clock, feed } = await ercot("2026-08-18T17:02:00-05:00");
    const [document] = (await feed.poll(undefined, clock.at)).documents;
    expect(document).toMatchObject({ source: "mis/12300", contentType: "application/zip", fetchedAt: clock.at });
    expect(
      Buffer.from(document?.bytes ?? [])
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
  });

  it("reads a list with one document, and an empty one", async () => {
    const { clock, feed, world } = await ercot("2026-08-18T17:02:00-05:00");
    world.fault = on("list", { kind: "empty-list" });
    const none = await feed.poll(undefined, clock.at);
    expect(none.documents).toEqual([]);
    world.fault = on("list", { kind: "single-document" });
    expect((await feed.poll(none.cursor, clock.at)).documents).toHaveLength(1);
  });

  it("whose list has not changed answers as one that reads it for the first time, and brings what an older cursor lacks", async () => {
    const { clock, feed, url } = await ercot("2026-08-18T17:02:00-05:00");
    const { cursor } = await feed.poll(undefined, clock.at);
    const quiet = await feed.poll(cursor, clock.set("2026-08-18T17:04:00-05:00"));
    const other = scedLmpFeed({ baseUrl: url, settlementPoint: "LZ_WEST", timeoutMs: 10_000 });
    expect(await feed.poll(quiet.cursor, clock.set("2026-08-18T17:05:15-05:00"))).toEqual(
      await other.poll(quiet.cursor, clock.at),
    );
    expect(feed.nextPollAt(clock.at, false)).toBe(other.nextPollAt(clock.at, false));
    expect((await feed.poll(undefined, clock.at)).documents).toHaveLength(12);
    expect((await feed.poll(quiet.cursor, clock.set("2026-08-18T17:06:30-05:00"))).documents).toHaveLength(1);
  });

  it("says at each poll what is odd in its list, changed or not", async () => {
    const { clock, world, feed } = await ercot("2026-08-18T17:02:00-05:00");
    let { cursor } = await feed.poll(undefined, clock.at);
    world.fault = on("list", { kind: "odd-entry", publishDate: "yesterday" });
    for (const time of ["17:02:15", "17:02:30", "17:02:45"]) {
      const poll = await feed.poll(cursor, clock.set(`2026-08-18T${time}-05:00`));
      cursor = poll.cursor;
      expect(poll.problems).toEqual([expect.stringContaining('found "yesterday"')]);
    }
  });

  it("does not date the entries of a list again that has not changed", async () => {
    const published = (entry: number): string =>
      new Date(Date.UTC(2026, 7, 18, 0, 0, entry)).toISOString().slice(0, 19);
    const DocumentList = Array.from({ length: 5_000 }, (_, entry) => ({
      Document: { DocID: `${entry}`, FriendlyName: "LMPSROSNODENP6788_csv", PublishDate: `${published(entry)}-05:00` },
    }));
    const body = JSON.stringify({ ListDocsByRptTypeRes: { DocumentList } });
    const server = createServer((_, response) => response.end(body)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const cursor = JSON.stringify({ since: "2026-08-19T11:00:00.000Z", seen: {} });
      const cpuMsOf = async (feed: MarketFeed): Promise<number> => {
        const before = process.cpuUsage();
        const poll = await feed.poll(cursor, parseInstant("2026-08-19T12:00:00Z"));
        const { user, system } = process.cpuUsage(before);
        expect(poll).toEqual({ documents: [], cursor, problems: [] });
        return (user + system) / 1000;
      };
      const firstMs: number[] = [];
      const againMs: number[] = [];
      for (let round = 0; round < 3; round++) {
        const feed = scedLmpFeed({ baseUrl, settlementPoint: "LZ_WEST" });
        firstMs.push(await cpuMsOf(feed));
        againMs.push(await cpuMsOf(feed));
      }
      expect(Math.min(...againMs)).toBeLessThan(Math.min(...firstMs) / 3);
    } finally {
      server.close();
    }
  });

  it("does not forget what it has delivered when the list is empty for once", async () => {
    const { clock, feed, world } = await ercot("2026-08-18T17:02:00-05:00");
    const first = await feed.poll(undefined, clock.at);
    world.fault = on("list", { kind: "empty-list" });
    const empty = await feed.poll(first.cursor, clock.at);
    world.fault = undefined;
    expect((await feed.poll(empty.cursor, clock.at)).documents).toEqual([]);
  });

  it("does not deliver a damaged zip, says so, and brings it when it is whole", async () => {
    const { clock, feed, world } = await ercot("2026-08-18T17:02:00-05:00");
    const { cursor } = await feed.poll(undefined, clock.at);
    clock.set("2026-08-18T17:06:30-05:00");
    for (const kind of ["truncated-zip", "damaged-zip"] as const) {
      world.fault = on("download", { kind });
      await expect(feed.poll(cursor, clock.at)).rejects.toMatchObject({
        name: "PortDataError",
        message: expect.stringMatching(/mirDownload.*expected/),
      });
    }
    world.fault = undefined;
    expect((await feed.poll(cursor, clock.at)).documents).toHaveLength(1);
  });

  it("lets a damaged document not hold up those behind it", async () => {
    const { clock, feed, world } = await ercot("2026-08-18T17:02:00-05:00");
    const { cursor } = await feed.poll(undefined, clock.at);
    clock.set("2026-08-18T17:16:30-05:00");
    let bad: string | undefined;
    world.fault = (request) =>
      request.route === "download" && (bad ??= request.docId) === request.docId ? { kind: "truncated-zip" } : undefined;
    const part = await feed.poll(cursor, clock.at);
    expect(part.documents.length).toBeGreaterThanOrEqual(2);
    expect(part.documents.map(({ documentId }) => documentId)).not.toContain(bad);
    world.fault = undefined;
    expect((await feed.poll(part.cursor, clock.at)).documents.map(({ documentId }) => documentId)).toEqual([bad]);
  });

  it("refuses a renamed column with the header found, and tolerates an added one", async () => {
    const { clock, feed, world } = await ercot("2026-08-18T17:02:00-05:00");
    world.fault = on("download", { kind: "renamed-column", from: "LMP", to: "CappedLMP" });
    const renamed = (await feed.poll(undefined, clock.at)).documents[0];
    expect(() => feed.parse(renamed as never, "abc")).toThrow(
      /expected a column LMP, found the header SCEDTimestamp,RepeatedHourFlag,SettlementPoint,CappedLMP/,
    );
    world.fault = on("download", { kind: "added-column", name: "UncappedLMP", value: "9999.00" });
    const added = (await feed.poll(undefined, clock.at)).documents[0];
    world.fault = undefined;
    const plain = (await feed.poll(undefined, clock.at)).documents[0];
    const price = (document: unknown) =>
      feed.parse(document as never, "abc").map((one) => (one.kind === "sced-lmp" ? one.lmpUsdPerMwh : one.kind));
    expect(price(added)).toEqual(price(plain));
  });

  it.each([
    [
      "429",
      { kind: "status", status: 429, retryAfterSeconds: 45 },
      "PortUnavailableError",
      /status 429; try again in 45 s/,
      45,
    ],
    ["503", { kind: "status", status: 503 }, "PortUnavailableError", /status 503; try again in 30 s/, 30],
    ["a redirect", { kind: "redirect" }, "PortUnavailableError", /redirected to \/challenge/, 30],
    ["silence", { kind: "hang" }, "PortUnavailableError", /no whole answer within 400 ms/, 30],
    ["an HTML page", { kind: "html" }, "PortDataError", /expected data, found an HTML page/, undefined],
    [
      "a status that is no outage",
      { kind: "status", status: 400 },
      "PortDataError",
      /expected status 200, found 400/,
      undefined,
    ],
  ] as const)(
    "on %s rejects, with a hint when to come back where that helps",
    async (what, fault, name, message, retryAfterSeconds) => {
      const { clock, feed, world } = await ercot("2026-08-18T17:02:00-05:00", what === "silence" ? 400 : undefined);
      world.fault = on("list", fault);
      await expect(feed.poll(undefined, clock.at)).rejects.toMatchObject({
        name,
        message: expect.stringMatching(message),
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
    },
  );

  it("is not carried into next year by one PublishDate, nor by a cursor that was", async () => {
    const { clock, feed } = await ercot("2026-08-18T17:02:00-05:00");
    const ahead = parseInstant("2027-08-18T22:02:01Z");
    const list = [{ docId: "1", friendlyName: "a_csv", publishedAt: ahead }];
    expect(advance(firstMisCursor(clock.at, 60), list, [], clock.at).since <= clock.at).toBe(true);
    const carried = JSON.stringify({ since: ahead, seen: {}, newestAboutAt: ahead });
    expect((await feed.poll(carried, clock.at)).documents.length).toBeGreaterThanOrEqual(12);
    expect(feed.nextPollAt(clock.at, true)).toBe("2026-08-18T22:03:00.000Z");
  });

  it("whose cursor speaks of a run of next year looks for the one that is due when the soonest of the hour came, 70 s after its mark", async () => {
    const { clock, feed } = await ercot("2026-08-18T17:05:46-05:00");
    const { cursor } = await feed.poll(undefined, clock.at);
    const carried = JSON.stringify({ ...JSON.parse(cursor), newestAboutAt: parseInstant("2027-08-18T22:00:12Z") });
    await feed.poll(carried, clock.at);
    expect(feed.nextPollAt(clock.at, false)).toBe("2026-08-18T22:06:10.000Z");
  });

  it("refuses a cursor that is none, and nobody at the address is unavailable", async () => {
    const { clock, feed } = await ercot("2026-08-18T17:02:00-05:00");
    await expect(feed.poll("yesterday", clock.at)).rejects.toThrow(
      /expected JSON with since and seen, found "yesterday"/,
    );
    const nobody = scedLmpFeed({ baseUrl: "http://127.0.0.1:9", settlementPoint: "LZ_WEST" });
    await expect(nobody.poll(undefined, clock.at)).rejects.toMatchObject({ name: "PortUnavailableError" });
  });

  it("of price corrections leaves the documents of other prices where they are: day-ahead ones are not fetched", async () => {
    const asked: string[] = [];
    const names = ["PRICECORRECTIONS_DAM_SPP_20260818_1700_csv", "PRICECORRECTIONS_RTM_SPP_20260818_1700_csv"];
    const DocumentList = names.map((FriendlyName, i) => ({
      Document: { DocID: `${i + 1}`, FriendlyName, PublishDate: "2026-08-18T17:00:30-05:00" },
    }));
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://mis");
      const docId = url.searchParams.get("doclookupId");
      if (docId !== null) asked.push(docId);
      response.end(docId === null ? JSON.stringify({ ListDocsByRptTypeRes: { DocumentList } }) : zipped("a\n1\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const point = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
    const corrections = priceCorrectionFeed({ baseUrl: `http://127.0.0.1:${port}`, ...point });
    const { documents } = await corrections.poll(undefined, parseInstant("2026-08-18T17:05:00-05:00"));
    expect([documents.map(({ documentId }) => documentId), asked]).toEqual([["2"], ["2"]]);
    server.close();
  });

  it("brings ERCOT's own correction of a price: 5,300.06 becomes 5,174.81", async () => {
    const clock = new HandClock("2026-08-19T00:10:00-05:00");
    const { url } = await simulate({ clock, day: DAY });
    const feed = settlementPriceFeed({
      baseUrl: url,
      settlementPoint: "LZ_WEST",
      settlementPointType: "LZEW",
      backfillMinutes: 300,
    });
    const interval = { operatingDay: "2026-08-18", hourEnding: 20, interval: 4, repeatedHour: false };
    const pricesOf = (documents: readonly unknown[]) =>
      documents
        .flatMap((document) => feed.parse(document as never, "abc"))
        .flatMap((one) =>
          one.kind === "settlement-price" && one.interval.hourEnding === 20 && one.interval.interval === 4 ? [one] : [],
        );
    const before = await feed.poll(undefined, clock.at);
    const corrections = priceCorrectionFeed({ baseUrl: url, settlementPoint: "LZ_WEST", settlementPointType: "LZEW" });
    expect((await corrections.poll(undefined, clock.at)).documents).toEqual([]);
    const after = await corrections.poll(undefined, clock.set("2026-08-19T00:20:00-05:00"));
    expect((await feed.poll(before.cursor, clock.at)).documents.flatMap((one) => pricesOf([one]))).toEqual([]);
    const [published] = pricesOf(before.documents);
    const [corrected] = corrections.parse(after.documents[0] as never, "abc");
    expect(published).toMatchObject({ interval, priceUsdPerMwh: "5300.06" });
    expect(corrected).toMatchObject({ interval, priceUsdPerMwh: "5174.81", quality: "CORRECTED", source: "mis/13045" });
    expect(corrected?.documentId).not.toBe(published?.documentId);
  });
});

describe("a dashboard feed", () => {
  it("brings a file once for each refresh, and an HTML page is never a condition", async () => {
    const { clock, url, world } = await ercot("2026-08-18T19:40:20-05:00");
    const feed = dailyPrcFeed({ baseUrl: url });
    const first = await feed.poll(undefined, clock.at);
    expect(feed.parse(first.documents[0] as never, "abc")).toEqual([
      expect.objectContaining({ level: "eea2", stateText: "eea2", observedAt: "2026-08-19T00:40:00.000Z" }),
    ]);
    expect((await feed.poll(first.cursor, clock.set("2026-08-18T19:40:50-05:00"))).documents).toEqual([]);
    expect((await feed.poll(first.cursor, clock.set("2026-08-18T19:41:20-05:00"))).documents).toHaveLength(1);
    world.fault = on("daily-prc", { kind: "html" });
    await expect(feed.poll(first.cursor, clock.at)).rejects.toMatchObject({
      name: "PortDataError",
      message: expect.stringContaining("HTML"),
    });
  });

  it("takes no older copy for news", async () => {
    const { clock, url } = await ercot("2026-08-18T19:41:20-05:00");
    const feed = dailyPrcFeed({ baseUrl: url });
    const { cursor } = await feed.poll(undefined, clock.at);
    const now = clock.at;
    clock.set("2026-08-18T19:38:20-05:00");
    expect(await feed.poll(cursor, now)).toEqual({ documents: [], cursor, problems: [] });
  });

  it("whose lastUpdated is a year ahead is read, aloud, and hides no true copy behind it", async () => {
    const { clock, url } = await ercot("2026-08-18T19:41:20-05:00");
    const feed = dailyPrcFeed({ baseUrl: url });
    const carried = JSON.stringify({ updatedAt: "2027-08-19T00:41:00.000Z", sha: "0" });
    expect((await feed.poll(carried, clock.at)).documents).toHaveLength(1);
    // The page is of 19:41, and the poll's own clock is a year behind it: to this clock the page is ahead.
    const poll = await feed.poll(undefined, parseInstant("2025-08-18T19:41:20-05:00"));
    expect(poll.problems).toEqual([expect.stringMatching(/lastUpdated .* is more than 120 s ahead of market time/)]);
    expect(JSON.parse(poll.cursor)).toMatchObject({ updatedAt: "2025-08-19T00:41:20.000Z" });
  });

  it("shows the same settlement prices as the MIS report", async () => {
    const { clock, url } = await ercot("2026-08-18T23:59:00-05:00");
    const board = systemWidePriceFeed({ baseUrl: url, settlementPoint: "LZ_WEST" });
    const report = settlementPriceFeed({
      baseUrl: url,
      settlementPoint: "LZ_WEST",
      settlementPointType: "LZ",
      backfillMinutes: 300,
    });
    const read = async (feed: typeof board) => {
      const { documents } = await feed.poll(undefined, clock.at);
      return documents
        .flatMap((document) => feed.parse(document, "abc"))
        .map((one) =>
          one.kind === "settlement-price" ? `${JSON.stringify(one.interval)} ${Number(one.priceUsdPerMwh)}` : one.kind,
        );
    };
    const [shown, reported] = [await read(board), await read(report)];
    expect(shown).toHaveLength(95);
    expect(reported.length).toBeGreaterThanOrEqual(19);
    expect(shown.slice(-reported.length)).toEqual(reported);
  });
});
