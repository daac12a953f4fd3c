import type { MeterId, SiteId } from "../src/domain/units/ids.ts";
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
export const METER_TRIES = 2;

/** What the site meter shows: neither power nor register where it is silent, or frozen since an earlier boundary. */
export interface SitePower {
  readonly meterId: MeterId;
  readonly powerKw?: number;
  /** Cumulative, Wh. */
  readonly registerWh?: bigint;
}

/**
 * Reads the site meter, at most `triesMax` times while it does not answer.
 * @throws NotConfigured for a site that is not in the configuration, PortUnavailableError when the database is away
 */
export async function sitePower(
  { registers, book }: SitePowerDeps,
  siteId: SiteId,
  at: Instant,
  triesMax: number,
): Promise<SitePower> {
  const { siteMeterId: meterId, meters } = configured(book, siteId);
  const before = await registers.latestBefore(siteId, meterId, at);
  for (let triesLeft = triesMax; triesLeft > 0; triesLeft -= 1) {
    const [reading] = await meters.read([meterId], at);
    const checked = reading && checkFrozen(before, reading);
    if (checked?.quality === "stale") break;
    if (checked?.quality !== "metered") continue;
    const { powerKw, registerWh } = checked;
    return {
      meterId,
      ...(powerKw === undefined ? {} : { powerKw }),
      ...(registerWh === undefined ? {} : { registerWh }),
    };
  }
  return { meterId };
}
