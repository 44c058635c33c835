"""Profiles: each rule met, failed and left open by records made for it; silence never fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from config.messages import CodedError
from config.yaml_files import load_yaml
from crosswalks.descriptor.model import Descriptor
from recognition import profiles as room
from recognition.profiles import check_profile, load_profile, profile, profiles
from recognition.profiles.rule_tests import TESTS
from recognition.subject import Subject
from tests.crosswalks.descriptor.strategies import descriptors
from tests.recognition.test_comparison import credit, hours, level, made, outcomes


def judged(name: str, rule: str, **fields: Any) -> str:
    report = check_profile(made("a", **fields), profile(name))
    (found,) = [one for one in report.rules if one.code == rule]
    return found.judged.value


def external(**decision: Any) -> dict[str, Any]:
    return {"quality_assurance": {"external": [decision]}}


EXAM = {"assessment": [{"type": "written_exam"}]}
ATTENDED = {"assessment": [{"type": "attendance_only"}]}
BODY = {"issuer": {"name": {"en": "Example body"}}}


@pytest.mark.parametrize(
    ("name", "rule", "fields", "expected"),
    [
        ("unesco-2022", "achievement", outcomes({"en": "Prune trees."}), "meets"),
        ("unesco-2022", "achievement", {}, "says_nothing"),
        ("unesco-2022", "assessed", {**EXAM, **BODY}, "meets"),
        ("unesco-2022", "assessed", EXAM, "says_nothing"),
        ("unesco-2022", "assessed", {**ATTENDED, **BODY}, "fails"),
        ("unesco-2022", "value", {"stackability_status": "unknown"}, "says_nothing"),
        ("unesco-2022", "value", {"stackability_status": "stackable"}, "meets"),
        ("unesco-2022", "quality", external(object="institution"), "says_nothing"),
        ("unesco-2022", "quality", external(object="programme"), "meets"),
        ("unesco-2022", "quality", {"recognition": {"status": "recognised"}}, "meets"),
        ("eu-2022", "learner", {}, "says_nothing"),
        ("eu-2022", "workload", credit("1", "ECTS"), "meets"),
        ("eu-2022", "workload", {"volume": {"contact_hours": "8"}}, "says_nothing"),
        ("eu-2022", "level", level("NZQCF 7"), "says_nothing"),
        ("eu-2022", "level", level("EQF 6"), "meets"),
        ("eu-2022", "supervision", {"assessment": [{"supervision": "unknown"}]}, "says_nothing"),
        ("jmicro", "ten_hours", hours("45"), "meets"),
        ("jmicro", "ten_hours", hours("4"), "says_nothing"),
        ("jmicro", "under_a_year", {"volume": {"duration": "P12M"}}, "fails"),
        ("jmicro", "under_a_year", {"volume": {"duration": "P4W"}}, "meets"),
        ("jmicro", "credit", {"credit_status": "non_credit"}, "meets"),
        ("mqa-samc", "size", hours("40"), "meets"),
        ("mqa-samc", "size", hours("10"), "fails"),
        ("mqa-samc", "size", {"volume": {"contact_hours": "10"}}, "says_nothing"),
        ("mqa-samc", "size", {**hours("10"), **credit("1", "JP-tani")}, "says_nothing"),
        ("mqa-samc", "steps", hours("60"), "meets"),
        ("mqa-samc", "steps", hours("45"), "fails"),
        ("mqa-samc", "steps", credit("2", "ECTS"), "says_nothing"),
        ("mqa-samc", "level", level("NZQCF 6"), "says_nothing"),
        ("mqa-samc", "verified", external(object="credential"), "says_nothing"),
        (
            "mqa-samc", "verified", external(object="credential", valid_from="2024-02-29", valid_until="2027-02-28"),
            "meets",
        ),
        (
            "mqa-samc", "verified", external(object="credential", valid_from="2024-01-01", valid_until="2028-01-01"),
            "fails",
        ),
        ("mqa-samc", "cohort", hours("40"), "says_nothing"),
        ("mqa-samc", "stacking", {"stackability": [{"target_kind": "degree_programme", "share": "0.8"}]}, "fails"),
        ("nzqa-rule-6", "title", {"title": {"en": "Diploma of Bees"}}, "fails"),
        ("nzqa-rule-6", "title", {}, "meets"),
        ("nzqa-rule-6", "size", credit("40", "NZ-credit"), "meets"),
        ("nzqa-rule-6", "size", credit("41", "NZ-credit"), "fails"),
        ("nzqa-rule-6", "size", credit("15", "ECTS"), "says_nothing"),
        ("nzqa-rule-6", "field", {"field": [{"scheme": "NZSCED", "code": "020103"}]}, "meets"),
        ("nzqa-rule-6", "field", {"field": [{"scheme": "NZSCED", "code": "02"}]}, "fails"),
        ("nzqa-rule-6", "field", {"field": [{"scheme": "ISCED-F", "code": "0613"}]}, "says_nothing"),
        (
            "nzqa-rule-6", "developer", {"co_providers": [{"name": {"en": "Example"}, "role": "developer"}]}, "meets",
        ),
        ("nzqa-rule-6", "need", {}, "says_nothing"),
    ],
)  # fmt: skip
def test_what_a_rule_says(name: str, rule: str, fields: dict[str, Any], expected: str) -> None:
    assert judged(name, rule, **fields) == expected


def test_the_five_profiles_are_here_with_source_and_year_and_use_every_test() -> None:
    assert set(profiles()) == {"unesco-2022", "eu-2022", "jmicro", "mqa-samc", "nzqa-rule-6"}
    assert all(one.source and one.year > 2000 for one in profiles().values())
    assert {rule.test for one in profiles().values() for rule in one.rules} == set(TESTS)
    assert len(profile("unesco-2022").rules) == 4
    demanded = [rule for rule in profile("eu-2022").rules if not rule.optional]
    assert len(demanded) == 11


def test_a_profile_without_source_or_with_a_test_there_is_none_of_is_refused() -> None:
    data = load_yaml(Path(room.__path__[0]) / "jmicro.yaml")
    with pytest.raises(ValueError, match="no source"):
        load_profile("x", {**data, "source": ""})
    with pytest.raises(ValueError, match="guessed"):
        load_profile("x", {**data, "rules": [{**data["rules"][0], "test": "guessed"}]})
    with pytest.raises(CodedError, match="profile_unknown"):
        profile("x")


@settings(max_examples=40, deadline=None)
@given(descriptors(always=("assessment", "volume", "credit", "quality_assurance", "stackability")))
def test_no_rule_fails_or_is_met_without_evidence(descriptor: Descriptor) -> None:
    for one in profiles().values():
        report = check_profile(Subject.of(descriptor, identity="a"), one)
        assert report == check_profile(Subject.of(descriptor, identity="a"), one)
        for rule in report.rules:
            assert rule.evidence or rule.judged == "says_nothing"


def test_a_record_that_says_nothing_fails_nothing() -> None:
    for one in profiles().values():
        assert "fails" not in {rule.judged for rule in check_profile(made("a"), one).rules}
