import { dayEnd, dayStart, intervalKey, intervalsOfDay, previousDay } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { entriesToPost } from "../src/domain/settlement/adjust.ts";
import type { CohortChange } from "../src/domain/settlement/curtailedSpans.ts";
import { dayInput } from "../src/domain/settlement/dayInput.ts";
import type { SettlementDayInput, SettlementKind } from "../src/domain/settlement/model.ts";
import { intervalsLost } from "../src/domain/settlement/intervalsLost.ts";
import { metersReadSince } from "../src/domain/settlement/metersReadSince.ts";
import { registerBook } from "../src/domain/settlement/registerBook.ts";
import { settle } from "../src/domain/settlement/settle.ts";
import { leaversOf, type SettlementTerms, termsAgain, termsFirst } from "../src/domain/settlement/dayTerms.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import { sameValue } from "../src/domain/units/sameValue.ts";
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
      siteId: string;
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
    siteId: string,
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
    if (previous && hasSameFacts(previous.input, input))
      return { version: previous.input.version, missing: previous.result.missing.length };
    const result = settle(input);
    const broken = result.checks.filter((check) => !check.holds);
    if (broken.length > 0) {
      const what = broken.map((check) => `${check.name}: ${check.left} against ${check.right}`).join("; ");
      throw finalFailure(
        FailureType.SettlementCheckFailed,
        `Settlement of ${siteId} ${operatingDay} breaks its own identities and is not posted: ${what}`,
      );
    }
    const lost = previous === undefined ? [] : intervalsLost(previous.result, result, input.foundFrozenLater);
    if (lost.length > 0)
      throw finalFailure(
        FailureType.SettlementCheckFailed,
        `Settlement of ${siteId} ${operatingDay} version ${input.version} would take back what version ` +
          `${previous?.input.version} settled and is not posted: ${lost.length} intervals of clients, first ` +
          `${lost[0]}. Prices, registers and decisions are never lost: look for a client, contract or meter that ` +
          `the configuration no longer has, put it back with its last day, and settle again.`,
      );
    await journal.recordSettlement({ input, result, entries: entriesToPost(previous?.result, result) });
    log.info(
      { siteId, operatingDay, version: input.version, kind, why, missing: result.missing.length },
      "day settled",
    );
    return { version: input.version, missing: result.missing.length };
  }

  async function gather(
    siteId: string,
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
    siteId: string,
    operatingDay: OperatingDay,
    site: SettlementTerms,
    timeline: readonly CohortChange[],
    readings: Awaited<ReturnType<RegisterStore["betweenAndNext"]>>,
  ): Promise<SettlementTerms> {
    const leavers = leaversOf(site, operatingDay, timeline);
    if (leavers.size === 0) return site;
    const month = await journal.latestSettlements(siteId, monthBefore(operatingDay), previousDay(operatingDay));
    const before = month.at(-1)?.input;
    if (before === undefined) return site;
    log.warn(
      { siteId, operatingDay, clients: [...leavers], termsOf: before.operatingDay },
      "clients with machines at the site are not in the configuration; they are settled as the day before",
    );
    return termsFirst(site, before, leavers, lastBoundaries(readings, dayEnd(operatingDay)));
  }
}

function lastBoundaries(
  readings: Awaited<ReturnType<RegisterStore["betweenAndNext"]>>,
  until: Instant,
): Map<string, Instant> {
  const last = new Map<string, Instant>();
  for (const { meterId, boundaryAt, registerWh } of readings)
    if (registerWh !== undefined && boundaryAt <= until) last.set(meterId, boundaryAt);
  return last;
}

function monthBefore(day: OperatingDay): OperatingDay {
  let before = day;
  for (let days = 0; days < 31; days++) before = previousDay(before);
  return before;
}

/** Version number and kind are labels; the rest is what money follows from. */
function hasSameFacts(one: SettlementDayInput, other: SettlementDayInput): boolean {
  return sameValue({ ...one, version: 0, kind: "" }, { ...other, version: 0, kind: "" });
}
