"""Badge classes and achievements from JSON: Open Badges 2.0 and 3.0, as platforms publish them.

An Assertion or a credential (AchievementCredential, OpenBadgeCredential, EndorsementCredential) is issued to somebody:
`issued.py` takes the badge out of it, and one that holds none is refused. Moodle writes `alignment`, and `alignments`
inside an assertion; 1.0 and 1.1 call the parts of an alignment name, url and description. No context is ever fetched.
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
from crosswalks.openbadges.issued import ISSUED, taken_out
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
_OLDER = {"targetName": "name", "targetUrl": "url", "targetDescription": "description"}
"""What Open Badges 1 calls the parts of an alignment."""
_EDUBADGES = {
    "extensions:ECTSExtension": ("ects", "ECTS"),
    "extensions:EQFExtension": ("eqf", "EQF"),
    "extensions:StudyLoadExtension": ("study_load", "StudyLoad"),
    "extensions:LearningOutcomeExtension": ("learning_outcome", "LearningOutcome"),
    "extensions:LanguageExtension": ("taught_in", "Language"),
    "extensions:TimeInvestmentExtension": ("study_load", "TimeInvestment"),
    "extensions:EducationProgramIdentifierExtension": ("programmes", "EducationProgramIdentifier"),
}
"""The extensions of edubadges that we read: the field of the model, and the key inside the extension."""
_FIGURES = {"ects": ("ECTS",), "study_load": ("SBU", "timeInvestment")}
_WORDS = {"participation": "participationType", "assessed_by": "assessmentType", "supervision": "supervisionType"}
_CHECKED, _PROGRAMME = "identityChecked", "educationProgramIdentifier"
"""What edubadges writes as plain keys of an achievement of 3.0; SBU and timeInvestment are hours."""
_KNOWN = frozenset({
    "@context", "type", "@type", "id", "@id", "name", "description", "@language", "version", "criteria",
    "issuer", "alignment", "alignments", "tags", "related", "endorsement", "image", "achievementType", "creator",
    "creditsAvailable", "fieldOfStudy", "humanCode", "specialization", "otherIdentifier", "resultDescription", "tag",
    "inLanguage", "endorsementJwt", OB2_TERM, OB3_TERM, _CHECKED, _PROGRAMME, *_EDUBADGES, *_WORDS.values(),
    *(key for keys in _FIGURES.values() for key in keys),
})  # fmt: skip
_CRITERIA = frozenset({"id", "type", "narrative"})
_ISSUER = frozenset({
    "id", "@id", "type", "@type", "@context", "name", "url", "description", "image", "address", "otherIdentifier",
    "endorsement", "endorsementJwt", "parentOrg",
})  # fmt: skip
_ADDRESS = frozenset({"type", "id", "addressCountryCode", "addressCountry", "addressRegion"})
_ALIGNMENT_KEYS = frozenset({*_ALIGNMENT, *_OLDER.values(), "type", "id"})
_RELATED = frozenset({"id", "type", "version", "@language", "inLanguage"})
_IDENTIFIER = frozenset({"type", "identifier", "identifierType"})
_ENDORSEMENT = frozenset({"@context", "id", "type"})
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
_OF_PEOPLE = frozenset({"emailAddress", "nationalIdentityNumber", "userName", "ltiUserId"})
"""Kinds of identifiers that only people have."""
_TECHNICAL = ("endorsementJwt", "publicKey", "revocationList", "verification")
_PERSONAL_ADDRESS = ("/badges/badge.php?", "/badges/assertion.php?")
"""Moodle's addresses of issued badges: each leads to a person."""
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

    def text(self, item: Mapping[str, Any], key: str, where: str = "") -> str | None:
        """Return the text of a key that holds one; what else stands there is kept as not understood."""
        value = item.get(key)
        alone = value[0] if isinstance(value, list) and len(value) == 1 else value
        found = _text(alone)
        if found is None and value not in (None, "", [], {}) and not isinstance(alone, str):
            self.others[f"{where}.{key}" if where else key] = _shown(value)
        return found


