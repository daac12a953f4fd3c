import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import type { WorldSettings } from "../../src/app/session/world.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { projectPath } from "./smallSite.ts";

/** Until this Central time of the demo's day one SCED run an interval is published, then every one. */
const QUIET_UNTIL = "08/18/2026 14:00:00";

/** Reports are asked for when they are there; the dashboard beside the price report once an hour. */
export function seldomAsking(site: Deployment): Deployment {
  return {
    ...site,
    feeds: site.feeds.map((feed) => {
      switch (feed.use) {
        case "ercot/system-wide-prices":
          return { ...feed, pollEverySeconds: 3_600 };
        case "ercot/np6-788":
          return { ...feed, pollOffsetSeconds: 100, pollRetrySeconds: 300 };
        case "ercot/np6-905":
          return { ...feed, pollOffsetSeconds: 170, pollRetrySeconds: 300 };
        default:
          return feed;
      }
    }),
  };
}

/** A SCED price may be as old as the interval: one run an interval is enough. */
export function runAnInterval(site: Deployment): Deployment {
  const plan = { ...site.plan, staleness: { ...site.plan.staleness, scedPriceSeconds: 1_200 } };
  return { ...site, plan, planHash: planHashOf(plan) };
}

/**
 * The demo's prices, in the folder given, with one SCED run an interval through the night and the morning, in which
 * nothing is decided but to run.
 */
export function quietMorning(folder: string): WorldSettings["prices"] {
  const lmpPath = join(folder, "sced-lmp.csv");
  const [head, ...rows] = readFileSync(projectPath("config/demo/sced-lmp.csv"), "utf8").trimEnd().split("\n");
  const kept = rows.filter((row) => row < "08/18/2026" || row >= QUIET_UNTIL || /:(?:00|15|30|45):\d\d,/.test(row));
  writeFileSync(lmpPath, `${[head, ...kept].join("\n")}\n`);
  return { ...demoPrices(), lmpPath };
}
