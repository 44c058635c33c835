"""What search is told of a record: only what may be shown of it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import orjson

from config.rights import released_fields
from portal.public.names import NOT_STATED
from recognition.likeness import Trait, signs_of, traits_of
from store.publications import LogRow
from store.search import Entry

FACETS = ("registry", "country", "field", "level", "class", "delivery", "skill", "recognition", "language")

HEADINGS = (
    "description", "language_of_instruction", "field", "issuer", "learning_outcomes", "assessment", "volume", "level",
    "teaching_method", "prerequisites", "quality_assurance", "credit", "certificate", "stackability_status",
    "education_classification", "recognition",
)  # fmt: skip
"""The headings of the coverage map. Outcomes in summary count as outcomes, what a credit stacks to as stackability."""
_ALSO = {"learning_outcomes": "outcome_summary", "stackability_status": "stackability"}


def entry(row: LogRow, content: str, name: str) -> Entry:
    """Return the entry of a published record from its descriptor in canonical JSON. `name` is its public name."""
    descriptor = shown_of(content)
    issuer = descriptor.get("issuer") or {}
    return Entry(
        seq=row.seq,
        record_id=row.record_id,
        titles=tuple(descriptor["title"].values()),
        body=tuple(_body(descriptor)),
        facets=tuple(_facets(row, descriptor)),
        card={
            "name": name,
            "record": row.record_id,
            "registry": row.registry,
            "title": descriptor["title"],
            "issuer": issuer.get("name"),
            "country": issuer.get("country"),
            "levels": [(level["scheme"], level["value"]) for level in descriptor.get("level", ())],
            "credits": [(credit["system"], credit["value"]) for credit in descriptor.get("credit", ())],
            "hours": _hours(descriptor),
            "status": (descriptor.get("recognition") or {}).get("status"),
            "changed": row.published_at.date().isoformat(),
        },
        traits=tuple(coded_trait(trait) for trait in traits_of(descriptor)),
        signs=tuple(signs_of(descriptor)),
        stated=tuple(_stated(content)),
    )


def _stated(content: str) -> Iterator[str]:
    """Yield the headings that the source states, shown or not."""
    whole: dict[str, Any] = orjson.loads(content)
    for heading in HEADINGS:
        if whole.get(heading) or whole.get(_ALSO.get(heading, "")):
            yield heading


def shown_of(content: str) -> dict[str, Any]:
    """Return what search may know of a descriptor: what the terms of its registry let be shown."""
    whole: dict[str, Any] = orjson.loads(content)
    policy = whole["source_record"].get("rights")
    released = released_fields(policy) if policy else None
    descriptor = {key: value for key, value in whole.items() if _shown(key, released)}
    for part, path in (("credit", "credit.value"), ("recognition", "recognition.status")):
        if part in whole and _shown(path, released):
            descriptor[part] = whole[part]
    if "volume" in whole and _shown("volume.total_hours", released):
        descriptor["volume"] = {key: value for key, value in whole["volume"].items() if key == "total_hours"}
    return descriptor


def coded_trait(trait: Trait) -> str:
    """Return a trait as one word of letters and digits."""
    return trait.kind[0] + blake2b(f"{trait.kind} {trait.key}".encode(), digest_size=6).hexdigest()


def _shown(path: str, released: frozenset[str] | None) -> bool:
    return released is None or path in released


def _hours(descriptor: dict[str, Any]) -> str | None:
    hours = (descriptor.get("volume") or {}).get("total_hours")
    return str(hours) if hours is not None else None


def _body(descriptor: dict[str, Any]) -> Iterator[str]:
    yield descriptor["source_record"]["source_id"]
    for organisation in filter(None, (descriptor.get("issuer"), *descriptor.get("co_providers", ()))):
        yield from organisation["name"].values()
    for identifier in descriptor.get("identifiers", ()):
        yield identifier["value"]
    for field in descriptor.get("field", ()):
        yield from filter(None, (field.get("code"), *(field.get("label") or {}).values()))
    for text in ("description", "outcome_summary"):
        yield from (descriptor.get(text) or {}).values()
    for outcome in descriptor.get("learning_outcomes", ()):
        yield from outcome["text"].values()


def _facets(row: LogRow, descriptor: dict[str, Any]) -> Iterator[tuple[str, str]]:
    found: dict[str, list[str | None]] = {
        "registry": [row.registry],
        "country": [(descriptor.get("issuer") or {}).get("country")],
        "field": [f"{one['scheme']}:{one['code'][:2]}" for one in descriptor.get("field", ()) if one.get("code")],
        "level": [one["scheme"] for one in descriptor.get("level", ())],
        "class": [descriptor.get("education_classification")],
        "skill": [skill for one in descriptor.get("learning_outcomes", ()) for skill in one.get("skill_refs", ())],
        "delivery": [one.get("mode") for one in descriptor.get("teaching_method", ())],
        "recognition": [(descriptor.get("recognition") or {}).get("status")],
        "language": list(descriptor.get("language_of_instruction", ())),
    }
    for facet in FACETS:
        for value in dict.fromkeys(filter(None, found[facet])) or (NOT_STATED,):
            yield facet, value
