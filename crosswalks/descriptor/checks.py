"""The checks a listing gets. Every finding stays with the record; none blocks storage unless it is `reject`.

Source: section 8 of the JMICRO data dictionary, and its column L (the JMICRO profile) for what should be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from ahocorasick_rs import AhoCorasick

from config.frameworks import credit_systems, title_words
from config.messages import Issue
from crosswalks.descriptor.model import Descriptor

_LEAST_HOURS = Decimal(10)
_TOLERANCE = Decimal("0.10")
_DURATION = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_MISSING = {
    code: Issue(code, place=place)
    for code, place in (
        ("issuer_missing", "issuer"),
        ("issuer_country_missing", "issuer.country"),
        ("no_outcome", "learning_outcomes"),
        ("no_assessment", "assessment"),
        ("attendance_only", "assessment"),
        ("teaching_method_missing", "teaching_method"),
        ("volume_missing", "volume.total_hours"),
        ("level_missing", "level"),
        ("internal_qa_missing", "quality_assurance.internal"),
        ("qa_undivided", "quality_assurance.undivided"),
        ("credit_status_missing", "credit_status"),
        ("certificate_form_missing", "certificate.form"),
        ("stackability_status_missing", "stackability_status"),
        ("classification_missing", "education_classification"),
    )
}
"""Findings without parameters, made once."""
_LOOKS = ("looks_macro", "looks_non_learning")
_RECOGNITION_DATES = ("decided_on", "valid_from", "valid_until", "next_review")


def check(descriptor: Descriptor) -> list[Issue]:
    """Return every finding about a listing, in the order of the descriptor's fields."""
    return [
        *_title(descriptor),
        *_issuer(descriptor),
        *_substance(descriptor),
        *_volume(descriptor),
        *_level(descriptor),
        *_assurance(descriptor),
        *_recognition(descriptor),
    ]


def check_title_for(descriptor: Descriptor, registry: str) -> list[Issue]:
    """Return a warning for each word of the title that a registry reserves, for listings that shall go there."""
    pattern = _words("reserved", registry)
    found = {match for text in descriptor.title.values() for match in pattern.findall(text)}
    return [Issue("title_reserved_word", {"word": word, "registry": registry}, place="title") for word in sorted(found)]


@cache
def _words(*path: str) -> re.Pattern[str]:
    entry = title_words()
    for step in path:
        entry = entry[step]
    alternatives = [
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
        for word in sorted(entry["words"], key=len, reverse=True)
    ]
    return re.compile("|".join(alternatives), re.IGNORECASE)


@cache
def _telling() -> AhoCorasick:
    """Return the words of titles that look like something else, for a first look: how they stand the patterns tell."""
    return AhoCorasick([word.casefold() for code in _LOOKS for word in title_words()[code]["words"]])


def _title(descriptor: Descriptor) -> Iterator[Issue]:
    title = descriptor.title
    if not any(tag.partition("-")[0] in {"ja", "en"} for tag in title):
        yield Issue("title_language_missing", {"languages": ", ".join(title)}, place="title")
    if not any(_telling().find_matches_as_indexes(text.casefold()) for text in title.values()):
        return
    for code in _LOOKS:
        pattern = _words(code)
        for text in title.values():
            if match := pattern.search(text):
                yield Issue(code, {"word": match.group()}, place="title")
                break


def _issuer(descriptor: Descriptor) -> Iterator[Issue]:
    if descriptor.issuer is None:
        yield _MISSING["issuer_missing"]
    elif descriptor.issuer.country is None:
        yield _MISSING["issuer_country_missing"]


def _substance(descriptor: Descriptor) -> Iterator[Issue]:
    if not descriptor.learning_outcomes and not descriptor.outcome_summary:
        yield _MISSING["no_outcome"]
    kinds = [assessment.type for assessment in descriptor.assessment]
    if not kinds:
        yield _MISSING["no_assessment"]
    elif all(kind == "attendance_only" for kind in kinds):
        yield _MISSING["attendance_only"]
    if not descriptor.teaching_method:
        yield _MISSING["teaching_method_missing"]


def _volume(descriptor: Descriptor) -> Iterator[Issue]:
    volume = descriptor.volume
    hours = volume.total_hours if volume else None
    if hours is None and not any(credit.value for credit in descriptor.credit):
        yield _MISSING["volume_missing"]
    if hours is not None and hours < _LEAST_HOURS:
        yield Issue("volume_below_10h", {"hours": str(hours)}, place="volume.total_hours")
    if volume and volume.duration and _a_year_or_more(volume.duration):
        yield Issue("duration_ge_1y", {"duration": volume.duration}, place="volume.duration")
    if hours is not None:
        yield from _credit_against(hours, descriptor)


def _credit_against(hours: Decimal, descriptor: Descriptor) -> Iterator[Issue]:
    for index, credit in enumerate(descriptor.credit):
        system = credit_systems()[credit.system]
        if not system.sourced or system.hours is None or not credit.value:
            continue
        low, high = (credit.value * bound for bound in system.hours)
        if hours < low * (1 - _TOLERANCE) or hours > high * (1 + _TOLERANCE):
            figures = {"hours": str(hours), "value": str(credit.value), "low": str(low), "high": str(high)}
            yield Issue("volume_credit_mismatch", {**figures, "system": credit.system}, place=f"credit.{index}")


def _a_year_or_more(duration: str) -> bool:
    match = _DURATION.match(duration)
    years, months, weeks, days = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    return years >= 1 or months >= 12 or months * 30 + weeks * 7 + days >= 365


def _level(descriptor: Descriptor) -> Iterator[Issue]:
    if not descriptor.level:
        yield _MISSING["level_missing"]
    for index, level in enumerate(descriptor.level):
        if level.scheme == "unspecified":
            yield Issue("level_without_scheme", {"value": level.value}, place=f"level.{index}")


def _assurance(descriptor: Descriptor) -> Iterator[Issue]:
    assurance = descriptor.quality_assurance
    if assurance is None or not assurance.internal:
        yield _MISSING["internal_qa_missing"]
    if assurance and assurance.undivided:
        yield _MISSING["qa_undivided"]
    if descriptor.credit_status is None:
        yield _MISSING["credit_status_missing"]
    if descriptor.certificate is None or not descriptor.certificate.form:
        yield _MISSING["certificate_form_missing"]
    if descriptor.stackability_status is None:
        yield _MISSING["stackability_status_missing"]
    if descriptor.education_classification is None:
        yield _MISSING["classification_missing"]


def _recognition(descriptor: Descriptor) -> Iterator[Issue]:
    recognition = descriptor.recognition
    if recognition is None or recognition.source:
        return
    for name in _RECOGNITION_DATES:
        if getattr(recognition, name) is not None:
            yield Issue("recognition_date_invented", {"field": name}, place=f"recognition.{name}")
