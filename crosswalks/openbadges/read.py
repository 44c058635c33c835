"""BadgeClass → descriptor.

A badge class says what a digital badge is for and how it is earned. It has no field for hours, level, credit
or mode, and none is read out of its prose. Its criteria are wider than an assessment, so they stay text
without a type.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from config.messages import CodedError, Issue
from config.yaml_files import load_yaml
from crosswalks.descriptor.model import (
    Assessment,
    Certificate,
    Descriptor,
    FurtherInfo,
    Organisation,
    Outcome,
    SourceRecord,
)
from crosswalks.descriptor.serialise import explain
from crosswalks.descriptor.types import Identifier, Origin
from crosswalks.ledger import Crossing, Ledger
from crosswalks.openbadges.model import Alignment, BadgeClass
from crosswalks.text import UNDETERMINED, clean, clean_lines, plain

_TAG = re.compile(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$")
_ADDRESS = re.compile(r'^https?://[^\x00-\x20<>"{}|\\^`]{1,4000}$')
_IRI = re.compile(r'^[A-Za-z][A-Za-z0-9+.\-]{0,40}:[^\x00-\x20<>"{}|\\^`]{1,4000}$')
_DIGITAL = Origin(kind="derived", rule="badge_class_is_digital", source_fields=("type",))
_OUTCOME = Origin(kind="derived", rule="alignment_to_a_skill", source_fields=("alignments",))
_OPEN_BADGES_2 = "openbadges/v2"


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
    return "OB-2.0" if any(_OPEN_BADGES_2 in context for context in badge.context) else None


def language_tag(language: str | None) -> str:
    """Return the BCP 47 tag of a badge's language, `und` where it states none that can be read."""
    tag = (language or "").replace("_", "-")
    return tag if _TAG.match(tag) else UNDETERMINED


@cache
def _skill_prefixes() -> tuple[str, ...]:
    frameworks = load_yaml(Path(__file__).parent / "skill_frameworks.yaml")
    return tuple(prefix for framework in frameworks.values() for prefix in framework["prefixes"])


