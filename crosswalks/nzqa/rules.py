"""What New Zealand would send back: rule 6 of the listing rules, held against a listing about to leave.

Source: NZQA Qualification and Micro-credential Listing and Operational Rules 2022, rule 6. Figures are compared in the
terms they are stated in; nothing is converted.
"""

from __future__ import annotations

from decimal import Decimal

from config.frameworks import credit_systems, level_schemes
from crosswalks.descriptor.checks import check_title_for
from crosswalks.nzqa.model import NzqaProposal
from crosswalks.nzqa.read import CREDIT_CEILING, CREDIT_SYSTEM
from crosswalks.nzqa.values import FRAMEWORK
from crosswalks.outgoing import Outgoing
from crosswalks.text import UNDETERMINED, matching_key

REGISTER = "NZQA"
_SIX_DIGITS = 6
_SHORTEST_NAME = 4


def check(out: Outgoing, listing: NzqaProposal, foreign: list[str]) -> None:
    """Add every finding about a listing to the way out. `foreign` are fields in none of the register's languages."""
    _title(out, listing.title or "")
    _size(out)
    _level(out)
    _field(out)
    _absent(out, listing)
    if foreign:
        out.found("listing_languages", "title", languages="en, mi", fields=", ".join(foreign))


def _title(out: Outgoing, title: str) -> None:
    alone = out.descriptor.model_copy(update={"title": {UNDETERMINED: title}})
    for word in dict.fromkeys(str(issue.params["word"]).lower() for issue in check_title_for(alone, REGISTER)):
        out.found("nzqa_title_reserved", "title", word=word)
    bodies = [body for body in (out.descriptor.issuer, *out.descriptor.co_providers) if body]
    key = matching_key(title)
    for name in dict.fromkeys(name for body in bodies for name in body.name.values()):
        if len(name) >= _SHORTEST_NAME and matching_key(name) in key:
            out.found("nzqa_title_names_body", "title", name=name)


def _size(out: Outgoing) -> None:
    for index, credit in enumerate(out.descriptor.credit):
        if credit.system == CREDIT_SYSTEM:
            place, value = f"credit.{index}.value", f"{credit.value:f}"
            if credit.value > CREDIT_CEILING:
                out.found("nzqa_credits_above_40", place, value=value)
            elif credit.value < 1:
                out.found("nzqa_credits_below_1", place, value=value)
            return
    out.found("nzqa_credits_missing", "credit")
    volume = out.descriptor.volume
    span = credit_systems()[CREDIT_SYSTEM].hours
    if volume is None or volume.total_hours is None or span is None:
        return
    hours = f"{volume.total_hours:f}"
    if volume.total_hours > Decimal(CREDIT_CEILING) * span[1]:
        out.found("nzqa_hours_above_400", "volume.total_hours", hours=hours)
    elif volume.total_hours < span[0]:
        out.found("nzqa_hours_below_10", "volume.total_hours", hours=hours)


def _level(out: Outgoing) -> None:
    own = [(index, level) for index, level in enumerate(out.descriptor.level) if level.scheme == FRAMEWORK]
    if not own:
        stated = ", ".join(f"{level.scheme} {level.value}" for level in out.descriptor.level)
        out.found("nzqa_level_missing", "level", stated=stated or "-")
    for index, level in own:
        if level.value not in (level_schemes()[FRAMEWORK].values or ()):
            out.found("nzqa_level_outside", f"level.{index}.value", value=level.value)


def _field(out: Outgoing) -> None:
    own = [field for field in out.descriptor.field if field.scheme == "NZSCED"]
    if not own:
        out.found("nzqa_nzsced_missing", "field")
    elif own[0].code is None or len(own[0].code) != _SIX_DIGITS or not own[0].code.isdecimal():
        out.found("nzqa_nzsced_not_six", "field", value=own[0].code or "-")


def _absent(out: Outgoing, listing: NzqaProposal) -> None:
    absent = (
        ("nzqa_purpose_missing", "description", listing.purpose),
        ("nzqa_outcomes_missing", "learning_outcomes", listing.outcomes or listing.outcome_statement),
        ("nzqa_assessment_missing", "assessment", _assessed(out) or listing.number),
        ("nzqa_education_pathway_missing", "stackability", listing.pathway_education),
        ("nzqa_employment_pathway_missing", "further_info", listing.pathway_employment),
        ("nzqa_review_period_missing", "further_info", listing.review_period or listing.review_date),
    )
    out.missing([(code, place) for code, place, value in absent if not value])
    if listing.developer is None:
        issuer = out.descriptor.issuer
        out.found("nzqa_developer_missing", "co_providers", body=" / ".join(issuer.name.values()) if issuer else "-")


def _assessed(out: Outgoing) -> bool:
    return any(assessment.type != "attendance_only" for assessment in out.descriptor.assessment)
