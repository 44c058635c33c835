"""Our own export, read back: what it wrote in words or in concepts of our own comes back into its fields."""

from __future__ import annotations

import io
from typing import Any

import pytest

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.model import ElmListing
from tests.crosswalks.elm_reading.shared import ELM, check_laws, one

SUFFIXES = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "jsonld": "jsonld", "rdfxml": "rdf", "xml": "xml"}


def record(**said: Any) -> Descriptor:
    return Descriptor.model_validate(
        {
            "id": "https://kakehashi.example/id/mc/jmicro-1",
            "source_record": {"registry": "jmicro", "source_id": "1", "rights": "reuse_with_attribution"},
            "title": {"en": "Tides", "ja": "潮汐"},
            "issuer": {"name": {"en": "Example University"}, "country": "JP"},
            "landing_page": "https://u.example/tides",
            "learning_outcomes": [{"text": {"en": "Reads a gauge"}}],
        }
        | said
    )


def exported(descriptor: Descriptor, syntax: str) -> ElmListing:
    written = ELM.write(descriptor) if ELM.write else None
    assert written is not None
    out = io.BytesIO()
    assert ELM.dump is not None
    ELM.dump([written.value], syntax, out, {})
    return one(out.getvalue(), f"export.{SUFFIXES[syntax]}")


def returned(descriptor: Descriptor, syntax: str = "jsonld") -> Descriptor:
    listing = exported(descriptor, syntax)
    crossing = ELM.read(listing, descriptor.id, descriptor.source_record)
    check_laws(listing, crossing)
    return crossing.value


@pytest.mark.parametrize("syntax", [name for name in SUFFIXES if name != "xml"])
def test_every_syntax_of_the_export_gives_one_listing(syntax: str) -> None:
    descriptor = record(credit=[{"system": "JP-tani", "value": "2"}], level=[{"scheme": "ITSS", "value": "3"}])
    assert exported(descriptor, syntax) == exported(descriptor, "turtle")


@pytest.mark.parametrize("syntax", ["jsonld", "xml"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("credit", [{"system": "JP-tani", "value": "2"}]),
        ("credit", [{"system": "ECTS", "value": "2.5"}]),
        ("level", [{"scheme": "ITSS", "value": "3"}]),
        ("level", [{"scheme": "JP-year", "value": "1年/2"}]),
        ("level", [{"scheme": "EQF", "value": "5", "iri": "http://data.europa.eu/snb/eqf/5"}]),
        ("field", [{"scheme": "ISCED-F", "code": "0532"}]),
        ("field", [{"scheme": "NZSCED", "code": "010203"}]),
        ("assessment", [{"type": "report"}]),
        ("assessment", [{"type": "online_exam"}]),
        ("assessment", [{"type": "quiz", "text": {"en": "Weekly"}, "threshold": {"en": "60 %"}}]),
        ("teaching_method", [{"mode": "blended"}]),
        ("volume", {"total_hours": "60", "contact_hours": "20", "duration": "P3M"}),
        ("stackability", [{"target_kind": "unspecified", "target_title": {"en": "Diploma"}, "share": "0.25"}]),
        ("prerequisites", [{"en": "None"}]),
        ("grading_scheme", {"en": "Pass or fail"}),
        ("language_of_instruction", ["ja"]),
        ("fee", {"amount": "1000", "currency": "JPY"}),
        ("outcome_summary", {"en": "In short"}),
    ],
)
def test_a_field_comes_back(field: str, value: Any, syntax: str) -> None:
    extra = {"assessment": [{"type": "quiz"}]} if field == "grading_scheme" else {}
    descriptor = record(**{**extra, field: value})
    assert getattr(returned(descriptor, syntax), field) == getattr(descriptor, field)


def test_hours_of_a_unit_come_back_from_the_note() -> None:
    credit = [{"system": "ECTS", "value": "2", "hours_per_unit": "27.5"}, {"system": "MY-credit", "value": "1.5"}]
    descriptor = record(credit=credit)
    assert returned(descriptor).credit == descriptor.credit


def test_credit_in_words_stays_a_note() -> None:
    descriptor = record(credit=[{"system": "JP-tani", "value": "2", "text": {"en": "on application"}}])
    back = returned(descriptor)
    assert back.credit == ()
    assert any("on application" in str(info.label) for info in back.further_info)


def test_an_institutional_accreditation_comes_back() -> None:
    decision = {
        "body": {"en": "Example Agency"}, "body_country": "JP", "object": "institution", "decision_ref": "D-1",
        "valid_from": "2024-04-01", "valid_until": "2031-03-31", "url": "https://agency.example/d1",
    }  # fmt: skip
    descriptor = record(quality_assurance={"external": [decision]})
    assert returned(descriptor).quality_assurance == descriptor.quality_assurance


def test_unknown_field_and_undetermined_language_come_back_as_nothing() -> None:
    back = returned(record())
    assert back.field == ()
    assert back.language_of_instruction == ()
    assert back.issuer is not None
    assert back.issuer.country == "JP"
