"""The tests that rules of a profile name: each looks at a descriptor and says what it found, and where.

A test fails only on what is stated. Silence is `says_nothing`, and so is what a listing cannot say at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from crosswalks.descriptor.checks import check_title_for
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.workload import Hours, amounts
from recognition.cells import Remark
from recognition.facts import CODES, SILENT

_YEAR = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


class Judged(StrEnum):
    """What a credential says to a rule."""

    MEETS = "meets"
    FAILS = "fails"
    SAYS_NOTHING = "says_nothing"


class Told(NamedTuple):
    """The outcome of a test, why, and the paths of the descriptor that it rests on."""

    judged: Judged
    because: Remark
    paths: tuple[str, ...] = ()


Test = Callable[..., Told]


def _meets(paths: Iterable[str]) -> Told:
    return Told(Judged.MEETS, Remark.of("rule_met"), tuple(paths))


def _silent(code: str = "rule_not_stated", paths: Iterable[str] = ()) -> Told:
    return Told(Judged.SAYS_NOTHING, Remark.of(code), tuple(paths))


def _fails(code: str, paths: Iterable[str], **params: Any) -> Told:
    return Told(Judged.FAILS, Remark.of(code, **params), tuple(paths))


def value_at(descriptor: Descriptor, path: str) -> Any:
    """Return the value at a path without positions (`issuer.country`), None where any part of it is empty."""
    value: Any = descriptor
    for step in path.split("."):
        value = getattr(value, step) if value is not None else None
    return value or None


def _places(descriptor: Descriptor, path: str) -> list[str]:
    value = value_at(descriptor, path)
    if value is None or (isinstance(value, str) and value in SILENT):
        return []
    return [f"{path}.{index}" for index in range(len(value))] if isinstance(value, tuple) else [path]


def stated(descriptor: Descriptor, *, of: list[str]) -> Told:
    """Meets when any of the fields is stated."""
    paths = [place for path in of for place in _places(descriptor, path)]
    return _meets(paths) if paths else _silent()


def code_stated(descriptor: Descriptor, *, of: list[str]) -> Told:
    """Meets when any of the aspects has a code that says something."""
    paths = [path for aspect in of for code, path in CODES[aspect](descriptor) if code not in SILENT]
    return _meets(paths) if paths else _silent()


def assessed(descriptor: Descriptor, *, with_: list[str] | None = None) -> Told:
    """Fails when nothing but attendance is asked for; `with` are fields that have to be stated beside."""
    paths = [f"assessment.{index}" for index in range(len(descriptor.assessment))]
    if not paths:
        return _silent()
    if all(one.type == "attendance_only" for one in descriptor.assessment):
        return _fails("rule_attendance_only", paths)
    beside = [_places(descriptor, path) for path in with_ or ()]
    if not all(beside):
        return _silent(paths=paths)
    return _meets([*paths, *(path for group in beside for path in group)])


def judged_from_outside(descriptor: Descriptor) -> Told:
    """Meets when an outside body judged the credential or its programme; other statements are only shown."""
    assurance = descriptor.quality_assurance
    external = assurance.external if assurance else ()
    paths = [f"quality_assurance.external.{n}" for n, one in enumerate(external) if one.object != "institution"]
    known = [f"quality_assurance.external.{n}" for n, one in enumerate(external) if one.object in _JUDGED_OBJECTS]
    if descriptor.recognition and descriptor.recognition.status == "recognised":
        known.append("recognition.status")
    if known:
        return _meets(known)
    others = [*paths, *_places(descriptor, "quality_assurance.internal")]
    others += [f"quality_assurance.external.{n}" for n, one in enumerate(external) if one.object == "institution"]
    others += _places(descriptor, "quality_assurance.undivided")
    return _silent("rule_quality_not_of_credential", sorted(set(others))) if others else _silent()


_JUDGED_OBJECTS = {"credential", "programme"}


def judged_within(descriptor: Descriptor, *, years: int) -> Told:
    """Meets when a decision on the credential is stated that is valid for at most some years; more years fail."""
    assurance = descriptor.quality_assurance
    own = [(n, one) for n, one in enumerate(assurance.external if assurance else ()) if one.object == "credential"]
    if not own:
        return _silent()
    dated = [(f"quality_assurance.external.{n}", one.valid_from, one.valid_until) for n, one in own]
    whole = [(path, start, end) for path, start, end in dated if start and end]
    if not whole:
        return _silent("rule_validity_not_stated", [path for path, _, _ in dated])
    within = [path for path, start, end in whole if end <= _later(start, years)]
    if within:
        return _meets(within)
    return _fails("rule_valid_too_long", [path for path, _, _ in whole], years=years)


def _later(day: date, years: int) -> date:
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)


def workload_stated(descriptor: Descriptor) -> Told:
    """Meets when any figure comes to hours of the whole of learning."""
    paths = [one.place for one in _totals(descriptor)]
    return _meets(paths) if paths else _silent("rule_no_total_hours", _places(descriptor, "volume"))


def _totals(descriptor: Descriptor) -> list[Hours]:
    return [one for one in amounts(descriptor)[0] if one.counted == "total"]


def hours_least(descriptor: Descriptor, *, hours: str, about: bool = False) -> Told:
    """Meets when every figure reaches the hours, fails when none can; `about` turns a failure into a remark."""
    least = Decimal(hours)
    return _measured(descriptor, [(one, one.least >= least, one.most < least) for one in _totals(descriptor)], about)


def hours_most(descriptor: Descriptor, *, hours: str) -> Told:
    """Meets when every figure stays within the hours, fails when none can."""
    most = Decimal(hours)
    return _measured(descriptor, [(one, one.most <= most, one.least > most) for one in _totals(descriptor)])


def hours_in_steps(descriptor: Descriptor, *, hours: str) -> Told:
    """Meets when every figure is a whole number of steps, fails when none is."""
    step = Decimal(hours)
    figures = _totals(descriptor)
    exact = [(one, one.least == one.most and one.least % step == 0, one.least == one.most) for one in figures]
    return _measured(descriptor, [(one, fits, plain and not fits) for one, fits, plain in exact])


def _measured(descriptor: Descriptor, figures: list[tuple[Hours, bool, bool]], about: bool = False) -> Told:  # noqa: FBT001, FBT002
    if not figures:
        return _silent("rule_no_total_hours", _places(descriptor, "volume"))
    paths = [one.place for one, _, _ in figures]
    if all(fits for _, fits, _ in figures):
        return _meets(paths)
    if all(misses for _, _, misses in figures):
        spans = ", ".join(f"{one.least:f}–{one.most:f}" for one, _, _ in figures)
        return _silent("rule_about_hours", paths) if about else _fails("rule_hours", paths, hours=spans)
    return _silent("rule_hours_open", paths)


def shorter_than_a_year(descriptor: Descriptor) -> Told:
    """Fails when the stated duration is a year or more."""
    duration = descriptor.volume.duration if descriptor.volume else None
    found = _YEAR.match(duration) if duration else None
    if found is None:
        return _silent()
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    if years or months * 30 + weeks * 7 + days >= 365 or months >= 12:
        return _fails("rule_a_year_or_more", ["volume.duration"], duration=duration)
    return _meets(["volume.duration"])


def level_of(descriptor: Descriptor, *, schemes: list[str]) -> Told:
    """Meets when a level of one of the frameworks is stated. Levels of others are shown and never converted."""
    own = [f"level.{index}" for index, level in enumerate(descriptor.level) if level.scheme in schemes]
    if own:
        return _meets(own)
    others = _places(descriptor, "level")
    return _silent("rule_level_of_other_framework", others) if others else _silent()


def title_free(descriptor: Descriptor, *, register: str) -> Told:
    """Fails when the title has a word that the register reserves."""
    words = sorted({str(issue.params["word"]) for issue in check_title_for(descriptor, register)})
    return _fails("rule_title_word", ["title"], words=", ".join(words)) if words else _meets(["title"])


def field_digits(descriptor: Descriptor, *, scheme: str, digits: int) -> Told:
    """Meets when a code of so many digits is stated, fails when only shorter or longer ones are."""
    own = [(f"field.{n}", field.code) for n, field in enumerate(descriptor.field) if field.scheme == scheme]
    coded = [(path, code) for path, code in own if code]
    if not coded:
        return _silent()
    whole = [path for path, code in coded if code.isdecimal() and len(code) == digits]
    return _meets(whole) if whole else _fails("rule_field_digits", [path for path, _ in coded], digits=digits)


def role_stated(descriptor: Descriptor, *, role: str) -> Told:
    """Meets when a body is named in a role."""
    paths = [f"co_providers.{n}" for n, body in enumerate(descriptor.co_providers) if body.role == role]
    return _meets(paths) if paths else _silent()


def share_most(descriptor: Descriptor, *, share: str) -> Told:
    """Fails when a stated share of the target is above the limit."""
    shares = [(f"stackability.{n}", link.share) for n, link in enumerate(descriptor.stackability)]
    known = [(path, value) for path, value in shares if value is not None]
    if not known:
        return _silent()
    above = [path for path, value in known if value > Decimal(share)]
    return _fails("rule_share", above, share=share) if above else _meets([path for path, _ in known])


def issued_only(descriptor: Descriptor) -> Told:  # noqa: ARG001  a test takes the descriptor
    """Say nothing: the rule is about an issued credential."""
    return _silent("rule_of_issued_credential")


def not_in_a_listing(descriptor: Descriptor) -> Told:  # noqa: ARG001  a test takes the descriptor
    """Say nothing: no listing states it."""
    return _silent("rule_not_in_a_listing")


TESTS: dict[str, Test] = {
    test.__name__: test
    for test in (
        stated, code_stated, assessed, judged_from_outside, judged_within, workload_stated, hours_least, hours_most,
        hours_in_steps, shorter_than_a_year, level_of, title_free, field_digits, role_stated, share_most, issued_only,
        not_in_a_listing,
    )
}  # fmt: skip
"""Every test by the name that profiles use."""
