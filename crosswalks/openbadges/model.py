"""An Open Badges 2.0 BadgeClass in its own words, read from JSON.

Kept out: the picture, and everything about people (an issuer's e-mail and telephone, a picture's author); the
names of what was kept out stay, with the reason. An Assertion is an issued credential and is refused.
Source: Open Badges 2.0 (BadgeClass, Profile, AlignmentObject, Criteria); Moodle writes `alignment`, and
`alignments` inside an assertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.messages import CodedError
from crosswalks.files import json_objects
from crosswalks.listing import Listing

Reason = Literal["page_furniture", "personal_data", "technical_field"]
"""Why a key of the source is not taken in."""

_ALIGNMENT = {
    "targetName": "target_name",
    "targetUrl": "target_url",
    "targetDescription": "target_description",
    "targetFramework": "target_framework",
    "targetCode": "target_code",
}
_KNOWN = frozenset({
    "@context", "type", "@type", "id", "@id", "name", "description", "@language", "version", "criteria",
    "issuer", "alignment", "alignments", "tags", "related", "endorsement", "image",
})  # fmt: skip
_CRITERIA = frozenset({"id", "type", "narrative"})
_ISSUER = frozenset({"id", "@id", "type", "@context", "name", "url", "description", "image"})
_ALIGNMENT_KEYS = frozenset({*_ALIGNMENT, "type", "id"})
_PERSONAL = frozenset({"email", "telephone", "author", "recipient", "salt"})
_PERSONAL_ADDRESS = ("/badges/badge.php?", "/badges/assertion.php?")
"""Moodle's addresses of issued badges: each leads to a person."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alignment(_Closed):
    """What the badge is said to be aligned with: a skill, a standard, a course, another credential."""

    target_name: str | None = None
    target_url: str | None = None
    target_description: str | None = None
    target_framework: str | None = None
    target_code: str | None = None


class Criteria(_Closed):
    """How the badge is earned: the address of a page, words (in Markdown), or both."""

    id: str | None = None
    narrative: str | None = None


class Issuer(_Closed):
    """Who issues the badge, without any contact."""

    id: str | None = None
    name: str | None = None
    url: str | None = None
    description: str | None = None


class RelatedBadge(_Closed):
    """Another badge class that this one names, often the same in another language or version."""

    id: str
    version: str | None = None
    language: str | None = None


