import { normalizeDecimal } from "./normalizeField.ts";
import { MarketRowError } from "./normalizeField.ts";
import { LOAD_AREAS, type LoadArea, type LoadByArea } from "./loadZones.ts";

/** Far above any load that ERCOT has had or expects, MW. */
const LOAD_MAX_MW = 999_999;

/** Load of a row of NP3-565, NP6-345 or NP6-235, MW as decimal text, whole kilowatts at most. @throws MarketRowError */
export function normalizeLoad(column: string, text: string): string {
  const decimal = normalizeDecimal(column, text);
  if (decimal.startsWith("-") || Number(decimal) > LOAD_MAX_MW)
    throw new MarketRowError(column, text, `a load of 0 to ${LOAD_MAX_MW} MW`);
  const [whole = "", fraction = ""] = decimal.split(".");
  return fraction === "" ? whole : `${whole}.${fraction.slice(0, 3)}`;
}

/** Load of the system and its zones from a row by area. @throws MarketRowError as `normalizeLoad` */
export function normalizeLoads(row: Readonly<Record<LoadArea, string>>): LoadByArea {
  return Object.fromEntries(LOAD_AREAS.map((area) => [area, normalizeLoad(area, row[area])])) as LoadByArea;
}
