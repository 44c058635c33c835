"""BadgeClass or Achievement → descriptor.

A badge says what it is for and how it is earned. Open Badges has no field for hours, level, credit system or mode; they
are read from an alignment to a level, from the extensions of edubadges and from our own, and what the description and
the criteria plainly say of hours, assessment and outcomes is derived from them. A badge with our extension was written
from a descriptor: the extension then speaks for all it can hold, unless a standard field says otherwise, and no prose
is read. Criteria are wider than an assessment, so they stay text without a type.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.frameworks import level_schemes
from config.messages import CodedError, Issue
from crosswalks.descriptor.model import (
    Assessment,
    Certificate,
    Descriptor,
    FurtherInfo,
    Organisation,
    Outcome,
    SourceRecord,
    Volume,
)
from crosswalks.descriptor.serialise import explain
from crosswalks.descriptor.types import Credit, FieldOfStudy, Identifier, Level
from crosswalks.ledger import Crossing, Ledger
from crosswalks.openbadges.assessing import CRITERIA, Edubadges, said_once
from crosswalks.openbadges.model import Achievement, AchievementAlignment, BadgeClass, OtherIdentifier, Profile
from crosswalks.openbadges.overlay import Overlay
from crosswalks.origins import origins_of
from crosswalks.prose.reading import add_from_prose
from crosswalks.text import UNDETERMINED, clean, clean_lines, plain
from crosswalks.values import table_path, value_rows

_TAG = re.compile(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$")
_ADDRESS = re.compile(r'^https?://[^\x00-\x20<>"{}|\\^`]{1,4000}$')
_IRI = re.compile(r'^[A-Za-z][A-Za-z0-9+.\-]{0,40}:[^\x00-\x20<>"{}|\\^`]{1,4000}$')
_COUNTRY = re.compile(r"^[A-Z]{2}$")
_REGION = re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}$")
_VALUES = table_path(Path(__file__).parent, "reading")


def natural_key(badge: BadgeClass) -> str:
    """Return the key of a badge class: its own identifier, or its name with its issuer's."""
    issuer = (badge.issuer.id or badge.issuer.name) if badge.issuer else None
    key = badge.id or " | ".join(filter(None, (badge.name, issuer)))
    return key if badge.ordinal == 1 else f"{key} | {badge.ordinal}"


def own_iri(badge: BadgeClass) -> str | None:
    """Return the identifier that the badge class brings, if it is one."""
    return badge.id if badge.id and _IRI.match(badge.id) else None


def is_address(text: str | None) -> bool:
    """Tell whether a text is an address that may stand in a descriptor."""
    return bool(text and _ADDRESS.match(text))


def technical_standard(badge: BadgeClass) -> str | None:
    """Return the standard a badge class is written in, as far as its context says so."""
    standards = (code for part, code in _listed("contexts").items() if any(part in one for one in badge.context))
    return next(standards, None)


def language_tag(language: str | None) -> str:
    """Return the BCP 47 tag of a badge's language, `und` where it states none that can be read."""
    tag = (language or "").replace("_", "-")
    return tag if _TAG.match(tag) else UNDETERMINED


@cache
def _listed(name: str) -> dict[str, str]:
    """Return what the addresses or types of a list stand for, each as its own text."""
    return {row.subject.code: row.object.code for row in value_rows(_VALUES) if row.subject.listed == name}