class BadgeClass(Listing):
    """One badge class. `left_out` names keys that were kept out and why; `others` holds unknown keys."""

    name: str = Field(min_length=1)
    id: str | None = None
    context: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    version: str | None = None
    criteria: Criteria | None = None
    issuer: Issuer | None = None
    alignments: tuple[Alignment, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[RelatedBadge, ...] = ()
    endorsement: str | None = None
    left_out: dict[str, Reason] = Field(default_factory=dict)
    others: dict[str, str] = Field(default_factory=dict)


def load(data: bytes, name: str) -> Iterator[BadgeClass]:
    """Yield the badge classes of a file: one object, an array, or one object per line.

    Raises `CodedError` with `file_not_schema`, or `pii_present` for an assertion.
    """
    for number, record in json_objects(data, name, "openbadges"):
        try:
            yield _own(record) or badge_class(record)
        except ValueError as error:
            detail = f"record {number}: {error}"
            raise CodedError.of("file_not_schema", file=name, schema="openbadges", detail=detail) from None


def _own(record: Mapping[str, Any]) -> BadgeClass | None:
    """Read a record that we wrote ourselves; None for any other."""
    try:
        badge = BadgeClass.model_validate(record)
    except ValidationError:
        return None
    return badge if not badge.type or "BadgeClass" in badge.type else None


def badge_class(record: Mapping[str, Any]) -> BadgeClass:
    """Read one BadgeClass. Raises `ValueError` for anything else, and `CodedError` for an assertion."""
    kinds = _texts(record.get("type", record.get("@type")))
    if "recipient" in record or "Assertion" in kinds:
        raise CodedError.of("pii_present", field="recipient")
    name = _text(record.get("name"))
    if name is None or (kinds and "BadgeClass" not in kinds):
        raise ValueError(f"not a BadgeClass with a name (type: {', '.join(kinds) or 'none'})")
    left_out: dict[str, Reason] = {}
    others: dict[str, str] = {}
    _rest(record, "", _KNOWN, left_out, others)
    if "image" in record:
        left_out["image"] = "page_furniture"
    aligned = [*_objects(record.get("alignment")), *_objects(record.get("alignments"))]
    return BadgeClass(
        name=name,
        id=_text(record.get("id", record.get("@id"))),
        context=_texts(record.get("@context")),
        type=kinds,
        description=_text(record.get("description")),
        language=_text(record.get("@language")),
        version=_text(record.get("version")),
        criteria=_criteria(record.get("criteria"), left_out, others),
        issuer=_issuer(record.get("issuer"), left_out, others),
        alignments=tuple(_alignment(item, number, left_out, others) for number, item in enumerate(aligned)),
        tags=_texts(record.get("tags")),
        related=tuple(_related(record.get("related"))),
        endorsement=next(iter(_addresses(record.get("endorsement"))), None),
        left_out=left_out,
        others=others,
    )


def _criteria(value: object, left_out: dict[str, Reason], others: dict[str, str]) -> Criteria | None:
    for item in _objects(value):
        _rest(item, "criteria", _CRITERIA, left_out, others)
        address = _text(item.get("id"))
        if address and any(part in address for part in _PERSONAL_ADDRESS):
            left_out["criteria.id"] = "personal_data"
            address = None
        found = Criteria(id=address, narrative=_text(item.get("narrative")))
        return found if found != Criteria() else None
    text = _text(value)
    if text is None:
        return None
    if any(part in text for part in _PERSONAL_ADDRESS):
        left_out["criteria.id"] = "personal_data"
        return None
    return Criteria(id=text) if text.startswith(("http:", "https:")) else Criteria(narrative=text)


def _issuer(value: object, left_out: dict[str, Reason], others: dict[str, str]) -> Issuer | None:
    for item in _objects(value):
        _rest(item, "issuer", _ISSUER, left_out, others)
        if "image" in item:
            left_out["issuer.image"] = "page_furniture"
        values = {name: _text(item.get(name)) for name in ("name", "url", "description")}
        found = Issuer(id=_text(item.get("id", item.get("@id"))), **values)
        return found if found != Issuer() else None
    text = _text(value)
    return Issuer(id=text) if text else None


def _alignment(item: Mapping[str, Any], number: int, left_out: dict[str, Reason], others: dict[str, str]) -> Alignment:
    _rest(item, f"alignments {number + 1}", _ALIGNMENT_KEYS, left_out, others)
    return Alignment(**{ours: _text(item.get(theirs)) for theirs, ours in _ALIGNMENT.items()})


def _related(value: object) -> Iterator[RelatedBadge]:
    for item in _objects(value):
        if address := _text(item.get("id")):
            version, language = _text(item.get("version")), _text(item.get("@language"))
            yield RelatedBadge(id=address, version=version, language=language)
    yield from (RelatedBadge(id=text) for text in _texts(value))


def _rest(
    item: Mapping[str, Any],
    where: str,
    known: frozenset[str],
    left_out: dict[str, Reason],
    others: dict[str, str],
) -> None:
    """Account for the keys of an object that have no field."""
    for key, value in item.items():
        name = f"{where}.{key}" if where else key
        if key in _PERSONAL:
            left_out[name] = "personal_data"
        elif key not in known and value not in (None, ""):
            others[name] = _shown(value)


def _addresses(value: object) -> Iterator[str]:
    yield from _texts(value)
    for item in _objects(value):
        if address := _text(item.get("id")):
            yield address


def _objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects in a value that may be one or a list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping) and "@value" not in item]


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(text for item in items if (text := _text(item)) is not None)


def _text(value: object) -> str | None:
    """Return a text that says something; numbers count as text, and so does the value of a literal."""
    if isinstance(value, Mapping):
        value = value.get("@value")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return str(value).strip() or None


def _shown(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
