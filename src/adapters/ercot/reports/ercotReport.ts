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
import { type ApiReport, apiRoute, apiSources } from "../apiRoute.ts";
import { routedFeed } from "../routedFeed.ts";
import { misCursorText } from "../routes.ts";
import { standInFeed } from "../standInFeed.ts";
import type { PollTimes } from "./polls.ts";
import type { SettlementPoint } from "../../../domain/market/settlementPoint.ts";

/** What a report of ERCOT's says of itself, however it is fetched. */
interface ErcotReport<Settings extends FeedSettings> {
  readonly use: Settings["use"];
  readonly title: string;
  readonly gives: MarketObservation["kind"];
  readonly alsoGives?: readonly MarketObservation["kind"][];
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
  readonly daily?: FeedSource["daily"];
  readonly notRead?: (site: FeedSite) => string | undefined;
  readonly problems?: (settings: Settings, site: FeedSite) => readonly SettingProblem[];
}

/** How far a first poll looks back. */
const BACKFILL_MINUTES = 60;
/** Whole request to the Public API, real milliseconds: its pages come slower than a file. */
const API_TIMEOUT_MS = 15_000;

/** How one of ERCOT's reports is reached and bounded. */
type Reach = ErcotAccess & MisFeedLimits;

/** A report of the MIS document lists. `columns`: the fields that are read, each with the names that it has had. */
export function misReport<Settings extends FeedSettings>(
  report: ErcotReport<Settings> & {
    /** Number of the report among the MIS lists. */
    readonly reportType: string;
    readonly columns: ColumnAliases<string>;
    /** By its columns the kind of a document, where the report has several. */
    readonly documentKind?: (columns: readonly string[]) => string;
    /** Which documents of the report are read, by their FriendlyName; all unless given. */
    readonly accepts?: (friendlyName: string) => boolean;
    /** How far the first poll looks back at least, for a report that comes seldom. */
    readonly lookBackMinutes?: number;
    /**
     * The report in the Public API, which stands in once what MIS said last is `lateAfterSeconds` old; of a report that
     * comes seldom, and whose age says nothing, once MIS has not answered for so long.
     */
    readonly api?: ApiReport & { readonly lateAfterSeconds: number; readonly isSeldom?: true };
  },
): FeedSource<Settings, Reach> & { readonly columns: ColumnAliases<string> } {
  const { polls, urgency = "later", reportType, accepts, lookBackMinutes = 0, documentKind, api, ...said } = report;
  return {
    ...said,
    source: `mis/${reportType}`,
    alsoSources: api === undefined ? [] : apiSources(api),
    describe: ({ use, baseUrl, api: second }) =>
      `${use} ${baseUrl}${second === undefined || api === undefined ? "" : ` and ${second.baseUrl}`}`,
    open: (parameters, budget?: RequestBudget) => {
      const reach = access(parameters);
      const backfillMinutes = Math.max(parameters.backfillMinutes ?? BACKFILL_MINUTES, lookBackMinutes);
      const mis = misFeed({
        ...reach,
        backfillMinutes,
        feedId: report.identity(parameters),
        reportType,
        accepts,
        polls: polls(parameters),
        budget,
        urgency,
        parse: (document, contentHash, told) => report.read(document, contentHash, parameters, told),
        columns: (document) => {
          const names = documentColumns(document, `${document.source} document ${document.documentId}`);
          return { kind: documentKind?.(names) ?? "", names };
        },
      });
      if (reach.api === undefined || api === undefined)
        return { ...mis, poll: (cursor, at) => mis.poll(misCursorText(cursor), at) };
      const { timeoutMs = API_TIMEOUT_MS, contact } = reach;
      const second = apiRoute(reach.api, api, parameters, accepts ?? (() => true), { timeoutMs, contact });
      const options = { lateAfterSeconds: api.lateAfterSeconds, backfillMinutes };
      return api.isSeldom === true ? standInFeed(mis, second, options) : routedFeed(mis, second, options);
    },
  };
}

/** A page comes every minute and says little new: it goes to the archive sooner than a report, which comes rarely. */
const PAGE_KEEP_DAYS = 45;

/** A page of the public dashboards. `page`: its file's name without `.json`. */
export function dashboardReport<Settings extends FeedSettings>(
  report: ErcotReport<Settings> & { readonly page: string },
): FeedSource<Settings, Reach> {
  const { polls, urgency = "later", page, ...said } = report;
  return {
    ...said,
    keepDays: PAGE_KEEP_DAYS,
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
  api,
  timeoutMs,
  backfillMinutes,
  documentsPerPollMax,
}: FeedParameters<FeedSettings, Reach>): Reach {
  return { baseUrl, contact, api, timeoutMs, backfillMinutes, documentsPerPollMax };
}
