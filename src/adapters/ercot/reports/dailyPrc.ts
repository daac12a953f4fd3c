import { z } from "zod";
import type { GridConditionObservation } from "../../../domain/inputs/gridCondition.ts";
import { normalizeGridState } from "../../../domain/market/normalizeGridState.ts";
import { foreignValueText } from "../../../domain/units/foreignText.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { addSeconds, type Instant } from "../../../domain/units/instant.ts";
import { dashboardJson } from "../dashboardJson.ts";
import { comeEpoch, pageStamp } from "../dashboardStamp.ts";
import type { SettingProblem } from "../../../ports/feedSource.ts";
import { ercotAccessProblems } from "../access.ts";
import { dashboardReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

/**
 * Grid condition in a stored `daily-prc.json`. Pure. A state that is not known is `unreadable`, with its text; a PRC
 * that is missing, no number or more than 200,000 MW is absent and told to `report`, and does not hide the state.
 * Observed at the newest of `current_condition.datetime` and the last row of `data`, else at `lastUpdated`. A moment
 * ahead of the time at which the page was read is left out and told to `report`: taken for the newest, it would hide
 * every true one until then.
 * What `datetime` means is not verified: no real `daily-prc.json` has been recorded.
 * @throws PortDataError when there is no `current_condition.state`, or no time that has come.
 */
export function parseGridConditionJson(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): GridConditionObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { lastUpdated, current_condition, data } = dashboardJson(document.bytes, where);
  if (typeof current_condition !== "object" || current_condition === null) {
    throw new PortDataError(
      `${where}: expected an object current_condition, found ${foreignValueText(current_condition)}`,
    );
  }
  const { state, eea_level, prc_value, datetime } = current_condition as Record<string, unknown>;
  if (typeof state !== "string" || state.trim() === "") {
    throw new PortDataError(`${where}: expected current_condition.state as text, found ${foreignValueText(state)}`);
  }
  const eeaLevel = levelNumber(eea_level);
  const { level, unreadable } = normalizeGridState(state, eeaLevel);
  const prcMw = megawatts(prc_value);
  if (prcMw === undefined)
    report?.(`${document.source}: expected current_condition.prc_value in MW, found ${foreignValueText(prc_value)}`);
  const isPlain = eeaLevel === undefined || (!unreadable && normalizeGridState(state, undefined).level === level);
  return [
    {
      kind: "grid-condition",
      source: document.source,
      documentId: document.documentId,
      contentHash,
      fetchedAt: document.fetchedAt,
      quality: unreadable ? "SUSPECT" : "PUBLISHED",
      level,
      ...(unreadable ? { unreadable: true as const } : {}),
      stateText: isPlain ? state : `${state} (eea_level ${foreignValueText(eea_level)})`,
      prcMw,
      observedAt: noLaterThanRows(
        comeEpoch(lastRow(data), document),
        pageStamp(
          { "current_condition.datetime": datetime, "the last row of data": lastRow(data) },
          lastUpdated,
          document,
          report,
        ),
      ),
    },
  ];
}

/** Rows of PRC come every few minutes; a stamp that runs further ahead of the newest is moved without them. */
const AHEAD_OF_ROWS_SECONDS = 300;

/** A page whose stamp moves while its rows stand still speaks of its rows. Ballast's own rule. */
function noLaterThanRows(newestRowAt: Instant | undefined, stamp: Instant): Instant {
  const latest = newestRowAt === undefined ? stamp : addSeconds(newestRowAt, AHEAD_OF_ROWS_SECONDS);
  return stamp < latest ? stamp : latest;
}

/** More than ERCOT's whole demand stands for no value. */
const PRC_MW_MAX = 200_000;

/** `"18,807"` → 18807. */
function megawatts(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const isNumber = /^\d{1,3}(,\d{3})*(\.\d+)?$|^\d+(\.\d+)?$/.test(text);
  const mw = isNumber ? Number(text.replaceAll(",", "")) : Number.NaN;
  return mw <= PRC_MW_MAX ? mw : undefined;
}

/** An EEA number that is none stays a number that no level has. */
function levelNumber(value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "number" || (typeof value === "string" && /^\s*\d\s*$/.test(value))
    ? Number(value)
    : Number.NaN;
}

