import type { OperatingDay } from "../market/model.ts";
import type { Statement } from "./model.ts";

/** A day and the version of its settlement. */
interface DayVersion {
  readonly operatingDay: OperatingDay;
  readonly version: number;
}

/** What a statement charges: its own days, and of each earlier statement that it adjusts the days before and after. */
export interface StatedCharges {
  readonly statement: Pick<Statement, "statementId" | "clientId" | "settlementVersions">;
  readonly adjustments: readonly {
    readonly originalStatementId: string;
    readonly previous: readonly DayVersion[];
    readonly next: readonly DayVersion[];
  }[];
}

/** A day that a statement charges although it must not, or from another version than it was charged by. */
export interface WrongCharge {
  readonly statementId: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * The charges of all statements of a site that break the rule of one charge: each day of a client is stated by one
 * statement, and each adjustment goes on from the version by which the day was charged until then. Every statement
 * alone may be right and the client still charged twice. `stated` in any order. Ballast's own rule.
 */
export function wrongCharges(stated: readonly StatedCharges[]): WrongCharge[] {
  return [...Map.groupBy(stated, ({ statement }) => statement.clientId).values()].flatMap((own) => [
    ...statedTwice(own),
    ...wronglyAdjusted(own),
  ]);
}

function statedTwice(own: readonly StatedCharges[]): WrongCharge[] {
  const statedBy = new Map<OperatingDay, string>();
  return own.flatMap(({ statement: { statementId, settlementVersions } }) =>
    settlementVersions.flatMap(({ operatingDay }): WrongCharge[] => {
      const first = statedBy.get(operatingDay);
      statedBy.set(operatingDay, first ?? statementId);
      if (first === undefined) return [];
      return [
        { statementId, expected: "days that no other statement states", found: `${operatingDay} as in ${first}` },
      ];
    }),
  );
}

function wronglyAdjusted(own: readonly StatedCharges[]): WrongCharge[] {
  const steps = own.flatMap(({ statement: { statementId }, adjustments }) =>
    adjustments.flatMap(({ originalStatementId, previous, next }) =>
      next.map(({ operatingDay, version: upTo }) => ({
        statementId,
        originalStatementId,
        operatingDay,
        upTo,
        above: versionOf(previous, operatingDay),
      })),
    ),
  );
  const changing = steps.filter(({ above, upTo }) => above !== upTo).toSorted((a, b) => a.upTo - b.upTo);
  const byDay = Map.groupBy(changing, (step) => `${step.originalStatementId} ${step.operatingDay}`);
  return [...byDay.values()].flatMap((of) => {
    const original = own.find(({ statement }) => statement.statementId === of[0]?.originalStatementId)?.statement;
    let charged = versionOf(original?.settlementVersions ?? [], of[0]?.operatingDay);
    return of.flatMap(({ statementId, originalStatementId, operatingDay, above, upTo }): WrongCharge[] => {
      const before = charged;
      charged = upTo;
      if (before === above) return [];
      const what = `${operatingDay} of ${originalStatementId} adjusted from`;
      return [{ statementId, expected: `${what} ${words(before)}`, found: `${what} ${words(above)}` }];
    });
  });
}

function versionOf(days: readonly DayVersion[], day: OperatingDay | undefined): number | undefined {
  return days.find(({ operatingDay }) => operatingDay === day)?.version;
}

function words(version: number | undefined): string {
  return version === undefined ? "nothing charged" : `version ${version}`;
}
