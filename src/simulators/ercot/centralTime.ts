import { DateTime, FixedOffsetZone, IANAZone } from "luxon";

const CDT_MINUTES = -300;
const CST_MINUTES = -360;
const QUARTER_MS = 900_000;

/** America/Chicago; its offset, which changes on full quarter hours only, is asked of the system once for each. */
class CentralZone extends IANAZone {
  readonly #offsets = new Map<number, number>();

  override offset(ms: number): number {
    const quarter = Math.floor(ms / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = super.offset(ms);
    this.#offsets.set(quarter, offset);
    return offset;
  }
}
const ZONE = new CentralZone("America/Chicago");

/**
 * Milliseconds since 1970 of a Central wall-clock time; `repeated` picks the second copy of the autumn hour. Undefined
 * when the clock never shows that time or the text is none. `day` is `YYYY-MM-DD`, `time` `HH:MM:SS`.
 */
export function msOfWall(day: string, time: string, repeated: boolean): number | undefined {
  const candidates = [CDT_MINUTES, CST_MINUTES].flatMap((offset) => {
    const at = DateTime.fromISO(`${day}T${time}`, { zone: FixedOffsetZone.instance(offset) });
    return at.isValid && at.setZone(ZONE).offset === offset ? [at.toMillis()] : [];
  });
  if (repeated) return candidates.length === 2 ? candidates[1] : undefined;
  return candidates[0];
}

/** Central wall clock at a moment. The same moments are asked for at each request. */
export function central(ms: number): DateTime {
  let wall = walls.get(ms);
  if (wall === undefined) {
    if (walls.size >= WALLS_MAX) walls.clear();
    wall = DateTime.fromMillis(ms, { zone: ZONE });
    walls.set(ms, wall);
  }
  return wall;
}

const walls = new Map<number, DateTime>();
const WALLS_MAX = 20_000;

/** Whether a moment lies in the second copy of the autumn hour. */
export function isRepeatedHour(ms: number): boolean {
  const at = central(ms);
  return at.offset === CST_MINUTES && central(ms - 3_600_000).offset === CDT_MINUTES;
}

/** Dashboard text, e.g. `2026-08-14 01:36:00-0500`. A page shows its whole day again at each request. */
export function dashboardStamp(ms: number): string {
  let stamp = stamps.get(ms);
  if (stamp === undefined) {
    if (stamps.size >= STAMPS_MAX) stamps.clear();
    stamp = central(ms).toFormat("yyyy-MM-dd HH:mm:ssZZZ");
    stamps.set(ms, stamp);
  }
  return stamp;
}

const stamps = new Map<number, string>();
const STAMPS_MAX = 50_000;

/** Milliseconds of ISO-like text with an offset (`2026-08-18 19:20:00-0500`), undefined when it is none. */
export function msOfStamp(text: string): number | undefined {
  const at = DateTime.fromISO(text.trim().replace(" ", "T"), { setZone: true });
  return at.isValid && /([+-]\d\d:?\d\d|Z)$/.test(text.trim()) ? at.toMillis() : undefined;
}
