import type { ClientInterval } from "../settlement/model.ts";
import { formatKwh, formatUsdE8, formatUsdPerMwh } from "../units/money.ts";
import { exactDecimal, over, rational } from "../units/rational.ts";
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

/**
 * The interval file of a statement: one row for each interval of the client, amounts in USD with 8 places (more where a
 * finer rate or share needs them), due from the client positive, credits negative. A column of amounts adds up to a
 * line of the statement before rounding. Blank where a charge or reason does not apply.
 */
export function renderIntervalCsv(statement: Statement, intervals: readonly ClientInterval[]): string {
  const mine = intervals
    .filter((i) => i.clientId === statement.clientId && inPeriod(statement, i.intervalKey))
    .toSorted((a, b) => (a.startAt < b.startAt ? -1 : 1));
  const codes = chargeCodes(mine);
  const reasons = creditReasons(mine);
  const header = [
    ...HEADER,
    ...codes.map((code) => `charge_${code}_usd`),
    ...reasons.flatMap((reason) => [
      `curtailed_${reason}_kwh`,
      `gross_credit_${reason}_usd`,
      `client_credit_${reason}_usd`,
    ]),
  ];
  const rows = mine.map((i) => [
    textCell(statement.statementId),
    textCell(i.clientId),
    i.startAt,
    i.intervalKey,
    localStart(i.intervalKey),
    textCell(i.contractId),
    String(i.contractVersion),
    kwh(i.energyWh),
    kwh(i.baselineWh),
    kwh(i.curtailedWh),
    numberCell(formatUsdPerMwh(BigInt(i.priceCentsPerMwh))),
    String(i.priceVersion),
    ...codes.map((code) => usd(i, code, i.charges[code], 1n)),
    ...reasons.flatMap((reason) => {
      const part = i.byReason[reason];
      return [
        kwh(part?.curtailedWh),
        usd(i, "gross", part?.grossE8, -1n),
        usd(i, `credit:${reason}`, part?.clientE8, -1n),
      ];
    }),
  ]);
  return csvText([header.map(textCell), ...rows]);
}

function inPeriod(statement: Statement, key: string): boolean {
  const day = key.slice(0, 10);
  return day >= statement.period.from && day <= statement.period.to;
}

function kwh(wh: string | undefined): string {
  return numberCell(wh === undefined ? undefined : formatKwh(BigInt(wh)));
}

function usd(interval: ClientInterval, key: string, e8: string | undefined, sign: bigint): string {
  if (e8 === undefined) return "";
  const exact = over(exactAmount(interval, key, e8), rational(sign * 100_000_000n));
  return numberCell(exactDecimal(exact, 8, 24) ?? formatUsdE8(BigInt(e8) * sign));
}
