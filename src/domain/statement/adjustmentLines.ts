import type { OperatingDay } from "../market/model.ts";
import { formatUsd, formatUsdPerMwh } from "../units/money.ts";
import type { ExactE8 } from "../units/money.ts";
import type { ClientInterval, DaySettlement } from "../settlement/model.ts";
import { changedIntervals } from "./changedIntervals.ts";
import { count, grouped, mwhText } from "./figures.ts";
import { andMore, byContractVersion, largest } from "./lines.ts";
import type { LineDraft } from "./lines.ts";
import { intervalLabel } from "./times.ts";
import { energyLines } from "./energyLines.ts";
import { creditLines } from "./creditLines.ts";
import { ZERO, rational } from "../units/rational.ts";

/**
 * A period stated before whose settlement has changed since. Both lists hold every day of that period, changed or not.
 */
export interface StatementAdjustment {
  readonly originalStatementId: string;
  readonly originalPeriod: { readonly from: OperatingDay; readonly to: OperatingDay };
  /** Versions the client has been charged for up to now: as issued, or as last adjusted. */
  readonly previous: readonly DaySettlement[];
  readonly next: readonly DaySettlement[];
}

const SHOWN = 3;

/**
 * What a corrected settlement changes on each line of a period already stated: the line as it would be now less the
 * line as charged, both rounded. The difference of allocations, never the allocation of the difference, so that all
 * statements together always come to what the newest settlement says. Lines that do not change are left out; amounts
 * due from the client positive.
 */
export function adjustmentLines(clientId: string, adjustment: StatementAdjustment): LineDraft[] {
  const lines = (days: readonly DaySettlement[]) =>
    new Map(
      byContractVersion(clientId, days)
        .flatMap((group) => [...energyLines(group), ...creditLines(group)])
        .map((line) => [line.key, line]),
    );
  const before = lines(adjustment.previous);
  const after = lines(adjustment.next);
  const changes = changesText(clientId, adjustment);
  const { originalStatementId, originalPeriod } = adjustment;
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const charged = centsOfLine(old);
    const due = centsOfLine(now);
    if (charged === due) return [];
    const line = (now ?? old) as LineDraft;
    return [
      {
        key: `adjustment:${originalStatementId}:${key}`,
        code: `adjustment:${line.code}`,
        description: `Adjustment of ${originalPeriod.from} to ${originalPeriod.to}: ${line.description}`,
        amountCents: due - charged,
        exact: exactOfLine(now),
        chargedExact: exactOfLine(old),
        rounding: line.rounding,
        contractVersion: line.contractVersion,
        terms: line.terms,
        source: `${line.source}; ${versionsText(adjustment)}`,
        adjustmentOf: originalStatementId,
        buildUp: [
          `charged up to now ${grouped(formatUsd(charged))} $, now ${grouped(formatUsd(due))} $, difference ` +
            `${grouped(formatUsd(due - charged))} $`,
          ...changes,
        ],
      },
    ];
  });
}

function centsOfLine(line: LineDraft | undefined): bigint {
  // a line that was not there charged nothing
  return line === undefined ? 0n : line.amountCents;
}

function exactOfLine(line: LineDraft | undefined): ExactE8 {
  return line === undefined ? ZERO : line.exact;
}

/** The intervals behind the adjustment; of many, those whose money changed most. */
function changesText(clientId: string, adjustment: StatementAdjustment): string[] {
  const changed = changedIntervals(clientId, adjustment);
  const { top, more } = largest(changed, (row) => rational(money(row.now) - money(row.old)), SHOWN);
  return [
    `${count(changed.length, "interval")} changed`,
    ...top.map((row) => `${intervalLabel(row.intervalKey)}: ${facts(row.old)} → ${facts(row.now)}`),
    ...andMore(more),
  ];
}

function money(interval: ClientInterval | undefined): bigint {
  if (interval === undefined) return 0n;
  return Object.values(interval.charges).reduce((e8, charge) => e8 + BigInt(charge), -BigInt(interval.clientCreditE8));
}

function facts(interval: ClientInterval | undefined): string {
  if (interval === undefined) return "not settled";
  return (
    `${grouped(formatUsdPerMwh(BigInt(interval.priceCentsPerMwh)))} $/MWh, ` +
    `${mwhText(BigInt(interval.energyWh))} MWh metered, ${mwhText(BigInt(interval.curtailedWh))} curtailed`
  );
}

function versionsText({ previous, next }: StatementAdjustment): string {
  const changed = next.flatMap(({ result: day }) => {
    const old = previous.find(({ result }) => result.operatingDay === day.operatingDay)?.result;
    return old === undefined || old.version === day.version
      ? []
      : [`${day.operatingDay} version ${old.version} → ${day.version} (${day.kind})`];
  });
  return `settlement ${changed.join(", ")}`;
}
