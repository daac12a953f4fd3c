import { cancellationSignal } from "@temporalio/activity";
import {
  dayEnd,
  dayStart,
  intervalEnd,
  intervalStart,
  operatingDayOf,
  settlementInterval,
} from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import {
  askAgainAt,
  dayOfBoundary,
  isWorthReading,
  skipsBoundaries,
} from "../src/domain/settlement/boundaryReading.ts";
import { registerBook } from "../src/domain/settlement/registerBook.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import { checkFrozen } from "../src/domain/verification/checkFrozen.ts";
import type { MeterReading } from "../src/domain/verification/model.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { feedWord } from "../src/domain/inputs/feedSilence.ts";
import { siteMeter } from "../src/domain/inputs/siteMeter.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";
import { endWait } from "./endWait.ts";
import { heartbeating } from "./heartbeating.ts";
import { witnessed } from "./witnessed.ts";

export interface RegisterDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly sites: SiteGateway;
  readonly registers: RegisterStore;
  readonly book: SiteBook<"siteMeterId" | "meterIds" | "meters" | "retiredAt">;
  readonly log: Log;
}

/** A watch of sites' meters; `toldSilent` are the sites that think theirs silent for want of a watch. */
interface Watch {
  readonly feedId: string;
  readonly siteIds: readonly SiteId[];
  readonly toldSilent: Set<string>;
}

/** How far back the last boundary on record is looked for. */
const LOOK_BACK_SECONDS = 86_400;

/**
 * Activities that read the meters' cumulative registers at every settlement interval boundary. They throw NotConfigured
 * for a site that is not in the configuration, and PortUnavailableError while this machine's clock and its witness's
 * are more than 120 s apart: a register that is stored stands for good.
 */
