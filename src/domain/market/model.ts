import type { Instant } from "../units/instant.ts";

/** ERCOT operating day, Central Prevailing Time midnight to midnight, as `YYYY-MM-DD`. */
export type OperatingDay = string;

/**
 * Identity of a 15-minute settlement interval. The UTC start is derived from it (`intervalStart`), never the key.
 * The repeated autumn hour is HE 2 with `repeatedHour` true on its second copy (standard time).
 */
export interface SettlementInterval {
  readonly operatingDay: OperatingDay;
  /** 1..24 */
  readonly hourEnding: number;
  /** 1..4 */
  readonly interval: number;
  readonly repeatedHour: boolean;
}

/** `2024-08-20/21/2`, with `R` appended for the second copy of the repeated hour. */
export type IntervalKey = string;

/** When a document was read and, as its source's list says, published. */
export interface DocumentTimes {
  readonly fetchedAt: Instant;
  /** Absent for a source that does not say. */
  readonly publishedAt?: Instant;
  /** The other reading of `publishedAt` in the repeated autumn hour, where the list's signs leave both. */
  readonly publishedOrAt?: Instant;
}

/** Where a value came from and how far it can be trusted. */
export type Quality = "PRELIMINARY" | "PUBLISHED" | "CORRECTED" | "DERIVED" | "ASSUMED" | "SUSPECT";

/** ERCOT's ladder of grid conditions as the public dashboard names it; `unknown` is an alarm, never normal. */
export type GridLevel = "normal" | "conservation" | "watch" | "eea1" | "eea2" | "eea3" | "unknown";

/** Where an observation of a market feed came from. */
export interface Provenance {
  /** Route and report, e.g. `mis/12300`, `dashboard/daily-prc`, `file/hashprice`. */
  readonly source: string;
  /** DocID, dashboard `lastUpdated` or file name: the document the value was read from. */
  readonly documentId: string;
  /** SHA-256 (hex) of the stored raw bytes. */
  readonly contentHash: string;
  readonly fetchedAt: Instant;
  /** Absent where the source does not say when it published. */
  readonly publishedAt?: Instant;
  readonly quality: Quality;
}

/** One reading of the state of the grid. */
export interface GridReport extends Provenance {
  readonly level: GridLevel;
  /** The state or its EEA number is not known: `level` is the least that it can be, or `unknown`. */
  readonly unreadable?: true;
  /** Text of the state as published, kept for an unknown one. */
  readonly stateText: string;
  readonly prcMw?: number;
  readonly observedAt: Instant;
}

/**
 * ERCOT's physical responsive capability (PRC) is below the figure at which a Watch is due, or below one of the site's
 * own and falling fast. It declares no level.
 */
export interface GridPreAlert {
  /** PRC of the poll that confirmed it, MW. */
  readonly prcMw: number;
  /** The figure, MW. */
  readonly belowMw: number;
  /** How fast it fell, MW a minute, where the figure is the site's own. */
  readonly fallingMwPerMinute?: number;
  readonly observedAt: Instant;
}

/** One SCED run at a point: it is in force from `scedAt` until the next run. */
export interface ScedRun {
  readonly scedAt: Instant;
  readonly lmpUsdPerMwh: number;
}

/** Expected settlement price of the interval now running. All in $/MWh except the share. */
export interface ExpectedIntervalPrice {
  readonly expectedUsdPerMwh: number;
  /** The rest of the interval at the price floor. */
  readonly lowerUsdPerMwh: number;
  /** The rest of the interval at the price cap. */
  readonly upperUsdPerMwh: number;
  /** Share 0..1 of the 900 seconds whose price can no longer change. */
  readonly fixedShare: number;
  readonly timeWeightedLmpUsdPerMwh: number;
  readonly adderUsdPerMwh: number;
  /** ERCOT has published the adder for the runs in force; absent where it is inferred, or there is none. */
  readonly isAdderRead?: true;
  /** Seconds of each run in force, in order; they sum to 900. */
  readonly parts: readonly { readonly scedAt: Instant; readonly lmpUsdPerMwh: number; readonly seconds: number }[];
}
