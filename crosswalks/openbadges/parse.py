"""Badge classes and achievements from JSON: Open Badges 2.0 and 3.0, as platforms publish them.

An Assertion or a credential (AchievementCredential, OpenBadgeCredential, EndorsementCredential) is issued to somebody
and is refused. Moodle writes `alignment`, and `alignments` inside an assertion. No context is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from pydantic import ValidationError

from config.messages import CodedError
from crosswalks.files import json_objects
from crosswalks.openbadges.extension import OB2_TERM, OB3_TERM, Extension, decoded
from crosswalks.openbadges.model import (
    Achievement,
    AchievementAlignment,
    Criteria,
    OtherIdentifier,
    Profile,
    Reason,
    RelatedBadge,
)

_ALIGNMENT = {
    "targetName": "target_name",
    "targetUrl": "target_url",
    "targetDescription": "target_description",
    "targetFramework": "target_framework",
    "targetCode": "target_code",
    "targetType": "target_type",
}
_EDUBADGES = {
    "extensions:ECTSExtension": ("ects", "ECTS"),
    "extensions:EQFExtension": ("eqf", "EQF"),
    "extensions:StudyLoadExtension": ("study_load", "StudyLoad"),
    "extensions:LearningOutcomeExtension": ("learning_outcome", "LearningOutcome"),
    "extensions:LanguageExtension": ("taught_in", "Language"),
}
"""The extensions of edubadges that we read: the field of the model, and the key inside the extension."""
_KNOWN = frozenset({
    "@context", "type", "@type", "id", "@id", "name", "description", "@language", "version", "criteria",
    "issuer", "alignment", "alignments", "tags", "related", "endorsement", "image", "achievementType", "creator",
    "creditsAvailable", "fieldOfStudy", "humanCode", "specialization", "otherIdentifier", "resultDescription", "tag",
    "inLanguage", "endorsementJwt", OB2_TERM, OB3_TERM, *_EDUBADGES,
})  # fmt: skip
_CRITERIA = frozenset({"id", "type", "narrative"})
_ISSUER = frozenset({
    "id", "@id", "type", "@type", "@context", "name", "url", "description", "image", "address", "otherIdentifier",
    "endorsement", "endorsementJwt",
})  # fmt: skip
_ADDRESS = frozenset({"type", "id", "addressCountryCode", "addressCountry", "addressRegion"})
_ALIGNMENT_KEYS = frozenset({*_ALIGNMENT, "type", "id"})
_PERSONAL = frozenset({
    "email", "telephone", "phone", "author", "recipient", "salt", "official", "credentialSubject", "streetAddress",
    "postalCode", "postOfficeBoxNumber", "addressLocality", "geo",
})  # fmt: skip
"""Keys of people and of contacts; of an address, only country and region are kept."""
_PERSON_NAMES = frozenset({
    "givenName", "familyName", "familyNamePrefix", "additionalName", "patronymicName", "honorificPrefix",
    "honorificSuffix", "dateOfBirth",
})  # fmt: skip
"""Keys of a profile that only a person has."""
_TECHNICAL = ("endorsementJwt", "publicKey", "revocationList", "verification")
_PERSONAL_ADDRESS = ("/badges/badge.php?", "/badges/assertion.php?")
"""Moodle's addresses of issued badges: each leads to a person."""
_ISSUED = frozenset({
    "Assertion", "VerifiableCredential", "AchievementCredential", "OpenBadgeCredential", "EndorsementCredential",
    "VerifiablePresentation", "Endorsement", "ClrCredential",
})  # fmt: skip
_KINDS = ("BadgeClass", "Achievement")


@dataclass(slots=True)
class _Rest:
    """What of a record has no field: keys kept out with the reason, and keys nobody has seen."""

    left_out: dict[str, Reason] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def account(self, item: Mapping[str, Any], where: str, known: frozenset[str]) -> None:
        """Account for the keys of an object that have no field."""
        for key, value in item.items():
            name = f"{where}.{key}" if where else key
            if key in _PERSONAL or key in _PERSON_NAMES:
                self.left_out[name] = "personal_data"
            elif key == "image":
                self.left_out[name] = "page_furniture"
            elif key in _TECHNICAL:
                self.left_out[name] = "technical_field"
            elif key not in known and value not in (None, ""):
                self.others[name] = _shown(value)


