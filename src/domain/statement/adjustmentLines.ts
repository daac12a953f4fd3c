import type { OperatingDay } from "../market/model.ts";
import type { ClientId } from "../units/ids.ts";
import { formatUsd, formatUsdPerMwh } from "../units/money.ts";
import type { ExactE8 } from "../units/money.ts";
import type { ClientInterval, DaySettlement } from "../settlement/model.ts";
import { count, grouped, mwhText } from "../units/figures.ts";
import { andMore, largest } from "../settlement/terms/largest.ts";
import { amountOf, byContractVersion } from "./lines.ts";
import type { LineDraft } from "./lines.ts";
import type { Statement } from "./model.ts";
import { intervalLabel } from "../settlement/centralText.ts";
import { energyLines } from "./energyLines.ts";
import { creditLines } from "./creditLines.ts";
import { ZERO, minus } from "../units/rational.ts";

/**
 * A period stated before whose settlement has changed since. Both lists hold every day of that period, changed or not.
 */
export interface StatementAdjustment {
  readonly originalStatementId: string;
  /** How its lines were drawn; that of this version when absent. */
  readonly originalSchema?: Statement["schema"];
  readonly originalPeriod: { readonly from: OperatingDay; readonly to: OperatingDay };
  /** Versions the client has been charged for up to now: as issued, or as last adjusted. */
  readonly previous: readonly DaySettlement[];
  readonly next: readonly DaySettlement[];
}

const SHOWN = 3;

/**
 * What a corrected settlement changes on each line of a period already stated: the line as it would be now less the
 * line as charged, both rounded. The difference of allocations, never the allocation of the difference, so that all
 * statements together always come to what the newest settlement says. Lines that no correction touches are left out;
 * one that changes by less than a cent is there with 0 cents. Amounts due from the client positive.
 */
export function adjustmentLines(clientId: ClientId, adjustment: StatementAdjustment): LineDraft[] {
  const { previous, next, originalSchema } = adjustment;
  const before = linesOf(clientId, previous, originalSchema);
  const after = linesOf(clientId, next, originalSchema);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const changes = changedAmounts(old, now);
    return changes.length === 0 ? [] : [adjustmentLine(adjustment, old?.line, now?.line, changes)];
  });
}

/** Whether a line stands on its statement: an adjustment below a cent waits for the next one. */
export function isStated({ adjustmentOf, amountCents }: LineDraft): boolean {
  return adjustmentOf === undefined || amountCents !== 0n;
}

/** A line of a period with the intervals of its terms. */
interface LineOfPeriod {
  readonly line: LineDraft;
  readonly intervals: readonly ClientInterval[];
}

function linesOf(
  clientId: ClientId,
  days: readonly DaySettlement[],
  schema: Statement["schema"] = "ballast.statement/2",
): Map<string, LineOfPeriod> {
  return new Map(
    byContractVersion(clientId, days, schema).flatMap((group) =>
      [...energyLines(group), ...creditLines(group)].map((line) => [line.key, { line, intervals: group.intervals }]),
    ),
  );
}

function adjustmentLine(
  adjustment: StatementAdjustment,
  old: LineDraft | undefined,
  now: LineDraft | undefined,
  changes: readonly ChangedAmount[],
): LineDraft {
  const { originalStatementId, originalPeriod } = adjustment;
  // a line that was not there charged nothing
  const [charged, due] = [old === undefined ? 0n : old.amountCents, now === undefined ? 0n : now.amountCents];
  const line = (now ?? old) as LineDraft;
  return {
    key: `adjustment:${originalStatementId}:${line.key}`,
    code: `adjustment:${line.code}`,
    description: `Adjustment of ${originalPeriod.from} to ${originalPeriod.to}: ${line.description}`,
    amountCents: due - charged,
    exact: now === undefined ? ZERO : now.exact,
    chargedExact: old === undefined ? ZERO : old.exact,
    journalE8: (now === undefined ? 0n : now.journalE8) - (old === undefined ? 0n : old.journalE8),
    rounding: line.rounding,
    contractVersion: line.contractVersion,
    terms: line.terms,
    source: `${line.source}; ${versionsText(adjustment)}`,
    adjustmentOf: originalStatementId,
    buildUp: [
      `charged up to now ${grouped(formatUsd(charged))} $, now ${grouped(formatUsd(due))} $, difference ` +
        `${grouped(formatUsd(due - charged))} $`,
      ...changesText(changes),
    ],
  };
}

/** The intervals behind the adjustment of a line; of many, those whose amount changed most. */
function changesText(changes: readonly ChangedAmount[]): string[] {
  const { top, more } = largest(changes, (row) => row.change, SHOWN);
  return [
    `${count(changes.length, "interval")} changed`,
    ...top.map((row) => `${intervalLabel(row.intervalKey)}: ${facts(row.old)} → ${facts(row.now)}`),
    ...andMore(more),
  ];
}

interface ChangedAmount {
  readonly intervalKey: string;
  readonly old?: ClientInterval;
  readonly now?: ClientInterval;
  readonly change: ExactE8;
}

/** Every interval in which the amount of a line differs, in the order of time. */
function changedAmounts(old: LineOfPeriod | undefined, now: LineOfPeriod | undefined): ChangedAmount[] {
  const { code } = (now ?? (old as LineOfPeriod)).line;
  const [before, after] = [old, now].map(
    (one) => new Map((one === undefined ? [] : one.intervals).map((interval) => [interval.intervalKey, interval])),
  ) as [Map<string, ClientInterval>, Map<string, ClientInterval>];
  return [...new Map([...before, ...after])]
    .toSorted(([, a], [, b]) => (a.startAt < b.startAt ? -1 : 1))
    .flatMap(([intervalKey]) => {
      const [was, is] = [before.get(intervalKey), after.get(intervalKey)];
      const change = minus(amountOf(is, code), amountOf(was, code));
      return change.num === 0n ? [] : [{ intervalKey, old: was, now: is, change }];
    });
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
