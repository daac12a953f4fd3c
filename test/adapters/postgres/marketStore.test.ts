import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresFeedRecords } from "../../../src/adapters/postgres/feedRecords.ts";
import { correctionKind } from "../../../src/adapters/ercot/correctionKind.ts";
import { postgresMarketStore } from "../../../src/adapters/postgres/marketStore.ts";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import { intervalKey, intervalsOfDay, parseIntervalKey } from "../../../src/domain/market/calendar.ts";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import { PortConflictError } from "../../../src/ports/errors.ts";
import type { FeedStanding } from "../../../src/ports/marketStore.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

let database: TestDatabase;
let pool: Pool;
let documents = 0;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 2);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const PRICES = "mis/12301";
const CORRECTIONS = "mis/13045";
/** Rows of the Public API do not say when they were published. */
const API = "api/np6-905-cd/spp_node_zone_hub";
/** Posts are published a minute apart, in the order in which they are read unless a minute is given. */
type Post = readonly [source: string, price: string, bytes?: string, minute?: number];

/** Versions that documents give a quarter hour's price, and the price that settles at the end. */
async function afterPosts(key: string, posts: readonly Post[]): Promise<[versions: (number | undefined)[], string]> {
  const market = postgresMarketStore(pool);
  const versions: (number | undefined)[] = [];
  for (const [i, [source, priceUsdPerMwh, bytes, minute = i]] of posts.entries()) {
    documents += 1;
    const document = {
      source,
      documentId: `${documents}`,
      contentType: "text/csv",
      fetchedAt: parseInstant("2026-08-18T20:00:00Z"),
      publishedAt: source === API ? undefined : addSeconds(parseInstant("2026-08-18T19:00:00Z"), minute * 60),
      bytes: Buffer.from(bytes ?? `${documents}`),
    };
    const stored = await market.storeObservations([
      {
        kind: "settlement-price",
        source,
        documentId: document.documentId,
        contentHash: await market.storeDocument(document),
        fetchedAt: document.fetchedAt,
        publishedAt: document.publishedAt,
        quality: source === CORRECTIONS ? "CORRECTED" : "PUBLISHED",
        settlementPoint: "HB_WEST",
        settlementPointType: "HU",
        interval: parseIntervalKey(key),
        priceUsdPerMwh,
      },
    ]);
    versions.push(stored[0]?.version);
  }
  const last = (await market.settlementPrices({ settlementPoint: "HB_WEST", settlementPointType: "HU" }, [key])).get(
    key,
  );
  return [versions, last?.priceUsdPerMwh ?? "none"];
}

describe("columns of a report", () => {
  it("are told once when they are others than before: one added, then none of it again in any process", async () => {
    const document = {
      source: "mis/12300",
      documentId: "1063482911",
      contentType: "application/zip",
      fetchedAt: parseInstant("2026-08-18T20:00:00Z"),
      bytes: Buffer.from("PK"),
    };
    const before = { kind: "", names: ["SCEDTimestamp", "RepeatedHourFlag", "SettlementPoint", "LMP"] };
    const after = { kind: "", names: [...before.names, "RTDLL"] };
    const later = { ...document, documentId: "1063482912", fetchedAt: addSeconds(document.fetchedAt, 300) };
    const one = postgresMarketStore(pool);
    const other = postgresMarketStore(pool);
    expect(await one.noteColumns(document, "a", before)).toBeUndefined();
    expect(await one.noteColumns(later, "b", after)).toEqual({
      added: ["RTDLL"],
      removed: [],
      moved: [],
    });
    expect(await other.noteColumns(later, "b", after)).toBeUndefined();
    expect(await one.noteColumns(later, "c", before)).toBeUndefined();
    expect(await postgresFeedRecords(pool).schemaChanges(["mis/12300"])).toEqual([
      {
        source: "mis/12300",
        documentId: "1063482912",
        fetchedAt: later.fetchedAt,
        added: ["RTDLL"],
        removed: [],
        moved: [],
      },
    ]);
  });
});