def load(data: bytes, name: str) -> Iterator[Achievement]:
    """Yield the badge classes and achievements of a file: one object, an array, a graph, or one object per line.

    Raises `CodedError` with `file_not_schema`, or `pii_present` for what was issued to somebody.
    """
    for number, record in json_objects(data, name, "openbadges"):
        for part in _graph(record):
            try:
                badge = _own(part) or badge_class(part)
            except ValueError as error:
                detail = f"record {number}: {str(error).splitlines()[0]}"
                raise CodedError.of("file_not_schema", file=name, schema="openbadges", detail=detail) from None
            yield badge


def _graph(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the badges of a JSON-LD graph, each with the graph's context and its issuer in place."""
    nodes = record.get("@graph")
    if not isinstance(nodes, list):
        return [record]
    known = {node.get("id", node.get("@id")): node for node in nodes if isinstance(node, dict)}
    found = []
    for node in known.values():
        kinds = _texts(node.get("type", node.get("@type")))
        if any(kind in kinds for kind in (*_KINDS, *_ISSUED)):
            made = {"@context": record.get("@context"), **node}
            for key in ("issuer", "creator"):
                pointed = made.get(key)
                address = pointed.get("id") if isinstance(pointed, dict) and len(pointed) == 1 else pointed
                if isinstance(address, str) and address in known:
                    made[key] = known[address]
            found.append(made)
    return found


def _own(record: Mapping[str, Any]) -> Achievement | None:
    """Read a record in the form in which we keep it; None for any other."""
    try:
        badge = Achievement.model_validate(record)
    except ValidationError:
        return None
    return badge if not badge.type or any(kind in badge.type for kind in _KINDS) else None


def badge_class(record: Mapping[str, Any]) -> Achievement:
    """Read one BadgeClass or Achievement.

    Raises `ValueError` for anything else, and `CodedError` with `pii_present` for what was issued to somebody.
    """
    kinds = _texts(record.get("type", record.get("@type")))
    for key in ("recipient", "credentialSubject"):
        if key in record or _ISSUED.intersection(kinds):
            raise CodedError.of("pii_present", field=key)
    name = _text(record.get("name"))
    if name is None or (kinds and not any(kind in kinds for kind in _KINDS)):
        raise ValueError(f"not a BadgeClass or Achievement with a name (type: {', '.join(kinds) or 'none'})")
    rest = _Rest()
    rest.account(record, "", _KNOWN)
    aligned = [*_objects(record.get("alignment")), *_objects(record.get("alignments"))]
    results = [_text(item.get("name")) or _shown(item) for item in _objects(record.get("resultDescription"))]
    return Achievement(
        name=name,
        id=_text(record.get("id", record.get("@id"))),
        context=_texts(record.get("@context")),
        type=kinds,
        description=_text(record.get("description")),
        language=_text(record.get("inLanguage")) or _text(record.get("@language")),
        version=_text(record.get("version")),
        criteria=_criteria(record.get("criteria"), rest),
        issuer=_profile(record, rest),
        alignments=tuple(_alignment(item, number, rest) for number, item in enumerate(aligned)),
        tags=(*_texts(record.get("tags")), *_texts(record.get("tag"))),
        related=tuple(_related(record.get("related"))),
        endorsement=next(iter(_addresses(record.get("endorsement"))), None),
        achievement_type=_text(record.get("achievementType")),
        credits_available=_number(record.get("creditsAvailable"), "creditsAvailable", rest),
        field_of_study=_text(record.get("fieldOfStudy")),
        human_code=_text(record.get("humanCode")),
        specialization=_text(record.get("specialization")),
        other_identifiers=_identifiers(record.get("otherIdentifier")),
        results=tuple(results),
        extension=_extension(record, rest),
        left_out=rest.left_out,
        others=rest.others,
        **_edubadges(record, rest),
    )


def _edubadges(record: Mapping[str, Any], rest: _Rest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, (name, inner) in _EDUBADGES.items():
        for item in _objects(record.get(key)):
            rest.account(item, key, frozenset({"type", "@type", "@context", "id", inner}))
            value = item.get(inner)
            number = name in {"ects", "study_load"}
            found[name] = _number(value, f"{key}.{inner}", rest) if number else _text(value)
    return found


def _extension(record: Mapping[str, Any], rest: _Rest) -> Extension | None:
    for key in (OB3_TERM, OB2_TERM):
        for item in _objects(record.get(key)):
            found, unknown = decoded(dict(item))
            for name, value in unknown.items():
                rest.others[f"{key}.{name}"] = _shown(value)
            return found
    return None


def _criteria(value: object, rest: _Rest) -> Criteria | None:
    for item in _objects(value):
        rest.account(item, "criteria", _CRITERIA)
        address = _text(item.get("id"))
        if address and any(part in address for part in _PERSONAL_ADDRESS):
            rest.left_out["criteria.id"] = "personal_data"
            address = None
        found = Criteria(id=address, narrative=_text(item.get("narrative")))
        return found if found != Criteria() else None
    text = _text(value)
    if text is None:
        return None
    if any(part in text for part in _PERSONAL_ADDRESS):
        rest.left_out["criteria.id"] = "personal_data"
        return None
    return Criteria(id=text) if text.startswith(("http:", "https:")) else Criteria(narrative=text)


def _profile(record: Mapping[str, Any], rest: _Rest) -> Profile | None:
    """Return who stands behind the badge. A profile that has the names of a person is left out whole."""
    where = "creator" if record.get("creator") else "issuer"
    value = record.get(where)
    for item in _objects(value):
        rest.account(item, where, _ISSUER)
        if _PERSON_NAMES.intersection(item):
            rest.left_out[f"{where}.name"] = "personal_data"
            return None
        place: dict[str, str | None] = {}
        for address in _objects(item.get("address")):
            rest.account(address, f"{where}.address", _ADDRESS)
            country = _text(address.get("addressCountryCode")) or _text(address.get("addressCountry"))
            place = {"country": country, "region": _text(address.get("addressRegion"))}
        found = Profile(
            id=_text(item.get("id", item.get("@id"))),
            name=_text(item.get("name")),
            url=_text(item.get("url")),
            description=_text(item.get("description")),
            other_identifiers=_identifiers(item.get("otherIdentifier")),
            **place,
        )
        return found if found != Profile() else None
    text = _text(value)
    return Profile(id=text) if text else None


def _identifiers(value: object) -> tuple[OtherIdentifier, ...]:
    return tuple(
        OtherIdentifier(identifier=text, identifier_type=_text(item.get("identifierType")))
        for item in _objects(value)
        if (text := _text(item.get("identifier")))
    )


def _alignment(item: Mapping[str, Any], number: int, rest: _Rest) -> AchievementAlignment:
    rest.account(item, f"alignments {number + 1}", _ALIGNMENT_KEYS)
    return AchievementAlignment(**{ours: _text(item.get(theirs)) for theirs, ours in _ALIGNMENT.items()})


def _related(value: object) -> Iterator[RelatedBadge]:
    for item in _objects(value):
        if address := _text(item.get("id")):
            version, language = _text(item.get("version")), _text(item.get("@language", item.get("inLanguage")))
            yield RelatedBadge(id=address, version=version, language=language)
    yield from (RelatedBadge(id=text) for text in _texts(value))


def _addresses(value: object) -> Iterator[str]:
    yield from _texts(value)
    for item in _objects(value):
        if address := _text(item.get("id")):
            yield address


def _number(value: object, name: str, rest: _Rest) -> Decimal | None:
    """Return a figure; what is none is kept among the keys nobody understands."""
    text = _text(value)
    if text is None:
        return None
    try:
        figure = Decimal(text)
    except InvalidOperation:
        figure = Decimal("NaN")
    if not figure.is_finite() or figure < 0 or len(text) > 12:
        rest.others[name] = text
        return None
    return figure


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
