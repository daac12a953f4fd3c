import { ApplicationFailure } from "@temporalio/activity";
import { canonicalJson } from "../src/domain/evidence/canonicalJson.ts";
import { dayEnd, dayStart, intervalKey, intervalsOfDay } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import { entriesToPost } from "../src/domain/settlement/adjust.ts";
import type { SettledMeter } from "../src/domain/settlement/dayFacts.ts";
import { dayInput } from "../src/domain/settlement/dayInput.ts";
import type { Contract, SettlementDayInput, SettlementKind, Supply } from "../src/domain/settlement/model.ts";
import { intervalsLost } from "../src/domain/settlement/intervalsLost.ts";
import { metersReadSince } from "../src/domain/settlement/metersReadSince.ts";
import { registerBook } from "../src/domain/settlement/registerBook.ts";
import { settle } from "../src/domain/settlement/settle.ts";
import type { DecisionStore } from "../src/ports/decisionStore.ts";
import type { JournalStore } from "../src/ports/journalStore.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketStore } from "../src/ports/marketStore.ts";
import type { RegisterStore } from "../src/ports/registerStore.ts";

/** What a site's money follows from, beside the day's facts. */
export interface SettledSite {
  readonly settlementPoint: string;
  readonly settlementPointType: string;
  readonly contracts: readonly Contract[];
  readonly supply: Supply;
  readonly meters: readonly SettledMeter[];
}

export interface SettlementDeps {
  readonly market: MarketStore;
  readonly registers: RegisterStore;
  readonly decisions: DecisionStore;
  readonly journal: JournalStore;
  readonly settledSites: ReadonlyMap<string, SettledSite>;
  readonly log: Log;
}

/**
 * Activities of the settlement stage. They throw a final SettlementCheckFailed when a result breaks an identity of its
 * own, BadInput for a site that is not configured.
 */
export function settlementActivities({ market, registers, decisions, journal, settledSites, log }: SettlementDeps) {
  return {
    /**
     * Settle a day from what is known now and post it: the first version whole, a later one as differences. When
     * nothing that counts has changed since the last version, that version is the answer. Fails when an identity of the
     * day does not hold, and when a later version would lose what an earlier one settled.
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
      const previous = await journal.settlement(siteId, operatingDay);
      const input = await gather(siteId, operatingDay, kind, previous === undefined ? 1 : previous.input.version + 1);
      if (previous && sameFacts(previous.input, input))
        return { version: previous.input.version, missing: previous.result.missing.length };
      const result = settle(input);
      const broken = result.checks.filter((check) => !check.holds);
      if (broken.length > 0) {
        const what = broken.map((check) => `${check.name}: ${check.left} against ${check.right}`).join("; ");
        throw ApplicationFailure.nonRetryable(
          `Settlement of ${siteId} ${operatingDay} breaks its own identities and is not posted: ${what}`,
          "SettlementCheckFailed",
        );
      }
      const lost = previous === undefined ? [] : intervalsLost(previous.result, result, input.foundFrozenLater);
      if (lost.length > 0)
        throw ApplicationFailure.nonRetryable(
          `Settlement of ${siteId} ${operatingDay} version ${input.version} would take back what version ` +
            `${previous?.input.version} settled and is not posted: ${lost.length} intervals of clients, first ` +
            `${lost[0]}. Prices, registers and decisions are never lost: look for a client, contract or meter that ` +
            `the configuration no longer has, put it back with its last day, and settle again.`,
          "SettlementCheckFailed",
        );
      await journal.recordSettlement({ input, result, entries: entriesToPost(previous?.result, result) });
      log.info(
        { siteId, operatingDay, version: input.version, kind, why, missing: result.missing.length },
        "day settled",
      );
      return { version: input.version, missing: result.missing.length };
    },
  };

  async function gather(
    siteId: string,
    operatingDay: OperatingDay,
    kind: SettlementKind,
    version: number,
  ): Promise<SettlementDayInput> {
    const site = settledSites.get(siteId);
    if (!site)
      throw ApplicationFailure.nonRetryable(`Site ${siteId} is not in this worker's configuration.`, "BadInput");
    const { settlementPoint, settlementPointType, contracts, supply, meters } = site;
    const prices = await market.settlementPrices(
      settlementPoint,
      settlementPointType,
      intervalsOfDay(operatingDay).map(intervalKey),
    );
    const [from, to] = [dayStart(operatingDay), dayEnd(operatingDay)];
    const book = registerBook(await registers.betweenAndNext(siteId, from, to), from, to);
    const timeline = await decisions.timeline(siteId, to);
    return dayInput({
      siteId,
      operatingDay,
      settlementPoint,
      settlementPointType,
      version,
      kind,
      contracts,
      supply,
      meters: metersReadSince(meters, await registers.firstBoundaries(siteId)),
      prices,
      ...book,
      timeline,
    });
  }
}

/** Version number and kind are labels; the rest is what money follows from. */
function sameFacts(a: SettlementDayInput, b: SettlementDayInput): boolean {
  return canonicalJson({ ...a, version: 0, kind: "" }) === canonicalJson({ ...b, version: 0, kind: "" });
}
