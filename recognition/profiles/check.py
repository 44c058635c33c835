"""Holding a credential against a profile: rule by rule, with the evidence of each answer. Never a total verdict."""

from __future__ import annotations

from typing import Any

from recognition.cells import Remark
from recognition.profiles.rule_tests import TESTS, Judged
from recognition.profiles.rules import Profile, Rule
from recognition.subject import Evidence, Frozen, Subject


class RuleReport(Frozen):
    """What a credential says to one rule, why, and where in the record."""

    code: str
    labels: dict[str, str]
    optional: bool
    judged: Judged
    because: Remark
    evidence: tuple[Evidence, ...]


class ProfileReport(Frozen):
    """What a credential says to every rule of a profile, with the source of the rules."""

    profile: str
    labels: dict[str, str]
    source: str
    year: int
    mark: str
    record: str
    version: int
    rules: tuple[RuleReport, ...]
    statement: Remark


def check_profile(subject: Subject, profile: Profile) -> ProfileReport:
    """Return what a credential says to each rule of a profile."""
    return ProfileReport(
        profile=profile.code,
        labels=profile.labels,
        source=profile.source,
        year=profile.year,
        mark=profile.mark,
        record=subject.id,
        version=subject.version,
        rules=tuple(_rule(subject, rule) for rule in profile.rules),
        statement=Remark.of("comparison_informs"),
    )


def _rule(subject: Subject, rule: Rule) -> RuleReport:
    arguments: dict[str, Any] = {_PYTHON.get(name, name): value for name, value in rule.arguments.items()}
    told = TESTS[rule.test](subject.descriptor, **arguments)
    return RuleReport(
        code=rule.code,
        labels=rule.labels,
        optional=rule.optional,
        judged=told.judged,
        because=told.because,
        evidence=tuple(subject.evidence(path) for path in dict.fromkeys(told.paths)),
    )


_PYTHON = {"with": "with_"}
"""Words of the data that Python keeps for itself."""
