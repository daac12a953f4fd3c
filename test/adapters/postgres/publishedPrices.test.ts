import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresMarketStore } from "../../../src/adapters/postgres/marketStore.ts";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { intervalKey, intervalsOfDay } from "../../../src/domain/market/calendar.ts";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import type { MarketStore } from "../../../src/ports/marketStore.ts";
import { testDatabase, type TestDatabase } from "../../support/stack.ts";

const INTERVALS = intervalsOfDay("2026-08-18");
const PRICES = "mis/12301";
const CORRECTIONS = "mis/13045";
/** Rows of the Public API do not say when they were published. */
const API = "api/np6-905-cd/spp_node_zone_hub";
const FIRST_AT = parseInstant("2026-08-18T06:00:00Z");

let database: TestDatabase;
let pool: Pool;
let market: MarketStore;
let points = 0;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 4);
  market = postgresMarketStore(pool);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** A document as ERCOT posts it: prices of quarter hours by their number. */
interface Post {
  readonly source: string;
  readonly documentId: string;
  readonly minute: number;
  readonly prices: readonly (readonly [interval: number, usdPerMwh: string])[];
}

function observed(point: string, { source, documentId, minute, prices }: Post): MarketObservation[] {
  return prices.map(([interval, priceUsdPerMwh]) => ({
    kind: "settlement-price",
    source,
    documentId,
    contentHash: `hash of ${documentId}`,
    fetchedAt: addSeconds(FIRST_AT, 86_400 + minute),
    ...(source === API ? {} : { publishedAt: addSeconds(FIRST_AT, minute * 60) }),
    quality: source === CORRECTIONS ? "CORRECTED" : "PUBLISHED",
    settlementPoint: point,
    settlementPointType: "HU",
    interval: INTERVALS[interval] as (typeof INTERVALS)[number],
    priceUsdPerMwh,
  }));
}

/** What one document said of one quarter hour, and the version that came of it. */
interface Line {
  readonly post: Post;
  readonly price: string;
  readonly at: number;
  readonly gave?: number;
}

interface Ledger {
  readonly lines: readonly Line[];
  /** Which line's price each version has; the first is version 1. */
  readonly versions: readonly { readonly line: Line; readonly quality: string }[];
}

const NOTHING: Ledger = { lines: [], versions: [] };

/** The line that stands by the order of publication, told with no word of the program's own rule. */
function standing(lines: readonly Line[]): Line {
  const ordered = [...lines].sort((a, b) => a.at - b.at || Number(a.post.documentId) - Number(b.post.documentId));
  const said = new Map<string, number>();
  let stands = ordered[0] as Line;
  let corrected = false;
  for (const line of ordered) {
    const price = Number(line.price);
    const before = said.get(line.post.source);
    const isFromCorrections = line.post.source === CORRECTIONS;
    const isOld = before === price || (before === undefined && corrected && !isFromCorrections);
    if (!isOld && Number(stands.price) !== price) stands = line;
    said.set(line.post.source, price);
    corrected ||= isFromCorrections;
  }
  return stands;
}

/**
 * The ledger of one quarter hour after a document's price for it, and which version the document gives. Whether it
 * shows what stands is judged by `seen`, the ledger as it was when the document came.
 */
function afterPost(ledger: Ledger, post: Post, interval: number, seen = ledger): [Ledger, number | undefined] {
  const own = post.prices.filter(([of]) => of === interval);
  const [price] = own.map(([, usdPerMwh]) => usdPerMwh);
  if (price === undefined) return [ledger, undefined];
  const shown = seen.versions.at(-1);
  const gaveOne = seen.versions.some(({ line }) => line.post.documentId === post.documentId);
  // An answer of several prices that is not dated and shows the standing one again is not a word about it.
  if (post.source === API && post.prices.length > 1 && own.length === 1 && shown !== undefined && !gaveOne)
    if (Number(shown.line.price) === Number(price)) return [ledger, undefined];
  const before = ledger.lines.find((line) => line.post.documentId === post.documentId);
  if (before !== undefined) return [ledger, before.gave];
  const endMs = Date.parse("2026-08-18T05:15:00Z") + interval * 900_000;
  const at = post.source === API ? endMs : Date.parse(FIRST_AT) + post.minute * 60_000;
  const line: Line = { post, price, at };
  const last = ledger.versions.at(-1);
  const stands = standing([...ledger.lines, line]);
  if (last !== undefined && Number(last.line.price) === Number(stands.price))
    return [{ ...ledger, lines: [...ledger.lines, line] }, undefined];
  const gave = ledger.versions.length + 1;
  const quality = last !== undefined || stands.post.source === CORRECTIONS ? "CORRECTED" : "PUBLISHED";
  const lines = [...ledger.lines, { ...line, gave }];
  return [{ lines, versions: [...ledger.versions, { line: stands, quality }] }, gave];
}

