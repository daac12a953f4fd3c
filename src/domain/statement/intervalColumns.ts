import { intervalEnd, parseIntervalKey } from "../market/calendar.ts";
import { orderedOff } from "../settlement/curtailedEnergy.ts";
import type { CurtailedSpan } from "../settlement/model.ts";
import { formatUsdPerMwh } from "../units/money.ts";
import { TAKEN_BACK, amountColumns } from "./amountColumns.ts";
import type { Column } from "./columns.ts";
import { numberCell, textCell } from "./csv.ts";
import type { IntervalRow, SettledRow } from "./intervalRows.ts";
import { kwh, onSettled } from "./intervalCells.ts";
import { termColumns } from "./termColumns.ts";
import { centralIso } from "../settlement/centralText.ts";

/** Columns of the interval file for these rows: those of terms, charges and reasons that no row has are left out. */
export function intervalColumns(rows: readonly IntervalRow[]): Column<IntervalRow>[] {
  const intervals = rows.flatMap(({ settled }) => settled?.interval ?? []);
  return [...headColumns(), ...energyColumns(), ...termColumns(rows), ...amountColumns(intervals)];
}

function headColumns(): Column<IntervalRow>[] {
  return [
    {
      name: "statement_id",
      unit: "text",
      meaning: "Number of this statement.",
      cell: (r) => textCell(r.statement.statementId),
    },
    { name: "client_id", unit: "text", meaning: "You.", cell: (r) => textCell(r.statement.clientId) },
    {
      name: "row",
      unit: "text",
      meaning:
        "charged: an interval of the period. taken back, now: an interval of an earlier statement as it was " +
        "charged, its energy and amounts with the other sign, and as it is settled now; together they are the " +
        "difference. open: an interval of the period that is not settled; it charges nothing, and the statement is " +
        "a draft. none: an interval in which you had no part: not connected to the site, or without a contract and " +
        "without use.",
      cell: ({ row }) => row,
    },
    {
      name: "adjusts_statement",
      unit: "text",
      meaning: "Statement that a row taken back or now corrects.",
      cell: ({ adjusts }) => textCell(adjusts ?? ""),
    },
    {
      name: "interval",
      unit: "text",
      meaning:
        "ERCOT's settlement interval: operating day / hour ending / quarter hour; R marks the second copy of the " +
        "hour that autumn repeats.",
      cell: (r) => textCell(r.intervalKey),
    },
    {
      name: "interval_start_central",
      unit: "time",
      meaning:
        "Start, Central Prevailing Time with its offset from UTC: -05:00 is daylight time, -06:00 standard time.",
      cell: ({ startAt }) => centralIso(startAt),
    },
    {
      name: "interval_end_central",
      unit: "time",
      meaning: "End, which is the start of the next one, written the same way.",
      cell: (r) => centralIso(intervalEnd(parseIntervalKey(r.intervalKey))),
    },
    { name: "interval_start_utc", unit: "time", meaning: "The start in UTC.", cell: ({ startAt }) => startAt },
    {
      name: "open_item",
      unit: "text",
      meaning: "What an open interval lacks. Energy, price and amounts are then blank, which is not 0.",
      cell: ({ openItem }) => textCell(openItem ?? ""),
    },
  ];
}

function energyColumns(): Column<IntervalRow>[] {
  return [
    {
      name: "energy_kwh",
      unit: "kWh",
      meaning:
        "Metered: the register of your feeder meter at the end less the register at the start; of several feeders " +
        "the sum.",
      sign: TAKEN_BACK,
      cell: onSettled(({ interval }, sign) => kwh(BigInt(interval.energyWh) * sign)),
    },
    {
      name: "baseline_kwh",
      unit: "kWh",
      meaning:
        "What your machines that were able to run would have used at normal power, from the site's records of " +
        "machines; dead and locked-out machines are not in it.",
      sign: TAKEN_BACK,
      cell: onSettled(({ interval }, sign) => kwh(BigInt(interval.baselineWh) * sign)),
    },
    {
      name: "ordered_off_parts",
      unit: "s, W",
      meaning:
        "What was ordered off: cohort, reason, seconds, and W below normal of its machines that were able to run; " +
        "several parts are separated by a semicolon. From the site's records of commanded modes.",
      cell: onSettled((row) => textCell(partsOf(row).map(partText).join("; "))),
    },
    {
      name: "ordered_off_kwh",
      unit: "kWh",
      meaning:
        "Sum over the parts of seconds × W ÷ 3600, rounded half-even to whole Wh. It caps curtailed_kwh: energy that " +
        "machines did not use of their own accord earns no credit.",
      sign: TAKEN_BACK,
      cell: onSettled((row, sign) => kwh(orderedOff(partsOf(row)).orderedWh * sign)),
    },
    {
      name: "curtailed_kwh",
      unit: "kWh",
      meaning: "The smaller of ordered_off_kwh and baseline_kwh − energy_kwh, never below 0.",
      sign: TAKEN_BACK,
      cell: onSettled(({ interval }, sign) => kwh(BigInt(interval.curtailedWh) * sign)),
    },
    {
      name: "settlement_point",
      unit: "text",
      meaning: "ERCOT's settlement point and its type, where the price was read.",
      cell: onSettled((row) => textCell(row.settlementPoint)),
    },
    {
      name: "settlement_price_usd_per_mwh",
      unit: "USD/MWh",
      meaning: "ERCOT's real-time settlement point price (RTSPP) of the interval, as published.",
      sign: "As ERCOT publishes it; it can be negative.",
      cell: onSettled(({ interval }) => numberCell(formatUsdPerMwh(BigInt(interval.priceCentsPerMwh)))),
    },
    {
      name: "price_version",
      unit: "number",
      meaning: "1 for the first price published for the interval, 2 for its first correction, and so on.",
      cell: onSettled(({ interval }) => String(interval.priceVersion)),
    },
    {
      name: "price_document_sha256",
      unit: "text",
      meaning: "SHA-256 of ERCOT's document that the price was read from; the host keeps the document.",
      cell: onSettled(({ input }) => textCell(input.price?.contentHash ?? "")),
    },
  ];
}

function partsOf({ interval, input }: SettledRow): CurtailedSpan[] {
  return input.curtailed.filter(({ clientId }) => clientId === interval.clientId);
}

function partText({ cohortId, reason, seconds, belowNormalW }: CurtailedSpan): string {
  return `${cohortId} ${reason} ${seconds} s ${belowNormalW} W`;
}