export function registerActivities(deps: RegisterDeps) {
  const { clock, witness, sites, registers, book, log } = deps;
  return {
    /**
     * Reads at each boundary until the operating day has ended; the midnight boundary belongs to the day that ends. The
     * day of a retirement is the site's last. Where nobody took this up in time (`wasUntaken`), the sites were told
     * that their meters are silent, and hear at the first boundary that they are not.
     */
    async readRegisters({
      feedId,
      siteIds,
      wasUntaken,
    }: {
      feedId: string;
      siteIds: readonly SiteId[];
      wasUntaken?: boolean;
    }): Promise<{ operatingDay: OperatingDay; isOver?: true }> {
      return heartbeating(async (signal) => {
        const startedAt = await clock.now();
        if (siteIds.every((siteId) => isMeteredOut(siteId, startedAt))) {
          await endWait(clock, `feed/${feedId}`, signal);
          return { operatingDay: operatingDayOf(startedAt), isOver: true };
        }
        const end = dayEnd(operatingDayOf(startedAt));
        const current = intervalStart(settlementInterval(startedAt));
        const watch = { feedId, siteIds, toldSilent: new Set(wasUntaken === true ? siteIds : []) };
        await readBoundary(watch, current, startedAt, signal);
        // Whoever read the meters before may have been stopped between a finding and telling of it.
        for (const siteId of siteIds) await tellFoundLater(siteId, operatingDayOf(startedAt));
        let boundary = intervalEnd(settlementInterval(startedAt));
        while (true) {
          const due = await clock.waitUntil(`feed/${feedId}`, boundary, signal, siteIds);
          const at = await readBoundary(watch, boundary, due, signal);
          if (at >= end) return { operatingDay: operatingDayOf(at) };
          boundary = intervalEnd(settlementInterval(at));
        }
      }, "wait");
    },
  };

  /**
   * Reads every meter at a boundary, and again those whose register was not read, as long as it is worth it. A register
   * that was read is kept at once: the one closest to the boundary stands. A boundary has come once it has by the
   * witness's clock too. Returns when the last was read.
   */
  async function readBoundary(
    { feedId, siteIds, toldSilent }: Watch,
    boundary: Instant,
    startedAt: Instant,
    signal: AbortSignal,
  ): Promise<Instant> {
    if (!isWorthReading(boundary, startedAt)) return startedAt;
    const witnessedAt = await witnessed(witness, log, startedAt, `the meters at ${boundary}`);
    if (!isWorthReading(boundary, witnessedAt)) return startedAt;
    const early = secondsBetween(witnessedAt, boundary);
    let at = startedAt;
    if (early > 0) at = await clock.waitUntil(`feed/${feedId}`, addSeconds(at, early), signal, siteIds);
    const rounds = siteIds.map((siteId) => ({ siteId, readings: new Map<string, MeterReading>() }));
    await Promise.all(rounds.map(({ siteId, readings }) => readUnread(siteId, boundary, at, readings)));
    for (const due of askAgainAt(boundary)) {
      const again = rounds.filter(({ siteId, readings }) => unread(siteId, readings).length > 0);
      if (again.length === 0) break;
      if (due <= at) continue;
      at = await clock.waitUntil(`feed/${feedId}`, due, signal, siteIds);
      if (!isWorthReading(boundary, at)) break;
      await Promise.all(again.map(({ siteId, readings }) => readUnread(siteId, boundary, at, readings)));
    }
    for (const { siteId, readings } of rounds)
      await closeBoundary(siteId, boundary, at, { readings: [...readings.values()], toldSilent });
    return at;
  }

  function isMeteredOut(siteId: SiteId, at: Instant): boolean {
    const { retiredAt } = configured(book, siteId);
    return retiredAt !== undefined && at >= dayEnd(operatingDayOf(retiredAt));
  }

  function unread(siteId: SiteId, readings: ReadonlyMap<string, MeterReading>): string[] {
    return configured(book, siteId).meterIds.filter((meterId) => readings.get(meterId)?.registerWh === undefined);
  }

  /** Each meter against its last boundary: one that shows power and does not count is frozen. */
  async function readUnread(
    siteId: SiteId,
    boundary: Instant,
    at: Instant,
    readings: Map<string, MeterReading>,
  ): Promise<void> {
    const read = await configured(book, siteId).meters.read(unread(siteId, readings), at);
    const checked = await Promise.all(
      read.map(async (reading) =>
        checkFrozen(await registers.latestBefore(siteId, reading.meterId, boundary), reading),
      ),
    );
    for (const reading of checked) readings.set(reading.meterId, reading);
    await keep(
      siteId,
      boundary,
      checked.filter(({ registerWh }) => registerWh !== undefined),
    );
  }

  /** Append-only: what is dated wrong would stand for good. */
  async function keep(siteId: SiteId, boundary: Instant, readings: readonly MeterReading[]): Promise<void> {
    const readAt = readings
      .map((reading) => reading.readAt)
      .toSorted()
      .at(-1);
    if (readAt === undefined) return;
    await witnessed(witness, log, readAt, `the meters' registers at ${boundary}`);
    await registers.save(siteId, boundary, readings);
  }

  async function closeBoundary(
    siteId: SiteId,
    boundary: Instant,
    at: Instant,
    { readings, toldSilent }: { readonly readings: readonly MeterReading[]; readonly toldSilent: Set<string> },
  ): Promise<void> {
    const last = await lastRecorded(siteId, boundary);
    await keep(siteId, boundary, readings);
    if (last !== undefined && skipsBoundaries(last.boundaryAt, boundary))
      log.warn(
        { siteId, after: last.boundaryAt, before: boundary },
        "no register was read at the boundaries in between: their intervals are missing in settlement",
      );
    const wasSilent = toldSilent.has(siteId) || (last !== undefined && last.quality !== "metered");
    const siteMeter = readings.find((reading) => reading.meterId === configured(book, siteId).siteMeterId);
    const of = (quality: MeterReading["quality"]): string[] =>
      readings.filter((reading) => reading.quality === quality).map((reading) => reading.meterId);
    if (of("missing").length > 0)
      log.warn({ siteId, boundary, silent: of("missing") }, "meters silent at the interval boundary");
    if (of("stale").length > 0)
      log.warn({ siteId, boundary, frozen: of("stale") }, "meters frozen: they show power and do not count");
    if (configured(book, siteId).retiredAt === undefined)
      await tellSilence(siteId, boundary, at, siteMeter?.quality === "metered", wasSilent);
    if (siteMeter?.quality === "metered") toldSilent.delete(siteId);
    if (of("stale").length > 0) await tellFoundLater(siteId, dayOfBoundary(boundary), boundary);
  }

  /**
   * Has an earlier day settled again when a reading of this one, at `foundAt` where given, finds a meter frozen that
   * has stood since then. A day not settled yet finds it on record.
   */
  async function tellFoundLater(siteId: SiteId, today: OperatingDay, foundAt?: Instant): Promise<void> {
    const start = dayStart(today);
    const lasts = await Promise.all(
      configured(book, siteId).meterIds.map((meterId) => registers.latestBefore(siteId, meterId, addSeconds(start, 1))),
    );
    const days = lasts.flatMap((last) => (last ? dayOfBoundary(last.boundaryAt) : []));
    for (const day of new Set(days)) {
      const [from, to] = [dayStart(day), dayEnd(day)];
      const { foundFrozenLater } = registerBook(await registers.betweenAndNext(siteId, from, to), from, to);
      for (const found of foundFrozenLater.filter((one) => one.foundAt === (foundAt ?? one.foundAt))) {
        const { meterId, standsSince } = found;
        const why = `meter ${meterId} was found frozen at ${found.foundAt}: it has stood since ${standsSince}`;
        log.warn({ siteId, day, ...found }, "a meter was found frozen after its day, which is settled again");
        const request = { id: `frozen/${meterId}/${found.foundAt}`, kind: "resettlement", why } as const;
        await sites.settleAgain(siteId, day, request, cancellationSignal());
      }
    }
  }

  /** The site meter at the last boundary on record: what the site was told then. */
  async function lastRecorded(siteId: SiteId, boundary: Instant) {
    const earlier = await registers.between(siteId, addSeconds(boundary, -LOOK_BACK_SECONDS), addSeconds(boundary, -1));
    return earlier.filter((reading) => reading.meterId === configured(book, siteId).siteMeterId).at(-1);
  }

  /** The site is told when its own meter falls silent and when it is back, not at every boundary. */
  async function tellSilence(
    siteId: SiteId,
    boundary: Instant,
    at: Instant,
    metered: boolean,
    wasSilent: boolean,
  ): Promise<void> {
    if (metered !== wasSilent) return;
    const id = `meter/${boundary}/${metered}`;
    const word = feedWord(!metered, { by: siteMeter.kind, id, at, feed: siteMeter.kind });
    await sites.deliver(siteId, word, [], cancellationSignal());
  }
}
