import { ApplicationFailure } from "@temporalio/activity";
import type { OperatingDay } from "../src/domain/market/model.ts";
import type { StatementAdjustment } from "../src/domain/statement/adjustmentLines.ts";
import { chargedVersions } from "../src/domain/statement/chargedVersions.ts";
import { compose } from "../src/domain/statement/compose.ts";
import { renderCsv } from "../src/domain/statement/renderCsv.ts";
import { renderIntervalCsv } from "../src/domain/statement/renderIntervalCsv.ts";
import { renderText } from "../src/domain/statement/renderText.ts";
import type { SettledDay } from "../src/domain/settlement/model.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { JournalStore, StatementRecord } from "../src/ports/journalStore.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { SettledSite } from "./settlement.ts";
import { witnessed } from "./witnessed.ts";

export interface StatementDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly log: Log;
  readonly journal: JournalStore;
  readonly settledSites: ReadonlyMap<string, SettledSite>;
}

interface Period {
  readonly from: OperatingDay;
  readonly to: OperatingDay;
}

/**
 * Activities of the statement stage. They throw a final StatementRefused, naming the open items, for a draft, BadInput
 * for an unknown contract.
 */
export function statementActivities({ clock, witness, log, journal, settledSites }: StatementDeps) {
  return {
    /**
     * Compose and issue one statement, once; asked again it answers with the one issued. A period with open items is
     * refused.
     */
    async issue({
      siteId,
      contractId,
      period,
    }: {
      siteId: string;
      contractId: string;
      period: Period;
    }): Promise<{ statementId: string; totalCents: string }> {
      const statementId = `${contractId}/${period.from}..${period.to}`;
      const issued = await journal.statement(statementId);
      if (issued) return { statementId, totalCents: issued.statement.totalCents };
      const record = await draft(siteId, contractId, period, statementId);
      if (record.statement.status !== "issued") {
        throw ApplicationFailure.nonRetryable(
          `Statement ${statementId} cannot be issued: ${record.statement.openItems?.join("; ") ?? "it is a draft"}`,
          "StatementRefused",
        );
      }
      await journal.issueStatement(record);
      return { statementId, totalCents: record.statement.totalCents };
    },
  };

  async function draft(
    siteId: string,
    contractId: string,
    period: Period,
    statementId: string,
  ): Promise<StatementRecord> {
    const site = settledSites.get(siteId);
    const contract = site?.contracts.find((one) => one.contractId === contractId);
    if (!site || !contract)
      throw ApplicationFailure.nonRetryable(
        `There is no contract "${contractId}" at site ${siteId} in this worker's configuration.`,
        "BadInput",
      );
    const { clientId } = contract;
    const settledDays = (await journal.latestSettlements(siteId, period.from, period.to)).map((day) => day.result);
    const issuedAt = await clock.now();
    await witnessed(witness, log, issuedAt, `statement ${statementId}`);
    const statement = compose({
      statementId,
      siteId,
      clientId,
      period,
      issuedAt,
      contracts: site.contracts,
      supply: site.supply,
      settledDays,
      adjustments: await adjustments(siteId, clientId),
      priceSource: `${site.settlementPoint} (${site.settlementPointType})`,
    });
    const intervals = settledDays
      .flatMap((day) => day.clientIntervals)
      .filter((interval) => interval.clientId === clientId);
    return {
      statement,
      text: renderText(statement),
      csv: renderCsv(statement),
      intervalsCsv: renderIntervalCsv(statement, intervals),
    };
  }

  /** Every statement issued before whose days have been settled anew since they were last charged. */
  async function adjustments(siteId: string, clientId: string): Promise<StatementAdjustment[]> {
    const issued = await journal.statements(siteId, clientId);
    const due: StatementAdjustment[] = [];
    for (const { statement } of issued) {
      const charged = chargedVersions(
        statement,
        issued.map((record) => record.statement),
      );
      const next = (await journal.latestSettlements(siteId, statement.period.from, statement.period.to)).map(
        (day) => day.result,
      );
      if (next.every((day) => day.version === charged.get(day.operatingDay))) continue;
      const previous = await Promise.all([...charged].map(([day, version]) => versionOf(siteId, day, version)));
      due.push({ originalStatementId: statement.statementId, originalPeriod: statement.period, previous, next });
    }
    return due;
  }

  async function versionOf(siteId: string, day: OperatingDay, version: number): Promise<SettledDay> {
    const stored = await journal.settlement(siteId, day, version);
    if (!stored) throw new Error(`Version ${version} of ${siteId} ${day} was charged but is not in the journal.`);
    return stored.result;
  }
}
