import { centralWall, intervalStart, parseIntervalKey } from "../market/calendar.ts";
import type { Instant } from "../units/instant.ts";

/** `2024-08-20 20:15 CDT`: Central Prevailing Time to the minute; CDT and CST tell the repeated autumn hour apart. */
export function centralMinute(at: Instant): string {
  const { day, time, offset } = centralWall(at);
  return `${day} ${time.slice(0, 5)} ${offset === "-05:00" ? "CDT" : "CST"}`;
}

/** `2024-08-20T20:15:00-05:00`: Central Prevailing Time with its offset, whole seconds, for a file. */
export function centralIso(at: Instant): string {
  const { day, time, offset } = centralWall(at);
  return `${day}T${time}${offset}`;
}

/** `2024-08-20 20:15 CDT (HE 21, interval 2)`: start of an interval. @throws UnitError for text that is no key. */
export function intervalLabel(key: string): string {
  const interval = parseIntervalKey(key);
  const { hourEnding, interval: quarter, repeatedHour } = interval;
  return (
    `${centralMinute(intervalStart(interval))} (HE ${hourEnding}, interval ${quarter}` +
    `${repeatedHour ? ", repeated hour" : ""})`
  );
}
