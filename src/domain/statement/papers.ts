import type { DaySettlement } from "../settlement/model.ts";
import type { StatementAdjustment } from "./adjustmentLines.ts";
import type { Statement } from "./model.ts";
import { forEachFormat, type PaperFormat, type Papers, RENDERERS } from "./renderers/index.ts";

/**
 * The papers of a statement, from what it was composed of. Pure: the same statement gives the same bytes. `isGiven`
 * says which of them the client was given: the guide names those alone.
 * @throws StatementError when a day does not hold what one of its intervals was settled from.
 */
export function papersOf(
  statement: Statement,
  settledDays: readonly DaySettlement[],
  adjustments: readonly StatementAdjustment[] = [],
  isGiven: (format: PaperFormat) => boolean = () => true,
): Papers {
  const names = paperFiles(statement.statementId);
  const files = RENDERERS.filter(({ format }) => isGiven(format)).map(({ format, what }) => ({
    format,
    name: names[format],
    what,
  }));
  return forEachFormat((renderer) => renderer.render({ statement, settledDays, adjustments, files }));
}

/**
 * Names of the files of one statement: its number with everything but letters, digits, dot, dash and underscore as `_`,
 * and an ending each.
 */
export function paperFiles(statementId: string): Readonly<Record<PaperFormat | "body", string>> {
  const base = statementId.replace(/[^A-Za-z0-9._-]+/g, "_");
  return { body: `${base}${BODY}`, ...forEachFormat(({ ending }) => `${base}${ending}`) };
}

/** Ending of what the papers are rendered from. */
const BODY = ".json";

/** The name of a statement's file without its ending; undefined for a file that is none of a statement's. */
export function paperBase(name: string): string | undefined {
  const ending = [BODY, ...RENDERERS.map((renderer) => renderer.ending)]
    .toSorted((a, b) => b.length - a.length)
    .find((one) => name.endsWith(one));
  return ending === undefined ? undefined : name.slice(0, -ending.length);
}

/** Whether a file is what a statement's papers are rendered from. */
export function isBody(name: string): boolean {
  return name === `${paperBase(name)}${BODY}`;
}
