"""Which form a client gets: what its Accept header prefers among the forms a record has.

Source: RFC 9110, 12.4 and 12.5. A range that names a profile fits only forms with that profile; one that names
none fits any. A header that cannot be read counts as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from config.messages import Language

HTML = "text/html"
_MOST = 64
_PARAMETER = re.compile(r';\s*([A-Za-z0-9!#$&^_.+-]{1,64})\s*=\s*("(?:[^"\\]|\\.){0,512}"|[^;,\s]{0,512})')
_RANGE = re.compile(r'((?:[^,"]|"(?:[^"\\]|\\.){0,512}")+)')
_ALSO = {"text/xml": "application/xml", "application/xhtml+xml": HTML, "application/x-turtle": "text/turtle"}


class Choice(NamedTuple):
    """Something a client can be given."""

    name: str
    media_type: str
    profile: str | None = None


class _Range(NamedTuple):
    kind: str
    sub: str
    quality: float
    profile: str | None

    def fit(self, choice: Choice) -> int:
        """Return how specifically the range names a choice, 0 for not at all."""
        kind, _, sub = choice.media_type.partition("/")
        if self.profile is not None and self.profile not in (choice.profile or "").split():
            return 0
        if (self.kind, self.sub) == ("*", "*"):
            return 1
        if self.kind != kind:
            return 0
        if self.sub == "*":
            return 2
        return 0 if self.sub != sub else 4 if self.profile else 3


def negotiate(accept: str | None, choices: Sequence[Choice]) -> Choice | None:
    """Return the best choice, the first among equals; None when nothing is acceptable."""
    ranges = _ranges(accept)
    if not ranges:
        return choices[0] if choices else None
    best: tuple[float, Choice] | None = None
    for choice in choices:
        quality = _quality(ranges, choice)
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, choice
    return best[1] if best else None


def _quality(ranges: list[_Range], choice: Choice) -> float:
    fits = [(one.fit(choice), one.quality) for one in ranges]
    closest = max(fit for fit, _ in fits)
    return max(quality for fit, quality in fits if fit == closest) if closest else 0.0


def _ranges(accept: str | None) -> list[_Range]:
    found = []
    for match in list(_RANGE.finditer(accept or ""))[:_MOST]:
        media, _, rest = match.group(1).partition(";")
        media = media.strip().lower()
        kind, slash, sub = _ALSO.get(media, media).partition("/")
        if not slash or not kind or not sub:
            continue
        parameters = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(";" + rest)}
        found.append(_Range(kind, sub, _number(parameters.get("q", "1")), parameters.get("profile")))
    return found


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(max(value, 0.0), 1.0) if value == value else 0.0  # noqa: PLR0124  the value may be none


def language_of(asked: str | None, accept_language: str | None) -> Language:
    """Return `ja` or `en`: as asked for in the address, else as the header prefers, else English."""
    known: dict[str, Language] = {"ja": "ja", "en": "en"}
    if asked in known:
        return known[asked]
    best = 0.0
    found: Language = "en"
    for part in (accept_language or "").split(",")[:_MOST]:
        tag, _, rest = part.strip().partition(";")
        language = tag.partition("-")[0].lower()
        quality = _number(rest.strip().removeprefix("q=")) if rest.strip().startswith("q=") else 1.0
        if language in known and quality > best:
            best, found = quality, known[language]
    return found
