import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { absorb } from "../../src/domain/decision/absorb.ts";
import { initialSiteState } from "../../src/domain/decision/siteState.ts";
import { settled } from "../../src/domain/inputs/gridNow.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { ErcotFault } from "../../src/simulators/ercot/faults.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { type ErcotSimulator, startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { projectPath } from "../app/smallSite.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";

const DAY = "2026-08-18";
const SITE = "pecan-draw";
const at = (time: string): Instant => wallToInstant({ day: DAY, time, repeatedHour: false });
const demo = loadPriceDay(demoPrices());
const [FIRST, SECOND] = ["grid-condition", "grid-condition/mirror"] as const;

let bench: Bench;
let routes: Record<string, ErcotSimulator>;
/** What a route does wrong from a moment to another. */
let faults: { readonly of: string; readonly from: Instant; readonly to: Instant; readonly what: ErcotFault }[];
/** When each route was asked for the page. */
let asked: Record<string, string[]>;
let awaitPublication: ReturnType<typeof marketActivities>["awaitPublication"];
let deployment: ReturnType<typeof loadDeployment>;

beforeAll(async () => {
  bench = startBench(await testDatabase(), at("19:10:00"));
}, 60_000);
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.clear(at("19:10:00"));
  [faults, asked] = [[], { [FIRST]: [], [SECOND]: [] }];
  routes = {
    [FIRST]: await startErcotSimulator({ clock: bench.clock, day: demo, faults: of(FIRST) }),
    [SECOND]: await startErcotSimulator({ clock: bench.clock, day: demo, faults: of(SECOND) }),
  };
  deployment = withTwoRoutes(routes[FIRST]!.url, routes[SECOND]!.url);
  ({ awaitPublication } = marketActivities({ ...bench, feeds: feedsOf(deployment) }));
});
afterEach(() => Promise.all(Object.values(routes).map((route) => route.close())));

function of(route: string): (request: { nowMs: number; route: string }) => ErcotFault | undefined {
  return ({ nowMs, route: page }) => {
    if (page === "daily-prc") asked[route]?.push(new Date(nowMs).toISOString());
    return faults.find((one) => one.of === route && Date.parse(one.from) <= nowMs && nowMs < Date.parse(one.to))?.what;
  };
}

/** The example site, its file with a second route to the page. */
function withTwoRoutes(first: string, second: string): ReturnType<typeof loadDeployment> {
  const folder = mkdtempSync(join(tmpdir(), "ballast-routes-"));
  try {
    const file = join(folder, "site.yaml");
    const line = "  - { use: ercot/daily-prc, pollEverySeconds: 60, pollOffsetSeconds: 20 }\n";
    const route = `  - { use: ercot/daily-prc, route: mirror, baseUrl: "${second}", silentAfterSeconds: 180, `;
    const yaml = readFileSync(projectPath("config/example-site.yaml"), "utf8")
      .replace("market/ercot.yaml", resolve("config/market/ercot.yaml"))
      .replace("https://www.ercot.com", first)
      .replace(line, `${line}${route}pollEverySeconds: 60, pollOffsetSeconds: 50 }\n`);
    writeFileSync(file, yaml);
    return loadDeployment(file, DAY);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Both routes in turn, each from socket through store and fold to the site. */
async function watch(until: Instant, stepMs = 30_000): Promise<void> {
  for (let now = Date.parse(bench.clock.at) + stepMs; now <= Date.parse(until); now += stepMs)
    for (const feedId of [FIRST, SECOND])
      await asActivity(() =>
        bench.clock.run(new Date(now).toISOString() as Instant, () => awaitPublication({ feedId, siteIds: [SITE] })),
      );
}

/** The site's grid after everything that it was told. */
function gridNow() {
  const { plan } = deployment;
  const state = bench.told.reduce((before, input) => absorb(plan, before, input).state, initialSiteState(plan));
  return settled(state, plan, bench.clock.at).grid;
}

describe("a site with two routes to the page of the grid's condition", () => {
  it("knows them as two sources with an age limit each", () => {
    expect(deployment.plan.factSources).toEqual({
      "grid-condition": [
        { source: FIRST, silentAfterSeconds: 300 },
        { source: SECOND, silentAfterSeconds: 180 },
      ],
    });
  });

  it("acts on EEA 1 ten seconds after the first poll that shows it: the page is read again, on this route alone", async () => {
    await watch(at("19:19:30"));
    await watch(at("19:20:00"), 10_000);
    expect(gridNow().level).toBe("watch");
    asked = { [FIRST]: [], [SECOND]: [] };
    await watch(at("19:20:40"), 10_000);
    expect(asked).toEqual({ [FIRST]: [at("19:20:20"), at("19:20:30")], [SECOND]: [] });
    expect(gridNow()).toMatchObject({ level: "eea1", since: at("19:20:30"), saidBy: [FIRST] });
  }, 30_000);

  it("rises to EEA 2 by the second while the first, behind a bot wall since EEA 1, is silent for itself", async () => {
    faults = [{ of: FIRST, from: at("19:25:00"), to: at("23:00:00"), what: { kind: "html" } }];
    await watch(at("19:42:00"));
    expect(gridNow()).toMatchObject({ level: "eea2", saidBy: [SECOND] });
    const silences = bench.told.filter(({ kind }) => kind === "feed-silent");
    expect(silences).toMatchObject([{ feed: "grid-condition", source: FIRST }]);
  }, 30_000);

  it("keeps EEA 1 while both are silent, below which no time lets it fall", async () => {
    faults = [FIRST, SECOND].map((of) => ({ of, from: at("19:25:00"), to: at("23:00:00"), what: { kind: "html" } }));
    await watch(at("19:42:00"));
    expect(bench.told.filter(({ kind }) => kind === "feed-silent").map((one) => "source" in one && one.source)).toEqual(
      [SECOND, FIRST],
    );
    expect(gridNow()).toMatchObject({ level: "eea1" });
  }, 30_000);
});
