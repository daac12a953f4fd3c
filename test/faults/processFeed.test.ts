import { afterAll, beforeAll, expect, it } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { type ErcotSimulator, startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { projectPath } from "../app/smallSite.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";

const DAY = "2026-08-18";
const at = (time: string) => wallToInstant({ day: DAY, time, repeatedHour: false });
const deployment = loadDeployment(projectPath("config/example-site.yaml"), DAY);
const watching = { feedId: "sced-lmp/HB_WEST", siteIds: ["pecan-draw"], hearEverySeconds: 3_600 };

let bench: Bench;
let ercot: ErcotSimulator;
/** Market times at which ERCOT was asked for anything. */
const asked: string[] = [];

beforeAll(async () => {
  bench = startBench(await testDatabase(), at("17:02:00"));
  ercot = await startErcotSimulator({
    clock: bench.clock,
    day: loadPriceDay(demoPrices()),
    publication: { jitterSeconds: 0 },
    faults: () => void asked.push(bench.clock.at),
  });
}, 60_000);

afterAll(async () => {
  await ercot.close();
  await bench.close();
});

/**
 * The feed's activity as a worker process has it; a new one for each process. Telling the sites fails as long as `cut`
 * says so.
 */
function worker(cut: () => boolean): ReturnType<typeof marketActivities>["awaitPublication"] {
  const feeds = feedsOf({
    ...deployment,
    feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: ercot.url } : feed)),
  });
  const deliver: Bench["sites"]["deliver"] = async (siteId, input, riders) => {
    if (cut()) throw new Error("the worker ends here");
    await bench.sites.deliver(siteId, input, riders);
  };
  return marketActivities({ ...bench, sites: { ...bench.sites, deliver }, feeds }).awaitPublication;
}

const told = (): string[] => bench.told.map((input) => input.id);
const stored = async (): Promise<number> =>
  (
    await query(
      bench.pool,
      `SELECT FROM market_observation WHERE kind = 'sced-lmp' AND settlement_point = 'HB_WEST'`,
      [],
    )
  ).length;

it("a price that was stored when its worker died, before any site had been told, is told by the next worker, once stored", async () => {
  bench.clock.stopAt = at("17:20:00");
  await asActivity(() => worker(() => false)(watching));
  const [before, rows] = [told().length, await stored()];
  await expect(asActivity(() => worker(() => true)(watching))).rejects.toThrow("the worker ends here");
  expect([told().length, await stored()]).toEqual([before, rows + 1]);

  await asActivity(() => worker(() => false)(watching));
  expect(told().slice(before)).toEqual([expect.stringMatching(/^sced-lmp\/HB_WEST\/2026-08-18T22:05:\d\d\.000Z\/1$/)]);
  expect(await stored()).toBe(rows + 1);
});

it("a worker that takes a feed over first asks when the one before would have asked, at the second", async () => {
  bench.clock.stopAt = at("17:40:00");
  await asActivity(() => worker(() => false)(watching));
  const [row] = await query<{ appointment: string }>(
    bench.pool,
    `SELECT state->>'nextPollAt' AS appointment FROM feed_cursor WHERE feed_id = $1`,
    [watching.feedId],
  );
  const appointment = row?.appointment as Instant;
  bench.clock.at = addSeconds(appointment, -10);
  asked.length = 0;
  await asActivity(() => worker(() => false)(watching));
  expect(asked[0]).toBe(appointment);
});
