"""Moodle course → descriptor.

A course page says what is taught; that it is a micro-credential, who awards it and what it is worth is only
known where custom fields, a linked badge class or the deployment say so. A Box names an institution only
where the deployment states that it is that institution's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from config.messages import CodedError, Issue
from crosswalks.descriptor.model import (
    Certificate,
    Descriptor,
    Fee,
    Offer,
    QualityAssurance,
    SourceRecord,
    Volume,
)
from crosswalks.descriptor.serialise import explain
from crosswalks.descriptor.types import Identifier
from crosswalks.jvcampus.custom import read_custom_field
from crosswalks.jvcampus.draft import Draft
from crosswalks.jvcampus.figures import finish_volume
from crosswalks.jvcampus.issuing import carry_badges, carry_box, issuer_of
from crosswalks.jvcampus.model import CourseProposal
from crosswalks.jvcampus.values import enrolment_methods, language_of_pack
from crosswalks.ledger import Crossing
from crosswalks.openbadges.read import is_address
from crosswalks.origins import origins_of
from crosswalks.prose.reading import add_from_prose
from crosswalks.text import UNDETERMINED

_PLAIN, _MARKDOWN = 2, 4
_TOKYO = "Asia/Tokyo"


def natural_key(course: CourseProposal) -> str:
    """Return the key of a course: its number, which is unique within the site; a proposed one has a name."""
    named = course.idnumber or course.shortname or course.fullname
    key = f"course {course.id}" if course.id else f"proposed course | {named}"
    return key if course.ordinal == 1 else f"{key} | {course.ordinal}"


def read(course: CourseProposal, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one course to the descriptor.

    Raises `CodedError` with `title_missing` for a title of mere markup, or `record_invalid`.
    """
    try:
        return _read(course, iri, source)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