def read(badge: BadgeClass, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one badge class to the descriptor. Raises `CodedError` with `record_invalid`."""
    try:
        return _Reading(badge).crossing(iri, source)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


class _Reading:
    """The way of one badge class, and what gathers on it."""

    def __init__(self, badge: BadgeClass) -> None:
        self._badge = badge
        self._ledger = Ledger("openbadges", "jmicro")
        self._issues: list[Issue] = []
        self._origins: dict[str, Origin] = {}
        self._language = language_tag(badge.language)
        self._further: list[FurtherInfo] = []

    def crossing(self, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
        badge, ledger = self._badge, self._ledger
        title = self._title()
        outcomes = self._alignments()
        landing_page, assessment = self._criteria()
        self._links()
        descriptor = Descriptor(
            id=iri,
            source_record=source,
            version=self._copied("version", badge.version),
            identifiers=self._identifiers(),
            title=title,
            description=self._described(),
            landing_page=landing_page,
            issuer=self._issuer(),
            learning_outcomes=outcomes,
            assessment=assessment,
            certificate=self._certificate(),
            further_info=tuple(self._further),
            origins=self._origins,
        )
        self._rest()
        return Crossing(descriptor, ledger, tuple(self._issues))

    def _title(self) -> dict[str, str]:
        name = clean(plain(self._badge.name)) or self._badge.name
        if name == self._badge.name:
            self._ledger.mapped("name", "title")
        else:
            self._ledger.normalised("name", "title", "text_of_markup", value=self._badge.name)
        if self._language != UNDETERMINED:
            self._ledger.derived("language", "title", "language_of_the_badge")
        elif self._badge.language:
            self._not_understood("language", self._badge.language)
        else:
            self._ledger.unknown("language")
        return {self._language: name}

    def _described(self) -> dict[str, str] | None:
        return self._text("description", self._badge.description, "description")

    def _text(self, source: str, value: str | None, target: str) -> dict[str, str] | None:
        """Return a text as the descriptor has it, lines kept, and say so in the ledger."""
        text = clean_lines(plain(value)) if value else ""
        if not value:
            self._ledger.unknown(source)
        elif not text:
            self._ledger.dropped(source, "page_furniture", value=value)
        elif text == value:
            self._ledger.mapped(source, target)
        else:
            self._ledger.normalised(source, target, "text_of_markup")
        return {self._language: text} if text else None

    def _copied(self, name: str, value: str | None) -> str | None:
        if value:
            self._ledger.mapped(name, name)
        return value

    def _identifiers(self) -> tuple[Identifier, ...]:
        if not self._badge.id:
            self._ledger.unknown("id")
            return ()
        self._ledger.mapped("id", "identifiers.0")
        return (Identifier(scheme="openbadges-badge-class", value=self._badge.id),)

    def _criteria(self) -> tuple[str | None, tuple[Assessment, ...]]:
        criteria = self._badge.criteria
        if criteria is None:
            self._ledger.unknown("criteria")
            return None, ()
        page = None
        if criteria.id and criteria.id == self._badge.id:
            self._ledger.dropped("criteria.id", "technical_field", value=criteria.id)
        elif criteria.id and is_address(criteria.id):
            page = criteria.id
            self._ledger.mapped("criteria.id", "landing_page")
        elif criteria.id:
            self._not_understood("criteria.id", criteria.id)
        text = self._text("criteria.narrative", criteria.narrative, "assessment.0.text")
        return page, (Assessment(text=text),) if text else ()

    def _issuer(self) -> Organisation | None:
        issuer, ledger = self._badge.issuer, self._ledger
        name = clean(plain(issuer.name)) if issuer and issuer.name else ""
        if issuer is None or not name:
            ledger.unknown("issuer.name")
            for part in ("id", "url", "description"):
                if issuer and getattr(issuer, part):
                    ledger.dropped(f"issuer.{part}", "lossy_split", value=getattr(issuer, part))
            return None
        ledger.mapped("issuer.name", "issuer.name")
        if issuer.id:
            ledger.mapped("issuer.id", "issuer.id.0")
        url = issuer.url if is_address(issuer.url) else None
        if url:
            ledger.mapped("issuer.url", "issuer.url")
        elif issuer.url:
            self._not_understood("issuer.url", issuer.url)
        if issuer.description:
            ledger.dropped("issuer.description", "no_descriptor_slot", value=issuer.description)
        known = (Identifier(scheme="openbadges-profile", value=issuer.id),) if issuer.id else ()
        return Organisation(name={self._language: name}, id=known, url=url)

    def _alignments(self) -> tuple[Outcome, ...]:
        outcomes: list[Outcome] = []
        for number, item in enumerate(self._badge.alignments):
            path, url, name = f"alignments.{number}", item.target_url, clean(item.target_name or "")
            if name and url and url.startswith(_skill_prefixes()) and _IRI.match(url):
                target = f"learning_outcomes.{len(outcomes)}"
                self._ledger.derived(f"{path}.target_name", f"{target}.text", "alignment_to_a_skill")
                self._ledger.mapped(f"{path}.target_url", f"{target}.skill_refs")
                self._origins[target] = _OUTCOME
                outcomes.append(Outcome(text={self._language: name}, skill_refs=(url,)))
            else:
                self._aligned_elsewhere(item, path, name)
            for part in ("target_description", "target_framework", "target_code"):
                if value := getattr(item, part):
                    self._ledger.dropped(f"{path}.{part}", "no_descriptor_slot", value=value)
        return tuple(outcomes)

    def _aligned_elsewhere(self, item: Alignment, path: str, name: str) -> None:
        """Keep an alignment as a link: what it is aligned with is not told apart in Open Badges 2.0."""
        target = f"further_info.{len(self._further)}"
        if item == Alignment():
            self._ledger.unknown(path)
        if name:
            self._ledger.mapped(f"{path}.target_name", f"{target}.label")
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

    def _certificate(self) -> Certificate:
        if self._badge.type:
            self._ledger.derived("type", "certificate.form", "badge_class_is_digital")
        else:
            self._ledger.defaulted("certificate.form", "badge_class_is_digital")
        self._origins["certificate.form"] = _DIGITAL
        standard = technical_standard(self._badge)
        if standard:
            self._ledger.derived("context", "certificate.technical", "context_of_open_badges_2")
        elif self._badge.context:
            self._not_understood("context", ", ".join(self._badge.context))
        else:
            self._ledger.unknown("context")
        return Certificate(form=("digital",), technical=(standard,) if standard else ())

    def _rest(self) -> None:
        """Account for what has no place in the descriptor."""
        badge, ledger = self._badge, self._ledger
        if badge.tags:
            ledger.dropped("tags", "no_descriptor_slot", value=", ".join(badge.tags))
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