describe("columns of a report of corrections", () => {
  const document = {
    source: "mis/13045/by-kind",
    documentId: "1",
    contentType: "application/zip",
    fetchedAt: parseInstant("2026-08-18T20:00:00Z"),
    bytes: Buffer.from("PK"),
  };
  const spp = ["DeliveryDate", "SettlementPoint", "SPPOriginal", "SPPCorrected"];
  const mcpc = ["DeliveryDate", "ASType", "MCPCOriginal", "MCPCCorrected"];
  const note = (documentId: string, names: readonly string[]) =>
    postgresMarketStore(pool).noteColumns({ ...document, documentId }, documentId, {
      kind: correctionKind(names),
      names,
    });

  it("of one kind are no change against those of another, and a column more in one is a change of it", async () => {
    expect(await note("1", spp)).toBeUndefined();
    expect(await note("2", mcpc)).toBeUndefined();
    expect(await note("3", [...mcpc, "Reason"])).toEqual({ added: ["Reason"], removed: [], moved: [] });
    expect(await note("4", spp)).toBeUndefined();
    const changes = await postgresFeedRecords(pool).schemaChanges([document.source]);
    expect(changes.map(({ documentId, added }) => [documentId, added])).toEqual([["3", ["Reason"]]]);
  });

  it.each([
    ["point", ["DeliveryDate", "SettlementPoint", "SPPCorrected"]],
    ["point by run", ["SCEDTimestamp", "SettlementPoint", "LMPCorrected"]],
    ["capacity by run", ["SCEDTimestamp", "ASType", "MCPCCorrected"]],
    ["capacity", ["deliveryDate DATE", "ASType VARCHAR", "MCPCCorrected DOUBLE"]],
  ])("are those of %s: %j", (kind, names) => {
    expect(correctionKind(names)).toBe(kind);
  });
});