type Rows = { readonly statements: readonly string[]; readonly versions: readonly string[] };

/** A ledger as rows of the two tables. */
function rowsOf({ lines, versions }: Ledger): Rows {
  const fetched = ({ minute }: Post): Instant => addSeconds(FIRST_AT, 86_400 + minute);
  return {
    statements: lines
      .map(({ post, price, at, gave }) =>
        [post.source, post.documentId, price, Date.parse(fetched(post)), at, gave ?? "none"].join(" "),
      )
      .sort(),
    versions: versions.map(({ line: { post, price }, quality }, i) =>
      [i + 1, post.source, post.documentId, price, quality, Date.parse(fetched(post))].join(" "),
    ),
  };
}

/** What the two tables have of a point, for each of its quarter hours. */
async function rowsInDatabase(point: string): Promise<Rows[]> {
  type Cells = Record<string, string | Date | null>;
  const [{ rows: statements }, { rows: versions }] = await Promise.all([
    pool.query<Cells>(
      `SELECT value_key, source, document_id, value, fetched_at, published_at, gave_version FROM price_statement
        WHERE settlement_point = $1`,
      [point],
    ),
    pool.query<Cells>(
      `SELECT value_key, version, source, document_id, value, quality, fetched_at FROM market_observation
        WHERE settlement_point = $1 ORDER BY version`,
      [point],
    ),
  ]);
  const text = ({ value_key: _place, ...row }: Cells): string =>
    Object.values(row)
      .map((cell) => (cell instanceof Date ? cell.getTime() : (cell ?? "none")))
      .join(" ");
  return INTERVALS.slice(0, 3).map((interval) => {
    const isThere = (row: Cells): boolean => row["value_key"] === intervalKey(interval);
    return { statements: statements.filter(isThere).map(text).sort(), versions: versions.filter(isThere).map(text) };
  });
}

const prices = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom("5.00", "5", "7.25", "-9.00")), {
  minLength: 1,
  maxLength: 4,
});
/** Few numbers, so that documents are read again; one number is one document with one content. */
const shelf = fc
  .tuple(
    fc.array(
      fc.record({ source: fc.constantFrom(PRICES, CORRECTIONS, API), minute: fc.integer({ min: 0, max: 6 }), prices }),
      {
        minLength: 2,
        maxLength: 6,
      },
    ),
    fc.array(fc.tuple(fc.nat({ max: 5 }), fc.option(fc.nat({ max: 5 }))), { minLength: 1, maxLength: 7 }),
  )
  .map(([posts, reads]) =>
    reads.map(([one, other]) =>
      [one, ...(other === null ? [] : [other])].map((nth): Post => {
        const i = nth % posts.length;
        return { documentId: `${i + 1}`, ...(posts[i] as Omit<Post, "documentId">) };
      }),
    ),
  );

