import { centralWall } from "../domain/market/calendar.ts";
import type { Instant } from "../domain/units/instant.ts";

/**
 * Central wall time `HH:MM:SS`, with its day in front unless that is the day of `near`. The second copy of the repeated
 * hour is marked.
 */
export function centralTime(at: Instant, near?: Instant): string {
  const { day, time, repeatedHour } = centralWall(at);
  const clock = repeatedHour ? `${time} (second)` : time;
  return near !== undefined && centralWall(near).day === day ? clock : `${day} ${clock}`;
}

/** `35 s`, `6 min`, `2 h 10 min`, `3 d 4 h`: the two largest units, of which seconds only below two minutes. */
export function ageText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
