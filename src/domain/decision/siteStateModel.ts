import type { IntervalKey } from "../market/model.ts";
import type { Instant } from "../units/instant.ts";
import type {
  CohortState,
  DecisionInput,
  Freeze,
  GridInstruction,
  GridState,
  KnownRun,
  OperatorOrder,
  SilentFeed,
  SiteInput,
} from "./model.ts";

/** What a site knows between two decisions. JSON-serialisable, bounded, carried from one workflow run to the next. */
export interface SiteState {
  readonly schema: "ballast.site-state/2";
  readonly siteId: string;
  /** Market time of the newest input or decision. */
  readonly asOf?: Instant;
  /** Of the last record: 0 and `genesis` before the first. */
  readonly sequence: number;
  readonly previousHash: string;
  /** Revision of the last dispatch, 0 before the first. */
  readonly revision: number;
  readonly cohorts: readonly CohortState[];
  /** Ascending; from the run in force at the start of the interval two before the current one. */
  readonly scedRuns: readonly KnownRun[];
  /** Settlement prices of the newest two settled intervals, ascending. */
  readonly settled: readonly { readonly intervalKey: IntervalKey; readonly priceUsdPerMwh: number }[];
  readonly grid: GridState;
  readonly hashprice?: { readonly usdPerPhDay: number; readonly asOf: Instant };
  readonly fleetAble?: DecisionInput["fleetAble"];
  readonly silentFeeds: readonly SilentFeed[];
  /** In the order they were accepted. */
  readonly orders: readonly OperatorOrder[];
  readonly instructions: readonly GridInstruction[];
  /** In force; absent before the first. */
  readonly freezes?: readonly Freeze[];
  /** The dispatch before a thaw may have stopped half way: the next record drives the fleet to its targets again. */
  readonly drivesAgain?: true;
  /** Orders released and instructions recalled lately: a repeated or overtaken message does not bring them back. */
  readonly closedIds: readonly string[];
  readonly verdict?: Pick<
    Extract<SiteInput, { kind: "dispatch-verdict" }>,
    "revision" | "outcome" | "stragglers" | "at"
  >;
  /** Inputs taken up since the last record, in order. */
  readonly inputIds: readonly string[];
  /** Newest inputs of all, for de-duplication. */
  readonly seenIds: readonly string[];
}
