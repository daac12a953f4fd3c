import { z } from "zod";
import type { AsCapacityObservation } from "../../../domain/inputs/asCapacity.ts";
import { AS_CAPACITIES } from "../../../domain/market/asCapacities.ts";
import { foreignValueText } from "../../../domain/units/foreignText.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import { dashboardJson } from "../dashboardJson.ts";
import { pageStamp } from "../dashboardStamp.ts";
import { gridMegawatts } from "../gridMegawatts.ts";
import { dashboardReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

/** Changes of base points, and net consumption: they have been below zero, by a few MW. */
const NET_KEYS: readonly string[] = ["capClrDecreaseBp", "capClrIncreaseBp", "telemHslOutl"];
const NET_LEAST_MW = -50_000;

/**
 * What ERCOT's stored page `ancillary-service-capacity-monitor.json` says of loads and PRC. Pure. A key that is
 * missing, or whose value is no number of 0 (a net one of -50,000) to 999,999, is absent and told to `report`: never
 * zero. No file of this page has been recorded whole; its groups and keys have.
 * @throws PortDataError when `data` is no object, none of the keys is there, or there is no time that has come
 */
export function parseCapacityMonitorJson(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): AsCapacityObservation[] {
  const { source, documentId, fetchedAt } = document;
  const where = `${source} document ${documentId}`;
  const { lastUpdated, epoch, data } = dashboardJson(document.bytes, where);
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw new PortDataError(`${where}: expected an object data with groups of keys, found ${foreignValueText(data)}`);
  const capacities = AS_CAPACITIES.flatMap(({ group, key }) => {
    const value = valueOf((data as Record<string, unknown>)[group], key);
    const mw = gridMegawatts(value, NET_KEYS.includes(key) ? NET_LEAST_MW : 0);
    if (mw !== undefined) return [[key, mw] as const];
    report?.(`${source}: expected ${group}.${key} in MW, found ${foreignValueText(value)}`);
    return [];
  });
  if (capacities.length === 0)
    throw new PortDataError(`${where}: expected keys such as ${AS_CAPACITIES[0].key}, found none of them`);
  return [
    {
      kind: "as-capacity",
      source,
      documentId,
      contentHash,
      fetchedAt,
      quality: "PUBLISHED",
      observedAt: pageStamp({ epoch }, lastUpdated, document, report),
      capacityMw: Object.fromEntries(capacities),
    },
  ];
}

/** Value of a key in a group of pairs, of which the first is a heading. */
function valueOf(group: unknown, key: string): unknown {
  if (!Array.isArray(group)) return undefined;
  const pair: unknown = group.find((one: unknown) => Array.isArray(one) && one[0] === key);
  return Array.isArray(pair) ? pair[1] : undefined;
}

/** The monitor is written anew every minute or so, and looked at every five. */
const [LATE_SECONDS, SILENT_SECONDS] = [600, 1_200];

const fragment = z
  .strictObject({ use: z.literal("ercot/ancillary-service-capacity-monitor"), ...regularSettings })
  .meta({ description: "Ancillary service capacity of loads, and PRC, dashboard ancillary-service-capacity-monitor" });

/** Capability and awards of loads by ancillary service, ECRS deployment and PRC: kept, no site is told. */
export const capacityMonitor = {
  fragment,
  ...dashboardReport<z.infer<typeof fragment>>({
    use: "ercot/ancillary-service-capacity-monitor",
    title: "Ancillary service capacity of loads, deployed ECRS, and PRC on the dashboard",
    page: "ancillary-service-capacity-monitor",
    gives: "as-capacity",
    role: "record",
    isOptional: true,
    usual: { use: "ercot/ancillary-service-capacity-monitor", pollEverySeconds: 300, pollOffsetSeconds: 55 },
    polls: everySoOften,
    identity: () => "as-capacity",
    read: (document, contentHash, _point, report) => parseCapacityMonitorJson(document, contentHash, report),
    silentAfterSeconds: () => SILENT_SECONDS,
    lateAfterSeconds: LATE_SECONDS,
  }),
};
