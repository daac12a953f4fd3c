import { centralWall, nextDay, wallToInstant } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { addSeconds, type Instant, parseInstant, secondsBetween, UnitError } from "../../domain/units/instant.ts";
import { RequestUnusableError } from "../../ports/commands.ts";

const DURATION = /^\+(?:(\d{1,3})h)?(?:(\d{1,4})m)?$/;
const WALL = /^([01]\d|2[0-3]):[0-5]\d$/;
const DAY_AND_WALL = /^(\d{4}-\d{2}-\d{2})[T ]((?:[01]\d|2[0-3]):[0-5]\d)$/;
/** An order that lasts longer is asked for twice: a slip of a day is an outage of a day. */
const HORIZON_SECONDS = 86_400;

/**
 * End of an order: an ISO instant with an offset, `HH:MM` Central of the market day that contains `now`, a day and a
 * time without an offset, which are Central too, or `+45m`, `+2h`, `+1h30m` from `now`. An instant in the past is the
 * site's to refuse. @throws RequestUnusableError on other text, a time that its day skips or has twice, one that has
 * passed today, for nobody guesses that tomorrow is meant, and one more than a day ahead unless `isLong`.
 */
export function parseUntil(text: string, now: Instant, isLong = false): Instant {
  const until = untilOf(text, now);
  const hours = secondsBetween(now, until) / 3600;
  if (isLong || hours * 3600 <= HORIZON_SECONDS) return until;
  const { day, time } = centralWall(until);
  throw new RequestUnusableError(
    `${text} is ${Math.floor(hours)} hours ahead, ${day} ${time.slice(0, 5)} Central; an order that is to last ` +
      `longer than a day says so`,
    { meant: { member: "until", allowedBy: "isLong" } },
  );
}

function untilOf(text: string, now: Instant): Instant {
  const duration = DURATION.exec(text);
  if (duration && text !== "+") return addSeconds(now, Number(duration[1] ?? 0) * 3600 + Number(duration[2] ?? 0) * 60);
  try {
    if (WALL.test(text)) return laterToday(text, now);
    const [, day, time] = DAY_AND_WALL.exec(text) ?? [];
    if (day !== undefined && time !== undefined) return onceOn(day, `${time}:00`);
    return parseInstant(text);
  } catch (cause) {
    if (!(cause instanceof UnitError)) throw cause;
    const why =
      WALL.test(text) || DAY_AND_WALL.test(text) ? cause.message : `"${text}" is not a time at which an order can end`;
    throw new RequestUnusableError(
      `${why}; expected HH:MM or YYYY-MM-DDTHH:MM Central, +45m or +1h30m from now, or an instant with its offset ` +
        `such as 2026-08-18T21:30-05:00`,
      { cause, meant: { member: "until" } },
    );
  }
}

function laterToday(text: string, now: Instant): Instant {
  const { day } = centralWall(now);
  const end = onceOn(day, `${text}:00`);
  if (end > now) return end;
  const tomorrow = nextDay(day);
  const offset = centralWall(wallToInstant({ day: tomorrow, time: "12:00:00", repeatedHour: false })).offset;
  throw new UnitError(`${text} Central has passed on ${day}; if tomorrow is meant, write ${tomorrow}T${text}${offset}`);
}

function onceOn(day: OperatingDay, time: string): Instant {
  const first = wallToInstant({ day, time, repeatedHour: false });
  if (!existsTwice(day, time)) return first;
  throw new UnitError(`${time.slice(0, 5)} comes twice on ${day}, when the clocks go back`);
}

function existsTwice(day: OperatingDay, time: string): boolean {
  try {
    wallToInstant({ day, time, repeatedHour: true });
    return true;
  } catch (error) {
    if (error instanceof UnitError) return false;
    throw error;
  }
}
