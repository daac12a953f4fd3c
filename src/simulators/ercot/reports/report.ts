import type { PriceDay } from "../priceDay.ts";

/** Delays between an event and the moment its document exists, in market seconds. */
export interface PublicationTimes {
  readonly lmpDelaySeconds: number;
  readonly sppDelaySeconds: number;
  /** Every delay is shifted by a fixed draw within ± this. */
  readonly jitterSeconds: number;
  readonly seed: number;
  /** In place of the shift: delays as heavy-tailed as ERCOT's, drifting with the hour of day. */
  readonly isHeavyTailed?: boolean;
}

/** What ERCOT publishes in one document of a report. */
export interface ReportDocument {
  /** `LMPSROSNODENP6788_20260818_170012` */
  readonly stem: string;
  /** Start of the SCED run or of the interval. */
  readonly aboutMs: number;
  readonly publishMs: number;
  readonly header: readonly string[];
  /** Made when they are asked for: most documents of a day are fetched by nobody. */
  readonly rows: () => readonly (readonly string[])[];
}

/** How the Public API gives a report. */
export interface SimulatedApi {
  /** `np6-788-cd` */
  readonly emilId: string;
  readonly endpoints: readonly SimulatedEndpoint[];
}

/** Rows of a report in the Public API: its fields name the columns of the CSV, in their order. */
export interface SimulatedEndpoint {
  /** `lmp_node_zone_hub` */
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly dataType: ApiDataType }[];
  /** Documents whose rows are here, by their name; all unless given. */
  readonly of?: RegExp;
}

export type ApiDataType = "BOOLEAN" | "VARCHAR" | "INTEGER" | "DOUBLE" | "DATE" | "DATETIME" | "TIME";

/** A report of ERCOT's public MIS lists. */
export interface SimulatedReport {
  /** Number among the MIS lists, at most five digits. */
  readonly reportTypeId: number;
  readonly reportName: string;
  /** How long a document stays in the list after its publication. */
  readonly listedMs: number;
  /** The report in the Public API; absent where it has none. */
  readonly api?: SimulatedApi;
  /** Every document about the days. */
  documents(day: PriceDay, times: PublicationTimes): readonly ReportDocument[];
}

/** Fields of an endpoint: `{ deliveryDate: "DATE" }`, in the order of the columns. */
export function fieldsOf(types: Readonly<Record<string, ApiDataType>>): SimulatedEndpoint["fields"] {
  return Object.entries(types).map(([name, dataType]) => ({ name, dataType }));
}

/** Lists of reports that come many times an hour hold the last six hours. */
export const SIX_HOURS_MS = 6 * 3_600_000;

/**
 * Delay of a document about a moment, market milliseconds: at least a second, shifted by a draw that is fixed by seed,
 * kind and moment.
 */
export function delayMs(
  kind: string,
  atMs: number,
  delaySeconds: number,
  { jitterSeconds, seed, isHeavyTailed }: PublicationTimes,
): number {
  if (isHeavyTailed === true) {
    const share = (of: string): number => spread(hash(`${seed}/${kind}/${atMs}/${of}`)) / 2 ** 32;
    return Math.max(1, delaySeconds - HEAVY_TAILED_MIDDLE_SECONDS + heavyTailedSeconds(atMs, share)) * 1000;
  }
  const draw = hash(`${seed}/${kind}/${atMs}`) % (2 * jitterSeconds + 1);
  return Math.max(1, delaySeconds - jitterSeconds + draw) * 1000;
}

/** A report of this delay has delays from 25 to 90 s, and one document in twenty up to 240 s. */
const HEAVY_TAILED_MIDDLE_SECONDS = 60;
const DAY_MS = 86_400_000;

/**
 * Delays about a middle that moves between 35 and 70 s in the course of a day; one in twenty comes later than 90 s, the
 * latest after 240. `share`: a draw from 0 to 1 for each name.
 */
function heavyTailedSeconds(atMs: number, share: (of: string) => number): number {
  if (share("tail") < 0.05) return Math.round(90 + 150 * share("late") ** 1.5);
  const middle = 52 + 17 * Math.sin((2 * Math.PI * (atMs % DAY_MS)) / DAY_MS);
  const bell = ["a", "b", "c", "d"].reduce((sum, of) => sum + share(of), -2);
  return Math.round(Math.min(90, Math.max(25, middle * (1 + 0.28 * bell))));
}

/** Every bit of a hash touches every bit of what comes out (the last steps of MurmurHash3). */
function spread(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A draw from -1 to 1 that is fixed by its text. */
export function draw(text: string): number {
  return (spread(hash(text)) / 2 ** 32) * 2 - 1;
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