def load(data: bytes, name: str) -> Iterator[Achievement]:
    """Yield the badge classes and achievements of a file: one object, an array, a graph, or one object per line.

    Raises `CodedError` with `file_not_schema`, or `pii_present` for what was issued to somebody.
    """
    for number, record in json_objects(data, name, "openbadges"):
        for part in _graph(record):
            try:
                badges = [own] if (own := _own(part)) else list(_badges(part))
            except ValueError as error:
                detail = f"record {number}: {str(error).splitlines()[0]}"
                raise CodedError.of("file_not_schema", file=name, schema="openbadges", detail=detail) from None
            yield from badges


def _badges(record: Mapping[str, Any]) -> Iterator[Achievement]:
    """Read a badge, or those that something issued to somebody is about."""
    for badge, envelope in taken_out(record) or [(record, {})]:
        found = badge_class(badge)
        yield found.model_copy(update={"left_out": {**found.left_out, **envelope}}) if envelope else found


def _graph(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the badges of a JSON-LD graph, each with the graph's context and its issuer in place."""
    nodes = record.get("@graph")
    if not isinstance(nodes, list):
        return [record]
    known = {node.get("id", node.get("@id")): node for node in nodes if isinstance(node, dict)}
    found = []
    for node in known.values():
        kinds = _texts(node.get("type", node.get("@type")))
        if any(kind in kinds for kind in (*_KINDS, *ISSUED)):
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
        if key in record or ISSUED.intersection(kinds):
            raise CodedError.of("pii_present", field=key)
    rest = _Rest()
    name = rest.text(record, "name")
    if name is None or (kinds and not any(kind in kinds for kind in _KINDS)):
        raise ValueError(f"not a BadgeClass or Achievement with a name (type: {', '.join(kinds) or 'none'})")
    rest.account(record, "", _KNOWN)
    aligned = [*_objects(record.get("alignment")), *_objects(record.get("alignments"))]
    return Achievement(
        name=name,
        id=_text(record.get("id", record.get("@id"))),
        context=_texts(record.get("@context")),
        type=kinds,
        description=rest.text(record, "description"),
        language=rest.text(record, "inLanguage") or rest.text(record, "@language"),
        version=rest.text(record, "version"),
        criteria=_criteria(record.get("criteria"), rest),
        issuer=_profile(record, rest),
        alignments=tuple(_alignment(item, number, rest) for number, item in enumerate(aligned)),
        tags=(*_texts(record.get("tags")), *_texts(record.get("tag"))),
        related=tuple(_related(record.get("related"), rest)),
        endorsement=_endorsement(record.get("endorsement"), rest),
        achievement_type=rest.text(record, "achievementType"),
        credits_available=_number(record.get("creditsAvailable"), "creditsAvailable", rest),
        field_of_study=rest.text(record, "fieldOfStudy"),
        human_code=rest.text(record, "humanCode"),
        specialization=rest.text(record, "specialization"),
        other_identifiers=_identifiers(record, "", rest),
        results=tuple(_result(item) for item in _objects(record.get("resultDescription"))),
        extension=_extension(record, rest),
        left_out=rest.left_out,
        others=rest.others,
        **_edubadges(record, rest),
    )


def _edubadges(record: Mapping[str, Any], rest: _Rest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    programmes = [*_texts(record.get(_PROGRAMME))]
    for key, (name, inner) in _EDUBADGES.items():
        for item in _objects(record.get(key)):
            rest.account(item, key, frozenset({"type", "@type", "@context", "id", inner}))
            if name in _FIGURES:
                _figure(found, name, item.get(inner), f"{key}.{inner}", rest)
            elif name == "programmes":
                programmes.extend(_texts(item.get(inner)))
            else:
                found[name] = _text(item.get(inner))
    for name, keys in _FIGURES.items():
        for key in keys:
            _figure(found, name, record.get(key), key, rest)
    found["programmes"] = tuple(dict.fromkeys(programmes))
    found |= {name: rest.text(record, key) for name, key in _WORDS.items()}
    checked = record.get(_CHECKED)
    if isinstance(checked, bool):
        found["identity_checked"] = checked
    elif checked not in (None, ""):
        rest.others[_CHECKED] = _shown(checked)
    return found


def _figure(found: dict[str, Any], name: str, value: object, place: str, rest: _Rest) -> None:
    """Take a figure; a second one that says something else is kept among the keys nobody understands."""
    figure = _number(value, place, rest)
    if figure is not None and found.setdefault(name, figure) != figure:
        rest.others[place] = str(figure)


def _extension(record: Mapping[str, Any], rest: _Rest) -> Extension | None:
    for key in (OB3_TERM, OB2_TERM):
        for item in _objects(record.get(key)):
            found, unknown = decoded(dict(item))
            for name, value in unknown.items():
                rest.others[f"{key}.{name}"] = _shown(value)
            return found
    return None


def _criteria(value: object, rest: _Rest) -> Criteria | None:
    """Return the criteria: an address, words, or both. Of several the words are put one below the other."""
    addresses: list[str] = []
    words: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping) and "@value" not in item:
            rest.account(item, "criteria", _CRITERIA)
            addresses.extend(filter(None, [rest.text(item, "id", "criteria")]))
            words.extend(filter(None, [rest.text(item, "narrative", "criteria")]))
        elif text := _text(item):
            (addresses if text.startswith(("http:", "https:")) else words).append(text)
    if any(part in address for address in addresses for part in _PERSONAL_ADDRESS):
        rest.left_out["criteria.id"] = "personal_data"
        addresses = [one for one in addresses if not any(part in one for part in _PERSONAL_ADDRESS)]
    for number, further in enumerate(addresses[1:], start=2):
        rest.others[f"criteria {number}.id"] = further
    found = Criteria(id=next(iter(addresses), None), narrative="\n".join(words) or None)
    return found if found != Criteria() else None


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
            name=rest.text(item, "name", where),
            url=rest.text(item, "url", where),
            description=rest.text(item, "description", where),
            other_identifiers=_identifiers(item, where, rest),
            **place,
        )
        for key in ("parentOrg", "endorsement"):
            if item.get(key):
                rest.left_out[f"{where}.{key}"] = "no_descriptor_slot"
        return found if found != Profile() else None
    text = _text(value)
    return Profile(id=text) if text else None


