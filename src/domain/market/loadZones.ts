/** ERCOT's eight weather zones, by the names of the actual load (NP6-345); NP3-565 names two of them otherwise. */
export const WEATHER_ZONES = ["COAST", "EAST", "FAR_WEST", "NORTH", "NORTH_C", "SOUTHERN", "SOUTH_C", "WEST"] as const;

/** A weather zone, or the whole system. */
export type LoadArea = (typeof WEATHER_ZONES)[number] | "SYSTEM";

/** Load of the system and of each zone, MW as decimal text. */
export type LoadByArea = Readonly<Record<LoadArea, string>>;

/** The whole system, then the zones. */
export const LOAD_AREAS: readonly LoadArea[] = ["SYSTEM", ...WEATHER_ZONES];