describe("prices of a document, stored together", () => {
  it("leave the rows that each price by itself leaves, by the rule told apart: corrections late, undated rows, documents read again", async () => {
    await fc.assert(
      fc.asyncProperty(shelf, async (reads) => {
        const point = `ONE_${++points}`;
        const ledgers = [NOTHING, NOTHING, NOTHING];
        for (const post of reads.flat()) {
          const stored = await market.storeObservations(observed(point, post));
          const expected: number[] = [];
          const given = ledgers.map((ledger, interval) => {
            const [after, gave] = afterPost(ledger, post, interval);
            ledgers[interval] = after;
            return gave;
          });
          for (const [interval] of post.prices) {
            const gave = given[interval];
            if (gave !== undefined) expected.push(gave);
          }
          expect(stored.map(({ version }) => version)).toEqual(expected);
        }
        expect(await rowsInDatabase(point)).toEqual(ledgers.map(rowsOf));
      }),
      { numRuns: 30 },
    );
  });

  it("leave the rows of one order or the other at each quarter hour, where two documents are read at a time", async () => {
    await fc.assert(
      fc.asyncProperty(shelf, async (reads) => {
        const point = `TWO_${++points}`;
        let possible: Ledger[][] = [[NOTHING], [NOTHING], [NOTHING]];
        for (const posts of reads) {
          await Promise.all(posts.map((post) => market.storeObservations(observed(point, post))));
          possible = possible.map((ledgers, interval) =>
            ledgers.flatMap((ledger) =>
              [posts, posts.toReversed()].flatMap(([one, other]) => {
                const [after] = one === undefined ? [ledger] : afterPost(ledger, one, interval);
                if (other === undefined) return [after];
                return [after, ledger].map((seen) => afterPost(after, other, interval, seen)[0]);
              }),
            ),
          );
          const found = await rowsInDatabase(point);
          for (const [interval, ledgers] of possible.entries()) {
            const rows = JSON.stringify(found[interval]);
            possible[interval] = ledgers.filter((ledger) => JSON.stringify(rowsOf(ledger)) === rows);
            expect(possible[interval]?.length, `${rows} of ${JSON.stringify(ledgers.map(rowsOf))}`).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it("are all there of a document of 700, which takes three transactions, and a second reading tells the same", async () => {
    const days = [
      "2026-08-19",
      "2026-08-20",
      "2026-08-21",
      "2026-08-22",
      "2026-08-23",
      "2026-08-24",
      "2026-08-25",
      "2026-08-26",
    ];
    const post: Post = { source: PRICES, documentId: "1", minute: 0, prices: [[0, "5.00"]] };
    const large = days
      .flatMap((day) => intervalsOfDay(day))
      .slice(0, 700)
      .map((interval, i) => ({ ...observed("LARGE", post)[0], interval, priceUsdPerMwh: `${i}` }) as MarketObservation);
    const [counted, statements] = counting(pool);
    const stored = await postgresMarketStore(counted).storeObservations(large);
    expect(stored).toEqual(large.map((observation) => ({ observation, version: 1 })));
    // Three transactions of five.
    expect(statements()).toBe(15);
    expect(await market.storeObservations(large)).toEqual(stored);
  });

  it("take five statements however many they are, and as many when the document is read again but for what is new", async () => {
    const day: Post = {
      source: PRICES,
      documentId: "1",
      minute: 0,
      prices: INTERVALS.map((_, interval) => [interval, "5.00"] as const),
    };
    const [counted, statements] = counting(pool);
    await postgresMarketStore(counted).storeObservations(observed("DAY", day));
    // Begin, locks, what is known, what is new, commit.
    expect(statements()).toBe(5);
    expect(await postgresMarketStore(counted).storeObservations(observed("DAY", day))).toHaveLength(96);
    expect(statements()).toBe(9);
  });

  it("are stored but for one that the database refuses: that one is reported by its place, or thrown", async () => {
    const post: Post = {
      source: PRICES,
      documentId: "1",
      minute: 0,
      prices: [
        [0, "5.00"],
        [1, "\u0000"],
        [2, "7.25"],
      ],
    };
    const document = observed("REFUSED", post);
    const problems: string[] = [];
    const stored = await market.storeObservations(document, (problem) => problems.push(problem));
    expect(stored).toEqual([document[0], document[2]].map((observation) => ({ observation, version: 1 })));
    expect(problems).toEqual([
      expect.stringMatching(
        /^mis\/12301, document 1: settlement-price REFUSED 2026-08-18\/1\/2 is not stored. PostgreSQL refused it \(22021\)/,
      ),
    ]);
    await expect(market.storeObservations(document)).rejects.toThrow(/invalid byte sequence/);
  });
});

/** The same pool, and how many statements went through it. */
function counting(of: Pool): [Pool, () => number] {
  let statements = 0;
  const counted = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (own, name) => {
        if (name === "query") statements += 1;
        const member = Reflect.get(own, name) as unknown;
        if (name === "connect") return async () => counted(await of.connect());
        return typeof member === "function" ? member.bind(own) : member;
      },
    });
  return [counted(of), () => statements];
}
