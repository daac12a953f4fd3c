import type { Instant } from "../units/instant.ts";
import type { OperatingDay } from "../market/model.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { Contract, SettledDay, Supply } from "../settlement/model.ts";
import { adjustmentLines } from "./adjustmentLines.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import { creditLines } from "./creditLines.ts";
import { energyLines } from "./energyLines.ts";
import { StatementError } from "./errors.ts";
import { count } from "./figures.ts";
import { daysOfPeriod, fixedFeeLines } from "./fixedFeeLines.ts";
import { byContractVersion } from "./lines.ts";
import type { LineDraft } from "./lines.ts";
import type { Statement, StatementLine } from "./model.ts";

export interface StatementInput {
  readonly statementId: string;
  readonly siteId: string;
  readonly clientId: string;
  /** Operating days, both inclusive. */
  readonly period: { readonly from: OperatingDay; readonly to: OperatingDay };
  readonly issuedAt: Instant;
  /** Every version of the client's contract; those of other clients are ignored. */
  readonly contracts: readonly Contract[];
  readonly supply: Supply;
  /** The version of each day the client is charged by now; days outside the period are ignored. */
  readonly settledDays: readonly SettledDay[];
  /** Periods stated before whose settlement has changed since. */
  readonly adjustments?: readonly StatementAdjustment[];
  /** Where settlement prices come from, for the reader: `HB_HOUSTON (HU)`. */
  readonly priceSource?: string;
}

/**
 * Composes a client's statement: energy charges, fixed fee, supply lines, curtailment credits by reason, and
 * adjustments of earlier periods. Each line is rounded to cents once; the total is the sum of the lines. It is a draft,
 * with the open items named, while a day or an interval of the period is missing or a check of a settled day fails.
 * Pure: the same input gives the same statement.
 * @throws StatementError when the client has no contract in the period, or two, or a settled day is of another site.
 */
export function compose(input: StatementInput): Statement {
  const { clientId, contracts, supply, adjustments = [] } = input;
  const days = daysOfPeriod(input.period);
  const settled = settledDaysOf(input, days);
  const inForce = contractsOfPeriod(input, days);
  const latest = inForce.at(-1) as Contract;
  const lines = [
    ...fixedFeeLines(clientId, contracts, days),
    ...byContractVersion(clientId, contracts, settled).flatMap((group) => [
      ...energyLines(group, supply),
      ...creditLines(group),
    ]),
    ...adjustments.flatMap((adjustment) => adjustmentLines(clientId, contracts, supply, adjustment)),
  ];
  const openItems = [...openDays(days, settled), ...adjustments.flatMap((adjustment) => openDays([], adjustment.next))];
  return {
    schema: "ballast.statement/1",
    statementId: input.statementId,
    siteId: input.siteId,
    clientId,
    clientName: latest.clientName,
    contractId: latest.contractId,
    contractVersions: inForce.map((contract) => contract.version),
    period: { from: input.period.from, to: input.period.to },
    issuedAt: input.issuedAt,
    status: openItems.length === 0 ? "issued" : "draft",
    lines: lines.map(asLine),
    totalCents: lines.reduce((cents, line) => cents + line.amountCents, 0n).toString(),
    settlementVersions: settled.map(({ operatingDay, version }) => ({ operatingDay, version })),
    ...(adjustments.length === 0
      ? {}
      : {
          adjustedVersions: adjustments.flatMap(({ originalStatementId, next }) =>
            next.map(({ operatingDay, version }) => ({ originalStatementId, operatingDay, version })),
          ),
        }),
    ...(input.priceSource === undefined ? {} : { priceSource: input.priceSource }),
    disputeDays: latest.disputeDays,
    ...(openItems.length === 0 ? {} : { openItems }),
  };
}

function settledDaysOf(input: StatementInput, days: readonly OperatingDay[]): SettledDay[] {
  const stray = input.settledDays.find((day) => day.siteId !== input.siteId);
  if (stray !== undefined)
    throw new StatementError(
      `statement ${input.statementId}: settled day ${stray.operatingDay} is of site ${stray.siteId}; expected ` +
        `${input.siteId}`,
    );
  return days.flatMap((day) => {
    const found = input.settledDays.filter((settled) => settled.operatingDay === day);
    if (found.length > 1)
      throw new StatementError(
        `statement ${input.statementId}: ${day} is given in versions ${found.map((d) => d.version).join(" and ")}; ` +
          `expected one`,
      );
    return found;
  });
}

/** Versions of the one contract in force on some day of the period, ascending. */
function contractsOfPeriod(input: StatementInput, days: readonly OperatingDay[]): Contract[] {
  const inForce = new Set(
    days
      .map((day) => contractInForce(input.contracts, input.clientId, day))
      .filter((contract) => contract !== undefined),
  );
  const ids = new Set([...inForce].map((contract) => contract.contractId));
  if (ids.size !== 1) {
    const found = ids.size === 0 ? "no contract" : `contracts ${[...ids].join(" and ")}`;
    throw new StatementError(
      `statement ${input.statementId}: client ${input.clientId} has ${found} in force from ${input.period.from} to ` +
        `${input.period.to}; a statement covers one`,
    );
  }
  return [...inForce].sort((a, b) => a.version - b.version);
}

/** What keeps days from being stated, one sentence each. */
function openDays(expected: readonly OperatingDay[], settled: readonly SettledDay[]): string[] {
  const unsettled = expected
    .filter((day) => !settled.some((s) => s.operatingDay === day))
    .map((day) => `${day} is not settled`);
  const open = settled.flatMap((day) => {
    const intervals = new Set(day.missing.map((m) => m.intervalKey)).size;
    const what = [...new Set(day.missing.map((m) => m.what))].join("; ");
    const [first] = day.missing;
    const why = first?.why === undefined ? "" : ` (${first.why})`;
    return [
      ...(intervals === 0
        ? []
        : [
            `${day.operatingDay} version ${day.version}: ${count(intervals, "interval")} without ${what}; first ` +
              `${first?.intervalKey}${why}`,
          ]),
      ...day.checks
        .filter((check) => !check.holds)
        .map(
          (check) => `${day.operatingDay} version ${day.version}: ${check.name}: ${check.left} against ${check.right}`,
        ),
    ];
  });
  return [...unsettled, ...open];
}

function asLine({ key: _key, amountCents, unitPrice, ...line }: LineDraft): StatementLine {
  return { ...line, ...(unitPrice === undefined ? {} : { unitPrice }), amountCents: amountCents.toString() };
}