/** `epoch` of the newest row of `data`, which ascends. */
function lastRow(data: unknown): unknown {
  const last: unknown = Array.isArray(data) ? data.at(-1) : undefined;
  return typeof last === "object" && last !== null ? (last as { epoch?: unknown }).epoch : undefined;
}

/** The page is written about every minute: one that stands still for four is overdue. */
const LATE_SECONDS = 240;

const fragment = z
  .strictObject({
    use: z.literal("ercot/daily-prc"),
    route: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
      .meta({ description: "Name of a second route to the page, with a baseUrl of its own: a source beside the first" })
      .optional(),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .meta({ description: "Base address of the second route, in place of that of sources.ercot" })
      .optional(),
    silentAfterSeconds: z
      .int()
      .min(60)
      .max(86_400)
      .meta({ description: "Age at which this source is silent, in place of staleness.gridConditionSeconds, seconds" })
      .optional(),
    prcFall: z
      .strictObject({
        belowMw: z.number().min(1).max(20_000).meta({ description: "PRC in MW" }),
        fallingMwPerMinute: z.number().min(1).max(5_000).meta({ description: "Fall from poll to poll, MW a minute" }),
      })
      .meta({
        description:
          "Pre-alert of the site's own before a Watch is due: two polls in a row below a PRC and falling faster than " +
          "this, until two are not below it; onPrcPreAlert says what it does. 3500 and 50 are usual",
      })
      .optional(),
    ...regularSettings,
  })
  .meta({ description: "Grid condition and PRC, dashboard daily-prc" });
type Settings = z.infer<typeof fragment>;

/** Grid condition and physical responsive capability from ERCOT's dashboard `daily-prc.json`, every minute. */
export const dailyPrc = {
  fragment,
  ...dashboardReport<Settings>({
    use: "ercot/daily-prc",
    title: "Grid condition and physical responsive capability (PRC) on the dashboard",
    page: "daily-prc",
    gives: "grid-condition",
    role: "record",
    isOptional: false,
    usual: { use: "ercot/daily-prc", pollEverySeconds: 60, pollOffsetSeconds: 20 },
    polls: everySoOften,
    urgency: "first",
    identity: ({ route, prcFall }) =>
      [
        "grid-condition",
        ...(route === undefined ? [] : [route]),
        ...(prcFall === undefined ? [] : [`prc-${prcFall.belowMw}-falling-${prcFall.fallingMwPerMinute}`]),
      ].join("/"),
    read: (document, contentHash, _point, report) => parseGridConditionJson(document, contentHash, report),
    silentAfterSeconds: ({ gridConditionSeconds }, { silentAfterSeconds = gridConditionSeconds }) => silentAfterSeconds,
    lateAfterSeconds: LATE_SECONDS,
    notRead: ({ gridSource }) =>
      gridSource === "feed" ? undefined : `the grid condition is not read: site.gridSource is ${gridSource}`,
    problems: (settings, { gridSource, staleness }) =>
      gridSource === "feed" ? [...routeProblems(settings), ...limitProblems(settings, staleness)] : [],
  }),
};

/** A second route has a name and an address, and the first one neither. */
function routeProblems({ route, baseUrl }: Settings): SettingProblem[] {
  if ((route === undefined) === (baseUrl === undefined))
    return baseUrl === undefined
      ? []
      : ercotAccessProblems({ baseUrl }).map((problem) => ({ ...problem, in: "feed" as const }));
  const [has, lacks] = route === undefined ? ["baseUrl", "route"] : ["route", "baseUrl"];
  return [
    {
      in: "feed",
      path: [has],
      message: `is given without ${lacks}`,
      expected: "both for a second route to the page, or neither",
    },
  ];
}

/** A page that is polled so seldom that its source would be silent between two polls. */
function limitProblems(
  { silentAfterSeconds, pollEverySeconds }: Settings,
  { gridConditionSeconds }: { readonly gridConditionSeconds: number },
): SettingProblem[] {
  const seconds = silentAfterSeconds ?? gridConditionSeconds;
  if (seconds >= 2 * pollEverySeconds) return [];
  const said = { message: `is ${seconds}: it is polled every ${pollEverySeconds} s` };
  const expected = `at least ${2 * pollEverySeconds} s`;
  return silentAfterSeconds === undefined
    ? [{ in: "file", path: ["policy", "staleness", "gridConditionSeconds"], ...said, expected }]
    : [{ in: "feed", path: ["silentAfterSeconds"], ...said, expected }];
}
