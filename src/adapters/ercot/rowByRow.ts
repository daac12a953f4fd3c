import { sameDecimal } from "../../domain/units/decimal.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { Report } from "../../ports/marketFeed.ts";
import { atRow, type ReportRow } from "./reportCsv.ts";

/** What a row says: which place, and which value there. */
export interface Said {
  /** For a person, e.g. `2026-08-18/19 ECRS`. */
  readonly place: string;
  /** Decimal texts. */
  readonly values: readonly string[];
  /** Where the source gives one place several rows in their order: the last counts. */
  readonly order?: string;
}

/**
 * What the rows of a report of ERCOT's say, each by itself: one that cannot be read is left out and told to `report`,
 * and so are two that say different things of one place in no order, for nobody knows which holds. The same thing said
 * twice is said once. Ballast's own rule.
 * @throws PortDataError when there are rows and none of them can be read
 */
export function rowByRow<Field extends string, Optional extends string, One extends Said>(
  rows: readonly ReportRow<Field, Optional>[],
  read: (fields: ReportRow<Field, Optional>["fields"]) => One,
  where: string,
  report?: Report,
): One[] {
  const problems: string[] = [];
  const said = rows.flatMap(({ line, fields }) => {
    try {
      return [atRow(where, line, () => read(fields))];
    } catch (error) {
      if (!(error instanceof PortDataError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  const left = [...Map.groupBy(said, ({ place }) => place)].flatMap(([place, own]) => {
    const [one, ...more] = last(own);
    if (more.every((other) => sameValues(other, one))) return [one];
    const found = own.map(({ values }) => values.join(" ")).join(" and ");
    problems.push(`${where}: ${place} has different values: ${found}`);
    return [];
  });
  if (problems.length > 0 && left.length === 0) throw new PortDataError(problems[0]);
  for (const problem of problems) report?.(problem);
  return left;
}

/** The last of those that have an order; all where one has none. */
function last<One extends Said>(own: readonly One[]): [One, ...One[]] {
  const newest = own.map(({ order }) => order ?? "").reduce((a, b) => (a > b ? a : b));
  const left = own.every(({ order }) => order !== undefined) ? own.filter(({ order }) => order === newest) : own;
  return left as [One, ...One[]];
}

function sameValues({ values }: Said, other: Said): boolean {
  return values.every((value, i) => sameDecimal(value, other.values[i] as string));
}
