import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { withoutGridFeed } from "../../src/app/worker/loadDeployment.ts";
import { type MarketSession, marketSession } from "../../src/app/session/marketSession.ts";
import { restedOn, runAnHour, seldomAsking } from "../app/quietSite.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { type PriceOf, pricesOf } from "./marketPrices.ts";

/** A whole day from midnight to midnight, and the hour after it, through the whole stack with three machines. */
export async function marketDay(day: string, priceOf: PriceOf): Promise<MarketSession> {
  const prices = pricesOf(day, priceOf, "one an hour");
  const folder = mkdtempSync(join(tmpdir(), "ballast-calendar-"));
  try {
    return await marketSession({
      dataDir: folder,
      day,
      seed: 8,
      speed: null,
      print: () => undefined,
      deployment: site(day, await freeNet()),
      prices,
      faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(prices.folder, { recursive: true });
  }
}

/** Three machines, one a client; outside the night one SCED run an hour. */
function site(day: string, net: number): Deployment {
  return runAnHour(seldomAsking(restedOn(withoutGridFeed(smallSite({ day, net, machinesPerCohort: 1 })))));
}
