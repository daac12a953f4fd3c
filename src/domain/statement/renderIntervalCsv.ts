import type { ClientInterval } from "../settlement/model.ts";
import { formatKwh, formatUsdE8, formatUsdPerMwh } from "../units/money.ts";
import { exactDecimal, over, rational } from "../units/rational.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import { changedIntervals } from "./changedIntervals.ts";
import { csvText, numberCell, textCell } from "./csv.ts";
import { chargeCodes, creditReasons, exactAmount, localStart } from "./lines.ts";
import type { Statement } from "./model.ts";

const HEADER = [
  "statement_id",
  "client_id",
  "interval_start_utc",
  "interval",
  "interval_start_central",
  "contract_id",
  "contract_version",
  "energy_kwh",
  "baseline_kwh",
  "curtailed_kwh",
  "settlement_price_usd_per_mwh",
  "price_version",
];

const ADJUSTMENT_HEADER = ["adjusts_statement", "row"];

/** A row of the file: `sign` -1 where what was charged before is taken back. */
interface Row {
  readonly interval: ClientInterval;
  readonly sign: 1n | -1n;
  readonly adjusts?: string;
}

/**
 * The interval file of a statement: one row for each interval of the client, amounts in USD with 8 places (more where a
 * finer rate or share needs them), due from the client positive, credits negative. A column of amounts adds up to a
 * line of the statement before rounding. Blank where a charge or reason does not apply. Each interval of an earlier
 * period that an adjustment corrects follows with two rows, which name the statement they adjust: as it was charged,
 * energy and amounts with the other sign (`taken back`), and as it is settled now (`now`); their columns add up to the
 * difference.
 */
export function renderIntervalCsv(
  statement: Statement,
  intervals: readonly ClientInterval[],
  adjustments: readonly StatementAdjustment[] = [],
): string {
  const own = intervals
    .filter((i) => i.clientId === statement.clientId && inPeriod(statement, i.intervalKey))
    .toSorted((a, b) => (a.startAt < b.startAt ? -1 : 1))
    .map((interval): Row => ({ interval, sign: 1n }));
  const corrected = adjustments.flatMap((adjustment) => correctedRows(statement.clientId, adjustment));
  const all = [...own, ...corrected];
  const codes = chargeCodes(all.map(({ interval }) => interval));
  const reasons = creditReasons(all.map(({ interval }) => interval));
  const header = [
    ...HEADER,
    ...(corrected.length === 0 ? [] : ADJUSTMENT_HEADER),
    ...codes.map((code) => `charge_${code}_usd`),
    ...reasons.flatMap((reason) => [
      `curtailed_${reason}_kwh`,
      `gross_credit_${reason}_usd`,
      `client_credit_${reason}_usd`,
    ]),
  ];
  const rows = all.map(({ interval: i, sign, adjusts }) => [
    textCell(statement.statementId),
    textCell(i.clientId),
    i.startAt,
    i.intervalKey,
    localStart(i.intervalKey),
    textCell(i.contractId),
    String(i.contractVersion),
    kwh(i.energyWh, sign),
    kwh(i.baselineWh, sign),
    kwh(i.curtailedWh, sign),
    numberCell(formatUsdPerMwh(BigInt(i.priceCentsPerMwh))),
    String(i.priceVersion),
    ...(corrected.length === 0 ? [] : adjusts === undefined ? ["", ""] : [textCell(adjusts), rowName(sign)]),
    ...codes.map((code) => usd(i, code, i.charges[code], sign)),
    ...reasons.flatMap((reason) => {
      const part = i.byReason[reason];
      return [
        kwh(part?.curtailedWh, sign),
        usd(i, "gross", part?.grossE8, -sign),
        usd(i, `credit:${reason}`, part?.clientE8, -sign),
      ];
    }),
  ]);
  return csvText([header.map(textCell), ...rows]);
}

function correctedRows(clientId: string, adjustment: StatementAdjustment): Row[] {
  const adjusts = adjustment.originalStatementId;
  return changedIntervals(clientId, adjustment).flatMap(({ old, now }): Row[] => [
    ...(old === undefined ? [] : [{ interval: old, sign: -1n as const, adjusts }]),
    ...(now === undefined ? [] : [{ interval: now, sign: 1n as const, adjusts }]),
  ]);
}

function rowName(sign: bigint): string {
  return sign < 0n ? "taken back" : "now";
}

function inPeriod(statement: Statement, key: string): boolean {
  const day = key.slice(0, 10);
  return day >= statement.period.from && day <= statement.period.to;
}

function kwh(wh: string | undefined, sign: bigint): string {
  return numberCell(wh === undefined ? undefined : formatKwh(BigInt(wh) * sign));
}

function usd(interval: ClientInterval, key: string, e8: string | undefined, sign: bigint): string {
  if (e8 === undefined) return "";
  const exact = over(exactAmount(interval, key, e8), rational(sign * 100_000_000n));
  return numberCell(exactDecimal(exact, 8, 24) ?? formatUsdE8(BigInt(e8) * sign));
}
