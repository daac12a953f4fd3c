import { addSeconds, type Instant } from "../units/instant.ts";
import { dayEnd, dayStart } from "./calendar.ts";
import type { OperatingDay } from "./model.ts";

export const HOUR_SECONDS = 3_600;

/** An hour of an operating day. */
export interface DeliveryHour {
  readonly operatingDay: OperatingDay;
  /** 1..24 */
  readonly hourEnding: number;
  /** The second copy of the autumn hour. */
  readonly repeatedHour: boolean;
  readonly startsAt: Instant;
}

/** `2024-08-20/21`: day and hour ending; `R` appended for the second copy of the repeated hour. */
export function hourKey({ operatingDay, hourEnding, repeatedHour }: DeliveryHour): string {
  return `${operatingDay}/${hourEnding}${repeatedHour ? "R" : ""}`;
}

/**
 * Starts of the hours of one of ERCOT's operating days in order: 24, or 23 and 25 on the change days.
 * @throws UnitError when there is no such day.
 */
export function hoursOfDay(day: OperatingDay): readonly Instant[] {
  const end = dayEnd(day);
  const hours: Instant[] = [];
  for (let at = dayStart(day); at < end; at = addSeconds(at, HOUR_SECONDS)) hours.push(at);
  return hours;
}
