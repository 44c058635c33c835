"""How values of the XML Schema datatypes are spelled: one rule per datatype, for RDF literals and XML text
alike.

White space around a value is not forgiven here; XML text is collapsed before it is asked about, RDF literals
are not. Source: W3C XML Schema Definition Language 1.1 part 2 (2012-04-05); for addresses RFC 3986.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Spelling = Callable[[str], object]
"""Tells whether a text is a spelling of a datatype: something true, or not."""

_YEAR = r"-?(?:[1-9][0-9]{3,}|0(?!000)[0-9]{3})"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_DATE = rf"({_YEAR})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATE_TIME = re.compile(rf"{_DATE}T{_TIME}{_ZONE}")
_DAY = re.compile(rf"{_DATE}{_ZONE}")
_DURATION = re.compile(
    r"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_BOOLEANS = frozenset({"true", "false", "1", "0"})
_LONG_MONTHS = frozenset({"01", "03", "05", "07", "08", "10", "12"})


def _real_day(year: str, month: str, day: str) -> bool:
    if day < "29" or month in _LONG_MONTHS:
        return True
    if month != "02":
        return day != "31"
    number = int(year[-4:])
    return day == "29" and number % 4 == 0 and (number % 100 != 0 or number % 400 == 0)


def _dated(pattern: re.Pattern[str]) -> Spelling:
    def spelled(text: str) -> bool:
        found = pattern.fullmatch(text)
        return found is not None and _real_day(*found.group(1, 2, 3))

    return spelled


def _anything(text: str) -> bool:  # noqa: ARG001
    return True


SPELLINGS: dict[str, Spelling] = {
    "xsd:anyURI": _anything,
    "xsd:boolean": _BOOLEANS.__contains__,
    "xsd:date": _dated(_DAY),
    "xsd:dateTime": _dated(_DATE_TIME),
    "xsd:decimal": _DECIMAL.fullmatch,
    "xsd:duration": _DURATION.fullmatch,
    "xsd:integer": _INTEGER.fullmatch,
    "xsd:string": _anything,
}
"""The rule of each datatype that the profile uses. XML Schema takes any text for an address."""

_ESCAPED = r"%[0-9A-Fa-f]{2}"
_LOOSE = r" <>\"{}|\\^`\x00-\x1f\x7f-\U0010ffff"
"""Signs that an XML Schema address may hold though RFC 3986 wants them escaped."""


def _signs(more: str) -> str:
    """Any number of unreserved signs, sub-delimiters, loose signs, escapes and what else a part may hold."""
    return rf"(?:[A-Za-z0-9\-._~!$&'()*+,;={_LOOSE}{more}]|{_ESCAPED})*"


_IN_FRAGMENT = r":@/?\[\]"
_AUTHORITY = rf"//(?:{_signs(':')}@)?(?:\[[^\]]*\]|{_signs('')})(?::[0-9]{{1,9}})?(?:/{_signs(':@/')})?"
_TAIL = rf"(?:\?{_signs(':@/?')})?(?:#{_signs(_IN_FRAGMENT)})?"
_ABSOLUTE = rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{_AUTHORITY}|(?!//){_signs(':@/')})"
_RELATIVE = rf"(?:{_AUTHORITY}|(?!//){_signs('@')}(?:/{_signs(':@/')})?)"
_ADDRESS = re.compile(rf"(?:{_ABSOLUTE}|{_RELATIVE}){_TAIL}")


def is_address(text: str) -> bool:
    """Tell whether XML takes a text for a reference to a resource, absolute or relative."""
    return _ADDRESS.fullmatch(text) is not None
