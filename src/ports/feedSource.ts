import type { SitePlan, StalenessLimits } from "../domain/decision/model.ts";
import type { MarketObservation } from "../domain/inputs/marketFacts.ts";
import type { Instant } from "../domain/units/instant.ts";
import type { MarketFeed, RawDocument, Report } from "./marketFeed.ts";
import type { RequestBudget } from "./requestBudget.ts";
import type { SettlementPoint } from "../domain/market/settlementPoint.ts";

/** A feed as a site's file lists it: `use` names its source, the rest are settings of that source. */
export interface FeedSettings {
  readonly use: string;
}

/**
 * Everything that a feed is read with, as plain data: its settings with a `path` made absolute, how its party is
 * reached, and the point of its site.
 */
export type FeedParameters<Settings extends FeedSettings = FeedSettings, Access = object> = Settings &
  Access &
  SettlementPoint;

/** What of a site its feeds depend on. */
export type FeedSite = SettlementPoint & Pick<SitePlan, "gridSource" | "staleness">;

/**
 * A feed of `record` drives decisions and settlement; `corrections` bring later versions of its values; a
 * `cross-check` is stored and compared with it.
 */
export type FeedRole = "record" | "corrections" | "cross-check";

/** What a setting has against itself or the site: path within the feed's entry, or within the site's file. */
export interface SettingProblem {
  readonly in: "feed" | "file";
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly expected: string;
  /** It may be meant: told, and refused in a strict check alone. */
  readonly isWarning?: true;
}

/**
 * One source of market data as a registry lists it: a MIS report, a dashboard, a file. A configuration names it by
 * `use`; wiring, audit, `ballast check` and tests ask the registry and know no source by name.
 */
export interface FeedSource<Settings extends FeedSettings = FeedSettings, Access = object> {
  /** Party and report, e.g. `ercot/np6-788`. */
  readonly use: Settings["use"];
  /** What it brings, for a person. */
  readonly title: string;
  /** `source` of the documents that it keeps, e.g. `mis/12300`. */
  readonly source: string;
  /** Further sources of its documents, read alike: those of a second route. */
  readonly alsoSources?: readonly string[];
  readonly gives: MarketObservation["kind"];
  /** Other facts that some of its documents bring. */
  readonly alsoGives?: readonly MarketObservation["kind"][];
  readonly role: FeedRole;
  /** Days for which its documents stay in the database where the settings say nothing; 400 unless given. */
  readonly keepDays?: number;
  /** Whether a site can go without it. */
  readonly isOptional: boolean;
  /**
   * Age of what the source said last at which its next word is overdue, market seconds; absent where that is only known
   * once it is silent.
   */
  readonly lateAfterSeconds?: number;
  /** Of a report with one document a day: from when until when it is published, Central wall time `HH:MM:SS`. */
  readonly daily?: { readonly from: string; readonly until: string };
  /** An entry with the usual settings. */
  readonly usual: Settings;
  /**
   * Id of the feed: the same for two sites exactly when both can be told of the same publications. Polls are no part.
   */
  identity(parameters: FeedParameters<Settings, Access>): string;
  /**
   * `budget`: of the address that it is read at, shared with the other feeds there; without it, no request is counted.
   * @throws RangeError or PortDataError for parameters that it cannot be read with.
   */
  open(parameters: FeedParameters<Settings, Access>, budget?: RequestBudget): MarketFeed;
  /** Pure: rows of a kept document for a point, for the audit too. @throws PortDataError like `MarketFeed.parse`. */
  read(
    document: RawDocument,
    contentHash: string,
    point: SettlementPoint,
    report?: Report,
  ): readonly MarketObservation[];
  /** Age of what the source said last at which it counts as silent, market seconds. */
  silentAfterSeconds(staleness: StalenessLimits, settings: Settings): number;
  /** Why this site does not read it, for a person; undefined when it does. */
  notRead?(site: FeedSite): string | undefined;
  /** What its settings have against themselves or the site. */
  problems?(settings: Settings, site: FeedSite): readonly SettingProblem[];
  /** What it says at a moment where nobody outside need be asked. @throws PortDataError naming what was expected. */
  local?(parameters: FeedParameters<Settings, Access>, at: Instant): readonly MarketObservation[];
  /** A line for a person: where it is read, with what. */
  describe(parameters: FeedParameters<Settings, Access>): string;
}