describe("the price that settles a quarter hour", () => {
  it.each<[string, string, readonly Post[], (number | undefined)[], string]>([
    [
      "stays corrected when ERCOT posts the first price anew, in other bytes",
      "2026-08-18/18/1",
      [
        [PRICES, "842.37"],
        [CORRECTIONS, "798.12"],
        [PRICES, "842.370"],
      ],
      [1, 2, undefined],
      "798.12",
    ],
    [
      "stays corrected when the Public API still shows the first price",
      "2026-08-18/13/1",
      [
        [PRICES, "842.37"],
        [CORRECTIONS, "798.12"],
        [API, "842.37"],
      ],
      [1, 2, undefined],
      "798.12",
    ],
    [
      "is the Public API's where nothing else brought it, and the report's own version of it changes nothing",
      "2026-08-18/13/2",
      [
        [API, "842.37"],
        [PRICES, "842.37"],
      ],
      [1, undefined],
      "842.37",
    ],
    [
      "is the report's where the Public API showed another before, in one series of versions",
      "2026-08-18/13/3",
      [
        [API, "840.00"],
        [PRICES, "842.37"],
        [API, "840.00"],
      ],
      [1, 2, undefined],
      "842.37",
    ],
    [
      "is what the Public API shows last where it alone brought it",
      "2026-08-18/13/4",
      [
        [API, "840.00"],
        [API, "841.00"],
      ],
      [1, 2],
      "841.00",
    ],
    [
      "is what the Public API shows again, in its very bytes, after it alone showed another",
      "2026-08-18/14/1",
      [
        [API, "840.00", "an answer"],
        [API, "841.00"],
        [API, "840.00", "an answer"],
      ],
      [1, 2, 3],
      "840.00",
    ],
    [
      "stays corrected when the first price is read only after its correction",
      "2026-08-18/18/2",
      [
        [CORRECTIONS, "798.12", undefined, 9],
        [PRICES, "842.37", undefined, 1],
      ],
      [1, undefined],
      "798.12",
    ],
    [
      "is the second correction's, also when the first is posted anew in its very bytes",
      "2026-08-18/18/3",
      [
        [PRICES, "842.37"],
        [CORRECTIONS, "798.12", "first correction"],
        [CORRECTIONS, "-5.25"],
        [CORRECTIONS, "798.12", "first correction"],
      ],
      [1, 2, 3, undefined],
      "-5.25",
    ],
    [
      "is the second correction's where that takes the first back",
      "2026-08-18/18/4",
      [
        [PRICES, "842.37"],
        [CORRECTIONS, "798.12"],
        [CORRECTIONS, "842.37"],
      ],
      [1, 2, 3],
      "842.37",
    ],
    [
      "is a new one of the report itself, also after a correction",
      "2026-08-18/19/1",
      [
        [PRICES, "842.37"],
        [CORRECTIONS, "798.12"],
        [PRICES, "801.00"],
      ],
      [1, 2, 3],
      "801.00",
    ],
    [
      "is the newest correction's when an older one, whose download failed, is read after it",
      "2026-08-18/19/2",
      [
        [PRICES, "842.37", undefined, 1],
        [CORRECTIONS, "811.00", undefined, 9],
        [CORRECTIONS, "798.12", undefined, 5],
      ],
      [1, 2, undefined],
      "811.00",
    ],
    [
      "is the newest correction's where that brought the first price back before the older one was read",
      "2026-08-18/19/3",
      [
        [PRICES, "842.37", undefined, 1],
        [CORRECTIONS, "842.37", undefined, 9],
        [CORRECTIONS, "798.12", undefined, 5],
      ],
      [1, undefined, undefined],
      "842.37",
    ],
    [
      "is corrected where the report itself was posted anew before its correction was read",
      "2026-08-18/19/4",
      [
        [PRICES, "842.37", undefined, 1],
        [PRICES, "842.370", undefined, 9],
        [CORRECTIONS, "798.12", undefined, 5],
      ],
      [1, undefined, 2],
      "798.12",
    ],
  ])("%s", async (_title, key, posts, versions, price) => {
    expect(await afterPosts(key, posts)).toEqual([versions, price]);
  });

  it("is the first again where a document of several prices takes a correction back that is read after it", async () => {
    const market = postgresMarketStore(pool);
    const day = intervalsOfDay("2026-08-20");
    const published = (source: string, minute: number, priceUsdPerMwh: string) =>
      market.storeObservations(
        day.slice(0, 2).map((interval) => ({
          kind: "settlement-price" as const,
          source,
          documentId: `${minute}`,
          contentHash: `hash of ${minute}`,
          fetchedAt: parseInstant("2026-08-20T20:00:00Z"),
          publishedAt: addSeconds(parseInstant("2026-08-20T19:00:00Z"), minute * 60),
          quality: source === CORRECTIONS ? ("CORRECTED" as const) : ("PUBLISHED" as const),
          settlementPoint: "HB_WEST",
          settlementPointType: "HU",
          interval,
          priceUsdPerMwh,
        })),
      );
    expect(await published(PRICES, 1, "842.37")).toHaveLength(2);
    expect(await published(CORRECTIONS, 9, "842.37")).toEqual([]);
    expect(await published(CORRECTIONS, 5, "798.12")).toEqual([]);
  });

  it("is the same in whatever order the documents were read, at one time or one by one", async () => {
    const keys = intervalsOfDay("2026-08-19").map(intervalKey);
    let cases = 0;
    const post = fc.tuple(fc.constantFrom(PRICES, CORRECTIONS), fc.constantFrom("5.00", "7.25", "9.00"));
    const read = fc.array(post, { minLength: 2, maxLength: 5 }).chain((posts) => {
      const dated = posts.map(([source, price], minute): Post => [source, price, undefined, minute]);
      return fc.tuple(fc.constant(dated), fc.shuffledSubarray(dated, { minLength: dated.length }), fc.boolean());
    });
    await fc.assert(
      fc.asyncProperty(read, async ([published, shuffled, together]) => {
        const [inOrder = "", other = ""] = [keys[cases * 2], keys[cases * 2 + 1]];
        cases += 1;
        const [, price] = await afterPosts(inOrder, published);
        if (together) await Promise.all(shuffled.map((one) => afterPosts(other, [one])));
        expect(await afterPosts(other, together ? [] : shuffled)).toEqual([expect.anything(), price]);
      }),
      { numRuns: 15 },
    );
  });

  it("was told under one version, which a reading that was broken off gives again", async () => {
    const market = postgresMarketStore(pool);
    const price = (documentId: string, source: string, minute: number, priceUsdPerMwh: string) => ({
      kind: "settlement-price" as const,
      source,
      documentId,
      contentHash: `hash of ${documentId}`,
      fetchedAt: parseInstant("2026-08-18T20:00:00Z"),
      publishedAt: source === API ? undefined : addSeconds(parseInstant("2026-08-18T19:00:00Z"), minute * 60),
      quality: source === CORRECTIONS ? ("CORRECTED" as const) : ("PUBLISHED" as const),
      settlementPoint: "HB_WEST",
      settlementPointType: "HU",
      interval: parseIntervalKey("2026-08-18/20/1"),
      priceUsdPerMwh,
    });
    const repost = price("repost", PRICES, 9, "6.00");
    expect(await market.storeObservations([repost])).toEqual([{ observation: repost, version: 1 }]);
    await market.storeObservations([price("correction", CORRECTIONS, 5, "9.00")]);
    // The report's first price shows that the later posting changed it: the posting stands, by its own document.
    const first = price("first", PRICES, 1, "5.00");
    for (let reading = 0; reading < 2; reading += 1)
      expect(await market.storeObservations([first])).toMatchObject([
        { observation: { documentId: "repost", priceUsdPerMwh: "6.00" }, version: 3 },
      ]);
  });
});