def read(badge: BadgeClass, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one badge to the descriptor. Raises `CodedError` with `record_invalid`."""
    whole = badge if isinstance(badge, Achievement) else Achievement.model_validate(badge.model_dump())
    try:
        return _Reading(whole).crossing(iri, source)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


class _Reading:
    """The way of one badge, and what gathers on it."""

    def __init__(self, badge: Achievement) -> None:
        self._badge = badge
        self._ledger = Ledger("openbadges", "jmicro")
        self._issues: list[Issue] = []
        self._language = language_tag(badge.language)
        self._further: list[FurtherInfo] = []
        self._outcomes: list[Outcome] = []
        self._levels: list[Level] = []
        self._earned: dict[str, str] | None = None
        self._over = Overlay(badge, self._language, self._ledger, self._issues)

    def crossing(self, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
        badge, ledger, over = self._badge, self._ledger, self._over
        values = over.values()
        self._outcomes.extend(values.get("learning_outcomes", ()))
        self._levels.extend(values.get("level", ()))
        self._further.extend(values.get("further_info", ()))
        values["title"] = over.text("title", badge.name) or self._title()
        self._language_said()
        self._alignments()
        landing_page, assessment = self._criteria()
        self._links()
        if badge.version and badge.version == badge.version.strip():
            ledger.mapped("version", "version")
            values["version"] = badge.version
        elif badge.version and badge.version.strip():
            ledger.normalised("version", "version", "spaces_around_it", value=badge.version)
            values["version"] = badge.version.strip()
        values["landing_page"] = landing_page or values.get("landing_page")
        values["assessment"] = assessment
        values["identifiers"] = self._identifiers(iri, values.get("identifiers", ()))
        values["description"] = over.description() or self._described()
        values["issuer"] = over.issuer() or self._issuer()
        self._certificate(values)
        self._figures(values)
        Edubadges(badge, ledger, _listed, self._not_understood).add(values)
        self._learning_outcome()
        values |= {"learning_outcomes": self._outcomes, "level": self._levels, "further_info": self._further}
        self._rest()
        descriptor = Descriptor(
            id=iri,
            source_record=over.source(source),
            origins=origins_of(ledger.entries),
            **{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()},
        )
        return Crossing(self._with_prose(descriptor), ledger, tuple(self._issues))

    def _with_prose(self, descriptor: Descriptor) -> Descriptor:
        """Return the descriptor with what description and criteria say, unless our own extension speaks for them."""
        if self._over.there:
            return descriptor
        texts = [("description", descriptor.description), (CRITERIA, self._earned)]
        added, entries, doubts = add_from_prose(descriptor, texts)
        found, entries = said_once(descriptor, added, entries)
        self._ledger.entries.extend(entries)
        self._issues.extend(doubts)
        return found

    def _title(self) -> dict[str, str]:
        name = self._badge.name if self._over.there else clean(plain(self._badge.name)) or self._badge.name
        if name == self._badge.name:
            self._ledger.mapped("name", "title")
        else:
            self._ledger.normalised("name", "title", "text_of_markup", value=self._badge.name)
        return {self._language: name}

    def _language_said(self) -> None:
        if self._language != UNDETERMINED:
            self._ledger.derived("language", "title", "language_of_the_badge")
        elif self._badge.language:
            self._not_understood("language", self._badge.language)
        else:
            self._ledger.unknown("language")

    def _described(self) -> dict[str, str] | None:
        if self._over.there and self._badge.description == self._badge.name:
            self._ledger.dropped("description", "stands_in", value=self._badge.description)
            return None
        return self._text("description", self._badge.description, "description")

    def _text(self, source: str, value: str | None, target: str) -> dict[str, str] | None:
        """Return a text as the descriptor has it, lines kept, and say so in the ledger."""
        text = value if self._over.there else clean_lines(plain(value)) if value else ""
        if not value:
            self._ledger.unknown(source)
        elif not text:
            self._ledger.dropped(source, "page_furniture", value=value)
        elif text == value:
            self._ledger.mapped(source, target)
        else:
            self._ledger.normalised(source, target, "text_of_markup")
        return {self._language: text} if text else None

    def _identifiers(self, iri: str, known: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
        badge, ledger = self._badge, self._ledger
        found = list(known)
        if not badge.id:
            ledger.unknown("id")
        elif self._over.there and badge.id == iri:
            ledger.mapped("id", "id")
        else:
            ledger.mapped("id", f"identifiers.{len(found)}")
            kind = "achievement" if "Achievement" in badge.type else "badge-class"
            found.append(Identifier(scheme=f"openbadges-{kind}", value=badge.id))
        if badge.human_code:
            ledger.mapped("human_code", f"identifiers.{len(found)}")
            found.append(Identifier(scheme="openbadges-human-code", value=badge.human_code))
        said = {(one.scheme, one.value.strip()) for one in known}
        for number, one in enumerate(badge.other_identifiers):
            identifier = _identifier(one)
            if (identifier.scheme, identifier.value) in said:
                ledger.dropped(f"other_identifiers.{number}", "said_in_extension")
            else:
                self._identified(one, f"other_identifiers.{number}", f"identifiers.{len(found)}")
                found.append(identifier)
        return tuple(found)

    def _identified(self, one: OtherIdentifier, source: str, target: str) -> None:
        """Note an identifier as carried, or as carried without the mark of an extension on its kind."""
        if one.identifier_type == _identifier(one).scheme:
            self._ledger.mapped(source, target)
        else:
            self._ledger.normalised(source, target, "kind_as_scheme", value=one.identifier_type)

    def _criteria(self) -> tuple[str | None, tuple[Assessment, ...]]:
        criteria, ledger = self._badge.criteria, self._ledger
        extended = self._over.assessment()
        if criteria is None:
            ledger.unknown("criteria")
            return None, extended or ()
        page = None
        if criteria.id and criteria.id == self._badge.id and not self._over.there:
            ledger.dropped("criteria.id", "technical_field", value=criteria.id)
        elif criteria.id and is_address(criteria.id):
            page = criteria.id
            ledger.mapped("criteria.id", "landing_page")
        elif criteria.id:
            self._not_understood("criteria.id", criteria.id)
        if extended is not None:
            return page, extended
        self._earned = self._text(CRITERIA, criteria.narrative, "assessment.0.text")
        return page, (Assessment(text=self._earned),) if self._earned else ()

    def _issuer(self) -> Organisation | None:
        issuer, ledger = self._badge.issuer, self._ledger
        name = clean(plain(issuer.name)) if issuer and issuer.name else ""
        if issuer is None or not name:
            self._unnamed(issuer)
            return None
        if self._over.there and issuer.name:
            name = issuer.name
        if name == issuer.name:
            ledger.mapped("issuer.name", "issuer.name")
        else:
            ledger.normalised("issuer.name", "issuer.name", "text_of_markup", value=issuer.name)
        known: list[Identifier] = []
        if issuer.id and self._over.there and issuer.id == f"{self._badge.id}#issuer":
            ledger.dropped("issuer.id", "technical_field", value=issuer.id)
        elif issuer.id:
            ledger.mapped("issuer.id", "issuer.id.0")
            known.append(Identifier(scheme="openbadges-profile", value=issuer.id))
        for number, one in enumerate(issuer.other_identifiers):
            self._identified(one, f"issuer.other_identifiers.{number}", f"issuer.id.{len(known)}")
            known.append(_identifier(one))
        url = issuer.url if is_address(issuer.url) else None
        if url:
            ledger.mapped("issuer.url", "issuer.url")
        elif issuer.url:
            self._not_understood("issuer.url", issuer.url)
        if issuer.description:
            ledger.dropped("issuer.description", "no_descriptor_slot", value=issuer.description)
        place = self._place(issuer.country, issuer.region)
        return Organisation(name={self._language: name}, id=tuple(known), url=url, **place)

    def _unnamed(self, issuer: Profile | None) -> None:
        """Tell of an issuer whose name is not in the record: none, or one that is only referred to."""
        self._ledger.unknown("issuer.name")
        for part in ("id", "url", "description", "country", "region", "other_identifiers"):
            if issuer and (value := getattr(issuer, part)):
                self._ledger.dropped(f"issuer.{part}", "organisation_not_named", value=value)
        if issuer and (where := issuer.id or issuer.url):
            self._issues.append(Issue("organisation_not_named", {"value": where[:200]}, place="issuer"))

    def _place(self, country: str | None, region: str | None) -> dict[str, str]:
        """Return country and region where they are ISO 3166 codes."""
        found = {}
        for part, value, pattern in (("country", country, _COUNTRY), ("region", region, _REGION)):
            if value and pattern.match(value):
                self._ledger.mapped(f"issuer.{part}", f"issuer.{part}")
                found[part] = value
            elif value:
                self._not_understood(f"issuer.{part}", value)
        return found

    def _alignments(self) -> None:
        said = self._over.addresses()
        coded: set[str] = set()
        for number, item in enumerate(self._badge.alignments):
            path, url, name = f"alignments.{number}", item.target_url, clean(item.target_name or "")
            if url and url in said:
                self._ledger.dropped(path, "said_in_extension", value=url)
                continue
            level = next(
                (scheme for prefix, scheme in _listed("level_frameworks").items() if (url or "").startswith(prefix)), ""
            )
            skill = url is not None and url.startswith(tuple(_listed("skill_frameworks")))
            learned = skill or (item.target_type in _listed("target_types") and name != clean(self._badge.name))
            value = (url or "").rstrip("/").rpartition("/")[2]
            named = _listed("level_types").get(item.target_type or "", "")
            if url and value in (level_schemes()[level].values or () if level else ()):
                self._aligned_level(item, path, Level(scheme=level, value=value, iri=url))
            elif item.target_code in (level_schemes()[named].values or () if named else ()):
                self._coded_level(item, path, Level(scheme=named, value=item.target_code or ""))
                coded.add(path)
            elif name and learned and (not url or _IRI.match(url)):
                self._aligned_skill(item, path, name)
            else:
                self._aligned_elsewhere(item, path, name)
                if item.target_type:
                    self._ledger.dropped(f"{path}.target_type", "no_place_for_this_value", value=item.target_type)
            for part in ("target_description", "target_framework"):
                if value := getattr(item, part):
                    self._ledger.dropped(f"{path}.{part}", "no_descriptor_slot", value=value)
            if item.target_code and path not in coded:
                self._ledger.dropped(f"{path}.target_code", "no_place_for_this_value", value=item.target_code)

    def _aligned_level(self, item: AchievementAlignment, path: str, level: Level) -> None:
        target = f"level.{len(self._levels)}"
        self._ledger.derived(f"{path}.target_url", target, "alignment_to_a_level")
        for part in ("target_name", "target_type"):
            if value := getattr(item, part):
                self._ledger.dropped(f"{path}.{part}", "lossy_split", value=value)
        self._levels.append(level)

    def _coded_level(self, item: AchievementAlignment, path: str, level: Level) -> None:
        """Take a level from the code of an alignment whose type names the framework."""
        target = f"level.{len(self._levels)}"
        self._ledger.mapped(f"{path}.target_code", f"{target}.value")
        self._ledger.derived(f"{path}.target_type", f"{target}.scheme", "framework_of_the_alignment")
        for part in ("target_name", "target_url"):
            if value := getattr(item, part):
                self._ledger.dropped(f"{path}.{part}", "lossy_split", value=value)
        self._levels.append(level)

    def _aligned_skill(self, item: AchievementAlignment, path: str, name: str) -> None:
        target = f"learning_outcomes.{len(self._outcomes)}"
        self._ledger.derived(f"{path}.target_name", f"{target}.text", "alignment_to_a_skill")
        if item.target_url:
            self._ledger.mapped(f"{path}.target_url", f"{target}.skill_refs")
        if item.target_type:
            self._ledger.derived(f"{path}.target_type", target, "alignment_to_a_skill")
        refs = (item.target_url,) if item.target_url else ()
        self._outcomes.append(Outcome(text={self._language: name}, skill_refs=refs))

    def _aligned_elsewhere(self, item: AchievementAlignment, path: str, name: str) -> None:
        """Keep an alignment as a link: what it is aligned with is not told apart in Open Badges 2.0."""
        target = f"further_info.{len(self._further)}"
        if item == AchievementAlignment():
            self._ledger.unknown(path)
        if name and name == item.target_name:
            self._ledger.mapped(f"{path}.target_name", f"{target}.label")
        elif name:
            self._ledger.normalised(f"{path}.target_name", f"{target}.label", "plain_text", value=item.target_name)
        elif item.target_name:
            self._ledger.dropped(f"{path}.target_name", "page_furniture", value=item.target_name)
        url = item.target_url if is_address(item.target_url) else None
        if url:
            self._ledger.mapped(f"{path}.target_url", f"{target}.url")
        elif item.target_url:
            self._not_understood(f"{path}.target_url", item.target_url)
        if name or url:
            self._further.append(FurtherInfo(label={self._language: name} if name else None, url=url))

    def _links(self) -> None:
        """Keep related badges and the endorsement as links."""
        named = [(f"related.{number}.id", item.id) for number, item in enumerate(self._badge.related)]
        if self._badge.endorsement:
            named.append(("endorsement", self._badge.endorsement))
        for source, url in named:
            if is_address(url):
                self._ledger.mapped(source, f"further_info.{len(self._further)}.url")
                self._further.append(FurtherInfo(url=url))
            else:
                self._not_understood(source, url)
        for number, item in enumerate(self._badge.related):
            for part in ("version", "language"):
                if value := getattr(item, part):
                    self._ledger.dropped(f"related.{number}.{part}", "technical_field", value=value)

    def _figures(self, values: dict[str, Any]) -> None:
        """Read what has a figure or a code: credit, level, study load, field of study, language of instruction."""
        badge, ledger, there = self._badge, self._ledger, self._over.there
        if badge.credits_available is not None:
            if there and "credit" in values:
                ledger.dropped("credits_available", "said_in_extension")
            else:
                ledger.dropped("credits_available", "credit_without_system", value=badge.credits_available)
                params = {"value": str(badge.credits_available)}
                self._issues.append(Issue("credit_without_system", params, place="credits_available"))
        if badge.ects is not None:
            credits_so_far = values.get("credit", ())
            ledger.mapped("ects", f"credit.{len(credits_so_far)}.value")
            ledger.derived("ects", f"credit.{len(credits_so_far)}.system", "named_by_the_extension")
            values["credit"] = (*credits_so_far, Credit(system="ECTS", value=badge.ects))
        if badge.eqf in (level_schemes()["EQF"].values or ()):
            ledger.mapped("eqf", f"level.{len(self._levels)}.value")
            ledger.derived("eqf", f"level.{len(self._levels)}.scheme", "named_by_the_extension")
            self._levels.append(Level(scheme="EQF", value=badge.eqf))
        elif badge.eqf:
            self._not_understood("eqf", badge.eqf)
        self._study_load(values, badge.study_load)
        if badge.field_of_study:
            fields = values.get("field", ())
            if there and fields:
                ledger.dropped("field_of_study", "said_in_extension")
            else:
                ledger.mapped("field_of_study", "field.0.label")
                ledger.derived("field_of_study", "field.0.scheme", "free_words")
                values["field"] = (FieldOfStudy(scheme="text", label={self._language: badge.field_of_study}),)
        if badge.taught_in:
            tag = language_tag(badge.taught_in).partition("-")[0]
            if tag == UNDETERMINED:
                self._not_understood("taught_in", badge.taught_in)
            else:
                taught = values.get("language_of_instruction", ())
                ledger.normalised("taught_in", f"language_of_instruction.{len(taught)}", "language_without_region")
                values["language_of_instruction"] = (*taught, tag)

    def _study_load(self, values: dict[str, Any], hours: Decimal | None) -> None:
        if hours is None:
            return
        if values.get("volume") or not hours:
            self._not_understood("study_load", str(hours))
        else:
            self._ledger.mapped("study_load", "volume.total_hours")
            values["volume"] = Volume(total_hours=hours)

    def _learning_outcome(self) -> None:
        if text := self._badge.learning_outcome:
            target = f"learning_outcomes.{len(self._outcomes)}.text"
            if said := self._text("learning_outcome", text, target):
                self._outcomes.append(Outcome(text=said))

    def _certificate(self, values: dict[str, Any]) -> None:
        badge, ledger = self._badge, self._ledger
        if self._over.there:
            for name in ("type", "context"):
                if getattr(badge, name):
                    ledger.dropped(name, "technical_field")
            return
        if badge.type:
            ledger.derived("type", "certificate.form", "badge_class_is_digital")
        else:
            ledger.defaulted("certificate.form", "badge_class_is_digital")
        standard = technical_standard(badge)
        if standard:
            rule = "context_of_open_badges_3" if standard == "OB-3.0" else "context_of_open_badges_2"
            ledger.derived("context", "certificate.technical", rule)
        elif badge.context:
            self._not_understood("context", ", ".join(badge.context))
        else:
            ledger.unknown("context")
        values["certificate"] = Certificate(form=("digital",), technical=(standard,) if standard else ())

    def _rest(self) -> None:
        """Account for what has no place in the descriptor."""
        badge, ledger = self._badge, self._ledger
        if badge.tags:
            ledger.dropped("tags", "no_descriptor_slot", value=", ".join(badge.tags))
        for name in ("achievement_type", "specialization"):
            if value := getattr(badge, name):
                ledger.dropped(name, "no_descriptor_slot", value=value)
        for number, value in enumerate(badge.results):
            ledger.dropped(f"results.{number}", "no_descriptor_slot", value=value)
        for name, reason in badge.left_out.items():
            ledger.dropped(f"left_out.{name}", reason)
        for name, value in badge.others.items():
            ledger.unknown(f"others.{name}", "unmapped_field", value=value)
            self._issues.append(Issue("unmapped_field", {"field": name}, place=f"others.{name}"))
        if badge.ordinal > 1:
            ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")

    def _not_understood(self, source: str, value: str) -> None:
        self._ledger.unknown(source, "not_understood", value=value)
        self._issues.append(Issue("not_understood", {"value": value[:200]}, place=source))


def _identifier(one: OtherIdentifier) -> Identifier:
    """Return an identifier with its kind as the scheme, without the mark of an extension."""
    return Identifier(scheme=(one.identifier_type or "unspecified").removeprefix("ext:"), value=one.identifier)
