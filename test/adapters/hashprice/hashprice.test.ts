import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";
import { hashpriceConstantFeed, hashpriceFileFeed } from "../../support/feeds.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-hashprice-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "hashprice.csv");
const feed = hashpriceFileFeed({ path });
const at = (text: string) => parseInstant(text);
const first = (documents: readonly RawDocument[]) => feed.parse(documents[0] as RawDocument, "abc")[0];

describe("hashprice from a file", () => {
  it("is the newest row that market time has reached, in force from Central midnight, and never one of tomorrow", async () => {
    writeFileSync(path, "date,usd_per_ph_day\n2026-08-17,39.80\n2026-08-18,39.13\n2026-08-19,41.02\n");
    const before = await feed.poll(undefined, at("2026-08-18T23:59:00-05:00"));
    expect(first(before.documents)).toMatchObject({
      kind: "hashprice",
      source: "file/hashprice",
      usdPerPhDay: "39.13",
      asOf: "2026-08-18T05:00:00.000Z",
      quality: "PUBLISHED",
    });
    expect((await feed.poll(before.cursor, at("2026-08-18T23:59:30-05:00"))).documents).toEqual([]);
    const after = await feed.poll(before.cursor, at("2026-08-19T00:00:00-05:00"));
    expect(first(after.documents)).toMatchObject({ usdPerPhDay: "41.02", asOf: "2026-08-19T05:00:00.000Z" });
  });

  it("is news again when the file was edited", async () => {
    writeFileSync(path, "instant,usd_per_ph_day\n2026-08-18T12:00:00-05:00,39.13\n");
    const { cursor } = await feed.poll(undefined, at("2026-08-18T13:00:00-05:00"));
    writeFileSync(path, "instant,usd_per_ph_day,source\n2026-08-18T12:00:00-05:00,38.50,desk\n");
    const { documents } = await feed.poll(cursor, at("2026-08-18T13:30:00-05:00"));
    expect(first(documents)).toMatchObject({ usdPerPhDay: "38.50", asOf: "2026-08-18T17:00:00.000Z" });
  });

  it.each([
    [
      "a missing column",
      "date,price\n2026-08-18,39\n",
      /expected the columns date or instant, and usd_per_ph_day, with at least one row, found date,price/,
    ],
    ["no row", "date,usd_per_ph_day\n", /found no row/],
    [
      "a bad number",
      "date,usd_per_ph_day\n2026-08-17,39\n2026-08-18,\n",
      /line 3: column usd_per_ph_day: expected a decimal number/,
    ],
    [
      "a negative number",
      "date,usd_per_ph_day\n2026-08-18,-39\n",
      /expected a hashprice in \$ per PH\/s per day from 5/,
    ],
    [
      "dollars per TH/s",
      "date,usd_per_ph_day\n2026-08-18,0.04\n",
      /line 2: .*this looks like \$ per TH\/s per day: times 1000, found "0\.04"/,
    ],
    [
      "satoshis",
      "date,usd_per_ph_day\n2026-08-18,40100\n",
      /line 2: .*this looks like satoshis per PH\/s per day .*found "40100"/,
    ],
    [
      "a day that does not exist",
      "date,usd_per_ph_day\n2026-02-30,39\n",
      /line 2: operating day: expected an existing day/,
    ],
    [
      "an instant that does not exist",
      "instant,usd_per_ph_day\n2026-02-30T12:00:00Z,39\n",
      /line 2: instant: no such date/,
    ],
    ["an instant without offset", "instant,usd_per_ph_day\n2026-08-18T12:00:00,39\n", /line 2: .*offset/],
    [
      "only later rows",
      "date,usd_per_ph_day\n2026-08-20,39\n",
      /expected a row at or before 2026-08-19T05:00:00\.000Z, the first is 2026-08-20T05:00:00\.000Z/,
    ],
  ])("is refused with %s", async (_what, csv, message) => {
    writeFileSync(path, csv);
    await expect(feed.poll(undefined, at("2026-08-19T00:00:00-05:00"))).rejects.toThrow(message);
  });

  it("that is not there is unavailable, with its path", async () => {
    await expect(
      hashpriceFileFeed({ path: join(folder, "none.csv") }).poll(undefined, at("2026-08-19T00:00:00-05:00")),
    ).rejects.toMatchObject({ name: "PortUnavailableError", message: expect.stringContaining("none.csv") });
  });
});

describe("a fixed hashprice", () => {
  it("is said again every hour, as an assumption", async () => {
    const constant = hashpriceConstantFeed({ usdPerPhDay: "45.00" });
    const now = at("2026-08-18T17:20:00-05:00");
    const { documents } = await constant.poll(undefined, now);
    expect(constant.parse(documents[0] as RawDocument, "abc")).toEqual([
      {
        kind: "hashprice",
        source: "constant/hashprice",
        documentId: `constant@${now}`,
        contentHash: "abc",
        fetchedAt: now,
        quality: "ASSUMED",
        usdPerPhDay: "45.00",
        asOf: now,
      },
    ]);
    expect(constant.nextPollAt(now, true)).toBe(at("2026-08-18T18:00:00-05:00"));
    expect(() => hashpriceConstantFeed({ usdPerPhDay: "high" })).toThrow(/expected a decimal number/);
    expect(() => hashpriceConstantFeed({ usdPerPhDay: "0.04" })).toThrow(/looks like \$ per TH/);
  });
});
