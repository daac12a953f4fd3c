import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import type { WorldSettings } from "../../src/app/session/world.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { factSources } from "../../src/app/worker/feeds.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { projectPath } from "./smallSite.ts";

/** Prices of both kinds and their corrections, the grid condition, the hashprice. */
const RESTED_ON: readonly string[] = [
  "ercot/np6-788",
  "ercot/np6-905",
  "ercot/np4-197-m",
  "ercot/daily-prc",
  "hashprice/constant",
];

/**
 * Only the feeds that a decision and its money rest on, and those that a test names: of the example's twenty-one most
 * inform people alone, and each costs a polling workflow its day.
 */
export function restedOn(site: Deployment, ...more: readonly string[]): Deployment {
  const feeds = site.feeds.filter(({ use }) => RESTED_ON.includes(use) || more.includes(use));
  const plan = { ...site.plan, factSources: factSources(feeds, site.plan) };
  return { ...site, plan, planHash: planHashOf(plan), feeds };
}

/**
 * Reports are asked for when they are there; the dashboard beside the price report once an hour; the grid condition
 * every two minutes.
 */
export function seldomAsking(site: Deployment): Deployment {
  return {
    ...site,
    feeds: site.feeds.map((feed) => {
      switch (feed.use) {
        case "ercot/system-wide-prices":
        case "ercot/operations-messages":
          return { ...feed, pollEverySeconds: 3_600 };
        case "ercot/daily-prc":
          return { ...feed, pollEverySeconds: Math.max(120, feed.pollEverySeconds) };
        case "ercot/np6-788":
        case "ercot/np6-323":
        case "ercot/np6-332":
          return { ...feed, pollOffsetSeconds: 100, pollRetrySeconds: 300 };
        case "ercot/np6-905":
          return { ...feed, pollOffsetSeconds: 170, pollRetrySeconds: 300 };
        default:
          return feed;
      }
    }),
  };
}

/** A SCED price may be older than an hour: one run an hour is enough. */
export function runAnHour(site: Deployment): Deployment {
  const plan = { ...site.plan, staleness: { ...site.plan.staleness, scedPriceSeconds: 4_500 } };
  return { ...site, plan, planHash: planHashOf(plan) };
}

/** The SCED runs of a price file in a new one: between two instants, in the file's own form, one run an hour. */
export function oneAnHour(folder: string, path: string, from: string, until: string): string {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const [head, ...rows] = text.trimEnd().split("\n");
  const kept = rows.filter((row) => row < from || row >= until || /[ T]\d\d:00:\d\d,/.test(row));
  const lmpPath = join(folder, "sced-lmp.csv");
  writeFileSync(lmpPath, `${[head, ...kept].join("\n")}\n`);
  return lmpPath;
}

/** The demo's prices; until 14:00, while nothing is decided but to run, one SCED run an hour. */
export function quietMorning(folder: string): WorldSettings["prices"] {
  const path = projectPath("config/demo/sced-lmp.csv");
  return { ...demoPrices(), lmpPath: oneAnHour(folder, path, "08/18/2026", "08/18/2026 14:00") };
}
