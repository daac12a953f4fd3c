import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresMarketStore } from "../../../src/adapters/postgres/marketStore.ts";
import { createPool, type Pool } from "../../../src/adapters/postgres/pool.ts";
import { parseIntervalKey } from "../../../src/domain/market/calendar.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
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
type Post = readonly [source: string, price: string, bytes?: string];

/** Versions that documents give a quarter hour's price, and the price that settles at the end. */
async function afterPosts(key: string, posts: readonly Post[]): Promise<[versions: (number | undefined)[], string]> {
  const market = postgresMarketStore(pool);
  const versions: (number | undefined)[] = [];
  for (const [source, priceUsdPerMwh, bytes] of posts) {
    documents += 1;
    const document = {
      source,
      documentId: `${documents}`,
      contentType: "text/csv",
      fetchedAt: parseInstant("2026-08-18T20:00:00Z"),
      bytes: Buffer.from(bytes ?? `${documents}`),
    };
    const stored = await market.storeObservations([
      {
        kind: "settlement-price",
        source,
        documentId: document.documentId,
        contentHash: await market.storeDocument(document),
        fetchedAt: document.fetchedAt,
        quality: source === CORRECTIONS ? "CORRECTED" : "PUBLISHED",
        settlementPoint: "HB_WEST",
        settlementPointType: "HU",
        interval: parseIntervalKey(key),
        priceUsdPerMwh,
      },
    ]);
    versions.push(stored[0]?.version);
  }
  const last = (await market.settlementPrices("HB_WEST", "HU", [key])).get(key);
  return [versions, last?.priceUsdPerMwh ?? "none"];
}

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
      "stays corrected when the first price is read only after its correction",
      "2026-08-18/18/2",
      [
        [CORRECTIONS, "798.12"],
        [PRICES, "842.37"],
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
  ])("%s", async (_title, key, posts, versions, price) => {
    expect(await afterPosts(key, posts)).toEqual([versions, price]);
  });
});