describe("where a feed's reading stands", () => {
  it("is what the last poll left, and a poll that began before it leaves it as it is", async () => {
    const market = postgresMarketStore(pool);
    const [first, second, third] = ["20:00:00", "20:01:00", "20:02:00"].map((time) =>
      parseInstant(`2026-08-18T${time}Z`),
    ) as [Instant, Instant, Instant];
    const poll = (before: FeedStanding, polledAt: Instant, cursor: string) =>
      market.moveCursor("feed", before, { cursor, state: { at: polledAt }, polledAt, seenAt: undefined });
    const began = await market.cursor("feed");
    expect(began).toEqual({ state: {} });
    const polled = await market.moveCursor("feed", began, { cursor: "1", state: {}, polledAt: first, seenAt: first });
    expect(polled).toEqual({ cursor: "1", state: {}, polledAt: first, lastSeenAt: first });
    const next = await poll(polled, second, "2");
    expect(next).toEqual({ cursor: "2", state: { at: second }, polledAt: second, lastSeenAt: first });
    for (const late of [began, polled]) {
      await expect(poll(late, third, "3")).rejects.toThrow(PortConflictError);
      await expect(poll(late, third, "3")).rejects.toThrow(/Feed feed was polled by somebody else/);
    }
    expect(await market.cursor("feed")).toEqual(next);
    expect(await poll(next, third, "3")).toMatchObject({ cursor: "3" });
  });

  it("is read and planned by the server once a connection, however often the feed is polled", async () => {
    const [own, at] = [createPool(database.appUrl as string, 1), parseInstant("2026-08-18T20:00:00Z")];
    let standing: FeedStanding = { state: {} };
    for (let poll = 0; poll < 20; poll += 1)
      standing = await postgresMarketStore(own).moveCursor("often", standing, {
        cursor: `${poll}`,
        state: {},
        polledAt: addSeconds(at, poll),
        seenAt: undefined,
      });
    const { rows } = await own.query("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements");
    await own.end();
    expect(rows).toEqual([{ name: "move-cursor", generic_plans: "15", custom_plans: "5" }]);
  });
});
