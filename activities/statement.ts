import { previousDay } from "../src/domain/market/calendar.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import type { StatementAdjustment } from "../src/domain/statement/adjustmentLines.ts";
import { type ChargedKeys, chargedKeys, checkLedger } from "../src/domain/statement/checkLedger.ts";
import { chargedVersions, originalOf } from "../src/domain/statement/chargedVersions.ts";
import { compose } from "../src/domain/statement/compose.ts";
import { invoiceEntries } from "../src/domain/statement/invoiceEntries.ts";
import { clientOfContract, isSettledAnew, nextOrdinal, statementIdOf } from "../src/domain/statement/issuing.ts";
import { papersOf } from "../src/domain/statement/papers.ts";
import {
  type DueStatement,
  type MonthFacts,
  type Period,
  statementsDue,
} from "../src/domain/statement/statementsDue.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import { PortDataError, PortUnavailableError } from "../src/ports/errors.ts";
import type { JournalStore, StoredSettlement } from "../src/ports/journalStore.ts";
import type { StatementRecord } from "../src/ports/statementStore.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import { type MoneyRefusals, statementSubject } from "../src/ports/moneyRefusals.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import { finalFailure } from "./failure.ts";
import { refusedByRule } from "./refusedByRule.ts";
import { witnessed } from "./witnessed.ts";
import type { ContractId, SiteId } from "../src/domain/units/ids.ts";

export interface StatementDeps {
  readonly clock: MarketClock;
  readonly witness: ClockWitness;
  readonly log: Log;
  readonly journal: JournalStore;
  readonly refusals: MoneyRefusals;
  readonly book: SiteBook<"terms">;
}

/** Times a statement is composed anew when another one of its client is issued meanwhile. */
const ATTEMPTS = 5;

/**
 * Activities of the statement stage. They throw a final StatementRefused, naming the open items, for a draft and for
 * what the rules refuse, BadInput for an unknown contract; it is kept for a person until the statement is issued.
 */
