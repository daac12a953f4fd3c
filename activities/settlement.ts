import { dayEnd, dayStart, intervalKey, intervalsOfDay, previousDay } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import type { CohortChange } from "../src/domain/settlement/curtailedSpans.ts";
import { dayInput } from "../src/domain/settlement/dayInput.ts";
import type { SettlementDayInput, SettlementKind } from "../src/domain/settlement/model.ts";
import { metersReadSince } from "../src/domain/settlement/metersReadSince.ts";
import { nextVersion } from "../src/domain/settlement/nextVersion.ts";
import { lastBoundaries, registerBook } from "../src/domain/settlement/registerBook.ts";
import {
  leaversOf,
  type SettlementTerms,
  termsAgain,
  termsFirst,
  termsKnownSince,
} from "../src/domain/settlement/dayTerms.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { JournalStore } from "../src/ports/journalStore.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketStore } from "../src/ports/marketStore.ts";
import type { MoneyRefusals } from "../src/ports/moneyRefusals.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { configured } from "./configured.ts";
import { finalFailure } from "./failure.ts";
import { refusedByRule } from "./refusedByRule.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

export interface SettlementDeps {
  readonly market: MarketStore;
  readonly registers: RegisterStore;
  readonly decisions: DecisionStore;
  readonly journal: JournalStore;
  readonly refusals: MoneyRefusals;
  readonly book: SiteBook<"terms">;
  readonly log: Log;
}

/**
 * Activities of the settlement stage. They throw a final SettlementCheckFailed when a result breaks an identity of its
 * own and SettlementRefused for what the rules refuse, kept for a person until the day is settled; and NotConfigured,
 * which is retried, for a site that is not configured.
 */
export function settlementActivities({ market, registers, decisions, journal, refusals, book, log }: SettlementDeps) {
  return {
    /**
     * Settle a day from what is known now and post it: the first version whole, a later one as differences. When
     * nothing that counts has changed since the last version, that version is the answer; version 0 for a day of which
     * nothing is recorded. Fails when an identity of the day does not hold, and when a later version would lose what an
     * earlier one settled.
     */
    async settleVersion({
      siteId,
      operatingDay,
      kind,
      why,
    }: {
      siteId: SiteId;
      operatingDay: OperatingDay;
      kind: SettlementKind;
      why: string;
    }): Promise<{ version: number; missing: number }> {
      const what = {
        siteId,
        subject: `settlement ${operatingDay}`,
        again: `ballast settle ${operatingDay}`,
      };
      return refusedByRule({ refusals, log }, what, FailureType.SettlementRefused, () =>
        settleNext(siteId, operatingDay, kind, why),
      );
    },
  };

  async function settleNext(
    siteId: SiteId,
    operatingDay: OperatingDay,
    kind: SettlementKind,
    why: string,
  ): Promise<{ version: number; missing: number }> {
    const previous = await journal.settlement(siteId, operatingDay);
    const input = await gather(siteId, operatingDay, kind, previous?.input);
    if (input === undefined) {
      log.warn({ siteId, operatingDay, why }, "nothing is recorded of the day: no register, no decision; not settled");
      return { version: 0, missing: 0 };
    }
    const next = nextVersion(previous, input);
    if (next.kind === "unchanged") return { version: next.version, missing: next.missing };
    if (next.kind === "refused") throw finalFailure(FailureType.SettlementCheckFailed, next.why);
    const { result, entries } = next;
    await journal.recordSettlement({ input, result, entries });
    log.info(
      { siteId, operatingDay, version: input.version, kind, why, missing: result.missing.length },
      "day settled",
    );
    return { version: input.version, missing: result.missing.length };
  }

  async function gather(
    siteId: SiteId,
    operatingDay: OperatingDay,
    kind: SettlementKind,
    previous: SettlementDayInput | undefined,
  ): Promise<SettlementDayInput | undefined> {
    const site = configured(book, siteId).terms;
    const [from, to] = [dayStart(operatingDay), dayEnd(operatingDay)];
    const readings = await registers.betweenAndNext(siteId, from, to);
    const firstBoundaries = await registers.firstBoundaries(siteId);
    const timeline = await decisions.timeline(siteId, to);
    const isRead = readings.some(({ boundaryAt, registerWh }) => registerWh !== undefined && boundaryAt < to);
    if (previous === undefined && timeline.length === 0 && !isRead) return undefined;
    const { settlementPoint, settlementPointType, contracts, supply, meters } =
      previous === undefined
        ? await firstTerms(siteId, operatingDay, site, timeline, readings)
        : termsAgain(previous, site, { timeline, firstBoundaries });
    const prices = await market.settlementPrices(
      { settlementPoint, settlementPointType },
      intervalsOfDay(operatingDay).map(intervalKey),
    );
    return dayInput({
      siteId,
      operatingDay,
      settlementPoint,
      settlementPointType,
      version: previous === undefined ? 1 : previous.version + 1,
      kind,
      contracts,
      supply,
      meters: metersReadSince(meters, firstBoundaries),
      prices,
      ...registerBook(readings, from, to),
      timeline,
    });
  }

  /** As configured, and for clients that the configuration has lost since, as the last day before was settled. */
  async function firstTerms(
    siteId: SiteId,
    operatingDay: OperatingDay,
    site: SettlementTerms,
    timeline: readonly CohortChange[],
    readings: Awaited<ReturnType<RegisterStore["betweenAndNext"]>>,
  ): Promise<SettlementTerms> {
    const leavers = leaversOf(site, operatingDay, timeline);
    if (leavers.size === 0) return site;
    const month = await journal.latestSettlements(siteId, termsKnownSince(operatingDay), previousDay(operatingDay));
    const before = month.at(-1)?.input;
    if (before === undefined) return site;
    log.warn(
      { siteId, operatingDay, clients: [...leavers], termsOf: before.operatingDay },
      "clients with machines at the site are not in the configuration; they are settled as the day before",
    );
    return termsFirst(site, before, leavers, lastBoundaries(readings, dayEnd(operatingDay)));
  }
}
