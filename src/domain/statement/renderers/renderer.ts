import type { DaySettlement } from "../../settlement/model.ts";
import type { StatementAdjustment } from "../adjustmentLines.ts";
import type { Statement } from "../model.ts";

/** A statement with what it was composed of, to be rendered. */
export interface RenderedStatement {
  readonly statement: Statement;
  readonly settledDays: readonly DaySettlement[];
  readonly adjustments: readonly StatementAdjustment[];
  /** Files that are given with it, in their order: names, and what each is. */
  readonly files: readonly { readonly format: string; readonly name: string; readonly what: string }[];
}

/** One kind of file that a client is given with a statement. */
export interface Renderer {
  /** What records, files and the audit call it. */
  readonly format: string;
  /** Behind the statement's number in the file's name. */
  readonly ending: string;
  /** One clause for the guide: what the file is. */
  readonly what: string;
  /**
   * No statement from this schema on is without it, and a bundle that lacks it does not hold. A renderer that came
   * later has none: statements issued before it never had its file.
   */
  readonly givenSince?: Statement["schema"];
  /** The same statement gives the same bytes. @throws StatementError for a day that lacks what it was settled from */
  render(of: RenderedStatement): string;
}