export function statementActivities({ clock, witness, log, journal, refusals, book }: StatementDeps) {
  return {
    /** The statements that the close of a month issues, with the contracts as configured. */
    async dueOfMonth({
      siteId,
      month,
      contracts,
    }: {
      siteId: SiteId;
      month: Period;
      contracts: MonthFacts["configured"];
    }): Promise<DueStatement[]> {
      const monthBefore = `${previousDay(month.from).slice(0, 8)}01`;
      const days = await journal.latestSettlements(siteId, monthBefore, month.to);
      const issued = await journal.statements(siteId);
      return statementsDue({
        month,
        configured: contracts,
        settled: days.map(({ input }) => ({ operatingDay: input.operatingDay, contracts: input.contracts })),
        issued: issued.map(({ statement: { contractId, period } }) => ({ contractId, period })),
      });
    },

    /**
     * Compose and issue one statement, once; asked again it answers with the one issued. A period with open items is
     * refused. What a person asked for and no settling can mend, such as a slip, is refused to that person and not
     * kept.
     */
    async issue({
      siteId,
      contractId,
      period,
      askedBy,
    }: {
      siteId: SiteId;
      contractId: ContractId;
      period: Period;
      askedBy?: string;
    }): Promise<{ statementId: string; totalCents: string }> {
      const statementId = statementIdOf(contractId, period);
      const subject = statementSubject(siteId, { contractId, period });
      let hasOpenItems = false;
      const kept: MoneyRefusals = {
        ...refusals,
        refuse: async (what, problem) => {
          if (askedBy === undefined || hasOpenItems) await refusals.refuse(what, problem);
        },
      };
      return refusedByRule({ refusals: kept, log }, subject, FailureType.StatementRefused, async () => {
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const issued = await journal.statement(statementId);
          if (issued) return { statementId, totalCents: issued.statement.totalCents };
          const { keys, ...record } = await draft(siteId, contractId, period, statementId);
          if (record.statement.status !== "issued") {
            hasOpenItems = true;
            throw finalFailure(
              FailureType.StatementRefused,
              `Statement ${statementId} cannot be issued: ${record.statement.openItems?.join("; ") ?? "it is a draft"}`,
            );
          }
          await refuseBrokenLedger(record, keys);
          if ((await journal.issueStatement(record)) !== "outdated")
            return { statementId, totalCents: record.statement.totalCents };
        }
        throw new PortUnavailableError(
          `Statement ${statementId}: other statements of the client were issued ${ATTEMPTS} times meanwhile.`,
        );
      });
    },
  };

  async function draft(
    siteId: SiteId,
    contractId: ContractId,
    period: Period,
    statementId: string,
  ): Promise<StatementRecord & { readonly keys: readonly ChargedKeys[] }> {
    const settledDays = await journal.latestSettlements(siteId, period.from, period.to);
    if (settledDays.length === 0)
      throw finalFailure(
        FailureType.StatementRefused,
        `Statement ${statementId} cannot be issued: no day from ${period.from} to ${period.to} is settled`,
      );
    const clientId = clientOf(siteId, contractId, settledDays);
    const issuedAt = await clock.now();
    await witnessed(witness, log, issuedAt, `statement ${statementId}`);
    const issued = await journal.statements(siteId, clientId);
    const due = await adjustments(siteId, issued);
    const statement = compose({ statementId, siteId, clientId, period, issuedAt, settledDays, adjustments: due });
    return {
      statement,
      ...papersOf(statement, settledDays, due),
      entries: statement.status === "issued" ? invoiceEntries(statement) : [],
      keys: chargedKeys(statement, due),
      ordinal: nextOrdinal(issued),
    };
  }

  /** What the statement charges against what the journal carries for the same days. */
  async function refuseBrokenLedger(
    { statement, entries }: StatementRecord,
    keys: readonly ChargedKeys[],
  ): Promise<void> {
    const { statementId, siteId, clientId } = statement;
    const posted = await journal.postedSums(siteId, clientId, keys);
    const broken = checkLedger(statement, posted, entries).filter((check) => !check.holds);
    if (broken.length === 0) return;
    const what = broken.map((check) => `${check.name}: ${check.left} against ${check.right}`).join("; ");
    throw finalFailure(
      FailureType.StatementRefused,
      `Statement ${statementId} cannot be issued, it is not what the journal carries: ${what}`,
    );
  }

  /** Whose contract it is: as the period's days were settled, else, none being settled, as configured. */
  function clientOf(siteId: SiteId, contractId: ContractId, settledDays: readonly StoredSettlement[]): string {
    const kept = settledDays.flatMap(({ input }) => input.contracts);
    const clientId = clientOfContract(contractId, kept, book.get(siteId)?.terms.contracts ?? []);
    if (clientId === undefined)
      throw finalFailure(
        FailureType.BadInput,
        `There is no contract "${contractId}" at site ${siteId}: neither in what its days were settled under nor in ` +
          `this worker's configuration.`,
      );
    return clientId;
  }

  /** Every statement issued before whose days have been settled anew since they were last charged. */
  async function adjustments(siteId: SiteId, issued: readonly StatementRecord[]): Promise<StatementAdjustment[]> {
    const due: StatementAdjustment[] = [];
    for (const { statement } of issued) {
      const charged = chargedVersions(
        statement,
        issued.map((record) => record.statement),
      );
      const next = await journal.latestSettlements(siteId, statement.period.from, statement.period.to);
      const newest = next.map(({ result }) => result);
      if (!isSettledAnew(charged, newest)) continue;
      const previous = await Promise.all([...charged].map(([day, version]) => versionOf(siteId, day, version)));
      due.push({ ...originalOf(statement), previous, next });
    }
    return due;
  }

  async function versionOf(siteId: SiteId, day: OperatingDay, version: number): Promise<StoredSettlement> {
    const stored = await journal.settlement(siteId, day, version);
    if (!stored)
      throw new PortDataError(`Version ${version} of ${siteId} ${day} was charged but is not in the journal.`);
    return stored;
  }
}
