"""Central Prevailing Time by the rule in force since 2007: daylight time from the second Sunday of March, 2:00 standard
time, to the first Sunday of November, 2:00 daylight time. Standard library only, no time zone data."""

from datetime import date, datetime, timedelta, timezone
from functools import cache

QUARTER = timedelta(minutes=15)


def _sunday(year, month, nth):
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))


def offset_hours(instant):
    """Hours from UTC to Central at an aware instant: -5 or -6."""
    year = instant.year
    begin = datetime.combine(_sunday(year, 3, 2), datetime.min.time(), timezone.utc) + timedelta(hours=8)
    end = datetime.combine(_sunday(year, 11, 1), datetime.min.time(), timezone.utc) + timedelta(hours=7)
    return -5 if begin <= instant < end else -6


def central(instant):
    """The same instant with its Central offset."""
    return instant.astimezone(timezone(timedelta(hours=offset_hours(instant))))


def midnight(day):
    """The instant at which a Central day begins."""
    for hours in (5, 6):
        instant = datetime.combine(day, datetime.min.time(), timezone.utc) + timedelta(hours=hours)
        if offset_hours(instant) == -hours:
            return instant
    raise ValueError(f"{day}: no midnight")


@cache
def intervals_of(day):
    """[(label, start)] of an operating day: 92, 96 or 100, labeled day/hour ending/interval, R for the second copy of
    the repeated hour."""
    start, stop = midnight(day), midnight(day + timedelta(days=1))
    found, seen = [], set()
    while start < stop:
        local = central(start)
        label = f"{day.isoformat()}/{local.hour + 1}/{local.minute // 15 + 1}"
        found.append((label + "R" if label in seen else label, start))
        seen.add(label)
        start += QUARTER
    return found


def days_between(first, last):
    """Both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_of_month(day):
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date(day.year, day.month, 1)).days
