const HOUR_MS = 3_600_000;
const CHICAGO = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/Chicago",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** What Central wall clocks show at a moment. */
export interface Wall {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** `HH:MM:SS`. */
  readonly time: string;
  /** The second time that clocks show it: standard time of the autumn hour. */
  readonly isSecond: boolean;
}

const offsets = new Map<number, number>();

/** Central clocks against UTC at a moment, ms, by the platform's zone data. */
function offsetMs(utcMs: number): number {
  const hour = Math.floor(utcMs / HOUR_MS);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const parts = Object.fromEntries(CHICAGO.formatToParts(hour * HOUR_MS).map(({ type, value }) => [type, value]));
  const { year, month, day, hour: hours, minute, second } = parts;
  const offset = Date.parse(`${year}-${month}-${day}T${hours}:${minute}:${second}Z`) - hour * HOUR_MS;
  if (offsets.size > 200_000) offsets.clear();
  offsets.set(hour, offset);
  return offset;
}

/** Wall clock at a moment, ms since 1970. */
export function wallAt(utcMs: number): Wall {
  const offset = offsetMs(utcMs);
  const text = new Date(utcMs + offset).toISOString();
  return {
    day: text.slice(0, 10),
    time: text.slice(11, 19),
    isSecond: offsetMs(utcMs - HOUR_MS) !== offset && offsetMs(utcMs - HOUR_MS) > offset,
  };
}

/** Moments at which Central clocks show a wall time, given as if it were UTC: none, one or two, the earlier first. */
export function momentsOf(wallMs: number): readonly number[] {
  return [5, 6].map((hours) => wallMs + hours * HOUR_MS).filter((utcMs) => utcMs + offsetMs(utcMs) === wallMs);
}

/** The moment of a day `YYYY-MM-DD` and so many ms of its clock; the second copy where `isSecond`. */
export function momentOf(day: string, clockMs: number, isSecond: boolean): number | undefined {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined;
  const moments = momentsOf(midnight + clockMs);
  return isSecond ? moments[1] : moments[0];
}
