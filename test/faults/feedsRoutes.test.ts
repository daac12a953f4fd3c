import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { postgresFeedRecords } from "../../src/adapters/postgres/feedRecords.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { ErcotFault, ErcotRequest } from "../../src/simulators/ercot/faults.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { type PublicApiSimulator, startPublicApi } from "../../src/simulators/ercot/publicApi.ts";
import { type ErcotSimulator, startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { projectPath } from "../app/smallSite.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";

const DAY = "2026-08-18";
const SITE = "pecan-draw";
const PRICES = "settlement-price/HB_WEST/HU";
const SCED = "sced-lmp/HB_WEST";
const at = (time: string, day = DAY): Instant => wallToInstant({ day, time, repeatedHour: false });
const deployment = loadDeployment(projectPath("config/example-site.yaml"), DAY);
const demo = loadPriceDay(demoPrices());
const publication = { lmpDelaySeconds: 60, sppDelaySeconds: 150, jitterSeconds: 0, seed: 1 };
const ACCOUNT = { username: "desk@example.com", password: "a-password", subscriptionKey: "a-key" };

let bench: Bench;
let ercot: ErcotSimulator;
let api: PublicApiSimulator;
let fault: ((request: ErcotRequest) => ErcotFault | undefined) | undefined;
let awaitPublication: ReturnType<typeof marketActivities>["awaitPublication"];

beforeAll(async () => {
  for (const [name, value] of Object.entries(ACCOUNT)) process.env[`BALLAST_ROUTES_${name.toUpperCase()}`] = value;
  bench = startBench(await testDatabase(), at("17:02:00"));
}, 60_000);
afterAll(async () => {
  for (const name of Object.keys(ACCOUNT)) delete process.env[`BALLAST_ROUTES_${name.toUpperCase()}`];
  await bench.close();
});
afterEach(async () => {
  fault = undefined;
  await ercot.close();
  await api.close();
});

/** ERCOT by both routes at a moment, nothing known yet. */
async function publish(from: Instant): Promise<void> {
  await bench.clear(from);
  ercot = await startErcotSimulator({ clock: bench.clock, day: demo, publication, faults: (one) => fault?.(one) });
  api = await startPublicApi({ clock: bench.clock, day: demo, account: ACCOUNT, publication, lagSeconds: 60 });
  const access = {
    baseUrl: api.baseUrl,
    tokenUrl: api.tokenUrl,
    username: { env: "BALLAST_ROUTES_USERNAME" },
    password: { env: "BALLAST_ROUTES_PASSWORD" },
    subscriptionKey: { env: "BALLAST_ROUTES_SUBSCRIPTIONKEY" },
  };
  const feeds = feedsOf({
    ...deployment,
    feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: ercot.url, api: access } : feed)),
  });
  ({ awaitPublication } = marketActivities({ ...bench, feeds }));
}

async function watch(feedId: string, until: Instant): Promise<void> {
  await asActivity(() => bench.clock.run(until, () => awaitPublication({ feedId, siteIds: [SITE] })));
}

describe("a report by two routes, from poll to database", () => {
  it("MIS dead from 17:30 to 17:50: the API carries on, no run is missed, and one warning says so", async () => {
    await publish(at("17:02:00"));
    fault = ({ nowMs }) =>
      nowMs >= Date.parse(at("17:30:00")) && nowMs < Date.parse(at("17:50:00"))
        ? { kind: "status", status: 503 }
        : undefined;
    await watch(SCED, at("17:48:00"));
    const [during] = await postgresFeedRecords(bench.pool).feeds([SCED]);
    expect(during).toMatchObject({
      lastDocument: { source: "api/np6-788-cd/lmp_node_zone_hub" },
      routes: { mis: { failing: { problem: expect.stringContaining("status 503") } } },
    });
    expect(during?.failing).toBeUndefined();
    await watch(SCED, at("18:12:00"));
    const [after] = await postgresFeedRecords(bench.pool).feeds([SCED]);
    expect(after).toMatchObject({ lastDocument: { source: "mis/12300" } });
    expect(after?.routes?.["mis"]?.failing).toBeUndefined();
    expect(bench.lines.filter((line) => line.includes("route mis does not answer"))).toHaveLength(1);
    expect(bench.lines.filter((line) => line.includes("route mis answers again"))).toHaveLength(1);
    const runs = await query<{ value_key: string; version: number }>(
      bench.pool,
      "SELECT value_key, version FROM market_observation WHERE kind = 'sced-lmp'",
      [],
    );
    const expected = demo.runs
      .map(({ atMs }) => new Date(atMs).toISOString())
      .filter((run) => run >= at("17:02:00") && run <= at("18:10:00"));
    expect(runs.map(({ value_key }) => value_key)).toEqual(expect.arrayContaining(expected));
    expect(runs.every(({ version }) => version === 1)).toBe(true);
  });

  it("nobody polls from 17:10 to 01:30: each quarter hour of the day is there, and the day is settled again", async () => {
    await publish(at("17:02:00"));
    await watch(PRICES, at("17:10:00"));
    bench.clock.at = at("01:30:00", "2026-08-19");
    await watch(PRICES, at("01:40:00", "2026-08-19"));
    const prices = await query<{ value_key: string; source: string }>(
      bench.pool,
      "SELECT value_key, source FROM market_observation WHERE kind = 'settlement-price'",
      [],
    );
    const byRoute = (route: string) =>
      prices.flatMap(({ value_key, source }) => (source.startsWith(route) ? [value_key] : []));
    const quarters = (hours: readonly number[]) =>
      hours.flatMap((hour) => [1, 2, 3, 4].map((quarter) => `${DAY}/${hour}/${quarter}`));
    expect(byRoute("api/")).toEqual(expect.arrayContaining(quarters([18, 19])));
    const all = prices.map(({ value_key }) => value_key);
    expect(all).toEqual(expect.arrayContaining(quarters([18, 19, 20, 21, 22, 23, 24])));
    expect(bench.resettle.map(({ day, id }) => [day, id])).toContainEqual([DAY, `price/HB_WEST/HU/${DAY}/18/1/1`]);
  });
});
