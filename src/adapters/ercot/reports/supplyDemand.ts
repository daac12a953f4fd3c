import { z } from "zod";
import type { SupplyDemandObservation } from "../../../domain/inputs/supplyDemand.ts";
import { foreignValueText } from "../../../domain/units/foreignText.ts";
import { addSeconds, type Instant, UnitError } from "../../../domain/units/instant.ts";
import { instantOfEpoch } from "../../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { dashboardJson } from "../dashboardJson.ts";
import { pageStamp } from "../dashboardStamp.ts";
import { gridMegawatts } from "../gridMegawatts.ts";
import { dashboardReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

/** The forecast is of the next days: a week and a day. */
const AHEAD_SECONDS_MAX = 8 * 86_400;

type Row = Readonly<Record<string, unknown>>;
/** Tells what was expected and what was found; it stands for nothing. */
type Odd = (what: string, found: unknown) => [];

/**
 * The newest measured row of ERCOT's stored page `supply-demand.json`, and the hour of its forecast with the least
 * room. Pure. Its moment is the row's own, never `lastUpdated`: a page written anew with old rows is old. What cannot
 * be read, a value beyond 0 to 999,999 MW and an hour more than eight days ahead is left out and told to `report`.
 * @throws PortDataError when `data` has no measured row with a demand and a moment that has come
 */
export function parseSupplyDemandJson(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): SupplyDemandObservation[] {
  const { source, documentId, fetchedAt } = document;
  const where = `${source} document ${documentId}`;
  const { data, forecast } = dashboardJson(document.bytes, where);
  const odd: Odd = (what, found) => {
    report?.(`${source}: expected ${what}, found ${foreignValueText(found)}`);
    return [];
  };
  const stamped = rowsOf(data, odd).flatMap((row) => {
    if (row["forecast"] === 1) return [];
    const at = instantOf(row["epoch"]);
    if (row["forecast"] === 0 && at !== undefined && gridMegawatts(row["demand"]) !== undefined) return [{ row, at }];
    return odd("forecast 0 or 1, demand in MW and epoch in a row of data", row);
  });
  const come = stamped.filter(({ at }) => isCome(at, document, report)).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const newest = come.at(-1);
  const demandMw = gridMegawatts(newest?.row["demand"]);
  if (newest === undefined || demandMw === undefined)
    throw new PortDataError(
      `${where}: expected a row of data with forecast 0, demand and epoch, found ${foreignValueText(data)}`,
    );
  const mw = (name: "capacity" | "available"): number | undefined => {
    const value = gridMegawatts(newest.row[name]);
    if (value === undefined) odd(`${name} in MW in the newest row of data`, newest.row);
    return value;
  };
  return [
    {
      kind: "supply-demand",
      source,
      documentId,
      contentHash,
      fetchedAt,
      quality: "PUBLISHED",
      observedAt: newest.at,
      demandMw,
      ...given("capacityMw", mw("capacity")),
      ...given("availableMw", mw("available")),
      ...given(
        "tightest",
        tightestOf(rowsOf(forecast, odd), { from: newest.at, to: addSeconds(fetchedAt, AHEAD_SECONDS_MAX) }, odd),
      ),
    },
  ];
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}

/** A row from the future is told and left out: it would hide every true one until then. */
function isCome(at: Instant, document: RawDocument, report?: Report): boolean {
  try {
    return pageStamp({ "a row of data": Date.parse(at) }, undefined, document, report) === at;
  } catch (error) {
    if (error instanceof PortDataError) return false;
    throw error;
  }
}

function tightestOf(
  rows: readonly Row[],
  ahead: { from: Instant; to: Instant },
  odd: Odd,
): SupplyDemandObservation["tightest"] {
  const hours = rows.flatMap((row) => {
    const [endsAt, available, demand] = [instantOf(row["epoch"]), row["availCapGen"], row["forecastedDemand"]];
    const [availableMw, demandMw] = [gridMegawatts(available), gridMegawatts(demand)];
    if (endsAt === undefined || availableMw === undefined || demandMw === undefined)
      return odd("availCapGen and forecastedDemand in MW and epoch in a row of forecast", row);
    if (endsAt <= ahead.from) return [];
    if (endsAt > ahead.to) return odd(`an hour until ${ahead.to} in a row of forecast`, row);
    return [{ endsAt, roomMw: availableMw - demandMw }];
  });
  return hours.toSorted((a, b) => a.roomMw - b.roomMw || (a.endsAt < b.endsAt ? -1 : 1))[0];
}

function rowsOf(value: unknown, odd: Odd): readonly Row[] {
  if (!Array.isArray(value)) return odd("an array of rows", value);
  return value.flatMap((row: unknown) => (typeof row === "object" && row !== null ? [row as Row] : odd("a row", row)));
}

function instantOf(epoch: unknown): Instant | undefined {
  try {
    return typeof epoch === "number" ? instantOfEpoch(epoch) : undefined;
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

/** Rows come every five minutes. */
const [LATE_SECONDS, SILENT_SECONDS] = [900, 1_800];

const fragment = z
  .strictObject({ use: z.literal("ercot/supply-demand"), ...regularSettings })
  .meta({ description: "Demand, capacity and the tightest hour ahead, dashboard supply-demand" });

/** Supply and demand of the grid: kept, no site is told. */
export const supplyDemand = {
  fragment,
  ...dashboardReport<z.infer<typeof fragment>>({
    use: "ercot/supply-demand",
    title: "Demand, capacity and the tightest hour ahead on the dashboard",
    page: "supply-demand",
    gives: "supply-demand",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/supply-demand", pollEverySeconds: 300, pollOffsetSeconds: 35 },
    polls: everySoOften,
    identity: () => "supply-demand",
    read: (document, contentHash, _point, report) => parseSupplyDemandJson(document, contentHash, report),
    silentAfterSeconds: () => SILENT_SECONDS,
    lateAfterSeconds: LATE_SECONDS,
  }),
};
