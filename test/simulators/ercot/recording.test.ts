import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { writeRecording } from "../../../src/app/evidence/recordDay.ts";
import { type Instant, msOfInstant, parseInstant } from "../../../src/domain/units/instant.ts";
import type { MarketFeed, RawDocument } from "../../../src/ports/marketFeed.ts";
import { readRecording, RecordingError } from "../../../src/simulators/ercot/recording.ts";
import { startRecordedErcot } from "../../../src/simulators/ercot/recordingServer.ts";
import {
  dailyPrcFeed,
  priceCorrectionFeed,
  scedLmpFeed,
  settlementPriceFeed,
  systemWidePriceFeed,
} from "../../support/feeds.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "./market.ts";

afterEach(closeSimulators);
const [FROM, TO] = ["2026-08-18T19:20:00-05:00", "2026-08-18T20:25:00-05:00"];

/** Every document that the feeds of a site fetch in an hour of the evening, each at the moment it asks for. */
async function fetched(baseUrl: string, clock: HandClock): Promise<RawDocument[]> {
  const point = { baseUrl, settlementPoint: "HB_WEST", settlementPointType: "HU" };
  const feeds: MarketFeed[] = [
    scedLmpFeed(point),
    settlementPriceFeed(point),
    priceCorrectionFeed(point),
    systemWidePriceFeed(point),
    dailyPrcFeed(point),
  ];
  const documents: RawDocument[] = [];
  for (const feed of feeds) {
    let cursor: string | undefined;
    for (let at = parseInstant(FROM); at <= parseInstant(TO);) {
      clock.set(at);
      const poll = await feed.poll(cursor, at);
      documents.push(...poll.documents);
      cursor = poll.cursor;
      at = feed.nextPollAt(at, poll.documents.length > 0);
    }
  }
  return documents.toSorted((a, b) => (a.fetchedAt < b.fetchedAt ? -1 : a.fetchedAt > b.fetchedAt ? 1 : 0));
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "ballast-recording-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "recorded");
}

it("an hour with an EEA, recorded and replayed: the same documents byte for byte at the same moments, prices and grid level", async () => {
  const clock = new HandClock(FROM);
  const { url } = await simulate({ clock, day: demoDay() });
  const first = await fetched(url, clock);
  const dir = folder();
  await writeRecording(
    dir,
    "2026-08-18",
    first.map((one) => ({ ...one, sha256: sha256(one.bytes) })),
  );
  const replay = await startRecordedErcot({ clock, recording: readRecording(dir) });
  onTestFinished(() => replay.close());
  expect(await fetched(replay.url, clock)).toEqual(first);
  const sources = new Set(first.map(({ source }) => source));
  expect([...sources].toSorted()).toEqual([
    "dashboard/daily-prc",
    "dashboard/system-wide-prices",
    "mis/12300",
    "mis/12301",
  ]);
  expect(first.length).toBeGreaterThan(100);
}, 60_000);

it("a document of the repeated autumn hour keeps the moment of its publication", async () => {
  const clock = new HandClock("2026-11-01T00:00:00-06:00");
  // 01:30 CDT and 01:30 CST
  const moments = ["2026-11-01T01:30:05-05:00", "2026-11-01T01:30:05-06:00"].map(parseInstant);
  const { url } = await simulate({
    clock,
    day: {
      ...demoDay(),
      days: ["2026-11-01"],
      runs: moments.map((at) => ({ atMs: msOfInstant(at) - 60_000, lmps: [{ point: "HB_WEST", lmp: "20" }] })),
      intervals: [],
      corrections: [],
      conditions: [],
    },
    publication: { jitterSeconds: 0 },
  });
  const feed = () => (baseUrl: string) => scedLmpFeed({ baseUrl, settlementPoint: "HB_WEST", backfillMinutes: 180 });
  const at = clock.set("2026-11-01T02:00:00-06:00");
  const { documents } = await feed()(url).poll(undefined, at);
  expect(documents.map(({ publishedAt }) => publishedAt)).toEqual(moments);
  const dir = folder();
  await writeRecording(
    dir,
    "2026-11-01",
    documents.map((one) => ({ ...one, sha256: sha256(one.bytes) })),
  );
  const replay = await startRecordedErcot({ clock, recording: readRecording(dir) });
  onTestFinished(() => replay.close());
  expect((await feed()(replay.url).poll(undefined, at)).documents).toEqual(documents);
});

