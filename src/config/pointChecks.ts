import { didYouMean } from "./didYouMean.ts";
import { finding, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";

/** Hubs and load zones of ERCOT settlement price report NP6-905-CD in 2024, with the types of their prices. */
const POINTS = {
  HB_: {
    names: ["HB_BUSAVG", "HB_HOUSTON", "HB_HUBAVG", "HB_NORTH", "HB_PAN", "HB_SOUTH", "HB_WEST"],
    types: ["HU"],
  },
  LZ_: {
    names: ["LZ_AEN", "LZ_CPS", "LZ_HOUSTON", "LZ_LCRA", "LZ_NORTH", "LZ_RAYBN", "LZ_SOUTH", "LZ_WEST"],
    types: ["LZ", "LZEW"],
  },
};

/** The two averages of hubs have a type each. */
const AVERAGES: Readonly<Record<string, readonly string[]>> = { HB_BUSAVG: ["SH"], HB_HUBAVG: ["AH"] };
/** Resource nodes of every kind and the DC ties. */
const OTHER_TYPES = ["RN", "PCCRN", "LCCRN", "PUN", "LZ_DC", "LZ_DCEW"];

/**
 * A hub or zone that ERCOT does not have, and a type that the point's price cannot have: no price is published under
 * either. Resource nodes are too many to know.
 */
export function pointFindings({ site: { settlementPoint, settlementPointType } }: SiteFile): Finding[] {
  const kind = Object.entries(POINTS).find(([prefix]) => settlementPoint.startsWith(prefix))?.[1];
  if (kind === undefined) return typeFindings(settlementPoint, settlementPointType, OTHER_TYPES);
  const types = AVERAGES[settlementPoint] ?? kind.types;
  return [...nameFindings(settlementPoint, kind.names), ...typeFindings(settlementPoint, settlementPointType, types)];
}

function nameFindings(point: string, names: readonly string[]): Finding[] {
  if (names.includes(point)) return [];
  const meant = didYouMean(point, names);
  return [
    warning(
      ["site", "settlementPoint"],
      `is ${point}, no hub or zone that ERCOT had in 2024; without its price the site stays as it is`,
      meant === undefined ? `one of ${names.join(", ")}, or a newer one` : `${meant}, if that is meant`,
    ),
  ];
}

function typeFindings(point: string, type: string, types: readonly string[]): Finding[] {
  if (types.includes(type)) return [];
  const message = `is ${type}, a type that ${point} does not have`;
  return [finding(["site", "settlementPointType"], message, `one of ${types.join(", ")}`)];
}
