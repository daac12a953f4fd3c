import { intervalKey, intervalStart, intervalsOfDay, parseIntervalKey } from "../market/calendar.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { ClientInterval, Contract, DaySettlement, IntervalInput, Supply } from "../settlement/model.ts";
import type { ClientId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import { changedIntervals } from "./changedIntervals.ts";
import { StatementError } from "./errors.ts";
import { byContractVersion } from "./lines.ts";
import type { Statement } from "./model.ts";
import { pointText } from "../market/settlementPoint.ts";

/** What an interval is settled under. */
export interface RowTerms {
  readonly contract: Contract;
  readonly supply: Supply;
}

/** A settled interval of the client with everything that it was settled from. */
export interface SettledRow extends RowTerms {
  readonly interval: ClientInterval;
  readonly input: IntervalInput;
  readonly terms: string;
  /** `HB_HOUSTON (HU)`. */
  readonly settlementPoint: string;
}

/** One row of the interval file. */
export interface IntervalRow {
  readonly statement: Statement;
  /**
   * `charged`: an interval of the period. `taken back` and `now`: one of an earlier period as it was charged, with the
   * other sign, and as it is settled now. `open`: one of the period that is not settled. `none`: one in which the
   * client had no part.
   */
  readonly row: "charged" | "taken back" | "now" | "open" | "none";
  readonly startAt: Instant;
  readonly intervalKey: string;
  /** Statement that the row corrects. */
  readonly adjusts?: string;
  /** What an open interval lacks. */
  readonly openItem?: string;
  /** Of an open interval those in force on its day, where there are any. */
  readonly under?: RowTerms;
  /** Absent for an open interval. */
  readonly settled?: SettledRow;
}

/**
 * Rows of a statement's interval file: every interval of the period's settled days, in the order of time;
 * then, for each earlier statement that is adjusted, two rows for each interval that a correction changed.
 * @throws StatementError when a day does not hold the contract of one of its intervals.
 */
export function intervalRows(
  statement: Statement,
  settledDays: readonly DaySettlement[],
  adjustments: readonly StatementAdjustment[],
): IntervalRow[] {
  const { from, to } = statement.period;
  const days = settledDays.filter(({ result: { operatingDay } }) => operatingDay >= from && operatingDay <= to);
  const settled = settledRows(statement.clientId, days, statement.schema);
  const charged = [...settled].map(([key, row]) => rowOf(statement, "charged", key, { settled: row }));
  const open = days.flatMap((day) => openRows(statement, day));
  const there = new Set([...charged, ...open].map((row) => row.intervalKey));
  const none = days
    .flatMap(({ result }) => intervalsOfDay(result.operatingDay).map(intervalKey))
    .filter((key) => !there.has(key))
    .map((key) => rowOf(statement, "none", key, {}));
  const own = [...charged, ...open, ...none].toSorted((a, b) => (a.startAt < b.startAt ? -1 : 1));
  return [...own, ...adjustments.flatMap((adjustment) => correctedRows(statement, adjustment))];
}

function correctedRows(statement: Statement, adjustment: StatementAdjustment): IntervalRow[] {
  const { clientId } = statement;
  const adjusts = adjustment.originalStatementId;
  const { previous, next, originalSchema = statement.schema } = adjustment;
  const [before, after] = [previous, next].map((days) => settledRows(clientId, days, originalSchema)) as [
    Map<string, SettledRow>,
    Map<string, SettledRow>,
  ];
  return changedIntervals(clientId, adjustment).flatMap(({ intervalKey: key }) => {
    const [old, now] = [before.get(key), after.get(key)];
    return [
      ...(old === undefined ? [] : [rowOf(statement, "taken back", key, { settled: old, adjusts })]),
      ...(now === undefined ? [] : [rowOf(statement, "now", key, { settled: now, adjusts })]),
    ];
  });
}

function rowOf(
  statement: Statement,
  row: IntervalRow["row"],
  key: string,
  rest: Pick<IntervalRow, "adjusts" | "openItem" | "settled" | "under">,
): IntervalRow {
  const startAt = intervalStart(parseIntervalKey(key));
  return { statement, row, intervalKey: key, startAt, under: rest.settled, ...rest };
}

function settledRows(
  clientId: ClientId,
  days: readonly DaySettlement[],
  schema: Statement["schema"],
): Map<string, SettledRow> {
  const inputs = new Map<string, Pick<SettledRow, "input" | "settlementPoint">>();
  for (const { input: day } of days) {
    const settlementPoint = pointText(day);
    for (const input of day.intervals) inputs.set(intervalKey(input.interval), { input, settlementPoint });
  }
  const rows = byContractVersion(clientId, days, schema).flatMap(({ contract, supply, terms, intervals }) =>
    intervals.map((interval): [string, SettledRow] => {
      const facts = inputs.get(interval.intervalKey);
      if (facts === undefined)
        throw new StatementError(
          `${interval.intervalKey} of ${clientId} is settled, and what it was settled from is not kept with the day`,
        );
      return [interval.intervalKey, { interval, contract, supply, terms, ...facts }];
    }),
  );
  return new Map(rows);
}

function openRows(statement: Statement, { input, result }: DaySettlement): IntervalRow[] {
  const contract = contractInForce(input.contracts, statement.clientId, result.operatingDay);
  const under = contract && { contract, supply: input.supply };
  return [...Map.groupBy(result.missing, (one) => one.intervalKey)].map(([key, missing]) => {
    const items = missing.map(({ what, why }) => (why === undefined ? what : `${what} (${why})`));
    return rowOf(statement, "open", key, { openItem: items.join("; "), under });
  });
}
