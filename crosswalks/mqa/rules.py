"""What the people of the Malaysian agency would send back: columns left empty, and rules for stand-alone records.

A record with a parent's reference is a part of an accredited programme, to which the rules for stand-alone
micro-credentials do not apply. Sources stand in the messages and in `rules.yaml`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from config.frameworks import level_schemes
from config.yaml_files import load_yaml
from crosswalks.mqa.model import MqaListing
from crosswalks.mqa.reference import parse_reference
from crosswalks.outgoing import Outgoing

FRAMEWORK = "MQF-MY"
CREDIT_SYSTEM = "MY-credit"
_LANGUAGES = frozenset({"ms", "en", "und"})


@cache
def rules() -> dict[str, Any]:
    """Return the figures and words of `rules.yaml`."""
    return dict(load_yaml(Path(__file__).parent / "rules.yaml"))


def check(out: Outgoing, row: MqaListing) -> None:
    """Add every finding about a row to the way out."""
    _columns(out, row)
    if row.reference is None:
        _substance(out)
        _hours(out)
        _credit(out)
        _kind(out, row.title)
    _level(out, standing_alone=row.reference is None)


def _columns(out: Outgoing, row: MqaListing) -> None:
    descriptor = out.descriptor
    if not any(tag.partition("-")[0].lower() in _LANGUAGES for tag in descriptor.title):
        out.found("listing_languages", "title", languages="ms, en", fields="title")
    if row.provider is None:
        out.found("mqa_provider_missing", "issuer.name")
    elif descriptor.issuer and descriptor.issuer.country not in {None, "MY"}:
        out.found("mqa_provider_abroad", "issuer.country", country=descriptor.issuer.country)
    if row.reference is None:
        out.found("mqa_no_parent", "quality_assurance.external")
    else:
        if parse_reference(row.reference).kind == "unknown":
            out.found("mqa_reference_shape", "quality_assurance.external", value=row.reference)
        if row.programme is None:
            out.found("mqa_parent_incomplete", "stackability")


def _substance(out: Outgoing) -> None:
    descriptor = out.descriptor
    kinds = [assessment.type for assessment in descriptor.assessment]
    missing = (
        ("mqa_description_missing", "description", not descriptor.description),
        ("mqa_outcomes_missing", "learning_outcomes", not (descriptor.learning_outcomes or descriptor.outcome_summary)),
        ("mqa_assessment_missing", "assessment", all(kind == "attendance_only" for kind in kinds)),
    )
    out.missing([(code, place) for code, place, absent in missing if absent])


def _hours(out: Outgoing) -> None:
    volume = out.descriptor.volume
    hours = volume.total_hours if volume else None
    least, step = Decimal(rules()["least_hours"]), Decimal(rules()["step_hours"])
    if hours is None:
        if not any(credit.system == CREDIT_SYSTEM for credit in out.descriptor.credit):
            out.found("mqa_hours_missing", "volume.total_hours")
    elif hours < least:
        out.found("mqa_hours_below_40", "volume.total_hours", hours=f"{hours:f}")
    elif rest := hours % step:
        out.found("mqa_hours_off_step", "volume.total_hours", hours=f"{hours:f}", rest=f"{rest:f}")
    if volume is None or volume.contact_hours is None:
        out.found("mqa_learning_time_missing", "volume.contact_hours")
    for index, link in enumerate(out.descriptor.stackability):
        if link.share is not None and link.share > Decimal(rules()["most_share"]):
            out.found("mqa_share_above_70", f"stackability.{index}.share", share=f"{link.share:f}")


def _credit(out: Outgoing) -> None:
    for index, credit in enumerate(out.descriptor.credit):
        if credit.system != CREDIT_SYSTEM:
            continue
        if credit.value < Decimal(rules()["least_credits"]):
            out.found("mqa_credit_below_1", f"credit.{index}.value", value=f"{credit.value:f}")
        elif credit.value % Decimal(rules()["step_credits"]):
            out.found("mqa_credit_off_step", f"credit.{index}.value", value=f"{credit.value:f}")


def _level(out: Outgoing, *, standing_alone: bool) -> None:
    own = [(index, level) for index, level in enumerate(out.descriptor.level) if level.scheme == FRAMEWORK]
    if not own and standing_alone:
        out.found("mqa_level_missing", "level")
    for index, level in own:
        if level.value not in (level_schemes()[FRAMEWORK].values or ()):
            out.found("mqa_level_outside", f"level.{index}.value", value=level.value)


def _kind(out: Outgoing, title: str) -> None:
    for match in dict.fromkeys(found.lower() for found in _excluded().findall(title)):
        out.found("mqa_kind_excluded", "title", word=match)


@cache
def _excluded() -> re.Pattern[str]:
    words = sorted(rules()["excluded_kinds"], key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words), re.IGNORECASE)