def _read(course: CourseProposal, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    draft = _draft(course)
    if course.id is None:
        draft.ledger.unknown("id")
    else:
        draft.ledger.derived("id", "source_record.source_id", "natural_key")
    title = _title(course, draft)
    description = _description(course, draft)
    carry_box(course.category, draft)
    for number, field in enumerate(course.customfields):
        read_custom_field(draft, f"customfields.{number}", field)
    finish_volume(draft)
    offer = _offer(course, draft)
    carry_badges(course, draft)
    descriptor = Descriptor(
        id=iri,
        source_record=source,
        identifiers=_identifiers(course, draft),
        title=title,
        description=description,
        language_of_instruction=tuple(draft.languages),
        field=tuple(draft.fields),
        landing_page=_landing_page(course, draft),
        issuer=issuer_of(course.category, draft),
        co_providers=tuple(draft.providers),
        learning_outcomes=tuple(draft.outcomes),
        assessment=tuple(draft.assessment),
        volume=_volume(draft),
        level=tuple(draft.levels),
        teaching_method=tuple(draft.teaching),
        quality_assurance=_quality(draft),
        credit=tuple(draft.credits),
        credit_status=draft.credit_status,
        certificate=_certificate(draft),
        prerequisites=tuple(draft.prerequisites),
        grading_scheme=draft.single.get("grading_scheme"),
        fee=Fee(text=draft.single["fee"]) if "fee" in draft.single else None,
        offer=offer,
        target_group=tuple(draft.targets),
        further_info=tuple(draft.further),
        origins=origins_of(draft.ledger.entries),
    )
    _rest(course, draft)
    if description:
        descriptor, entries, doubts = add_from_prose(descriptor, [("summary", description)])
        draft.ledger.entries.extend(entries)
        draft.issues.extend(doubts)
    return Crossing(descriptor, draft.ledger, tuple(draft.issues))


def _draft(course: CourseProposal) -> Draft:
    """Begin a draft with the language of unmarked texts: the course's, else the site's."""
    named = (("language_of_the_course", course.lang), ("language_of_the_site", course.site_language))
    for rule, name in named:
        language = language_of_pack(name) if name else UNDETERMINED
        if language != UNDETERMINED:
            return Draft(language, rule)
    return Draft()


def _title(course: CourseProposal, draft: Draft) -> dict[str, str]:
    texts = draft.texts(course.fullname, lines=False)
    if not texts.by_language:
        raise CodedError.of("title_missing", place="fullname")
    draft.carried("fullname", "title", course.fullname, texts)
    named = (
        ("lang", course.lang, "language_of_the_course"),
        ("site_language", course.site_language, "language_of_the_site"),
    )
    for source, name, rule in named:
        if not name:
            draft.ledger.unknown(source)
        elif rule == draft.language_rule and not texts.marked and draft.language in texts.by_language:
            draft.ledger.derived(source, "title", rule)
        else:
            draft.ledger.dropped(source, "language_of_no_text", value=name)
    return texts.by_language


def _description(course: CourseProposal, draft: Draft) -> dict[str, str] | None:
    if course.summaryformat is not None:
        draft.ledger.dropped("summaryformat", "technical_field", value=course.summaryformat)
    if not course.summary:
        draft.ledger.unknown("summary")
        return None
    texts = draft.texts(course.summary, html=course.summaryformat not in {_PLAIN, _MARKDOWN})
    if not texts.by_language:
        draft.ledger.dropped("summary", "page_furniture", value=course.summary)
        return None
    draft.carried("summary", "description", course.summary, texts)
    return texts.by_language


def _identifiers(course: CourseProposal, draft: Draft) -> tuple[Identifier, ...]:
    """Return the short name, in each language it is given in, and the administrators' own number."""
    found: list[Identifier] = []
    for name, value in (("shortname", course.shortname), ("idnumber", course.idnumber)):
        texts = draft.texts(value or "", lines=False)
        if not texts.by_language:
            draft.ledger.unknown(name)
        for text in dict.fromkeys(texts.by_language.values()):
            target = f"identifiers.{len(found)}"
            if text == value:
                draft.ledger.mapped(name, target)
            else:
                draft.ledger.normalised(name, target, "text_of_markup", value=value)
            found.append(Identifier(scheme=f"moodle-{name}", value=text))
    return tuple(found)


def _landing_page(course: CourseProposal, draft: Draft) -> str | None:
    stated = draft.landing_page
    if is_address(course.url):
        draft.ledger.mapped("url", "landing_page")
        if stated:
            draft.ledger.dropped(stated[0], "lossy_split", value=stated[1])
        return course.url
    if course.url:
        draft.not_understood("url", course.url)
    if stated:
        draft.ledger.mapped(stated[0], "landing_page")
    return stated[1] if stated else None


def _offer(course: CourseProposal, draft: Draft) -> tuple[Offer, ...]:
    values: dict[str, Any] = {}
    for source, name in (("startdate", "starts"), ("enddate", "ends")):
        seconds = getattr(course, source)
        if not seconds:
            draft.ledger.unknown(source)
        elif moment := _moment(seconds, course.time_zone or _TOKYO):
            draft.ledger.normalised(source, f"offer.0.{name}", "unix_seconds_in_the_site_zone", value=seconds)
            values[name] = moment
        else:
            draft.not_understood(source, str(seconds))
    if course.time_zone and values:
        draft.ledger.derived("time_zone", f"offer.0.{next(iter(values))}", "unix_seconds_in_the_site_zone")
    elif course.time_zone:
        draft.ledger.dropped("time_zone", "technical_field", value=course.time_zone)
    if admission := _admission(course, draft):
        values["admission"] = admission
    for name in ("schedule", "location"):
        if text := draft.single.get(f"offer.{name}"):
            values[name] = text
    if draft.capacity is not None:
        values["capacity"] = draft.capacity
    return (Offer(**values),) if values else ()


def _moment(seconds: int, zone: str) -> str | None:
    """Return a moment in the site's time, or None for a figure that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, _zone(zone)).isoformat()
    except (OverflowError, ValueError, OSError):
        return None


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    """Return a time zone; Japan's needs no zone data. Raises `ValueError` for an unknown one."""
    if name == _TOKYO:
        return timezone(timedelta(hours=9), name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def _admission(course: CourseProposal, draft: Draft) -> dict[str, str] | None:
    """Return the ways into the course in words."""
    labels = []
    for number, method in enumerate(course.enrollmentmethods):
        if known := enrolment_methods().get(method):
            draft.ledger.derived(f"enrollmentmethods.{number}", "offer.0.admission", "value_table")
            labels.append(known)
        else:
            draft.not_understood(f"enrollmentmethods.{number}", method)
    if not labels:
        return None
    return {
        "ja": "、".join(label["ja"] for label in labels),
        "en": ", ".join(label["en"] for label in labels),
    }


def _volume(draft: Draft) -> Volume | None:
    notes: dict[str, list[str]] = {}
    for note in draft.volume_notes:
        for tag, text in note.items():
            notes.setdefault(tag, []).append(text)
    if not (draft.hours or draft.duration or notes):
        return None
    return Volume(
        total_hours=draft.hours.get("total_hours"),
        contact_hours=draft.hours.get("contact_hours"),
        duration=draft.duration,
        text={tag: "\n".join(texts) for tag, texts in notes.items()} or None,
    )


def _quality(draft: Draft) -> QualityAssurance | None:
    if not (draft.internal or draft.undivided):
        return None
    return QualityAssurance(internal=tuple(draft.internal), undivided=tuple(draft.undivided))


def _certificate(draft: Draft) -> Certificate | None:
    if not (draft.forms or draft.technical):
        return None
    return Certificate(form=tuple(draft.forms), technical=tuple(draft.technical))


def _rest(course: CourseProposal, draft: Draft) -> None:
    """Account for what has no place in the descriptor."""
    ledger = draft.ledger
    if course.displayname:
        ledger.dropped("displayname", "no_descriptor_slot", value=course.displayname)
    for name in ("format", "visible"):
        if getattr(course, name) is not None:
            ledger.dropped(name, "technical_field", value=getattr(course, name))
    if course.tags:
        ledger.dropped("tags", "no_descriptor_slot", value=", ".join(course.tags))
    for reason, names in course.left_out.items():
        ledger.dropped(f"left_out.{reason}", reason, value=names)
    for name, value in course.others.items():
        ledger.unknown(f"others.{name}", "unmapped_field", value=value)
        draft.issues.append(Issue("unmapped_field", {"field": name}, place=f"others.{name}"))
    if course.ordinal > 1:
        ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