it("a document of the repeated hour whose list says the first hour is replayed from the second, when it was published", async () => {
  const clock = new HandClock("2026-11-01T00:00:00-06:00");
  // of the run of 01:59:05 CDT
  const publishedAt = parseInstant("2026-11-01T01:00:05-06:00");
  const { url } = await simulate({
    clock,
    day: {
      ...demoDay(),
      days: ["2026-11-01"],
      runs: [{ atMs: msOfInstant(publishedAt) - 60_000, lmps: [{ point: "HB_WEST", lmp: "20" }] }],
      intervals: [],
      corrections: [],
      conditions: [],
    },
    publication: { jitterSeconds: 0 },
  });
  const poll = (baseUrl: string, at: Instant) =>
    scedLmpFeed({ baseUrl, settlementPoint: "HB_WEST", backfillMinutes: 180 }).poll(undefined, at);
  const { documents } = await poll(url, clock.set("2026-11-01T01:00:10-06:00"));
  expect(documents).toMatchObject([{ publishedAt: "2026-11-01T06:00:05.000Z", publishedOrAt: publishedAt }]);
  const dir = folder();
  await writeRecording(
    dir,
    "2026-11-01",
    documents.map((one) => ({ ...one, sha256: sha256(one.bytes) })),
  );
  const replay = await startRecordedErcot({ clock, recording: readRecording(dir) });
  onTestFinished(() => replay.close());
  expect((await poll(replay.url, clock.set("2026-11-01T01:00:10-05:00"))).documents).toEqual([]);
  expect((await poll(replay.url, clock.set("2026-11-01T01:00:10-06:00"))).documents).toEqual(documents);
});

it("a recording with one byte changed, or a file lacking, is refused with the file's name", async () => {
  const dir = folder();
  const document = {
    source: "mis/12300",
    documentId: "1",
    contentType: "application/zip",
    fetchedAt: parseInstant(FROM),
    publishedAt: parseInstant(FROM),
    bytes: Buffer.from("zip"),
  };
  await writeRecording(dir, "2026-08-18", [{ ...document, sha256: sha256(document.bytes) }]);
  const file = join(dir, "documents", sha256(document.bytes));
  writeFileSync(file, "zap");
  expect(() => readRecording(dir)).toThrow(RecordingError);
  expect(() => readRecording(dir)).toThrow(`${file}: expected bytes with SHA-256`);
  rmSync(file);
  expect(() => readRecording(dir)).toThrow(`${file}: cannot be read (ENOENT)`);
  execFileSync("mkfifo", [file]);
  expect(() => readRecording(dir)).toThrow(`${file}: expected a regular file`);
});

it.each(["2026-13-45", "2026-02-30", "yesterday"])(
  "a recording of %s, which is no day, is refused with its manifest's name",
  (day) => {
    const dir = folder();
    mkdirSync(dir);
    const manifest = { schema: "ballast.recording/1", operatingDay: day, documents: [{}] };
    writeFileSync(join(dir, "manifest.json"), JSON.stringify(manifest));
    expect(() => readRecording(dir)).toThrow(RecordingError);
    expect(() => readRecording(dir)).toThrow(
      `manifest.json: expected operatingDay, an existing day as YYYY-MM-DD, found "${day}"`,
    );
  },
);

it("a recording holds nothing of one that was interrupted before it", async () => {
  const dir = folder();
  const left = join(`${dir}.unfinished`, "documents");
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, "of-another-day"), "left");
  await writeRecording(dir, "2026-08-18", []);
  expect(existsSync(join(dir, "manifest.json"))).toBe(true);
  expect(existsSync(join(dir, "documents", "of-another-day"))).toBe(false);
});
