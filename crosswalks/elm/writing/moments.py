"""Hours, durations and moments in the lexical forms of XML Schema."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

_WEEKS = re.compile(r"(?<!\d)(\d{1,9})W(?:(\d{1,9})D)?")


@lru_cache(maxsize=4096)
def hours_duration(hours: Decimal) -> str:
    """Return a number of hours as a duration of hours, minutes and seconds: 90 is `PT90H`, 1.5 is `PT1H30M`."""
    whole = int(hours)
    minutes, seconds = divmod(round((hours - whole) * 3600), 60)
    parts = ((whole, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")


@lru_cache(maxsize=4096)
def xsd_duration(duration: str) -> str:
    """Return an ISO 8601 duration as `xsd:duration`, which has no weeks: `P2W` is `P14D`."""
    return _WEEKS.sub(lambda match: f"{int(match.group(1)) * 7 + int(match.group(2) or 0)}D", duration)


@lru_cache(maxsize=4096)
def date_time(moment: str, offset: str) -> str:
    """Return a date or moment as `xsd:dateTime`; a day begins at midnight, an offset is added where none is said."""
    day, _, time = moment.partition("T")
    if not time:
        return f"{day}T00:00:00{offset}"
    clock = re.split(r"[Z+\-]", time, maxsplit=1)[0]
    stated = time[len(clock) :]
    seconds = clock if clock.count(":") == 2 else f"{clock}:00"
    return f"{day}T{seconds}{stated or offset}"
