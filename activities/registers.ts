import {
  dayEnd,
  intervalEnd,
  intervalStart,
  operatingDayOf,
  settlementInterval,
} from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { checkFrozen } from "../src/domain/verification/checkFrozen.ts";
import type { MeterReading } from "../src/domain/verification/model.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { MeterReadings } from "../src/ports/meterReadings.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import { heartbeating } from "./heartbeating.ts";

export interface RegisterDeps {
  readonly clock: MarketClock;
  readonly sites: SiteGateway;
  readonly meters: MeterReadings;
  readonly registers: RegisterStore;
  readonly meterIds: ReadonlyMap<string, readonly string[]>;
  readonly siteMeters: ReadonlyMap<string, string>;
  readonly log: Log;
}

/** A boundary is still worth reading this many market seconds late; the read's own time is kept beside it. */
const LATE_SECONDS_MAX = 60;
/** How far back the last boundary on record is looked for. */
const LOOK_BACK_SECONDS = 86_400;

/**
 * Activities that read the meters' cumulative registers at every settlement interval boundary. They throw an Error for
 * a site that is not in the configuration.
 */
export function registerActivities({ clock, sites, meters, registers, meterIds, siteMeters, log }: RegisterDeps) {
  return {
    /** Reads at each boundary until the operating day has ended; the midnight boundary belongs to the day that ends. */
    async readRegisters({
      feedId,
      siteIds,
    }: {
      feedId: string;
      siteIds: readonly string[];
    }): Promise<{ operatingDay: OperatingDay }> {
      return heartbeating(async (signal) => {
        const startedAt = await clock.now();
        const end = dayEnd(operatingDayOf(startedAt));
        const current = intervalStart(settlementInterval(startedAt));
        if (secondsBetween(current, startedAt) <= LATE_SECONDS_MAX) await readBoundary(siteIds, current, startedAt);
        let boundary = intervalEnd(settlementInterval(startedAt));
        while (true) {
          const at = await clock.waitUntil(`feed/${feedId}`, boundary, signal);
          await readBoundary(siteIds, boundary, at);
          if (at >= end) return { operatingDay: operatingDayOf(at) };
          boundary = intervalEnd(settlementInterval(at));
        }
      });
    },
  };

  async function readBoundary(siteIds: readonly string[], boundary: Instant, at: Instant): Promise<void> {
    for (const siteId of siteIds) {
      const readings = await readAll(siteId, at);
      const wasSilent = await silentBefore(siteId, boundary);
      await registers.save(siteId, boundary, readings);
      const siteMeter = readings.find((reading) => reading.meterId === configured(siteMeters, siteId));
      const of = (quality: MeterReading["quality"]): string[] =>
        readings.filter((reading) => reading.quality === quality).map((reading) => reading.meterId);
      if (of("missing").length > 0)
        log.warn({ siteId, boundary, silent: of("missing") }, "meters silent at the interval boundary");
      if (of("stale").length > 0)
        log.warn({ siteId, boundary, frozen: of("stale") }, "meters frozen: they show power and do not count");
      await tellSilence(siteId, boundary, at, siteMeter?.quality === "metered", wasSilent);
    }
  }

  /** Each meter against its last boundary: one that shows power and does not count is frozen. */
  async function readAll(siteId: string, at: Instant): Promise<MeterReading[]> {
    const readings = await meters.read(configured(meterIds, siteId), at);
    return Promise.all(
      readings.map(async (reading) => checkFrozen(await registers.latest(siteId, reading.meterId), reading)),
    );
  }

  /** Whether the site meter was silent at the last boundary on record: what the site was told then. */
  async function silentBefore(siteId: string, boundary: Instant): Promise<boolean> {
    const earlier = await registers.between(siteId, addSeconds(boundary, -LOOK_BACK_SECONDS), addSeconds(boundary, -1));
    const last = earlier.filter((reading) => reading.meterId === configured(siteMeters, siteId)).at(-1);
    return last !== undefined && last.quality !== "metered";
  }

  /** The site is told when its own meter falls silent and when it is back, not at every boundary. */
  async function tellSilence(
    siteId: string,
    boundary: Instant,
    at: Instant,
    metered: boolean,
    wasSilent: boolean,
  ): Promise<void> {
    if (metered !== wasSilent) return;
    await sites.deliver(siteId, {
      kind: metered ? "feed-restored" : "feed-silent",
      id: `meter/${boundary}/${metered}`,
      at,
      feed: "meter",
    });
  }
}
