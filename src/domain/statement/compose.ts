import type { ClientId, SiteId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import type { OperatingDay } from "../market/model.ts";
import { contractInForce } from "../settlement/contractInForce.ts";
import type { Contract, DaySettlement } from "../settlement/model.ts";
import { sameValue } from "../units/sameValue.ts";
import { adjustmentLines, isStated } from "./adjustmentLines.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import { contractTerms } from "./contractTerms.ts";
import { coolingOfPeriod } from "./coolingOfPeriod.ts";
import { creditLines } from "./creditLines.ts";
import { energyLines } from "./energyLines.ts";
import { StatementError } from "./errors.ts";
import { count, exactUsdText } from "../units/figures.ts";
import { daysOfPeriod, monthlyLines } from "./monthlyLines.ts";
import { journalSums } from "./invoiceEntries.ts";
import { byContractVersion } from "./lines.ts";
import type { LineDraft } from "./lines.ts";
import type { Statement, StatementLine } from "./model.ts";
import { pointText } from "../market/settlementPoint.ts";

export interface StatementInput {
  readonly statementId: string;
  readonly siteId: SiteId;
  readonly clientId: ClientId;
  /** Operating days, both inclusive. */
  readonly period: { readonly from: OperatingDay; readonly to: OperatingDay };
  readonly issuedAt: Instant;
  /** The version of each day that is charged now, with its terms; days outside the period are ignored. */
  readonly settledDays: readonly DaySettlement[];
  /** Of a statement that is made again, how its lines were drawn; that of this version when absent. */
  readonly linesOf?: Statement["schema"];
  /** Periods stated before whose settlement has changed since. */
  readonly adjustments?: readonly StatementAdjustment[];
}

/**
 * Composes a client's statement: energy charges, fixed fee, supply lines, curtailment credits by reason, and
 * adjustments of earlier periods. Each line is rounded to cents once; the total is the sum of the lines. It is a draft,
 * with the open items named, while a day or an interval of the period is missing or a check of a settled day fails.
 * What it says of a contract is what is kept with the settled days, whatever a configuration says today. Pure: the same
 * input gives the same statement.
 * @throws StatementError when the settled days have no contract of the client in force, or two, a settled day is of
 * another site, or lacks the contract of one of its intervals.
 */
export function compose(input: StatementInput): Statement {
  const { clientId, adjustments = [], linesOf = "ballast.statement/2" } = input;
  const days = daysOfPeriod(input.period);
  const settled = settledDaysOf(input, days);
  const inForce = contractsOfPeriod(input, settled);
  const latest = inForce.at(-1) as Contract;
  const drafts = [
    ...monthlyLines(clientId, settled, linesOf),
    ...byContractVersion(clientId, settled, linesOf).flatMap((group) => [...energyLines(group), ...creditLines(group)]),
    ...adjustments.flatMap((adjustment) => adjustmentLines(clientId, adjustment)),
  ];
  const lines = drafts.filter(isStated);
  const cooling = coolingOfPeriod(clientId, settled);
  const openItems = [...openDays(days, settled), ...adjustments.flatMap((adjustment) => openDays([], adjustment.next))];
  return {
    schema: "ballast.statement/2",
    statementId: input.statementId,
    siteId: input.siteId,
    clientId,
    clientName: latest.clientName,
    contractId: latest.contractId,
    contractVersions: [...new Set(inForce.map((contract) => contract.version))],
    period: { from: input.period.from, to: input.period.to },
    issuedAt: input.issuedAt,
    status: openItems.length === 0 ? "issued" : "draft",
    lines: lines.map(asLine),
    totalCents: lines.reduce((cents, line) => cents + line.amountCents, 0n).toString(),
    journal: journalSums(drafts),
    settlementVersions: settled.map(({ result: { operatingDay, version } }) => ({ operatingDay, version })),
    ...(adjustments.length === 0
      ? {}
      : {
          adjustedVersions: adjustments.flatMap(({ originalStatementId, next }) =>
            next.map(({ result: { operatingDay, version } }) => ({ originalStatementId, operatingDay, version })),
          ),
        }),
    priceSource: [...new Set(settled.map(({ input: day }) => pointText(day)))].join(", "),
    contractTerms: contractTerms(clientId, settled),
    ...(cooling === undefined ? {} : { cooling }),
    disputeDays: latest.disputeDays,
    ...(openItems.length === 0 ? {} : { openItems }),
  };
}

function settledDaysOf(input: StatementInput, days: readonly OperatingDay[]): DaySettlement[] {
  const stray = input.settledDays.find(({ result }) => result.siteId !== input.siteId)?.result;
  if (stray !== undefined)
    throw new StatementError(
      `statement ${input.statementId}: settled day ${stray.operatingDay} is of site ${stray.siteId}; expected ` +
        `${input.siteId}`,
    );
  return days.flatMap((day) => {
    const found = input.settledDays.filter(({ result }) => result.operatingDay === day);
    if (found.length > 1)
      throw new StatementError(
        `statement ${input.statementId}: ${day} is given in versions ` +
          `${found.map(({ result }) => result.version).join(" and ")}; expected one`,
      );
    return found;
  });
}

/** The client's one contract as the settled days keep it, each of its versions once, ascending. */
function contractsOfPeriod(input: StatementInput, settled: readonly DaySettlement[]): Contract[] {
  const inForce: Contract[] = [];
  for (const { input: day, result } of settled) {
    const contract = contractInForce(day.contracts, input.clientId, result.operatingDay);
    if (contract !== undefined && !inForce.some((one) => sameValue(one, contract))) inForce.push(contract);
  }
  const ids = new Set(inForce.map((contract) => contract.contractId));
  if (ids.size !== 1) {
    const found = ids.size === 0 ? "no contract" : `contracts ${[...ids].join(" and ")}`;
    throw new StatementError(
      `statement ${input.statementId}: client ${input.clientId} has ${found} in force on the settled days of ` +
        `${input.period.from} to ${input.period.to}; a statement covers one`,
    );
  }
  return inForce.toSorted((a, b) => a.version - b.version);
}

/** What keeps days from being stated, one sentence each. */
function openDays(expected: readonly OperatingDay[], days: readonly DaySettlement[]): string[] {
  const settled = days.map(({ result }) => result);
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

function asLine(draft: LineDraft): StatementLine {
  const { key: _key, journalE8: _journal, amountCents, unitPrice, exact, chargedExact, terms, ...line } = draft;
  return {
    ...line,
    ...(unitPrice === undefined ? {} : { unitPrice }),
    ...(terms === undefined ? {} : { terms }),
    ...(chargedExact === undefined ? {} : { chargedExactUsd: exactUsdText(chargedExact) }),
    exactUsd: exactUsdText(exact),
    amountCents: amountCents.toString(),
  };
}
