"""The checks a listing gets: each finding appears exactly when its rule is broken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.frameworks import credit_systems
from config.messages import Severity, catalogue
from crosswalks.descriptor.checks import check, check_title_for
from crosswalks.descriptor.model import Descriptor
from tests.crosswalks.descriptor.strategies import descriptors

WHOLE: dict[str, Any] = {
    "id": "urn:example:a",
    "source_record": {"registry": "example", "source_id": "a"},
    "title": {"ja": "データ入門", "en": "Introduction to data"},
    "issuer": {"name": {"ja": "架空大学"}, "country": "JP"},
    "learning_outcomes": [{"text": {"ja": "説明できる"}}],
    "assessment": [{"type": "report"}],
    "volume": {"total_hours": 45, "duration": "P8W"},
    "level": [{"scheme": "ITSS", "value": "1"}],
    "teaching_method": [{"mode": "onsite"}],
    "quality_assurance": {"internal": [{"text": {"ja": "委員会"}}]},
    "credit": [{"system": "JP-tani", "value": 1}],
    "credit_status": "credit_awarded",
    "certificate": {"form": ["digital"]},
    "stackability_status": "standalone",
    "education_classification": "stand_alone",
}


def _codes(**change: object) -> set[str]:
    data = {name: value for name, value in {**WHOLE, **change}.items() if value is not None}
    return {issue.code for issue in check(Descriptor.model_validate(data))}


def test_a_whole_listing_has_no_finding() -> None:
    assert _codes() == set()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"title": {"fr": "Données"}}, {"title_language_missing"}),
        ({"title": {"ja-Latn": "Dēta"}}, set()),
        ({"issuer": None}, {"issuer_missing"}),
        ({"issuer": {"name": {"ja": "架空"}}}, {"issuer_country_missing"}),
        ({"learning_outcomes": None}, {"no_outcome"}),
        ({"learning_outcomes": None, "outcome_summary": {"ja": "要約"}}, set()),
        ({"assessment": None}, {"no_assessment"}),
        ({"assessment": [{"type": "attendance_only"}]}, {"attendance_only"}),
        ({"assessment": [{"type": "attendance_only"}, {"type": "quiz"}]}, set()),
        ({"assessment": [{"text": {"ja": "口頭"}}]}, set()),
        ({"teaching_method": None}, {"teaching_method_missing"}),
        ({"volume": None}, set()),
        ({"volume": None, "credit": None}, {"volume_missing"}),
        ({"volume": {"text": {"ja": "120時間以上"}}, "credit": None}, {"volume_missing"}),
        ({"volume": {"contact_hours": 60}, "credit": None}, {"volume_missing"}),
        ({"volume": None, "credit": [{"system": "ECTS", "value": 0}]}, {"volume_missing"}),
        ({"volume": {"total_hours": "9.9"}, "credit": None}, {"volume_below_10h"}),
        ({"volume": {"total_hours": 10}, "credit": None}, set()),
        ({"volume": {"total_hours": 45, "duration": "P1Y"}}, {"duration_ge_1y"}),
        ({"volume": {"total_hours": 45, "duration": "P12M"}}, {"duration_ge_1y"}),
        ({"volume": {"total_hours": 45, "duration": "P365D"}}, {"duration_ge_1y"}),
        ({"volume": {"total_hours": 45, "duration": "P11M"}}, set()),
        ({"volume": {"total_hours": 45, "duration": "PT9000H"}}, set()),
        ({"level": None}, {"level_missing"}),
        ({"level": [{"scheme": "unspecified", "value": "2"}]}, {"level_without_scheme"}),
        ({"quality_assurance": None}, {"internal_qa_missing"}),
        ({"quality_assurance": {"external": [{"object": "institution"}]}}, {"internal_qa_missing"}),
        (
            {"quality_assurance": {"undivided": [{"text": {"ja": "点検"}}]}},
            {"internal_qa_missing", "qa_undivided"},
        ),
        ({"credit_status": None}, {"credit_status_missing"}),
        ({"credit_status": "unknown"}, set()),
        ({"certificate": None}, {"certificate_form_missing"}),
        ({"certificate": {"technical": ["OB-3.0"]}}, {"certificate_form_missing"}),
        ({"stackability_status": None}, {"stackability_status_missing"}),
        ({"education_classification": None}, {"classification_missing"}),
        ({"title": {"en": "Bachelor of Data"}}, {"looks_macro"}),
        ({"title": {"ja": "教員免許更新"}}, {"looks_macro"}),
        ({"title": {"en": "Degreening fruit"}}, set()),
        ({"title": {"ja": "デジタル推進委員"}}, {"looks_non_learning"}),
        ({"recognition": {"status": "recognised"}}, set()),
        (
            {"recognition": {"status": "recognised", "valid_until": "2027-01-01"}},
            {"recognition_date_invented"},
        ),
        ({"recognition": {"status": "recognised", "valid_until": "2027-01-01", "source": "公告"}}, set()),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:60],
)
def test_findings(change: dict[str, Any], codes: set[str]) -> None:
    assert _codes(**change) == codes


@given(
    st.sampled_from(["JP-tani", "ECTS", "MY-credit", "NZ-credit", "HK-credit"]),
    st.integers(1, 40),
    st.integers(1, 4000),
)
def test_hours_may_differ_from_credits_by_a_tenth(system: str, value: int, hours: int) -> None:
    span = credit_systems()[system].hours
    assert span is not None
    low, high = (value * bound for bound in span)
    fits = low * Decimal("0.9") <= hours <= high * Decimal("1.1")
    codes = _codes(volume={"total_hours": hours}, credit=[{"system": system, "value": value}])
    assert ("volume_credit_mismatch" in codes) == (not fits)


@pytest.mark.parametrize("system", sorted(code for code, system in credit_systems().items() if not system.sourced))
def test_a_credit_without_a_sourced_figure_is_never_calculated_with(system: str) -> None:
    assert _codes(volume={"total_hours": 4000}, credit=[{"system": system, "value": 1}]) == set()


@given(descriptors())
def test_no_check_blocks_storage_but_an_invented_date(descriptor: Descriptor) -> None:
    issues = check(descriptor)
    rejected = {issue.code for issue in issues if issue.severity is Severity.REJECT}
    assert rejected <= {"recognition_date_invented"}
    assert len(issues) == len({(issue.code, issue.place, str(issue.params)) for issue in issues})
    fields = set(Descriptor.model_fields)
    assert {(issue.place or "").partition(".")[0] for issue in issues} <= fields
    assert all("{" not in issue.text("ja") + issue.text("en") for issue in issues)


def test_words_another_registry_reserves_are_only_told_for_that_registry() -> None:
    descriptor = Descriptor.model_validate({**WHOLE, "title": {"en": "National Diploma of New Zealand tea"}})
    assert {issue.params["word"].lower() for issue in check_title_for(descriptor, "NZQA")} == {
        "national", "diploma", "new zealand",
    }  # fmt: skip
    assert check_title_for(Descriptor.model_validate(WHOLE), "NZQA") == []


def test_severities_are_those_of_the_data_dictionary() -> None:
    expected = {
        "pii_present": "reject", "no_outcome": "error", "no_assessment": "error",
        "attendance_only": "warning",
        "volume_missing": "error", "volume_below_10h": "warning", "duration_ge_1y": "warning",
        "volume_credit_mismatch": "warning", "level_missing": "warning", "level_without_scheme": "error",
        "qa_undivided": "info", "recognition_date_invented": "reject", "title_reserved_word": "warning",
        "looks_macro": "warning", "looks_non_learning": "warning",
    }  # fmt: skip
    assert {code: catalogue()[code].severity.value for code in expected} == expected
