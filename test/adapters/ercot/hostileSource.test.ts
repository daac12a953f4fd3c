import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { afterEach, describe, expect, it } from "vitest";
import { parseSettlementPriceCsv } from "../../../src/adapters/ercot/reports/settlementPrices.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import { document } from "./documents.ts";
import { dailyPrcFeed, scedLmpFeed } from "../../support/feeds.ts";

const NOW = "2026-08-18T22:06:00.000Z" as Instant;
const BOMB = gzipSync(Buffer.alloc(40 * 1024 * 1024));
type Answer = (socket: Socket, path: string) => void;

const opened: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of opened.splice(0)) {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
});

/** A bare socket that answers each request as it is told, and the paths it was asked for. */
async function source(answer: Answer): Promise<{ baseUrl: string; asked: string[] }> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (request) => {
      const path = String(request).split(" ")[1] ?? "";
      asked.push(path);
      answer(socket, path);
    });
  });
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const whole = (body: string | Uint8Array, headers = "") =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`),
    Buffer.from(body as Uint8Array),
  ]);
const condition = (members: object = {}, current: object = {}) =>
  JSON.stringify({
    lastUpdated: "2026-08-18 17:05:00-0500",
    current_condition: { state: "normal", eea_level: 0, datetime: 1_787_090_700, ...current },
    data: [],
    ...members,
  });
const listOf = (docIds: readonly string[]) =>
  JSON.stringify({
    ListDocsByRptTypeRes: {
      DocumentList: docIds.map((DocID, i) => ({
        Document: {
          DocID,
          FriendlyName: `LMP_20260818_17000${i}_csv`,
          PublishDate: `2026-08-18T17:0${i % 6}:00-05:00`,
        },
      })),
    },
  });
const report = zipSync({ "a.csv": strToU8("SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\n") });
/** A list of documents, and their zips as `download` gives them. */
const mis =
  (docIds: readonly string[], download: (socket: Socket, docId: string) => void): Answer =>
  (socket, path) =>
    path.includes("IceDocList")
      ? void socket.write(whole(listOf(docIds)))
      : download(socket, decodeURIComponent(path.split("doclookupId=")[1] ?? ""));
const give = (socket: Socket) => void socket.write(whole(report, "Content-Type: application/zip\r\n"));
const lmps = (baseUrl: string, timeoutMs = 2_000) => scedLmpFeed({ baseUrl, settlementPoint: "LZ_WEST", timeoutMs });

/** Writes the bytes one at a time, each 20 ms, for as long as somebody reads. */
function drip(socket: Socket, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at === bytes.length) clearInterval(timer);
    else socket.write(bytes.subarray(at, (at += 1)));
  }, 20);
}

describe("a source that does not end its answer is given up after the time-out of the whole request", () => {
  it.each<[string, Answer]>([
    ["a byte at a time, from the first header on", (socket) => drip(socket, whole(condition()))],
    ["headers, then nothing", (socket) => void socket.write(whole(condition()).subarray(0, 60))],
    ["half of the body, then nothing", (socket) => void socket.write(whole(condition()).subarray(0, 120))],
  ])("%s", async (_what, answer) => {
    const { baseUrl } = await source(answer);
    const began = performance.now();
    await expect(dailyPrcFeed({ baseUrl, timeoutMs: 300 }).poll(undefined, NOW)).rejects.toMatchObject({
      name: "PortUnavailableError",
      message: expect.stringContaining("no whole answer within 300 ms"),
    });
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe("why an answer was not taken is said by its cause", () => {
  it.each<[string, Answer, RegExp]>([
    [
      "40 MB behind 40 kB of gzip",
      (socket) => void socket.write(whole(BOMB, "Content-Encoding: gzip\r\n")),
      /the answer is larger than 16777216 bytes/,
    ],
    [
      "a connection that ends amid the body",
      (socket) => void socket.end(whole(condition()).subarray(0, 120)),
      /whole answer \(/,
    ],
    ["no HTTP at all", (socket) => void socket.end("ERCOT\r\n\r\n"), /no whole answer \(HPE_INVALID/],
  ])("%s", async (_what, answer, message) => {
    const { baseUrl } = await source(answer);
    await expect(dailyPrcFeed({ baseUrl, timeoutMs: 5_000 }).poll(undefined, NOW)).rejects.toMatchObject({
      name: "PortUnavailableError",
      message: expect.stringMatching(message),
    });
  });
});

describe("a dashboard", () => {
  it("is read with a byte order mark before it", async () => {
    const { baseUrl } = await source((socket) => void socket.write(whole(`\ufeff${condition()}`)));
    const feed = dailyPrcFeed({ baseUrl });
    const { documents } = await feed.poll(undefined, NOW);
    expect(feed.parse(documents[0] as never, "abc")).toMatchObject([{ level: "normal" }]);
  });

  it("whose lastUpdated is an object is unreadable, whatever the object says of itself", async () => {
    const { baseUrl } = await source((socket) => void socket.write(whole('{"lastUpdated":{"toString":1}}')));
    await expect(dailyPrcFeed({ baseUrl }).poll(undefined, NOW)).rejects.toMatchObject({ name: "PortDataError" });
  });

  it("tells a site no more than 600 characters of a state, however long its EEA level is", async () => {
    const long = { state: "emergency", eea_level: Array.from({ length: 50_000 }, () => "level") };
    const { baseUrl } = await source((socket) => void socket.write(whole(condition({}, long))));
    const feed = dailyPrcFeed({ baseUrl });
    const { documents } = await feed.poll(undefined, NOW);
    const [observed] = feed.parse(documents[0] as never, "abc");
    expect(observed).toMatchObject({
      unreadable: true,
      stateText: expect.stringMatching(/^emergency \(eea_level \["l/),
    });
    expect(JSON.stringify(observed).length).toBeLessThan(1_000);
  });

  it("with a moment that is no number still shows its level", async () => {
    const odd = { state: "eea2", eea_level: 2, datetime: { toString: 1, valueOf: 1 } };
    const { baseUrl } = await source((socket) => void socket.write(whole(condition({}, odd))));
    const feed = dailyPrcFeed({ baseUrl });
    const { documents } = await feed.poll(undefined, NOW);
    expect(feed.parse(documents[0] as never, "abc")).toMatchObject([{ level: "eea2" }]);
  });
});

describe("a MIS list", () => {
  it("brings each document once, however often it is listed and whatever its id", async () => {
    const ids = ["7", "__proto__", "7", "constructor", "../&x=1"];
    const { baseUrl } = await source(mis(ids, give));
    const feed = lmps(baseUrl);
    const { documents, cursor } = await feed.poll(undefined, NOW);
    expect(documents.map(({ documentId }) => documentId).toSorted()).toEqual([
      "../&x=1",
      "7",
      "__proto__",
      "constructor",
    ]);
    expect((await feed.poll(cursor, NOW)).documents).toEqual([]);
  });

  it("with three dead documents at its head still brings those before them", async () => {
    const dead = new Set(["3", "4", "5"]);
    const { baseUrl } = await source(
      mis(["1", "2", "3", "4", "5"], (socket, docId) =>
        dead.has(docId) ? void socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") : give(socket),
      ),
    );
    const feed = lmps(baseUrl);
    await expect(feed.poll(undefined, NOW)).rejects.toMatchObject({ name: "PortUnavailableError" });
    const second = await feed.poll(undefined, NOW);
    expect(second.documents.map(({ documentId }) => documentId)).toEqual(["1", "2"]);
    await expect(feed.poll(second.cursor, NOW)).rejects.toMatchObject({ name: "PortUnavailableError" });
    dead.clear();
    expect((await feed.poll(second.cursor, NOW)).documents).toHaveLength(3);
  });

  it("whose documents come slowly hands on what it has after two time-outs, and the rest later", async () => {
    const ids = Array.from({ length: 9 }, (_, i) => String(i));
    const { baseUrl } = await source(mis(ids, (socket) => void setTimeout(() => give(socket), 250)));
    const feed = lmps(baseUrl, 400);
    const first = await feed.poll(undefined, NOW);
    expect(first.documents.length).toBeGreaterThanOrEqual(2);
    expect(first.documents.length).toBeLessThanOrEqual(5);
    const second = await feed.poll(first.cursor, NOW);
    expect(second.documents.length).toBeGreaterThanOrEqual(2);
    expect(second.documents[0]?.documentId).not.toBe(first.documents[0]?.documentId);
  });
});

it("a report of 250,000 lines of 250 columns in a zip of 250 kB holds a worker for seconds less than its heartbeat", () => {
  const header =
    "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag";
  const row = "08/18/2026,17,1,LZ_WEST,LZ,64.20,N";
  const blank = ",".repeat(250);
  const csv = `${header}${",".repeat(244)}\n${`${blank}\n`.repeat(200_000)}${row}${",".repeat(244)}\n`;
  const zip = zipSync({ "a.csv": Buffer.from(csv, "latin1") });
  expect(zip.byteLength).toBeLessThan(400_000);
  const cpu = process.cpuUsage();
  const read = parseSettlementPriceCsv(document("mis/12301", zip), "abc", {
    settlementPoint: "LZ_WEST",
    settlementPointType: "LZ",
  });
  expect(read).toMatchObject([{ priceUsdPerMwh: "64.20" }]);
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1e6).toBeLessThan(4);
}, 60_000);
