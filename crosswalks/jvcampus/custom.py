"""Custom fields → descriptor, each by what it means.

What a field means is stated by the deployment, else by the shipped dictionary; a field that neither knows
is kept and told. A value is read only where its whole shape is known; otherwise it stays text, or stays
with the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from config.messages import Issue
from crosswalks.descriptor.model import (
    Assessment,
    CoProvider,
    FurtherInfo,
    Outcome,
    QualityStatement,
    TeachingMethod,
)
from crosswalks.descriptor.types import FieldOfStudy
from crosswalks.jvcampus.draft import Draft
from crosswalks.jvcampus.figures import FIGURES, Handler, plain_values, repeated
from crosswalks.jvcampus.markup import Texts, links_in, texts_of
from crosswalks.jvcampus.model import CustomField
from crosswalks.jvcampus.values import Meaning, names_people, shipped_meanings, words
from crosswalks.text import matching_key

_COUNT = re.compile(r"^(\d{1,6})\s{0,3}(?:名|人|persons?|people|places?)?$")
_URL = re.compile(r'^https?://[^\x00-\x20<>"{}|\\^`]{1,2000}$')
_COUNTRY = re.compile(r"^[A-Z]{2}$")
_PARTS = re.compile(r"\s{0,5}[、,，・/／;；\n]\s{0,5}")
_NAMES = re.compile(r"\s{0,5}[、;；\n]\s{0,5}")
_BULLET = re.compile(r"^(?:[・•‣◦*\-–]|\(?\d{1,2}[.)．）、])\s{0,5}")


def read_custom_field(draft: Draft, path: str, field: CustomField) -> None:
    """Carry one custom field. `path` is where it stands in the listing."""
    if names_people(field.shortname) or names_people(field.name):
        draft.ledger.dropped(path, "personal_data")
        return
    texts = draft.texts(field.value or "")
    if not texts.by_language:
        draft.ledger.unknown(path)
        return
    meaning = meaning_of(field)
    if meaning is None:
        draft.ledger.unknown(path, "unmapped_field", value=field.value)
        draft.issues.append(Issue("unmapped_field", {"field": field.shortname}, place=path))
    elif meaning.means == "none":
        draft.ledger.dropped(path, "listed_without_counterpart", value=field.value)
    elif handler := _HANDLERS.get(meaning.means):
        handler(draft, path, field, meaning, texts)
    else:
        draft.not_understood(path, meaning.means)


def meaning_of(field: CustomField) -> Meaning | None:
    """Return what a field means: as the deployment states it, else by its short name, else by its name."""
    if field.means:
        return Meaning(field.means, field.unit, field.scheme, field.system)
    return _shipped(field.shortname, field.name)


@lru_cache(maxsize=4096)
def _shipped(shortname: str, name: str | None) -> Meaning | None:
    known = shipped_meanings()
    names = texts_of(name, lines=False).by_language.values() if name else ()
    keys = [matching_key(shortname), *(matching_key(text.rstrip(":： ")) for text in names)]
    return next((known[key] for key in keys if key in known), None)


def _assessment(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    place, table = f"assessment.{len(draft.assessment)}", words("assessment_types")
    draft.assessment.extend(
        Assessment(**part) for part in _coded_parts(draft, path, field, texts, place, "type", table)
    )


def _teaching(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    place, table = f"teaching_method.{len(draft.teaching)}", words("delivery_modes")
    parts = _coded_parts(draft, path, field, texts, place, "mode", table)
    draft.teaching.extend(TeachingMethod(**part) for part in parts)


def _coded_parts(
    draft: Draft, path: str, field: CustomField, texts: Texts, place: str, part: str, table: dict[str, str]
) -> list[dict[str, Any]]:
    """Return what a list gains from `place` on: an element for each code that the value names, or one with its text."""
    name, _, first = place.rpartition(".")
    codes = _coded(texts, table)
    for number, _ in enumerate(codes, int(first)):
        draft.ledger.normalised(path, f"{name}.{number}.{part}", "value_table", value=field.value)
    if not codes:
        draft.carried(path, f"{place}.text", field.value or "", texts)
    return [{part: code} for code in codes] or [{"text": texts.by_language}]


def _languages(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    _gained(draft, path, field, _coded(texts, words("languages")), "language_of_instruction", draft.languages)


def _certificate(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    _gained(draft, path, field, _coded(texts, words("certificate_forms")), "certificate.form", draft.forms)


def _gained(draft: Draft, path: str, field: CustomField, codes: list[str], target: str, there: list[str]) -> None:
    """Add to a list of codes what a value names and the list does not have."""
    if not codes:
        draft.not_understood(path, field.value or "")
        return
    draft.ledger.normalised(path, target, "value_table", value=field.value)
    there.extend(code for code in codes if code not in there)


def _coded(texts: Texts, table: dict[str, str]) -> list[str]:
    """Return the codes of a value whose every part is a known word, in any of its languages; else nothing."""
    for text in texts.by_language.values():
        whole = table.get(matching_key(text))
        codes = [whole] if whole else [table.get(matching_key(part)) for part in _PARTS.split(text) if part]
        if codes and all(codes):
            return list(dict.fromkeys(code for code in codes if code))
    return []


def _outcomes(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    by_language = {tag: list(_items(text)) for tag, text in texts.by_language.items()}
    counts = {len(items) for items in by_language.values()}
    if len(counts) == 1 and counts != {0}:
        outcomes = [{tag: items[n] for tag, items in by_language.items()} for n in range(counts.pop())]
    else:
        outcomes = [texts.by_language]
    for text in outcomes:
        target = f"learning_outcomes.{len(draft.outcomes)}.text"
        draft.ledger.normalised(path, target, "one_outcome_per_line", quote=next(iter(text.values())))
        draft.outcomes.append(Outcome(text=text))


def _items(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if item := _BULLET.sub("", line).strip():
            yield item


def _listed(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    """Carry a text into one of the lists of texts."""
    name = meaning.means
    lists = {"prerequisites": draft.prerequisites, "target_group": draft.targets}
    draft.carried(path, f"{name}.{len(lists[name])}", field.value or "", texts)
    lists[name].append(texts.by_language)


def _single(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    """Carry a text into a field that holds one."""
    if meaning.means in draft.single:
        repeated(draft, path, field, meaning.means)
        return
    targets = {"fee": "fee.text", "offer.schedule": "offer.0.schedule", "offer.location": "offer.0.location"}
    draft.carried(path, targets.get(meaning.means, meaning.means), field.value or "", texts)
    draft.single[meaning.means] = texts.by_language


def _field_of_study(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    draft.carried(path, f"field.{len(draft.fields)}", field.value or "", texts)
    draft.fields.append(FieldOfStudy(scheme="text", label=texts.by_language))


def _providers(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    maps = [texts.by_language]
    if len(texts.by_language) == 1:
        ((tag, text),) = texts.by_language.items()
        maps = [{tag: name} for name in _NAMES.split(text) if name]
    for name in maps:
        target = f"co_providers.{len(draft.providers)}"
        draft.carried(path, f"{target}.name", field.value or "", Texts(name, texts.marked, texts.open))
        draft.ledger.derived(path, f"{target}.role", "field_names_a_provider")
        draft.providers.append(CoProvider(name=name, role="provider"))


def _quality(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    statements = draft.internal if meaning.means.endswith("internal") else draft.undivided
    draft.carried(path, f"{meaning.means}.{len(statements)}.text", field.value or "", texts)
    statements.append(QualityStatement(text=texts.by_language))


def _further(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    target = f"further_info.{len(draft.further)}"
    label = draft.texts(field.name or field.shortname, lines=False).by_language or None
    for text in plain_values(texts):
        if _URL.match(text):
            draft.ledger.mapped(path, f"{target}.url")
            if label:
                draft.ledger.derived(path, f"{target}.label", "name_of_the_field")
            draft.further.append(FurtherInfo(label=label, url=text))
            return
    draft.carried(path, f"{target}.label", field.value or "", texts)
    links = [link for link in links_in(field.value or "") if _URL.match(link)]
    for number, _ in enumerate(links, len(draft.further)):
        draft.ledger.normalised(path, f"further_info.{number}.url", "link_of_the_text", value=field.value)
    draft.further.append(FurtherInfo(label=texts.by_language, url=next(iter(links), None)))
    draft.further.extend(FurtherInfo(url=link) for link in links[1:])


def _landing_page(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    draft.landing_page = _first(draft, path, field, meaning, texts, _URL, draft.landing_page)


def _issuer_country(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    draft.issuer_country = _first(draft, path, field, meaning, texts, _COUNTRY, draft.issuer_country)


def _first(
    draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts, form: re.Pattern[str],
    there: tuple[str, str] | None,
) -> tuple[str, str] | None:  # fmt: skip
    """Return what is there already, else the first text of a value that has the form, with where it stands."""
    found = next(filter(form.match, plain_values(texts)), None)
    if found is None:
        draft.not_understood(path, field.value or "")
    elif there:
        repeated(draft, path, field, meaning.means)
    else:
        return path, found
    return there


def _capacity(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    match = next(filter(None, (_COUNT.match(matching_key(text)) for text in texts.by_language.values())), None)
    if match is None:
        draft.not_understood(path, field.value or "")
    elif draft.capacity is not None:
        repeated(draft, path, field, meaning.means)
    else:
        draft.capacity = int(match.group(1))
        draft.ledger.normalised(path, "offer.0.capacity", "number", value=field.value)


_HANDLERS: dict[str, Handler] = {
    **FIGURES,
    "assessment": _assessment,
    "grading_scheme": _single,
    "teaching_method": _teaching,
    "language_of_instruction": _languages,
    "learning_outcomes": _outcomes,
    "prerequisites": _listed,
    "target_group": _listed,
    "field": _field_of_study,
    "issuer.name": _single,
    "issuer.country": _issuer_country,
    "landing_page": _landing_page,
    "co_providers": _providers,
    "fee": _single,
    "quality_assurance.internal": _quality,
    "quality_assurance.undivided": _quality,
    "certificate.form": _certificate,
    "further_info": _further,
    "offer.schedule": _single,
    "offer.location": _single,
    "offer.capacity": _capacity,
}
MEANINGS = frozenset({*_HANDLERS, "none"})
"""Everything a custom field can be said to mean."""