def _identifiers(thing: Mapping[str, Any], where: str, rest: _Rest) -> tuple[OtherIdentifier, ...]:
    name = f"{where}.otherIdentifier" if where else "otherIdentifier"
    found = []
    for item in _objects(thing.get("otherIdentifier")):
        rest.account(item, name, _IDENTIFIER)
        if item.get("identifierType") in _OF_PEOPLE:
            rest.left_out[f"{name}.{item['identifierType']}"] = "personal_data"
        elif text := rest.text(item, "identifier", name):
            found.append(OtherIdentifier(identifier=text, identifier_type=rest.text(item, "identifierType", name)))
    return tuple(found)


def _alignment(item: Mapping[str, Any], number: int, rest: _Rest) -> AchievementAlignment:
    where = f"alignments {number + 1}"
    rest.account(item, where, _ALIGNMENT_KEYS)
    parts = {ours: rest.text(item, theirs, where) for theirs, ours in _ALIGNMENT.items()}
    for theirs, older in _OLDER.items():
        said, ours = rest.text(item, older, where), _ALIGNMENT[theirs]
        if parts[ours] is None:
            parts[ours] = said
        elif said not in (None, parts[ours]):
            rest.others[f"{where}.{older}"] = said or ""
    return AchievementAlignment(**parts)


def _result(item: Mapping[str, Any]) -> str:
    """Return a result description: its name alone, or all that it says."""
    said = {key: value for key, value in item.items() if key not in {"id", "type"} and value not in (None, "")}
    name = _text(item.get("name"))
    return name if name and len(said) == 1 else _shown(said)


def _related(value: object, rest: _Rest) -> Iterator[RelatedBadge]:
    for number, item in enumerate(_objects(value), start=1):
        rest.account(item, f"related {number}", _RELATED)
        if address := _text(item.get("id")):
            version, language = _text(item.get("version")), _text(item.get("@language", item.get("inLanguage")))
            yield RelatedBadge(id=address, version=version, language=language)
    yield from (RelatedBadge(id=text) for text in _texts(value))


def _endorsement(value: object, rest: _Rest) -> str | None:
    """Return the address of the first endorsement; what endorsements say, and that there are others, is told."""
    for number, item in enumerate(_objects(value), start=1):
        for key in item:
            if key not in _ENDORSEMENT:
                rest.left_out[f"endorsement {number}.{key}"] = "no_descriptor_slot"
    addresses = list(_addresses(value))
    for number, _ in enumerate(addresses[1:], start=2):
        rest.left_out[f"endorsement {number}.id"] = "no_descriptor_slot"
    return next(iter(addresses), None)


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
