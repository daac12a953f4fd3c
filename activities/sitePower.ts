import type { SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import { checkFrozen } from "../src/domain/verification/checkFrozen.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { configured } from "./configured.ts";

export interface SitePowerDeps {
  readonly registers: RegisterStore;
  readonly book: SiteBook<"siteMeterId" | "meters">;
}

/** A verdict is not lost to one answer of the site meter that did not come. */
const METER_TRIES = 2;

/**
 * Power at the site meter, kW; undefined from a meter that is silent, or frozen since an earlier boundary.
 * @throws NotConfigured for a site that is not in the configuration, PortUnavailableError when the database is away
 */
export async function sitePowerKw(
  { registers, book }: SitePowerDeps,
  siteId: SiteId,
  at: Instant,
): Promise<number | undefined> {
  const { siteMeterId: meterId, meters } = configured(book, siteId);
  const before = await registers.latestBefore(siteId, meterId, at);
  for (let triesLeft = METER_TRIES; triesLeft > 0; triesLeft -= 1) {
    const [reading] = await meters.read([meterId], at);
    const checked = reading && checkFrozen(before, reading);
    if (checked?.quality === "metered") return checked.powerKw;
    if (checked?.quality === "stale") return undefined;
  }
  return undefined;
}
