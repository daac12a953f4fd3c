import type { StalenessLimits } from "../../../domain/decision/model.ts";
import type { MarketObservation } from "../../../domain/inputs/marketFacts.ts";
import type {
  FeedParameters,
  FeedRole,
  FeedSettings,
  FeedSite,
  FeedSource,
  SettingProblem,
} from "../../../ports/feedSource.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import type { ErcotAccess } from "../access.ts";
import { dashboardFeed } from "../dashboardFeed.ts";
import { misFeed, type MisFeedLimits } from "../misFeed.ts";
import type { ColumnAliases } from "../reportCsv.ts";
import { documentColumns } from "../reportDocument.ts";
import type { RequestBudget, Urgency } from "../../../ports/requestBudget.ts";
import type { PollTimes } from "./polls.ts";
import type { SettlementPoint } from "../../../domain/market/settlementPoint.ts";

/** What a report of ERCOT's says of itself, however it is fetched. */
interface ErcotReport<Settings extends FeedSettings> {
  readonly use: Settings["use"];
  readonly title: string;
  readonly gives: MarketObservation["kind"];
  readonly role: FeedRole;
  readonly isOptional: boolean;
  readonly usual: Settings;
  readonly polls: (settings: Settings) => PollTimes;
  /** Who goes first where requests are short; `later` unless given. */
  readonly urgency?: Urgency;
  readonly identity: (parameters: SettlementPoint & Settings) => string;
  readonly read: (
    document: RawDocument,
    contentHash: string,
    point: SettlementPoint,
    report?: Report,
  ) => readonly MarketObservation[];
  readonly silentAfterSeconds: (staleness: StalenessLimits, settings: Settings) => number;
  readonly lateAfterSeconds?: number;
  readonly notRead?: (site: FeedSite) => string | undefined;
  readonly problems?: (settings: Settings, site: FeedSite) => readonly SettingProblem[];
}

/** How far a first poll looks back. */
const BACKFILL_MINUTES = 60;

/** How one of ERCOT's reports is reached and bounded. */
type Reach = ErcotAccess & MisFeedLimits;

/** A report of the MIS document lists. `columns`: the fields that are read, each with the names that it has had. */
export function misReport<Settings extends FeedSettings>(
  report: ErcotReport<Settings> & {
    /** Number of the report among the MIS lists. */
    readonly reportType: string;
    readonly columns: ColumnAliases<string>;
    /** Which documents of the report are read, by their FriendlyName; all unless given. */
    readonly accepts?: (friendlyName: string) => boolean;
    /** How far the first poll looks back at least, for a report that comes seldom. */
    readonly lookBackMinutes?: number;
  },
): FeedSource<Settings, Reach> & { readonly columns: ColumnAliases<string> } {
  const { polls, urgency = "later", reportType, accepts, lookBackMinutes = 0, ...said } = report;
  return {
    ...said,
    source: `mis/${reportType}`,
    describe: ({ use, baseUrl }) => `${use} ${baseUrl}`,
    open: (parameters, budget?: RequestBudget) =>
      misFeed({
        ...access(parameters),
        backfillMinutes: Math.max(parameters.backfillMinutes ?? BACKFILL_MINUTES, lookBackMinutes),
        feedId: report.identity(parameters),
        reportType,
        accepts,
        polls: polls(parameters),
        budget,
        urgency,
        parse: (document, contentHash, told) => report.read(document, contentHash, parameters, told),
        columns: (document) => documentColumns(document, `${document.source} document ${document.documentId}`),
      }),
  };
}

/** A page of the public dashboards. `page`: its file's name without `.json`. */
export function dashboardReport<Settings extends FeedSettings>(
  report: ErcotReport<Settings> & { readonly page: string },
): FeedSource<Settings, Reach> {
  const { polls, urgency = "later", page, ...said } = report;
  return {
    ...said,
    source: `dashboard/${page}`,
    describe: ({ use, baseUrl }) => `${use} ${baseUrl}`,
    open: (parameters, budget?: RequestBudget) => {
      const { nextAt } = polls(parameters);
      return dashboardFeed({
        ...access(parameters),
        feedId: report.identity(parameters),
        name: page,
        nextPollAt: (at) => nextAt(at, { newestAboutAt: undefined, found: false }),
        budget,
        urgency,
        parse: (document, contentHash, told) => report.read(document, contentHash, parameters, told),
      });
    },
  };
}

function access({
  baseUrl,
  contact,
  timeoutMs,
  backfillMinutes,
  documentsPerPollMax,
}: FeedParameters<FeedSettings, Reach>): Reach {
  return { baseUrl, contact, timeoutMs, backfillMinutes, documentsPerPollMax };
}
