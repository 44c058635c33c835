"""Descriptor → Open Badges: one record that can be written as an achievement (3.0) or as a badge class (2.0).

Open Badges holds every text in one language and has no field for hours, level, mode of teaching, quality assurance or
the system of a credit. Each of these leaves in our extension; what the standard has a field for stands there as well.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.codelists import codelist
from config.frameworks import level_schemes
from crosswalks.descriptor.model import Assessment, Descriptor, Organisation
from crosswalks.ledger import Crossing
from crosswalks.openbadges.extension import Extension, ListedAt
from crosswalks.openbadges.model import Achievement, AchievementAlignment, Criteria, OtherIdentifier, Profile
from crosswalks.outgoing import Outgoing
from crosswalks.stated import stated_fields
from crosswalks.text import UNDETERMINED

_FOLDER = Path(__file__).parent
PROFILE_SCHEME = "openbadges-profile"
MICRO_CREDENTIAL = "MicroCredential"
COMPETENCY = "ceasn:Competency"
LEVEL = "ext:QualificationLevel"
_TOKEN = re.compile(r"^[A-Za-z0-9._-]{1,80}$")
_IRI = re.compile(r'^[A-Za-z][A-Za-z0-9+.\-]{0,40}:[^\x00-\x20<>"{}|\\^`]{1,4000}$')
_PREFERRED = ("ja", "en")
_IN_WORDS = frozenset({"assessment.type", "assessment.text", "assessment.threshold"})
_EXTENDED = tuple(name for name in Extension.model_fields if name not in {"source", "landing_page"})
_LISTED = ("registry", "url", "status", "attribution")


def write(descriptor: Descriptor) -> Crossing[Achievement]:
    """Carry one descriptor to a badge. Findings tell what Open Badges demands and the record does not have."""
    return _Writing(descriptor).crossing()


def main_language(descriptor: Descriptor) -> str:
    """Return the language a badge is written in: that of the title which most texts share, Japanese first."""
    texts = [descriptor.description, *(one.text for one in descriptor.learning_outcomes)]
    texts.extend(one.text for one in descriptor.assessment)
    if descriptor.issuer:
        texts.append(descriptor.issuer.name)
    shares = {tag: sum(1 for text in texts if text and tag in text) for tag in descriptor.title}
    order = {tag: number for number, tag in enumerate(_PREFERRED)}
    return min(shares, key=lambda tag: (tag == UNDETERMINED, -shares[tag], order.get(tag, len(order)), tag))


def in_one_language(text: dict[str, str], language: str) -> str:
    """Return a text in a language, else in the first it has."""
    return text.get(language) or next(iter(text.values()))


def narrative(assessments: tuple[Assessment, ...], language: str) -> str | None:
    """Return methods of assessment in words, one a line: the label of the type, the text, the threshold."""
    lines = []
    for one in assessments:
        label_language = language if language in _PREFERRED else "en"
        label = codelist("AssessmentType").label(one.type, label_language) if one.type and one.type != "other" else None
        said = [in_one_language(text, language) for text in (one.text, one.threshold) if text]
        if label and not any(text.startswith(label) for text in said):
            said.insert(0, label)
        if words := ": ".join(said):
            lines.append(words)
    return "\n".join(lines).strip() or None


class _Writing:
    """One descriptor on its way: the record's fields, and the names of those that go into the extension."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._out = Outgoing(descriptor, "openbadges", _FOLDER)
        self._record = self._out.descriptor
        self._ledger = self._out.ledger
        self._language = main_language(self._record)
        self._extended: list[str] = []

    def crossing(self) -> Crossing[Achievement]:
        record, out = self._record, self._out
        self._carried("id", "id")
        values: dict[str, Any] = {"id": record.id, "achievement_type": MICRO_CREDENTIAL}
        self._ledger.defaulted("achievement_type", "micro_credential_by_definition")
        if self._language != UNDETERMINED:
            values["language"] = self._language
            self._ledger.derived("title", "language", "language_of_most_texts")
        values["name"] = self._single("title", record.title, "name")
        values["description"] = self._described()
        if record.version:
            values["version"] = record.version
            self._carried("version", "version")
        values["criteria"] = self._criteria()
        values["issuer"] = self._issuer()
        values["alignments"] = self._alignments()
        values["other_identifiers"] = self._identifiers()
        values |= self._figures()
        values["extension"] = self._extension()
        self._out.found("openbadges_no_picture", "image")
        return Crossing(Achievement(**values), out.close({}), tuple(out.issues))

    def _carried(self, source: str, target: str, *, rule: str | None = None) -> None:
        """Note that a value was carried as it is, or in the form of Open Badges by a rule."""
        if rule:
            self._ledger.normalised(source, target, rule)
        else:
            self._ledger.mapped(source, target)

    def _single(self, field: str, text: dict[str, str], target: str) -> str:
        """Return a text in the badge's language; what else it says goes into the extension."""
        words = in_one_language(text, self._language).strip()
        tag = self._language if self._language in text else next(iter(text))
        if text == {self._language: words}:
            self._carried(f"{field}.{tag}", target)
        else:
            self._extended.append(field)
            self._carried(f"{field}.{tag}", target, rule="in_one_language")
        return words

    def _described(self) -> str:
        """Return the description, which Open Badges demands; the title stands in where there is none."""
        record = self._record
        if record.description is None:
            self._ledger.derived("title", "description", "title_stands_in")
            self._out.found("openbadges_no_description", "description")
            return in_one_language(record.title, self._language).strip()
        words = self._single("description", record.description, "description")
        if words == in_one_language(record.title, self._language).strip() and "description" not in self._extended:
            self._extended.append("description")
        return words

    def _criteria(self) -> Criteria | None:
        record = self._record
        words = narrative(record.assessment, self._language)
        if words and record.assessment == (Assessment(text={self._language: words}),):
            self._carried(f"assessment.0.text.{self._language}", "criteria.narrative")
        elif record.assessment:
            self._extended.append("assessment")
            said = [one for one in stated_fields(record) if one.field in _IN_WORDS] if words else []
            for one in said:
                self._ledger.derived(one.path, "criteria.narrative", "assessment_in_words")
        if record.landing_page:
            self._carried("landing_page", "criteria.id")
        if not words and not record.landing_page:
            self._out.found("openbadges_no_criteria", "criteria")
            return None
        return Criteria(id=record.landing_page, narrative=words)

    def _issuer(self) -> Profile | None:
        record = self._record
        if record.issuer is None:
            self._out.found("openbadges_no_issuer", "issuer")
            return None
        body = record.issuer
        name = in_one_language(body.name, self._language).strip()
        profile = next((one.value for one in body.id if one.scheme == PROFILE_SCHEME and _IRI.match(one.value)), None)
        place = next((number for number, one in enumerate(body.id) if profile and one.value == profile), 0)
        known = body.id[place : place + 1] if profile else ()
        whole = body == Organisation(name={self._language: name}, url=body.url, id=known)
        if not whole:
            self._extended.append("issuer")
        tag = self._language if self._language in body.name else next(iter(body.name))
        self._carried(f"issuer.name.{tag}", "issuer.name", rule=None if whole else "in_one_language")
        if body.url:
            self._carried("issuer.url", "issuer.url")
        if profile:
            self._carried(f"issuer.id.{place}.value", "issuer.id")
            self._ledger.derived(f"issuer.id.{place}.scheme", "issuer.id", "identifier_of_a_profile")
        else:
            self._ledger.defaulted("issuer.id", "profile_named_below_the_record")
        for part in ("country", "region"):
            if getattr(body, part):
                self._carried(f"issuer.{part}", f"issuer.{part}")
        others = _other_identifiers(tuple(one for one in body.id if one not in known))
        if others:
            self._carried("issuer.id", "issuer.other_identifiers", rule="identifier_entries")
        return Profile(
            id=profile or f"{record.id}#issuer",
            name=name,
            url=body.url,
            country=body.country,
            region=body.region,
            other_identifiers=others,
        )

    def _alignments(self) -> tuple[AchievementAlignment, ...]:
        """Return what the badge is aligned with: skills of its outcomes, and levels that have an address."""
        found: list[AchievementAlignment] = []
        if self._record.learning_outcomes:
            self._extended.append("learning_outcomes")
        for number, outcome in enumerate(self._record.learning_outcomes):
            for which, address in enumerate(outcome.skill_refs):
                target = f"alignments.{len(found)}"
                self._carried(f"learning_outcomes.{number}.text", f"{target}.target_name", rule="in_one_language")
                skill = f"learning_outcomes.{number}.skill_refs.{which}"
                self._carried(skill, f"{target}.target_url")
                self._ledger.derived(skill, f"{target}.target_type", "outcomes_are_competencies")
                words = in_one_language(outcome.text, self._language).strip()
                found.append(AchievementAlignment(target_name=words, target_url=address, target_type=COMPETENCY))
        for number, level in enumerate(self._record.level):
            if level.iri is None:
                continue
            target, path = f"alignments.{len(found)}", f"level.{number}"
            scheme = level_schemes()[level.scheme].labels
            framework = scheme.get(self._language) or scheme["en"]
            name = in_one_language(level.label, self._language) if level.label else f"{framework} {level.value}"
            self._carried(f"{path}.label" if level.label else f"{path}.value", f"{target}.target_name", rule="named")
            self._carried(f"{path}.iri", f"{target}.target_url")
            self._carried(f"{path}.scheme", f"{target}.target_framework", rule="label_of_the_scheme")
            self._carried(f"{path}.value", f"{target}.target_code", rule="trimmed")
            self._ledger.derived(f"{path}.iri", f"{target}.target_type", "levels_have_a_type_of_ours")
            found.append(
                AchievementAlignment(
                    target_name=name.strip(), target_url=level.iri, target_framework=framework,
                    target_code=level.value.strip(), target_type=LEVEL,
                )
            )  # fmt: skip
        return tuple(found)

    def _identifiers(self) -> tuple[OtherIdentifier, ...]:
        if not self._record.identifiers:
            return ()
        self._extended.append("identifiers")
        if found := _other_identifiers(self._record.identifiers):
            self._carried("identifiers", "other_identifiers", rule="identifier_entries")
        return found

    def _figures(self) -> dict[str, Any]:
        """Return a lone credit figure and a lone field of study as Open Badges 3.0 can hold them."""
        record = self._record
        found: dict[str, Any] = {}
        if len(record.credit) == 1:
            self._ledger.derived("credit.0.value", "credits_available", "figure_without_its_system")
            found["credits_available"] = Decimal(record.credit[0].value)
        if len(record.field) == 1:
            (study,) = record.field
            name = (
                in_one_language(study.label, self._language).strip() if study.label else f"{study.scheme} {study.code}"
            )
            self._ledger.derived("field.0.label" if study.label else "field.0.code", "field_of_study", "field_in_words")
            found["field_of_study"] = name
        return found

    def _extension(self) -> Extension:
        """Return the extension: the fields noted on the way, and those that Open Badges has nothing for."""
        record = self._record
        noted = {"title", "description", "assessment", "issuer"}
        names = [name for name in _EXTENDED if name in self._extended or name not in noted]
        values = {name: value for name in names if (value := getattr(record, name)) not in (None, ())}
        for path, field, _ in stated_fields(record):
            if field.partition(".")[0] in values:
                self._carried(path, f"extension.{path}")
        listed = {name: value for name in _LISTED if (value := getattr(record.source_record, name))}
        for name in listed:
            self._carried(f"source_record.{name}", f"extension.source.{name}")
        return Extension(**values, source=ListedAt(**listed) if listed else None)


def _other_identifiers(identifiers: tuple[Any, ...]) -> tuple[OtherIdentifier, ...]:
    """Return identifiers as entries of Open Badges 3.0; a kind that is no term of it is marked as an extension."""
    return tuple(
        OtherIdentifier(identifier=one.value.strip(), identifier_type=f"ext:{one.scheme}")
        for one in identifiers
        if _TOKEN.match(one.scheme)
    )
