import { z } from "zod";
import type { GridConditionObservation } from "../../../domain/inputs/gridCondition.ts";
import { normalizeGridState } from "../../../domain/market/normalizeGridState.ts";
import { foreignValueText } from "../../../domain/units/foreignText.ts";
import { UnitError } from "../../../domain/units/instant.ts";
import type { Instant } from "../../../domain/units/instant.ts";
import { instantOfEpoch, outsideInstantProblem } from "../../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { dashboardInstant, dashboardJson } from "../dashboardJson.ts";
import { dashboardReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

/**
 * Grid condition in a stored `daily-prc.json`. Pure. A state that is not known is `unreadable`, with its text; a PRC
 * that is missing or no number is absent and does not hide the state. Observed at the newest of
 * `current_condition.datetime` and the last row of `data`, else at `lastUpdated`. A moment ahead of the time at which
 * the page was read is left out and told to `report`: taken for the newest, it would hide every true one until then.
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
  const ahead: Ahead = (what, stamp) => {
    const problem = outsideInstantProblem(stamp, document.fetchedAt, Number.POSITIVE_INFINITY);
    return problem === undefined ? undefined : `${document.source}: ${what}: ${problem}`;
  };
  const { level, unreadable } = normalizeGridState(state, eeaLevel);
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
      prcMw: megawatts(prc_value),
      observedAt:
        newest({ "current_condition.datetime": datetime, "the last row of data": lastRow(data) }, ahead, report) ??
        updatedAt(lastUpdated, where, ahead),
    },
  ];
}

/** `"18,807"` → 18807. */
function megawatts(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  return /^\d{1,3}(,\d{3})*(\.\d+)?$|^\d+(\.\d+)?$/.test(text) ? Number(text.replaceAll(",", "")) : undefined;
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

/** Why a stamp of the page lies ahead of the time at which it was read; undefined when it does not. */
type Ahead = (what: string, stamp: Instant) => string | undefined;

/** The newest of some epoch numbers, those left out that are absent, none, or ahead. */
function newest(epochs: Readonly<Record<string, unknown>>, ahead: Ahead, report?: Report): Instant | undefined {
  const come = Object.entries(epochs).flatMap(([what, epoch]) => {
    const stamp = instantOf(epoch);
    const problem = stamp === undefined ? undefined : ahead(what, stamp);
    if (problem !== undefined) report?.(problem);
    return stamp === undefined || problem !== undefined ? [] : [stamp];
  });
  return come.toSorted().at(-1);
}

function updatedAt(lastUpdated: unknown, where: string, ahead: Ahead): Instant {
  const stamp = dashboardInstant(lastUpdated, "lastUpdated", where);
  const problem = ahead("lastUpdated", stamp);
  if (problem !== undefined) throw new PortDataError(problem);
  return stamp;
}

function instantOf(epoch: unknown): Instant | undefined {
  try {
    return instantOfEpoch(epochNumber(epoch));
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

/** NaN for what is neither a number nor a text of one. */
function epochNumber(epoch: unknown): number {
  if (typeof epoch === "number") return epoch;
  return typeof epoch === "string" && epoch.trim() !== "" ? Number(epoch) : Number.NaN;
}

const fragment = z
  .strictObject({ use: z.literal("ercot/daily-prc"), ...regularSettings })
  .meta({ description: "Grid condition and PRC, dashboard daily-prc" });

/** Grid condition and physical responsive capability from ERCOT's dashboard `daily-prc.json`, every minute. */
export const dailyPrc = {
  fragment,
  ...dashboardReport<z.infer<typeof fragment>>({
    use: "ercot/daily-prc",
    title: "Grid condition and physical responsive capability (PRC) on the dashboard",
    page: "daily-prc",
    gives: "grid-condition",
    role: "record",
    isOptional: false,
    usual: { use: "ercot/daily-prc", pollEverySeconds: 60, pollOffsetSeconds: 20 },
    polls: everySoOften,
    identity: () => "grid-condition",
    read: (document, contentHash, _point, report) => parseGridConditionJson(document, contentHash, report),
    silentAfterSeconds: ({ gridConditionSeconds }) => gridConditionSeconds,
    notRead: ({ gridSource }) =>
      gridSource === "feed" ? undefined : `the grid condition is not read: site.gridSource is ${gridSource}`,
    problems: ({ pollEverySeconds }, { gridSource, staleness: { gridConditionSeconds } }) =>
      gridSource !== "feed" || gridConditionSeconds >= 2 * pollEverySeconds
        ? []
        : [
            {
              in: "file",
              path: ["policy", "staleness", "gridConditionSeconds"],
              message: `is ${gridConditionSeconds}: it is polled every ${pollEverySeconds} s`,
              expected: `at least ${2 * pollEverySeconds} s`,
            },
          ],
  }),
};
