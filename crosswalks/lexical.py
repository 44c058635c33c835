"""What values look like as text in records of linked data: addresses, names, language tags, dates, codes, durations.

Each pattern holds for a whole text. A text that does not fit is not a value of that kind, whatever it may mean.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

ADDRESS = re.compile(r'^https?://[^\x00-\x20<>"{}|\\^`]{1,4000}\Z')
IRI = re.compile(r'^[A-Za-z][A-Za-z0-9+.\-]{0,40}:[^\x00-\x20<>"{}|\\^`]{1,4000}\Z')
TAG = re.compile(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")
"""A language of ISO 639 with its subtags: no longer first subtag is registered, so "English" is none."""
DURATION = re.compile(
    r"^P(?=.)([0-9]{1,9}Y)?([0-9]{1,9}M)?([0-9]{1,9}W)?([0-9]{1,9}D)?"
    r"(T(?=.)([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,9})?S)?)?\Z"
)
MOMENT = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?\Z"
)
"""What a moment looks like; `is_moment` also asks the calendar."""
COUNTRY = re.compile(r"^[A-Z]{2}\Z")
REGION = re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}\Z")
CURRENCY = re.compile(r"^[A-Z]{3}\Z")
_NAMELESS = "_:"
_RELATIVE = (_NAMELESS, ".", "/", "#")


def is_iri(text: str | None) -> bool:
    """Tell whether a text is an identifier that holds outside its own document."""
    return bool(text and IRI.match(text) and not text.startswith(_NAMELESS))


def is_moment(text: str) -> bool:
    """Tell whether a text is a day, or a moment of one, that the calendar has."""
    try:
        return bool(MOMENT.match(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def names_itself(text: str | None) -> bool:
    """Tell whether a node has a name that says something outside its own document, be it well-formed or not."""
    return bool(text and not text.startswith(_RELATIVE))


def iso_hours(hours: Decimal) -> str:
    """Return hours as an ISO 8601 duration of hours, minutes and seconds."""
    seconds = hours * 3600
    whole, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((whole, "H"), (minutes, "M"), (left, "S"))
    return "PT" + "".join(f"{amount.normalize():f}{unit}" for amount, unit in parts if amount)
