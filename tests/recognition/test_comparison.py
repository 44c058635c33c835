"""Comparison: its laws over generated descriptors, and what it says of records made up for it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor
from crosswalks.ledger import Ledger
from recognition.cells import Difference, Pair
from recognition.comparison import Comparison, compare
from recognition.facts import CODES, TEXTS
from recognition.headings import headings
from recognition.subject import Subject
from tests.crosswalks.descriptor.strategies import descriptors

RICH = ("level", "credit", "volume", "learning_outcomes", "assessment", "quality_assurance", "teaching_method")


def made(name: str, **fields: Any) -> Subject:
    content = {
        "id": f"https://kakehashi.example/id/mc/{name}",
        "source_record": {"registry": fields.pop("registry", "contoh"), "source_id": name},
        "title": {"en": f"Example {name}"},
        **fields,
    }
    return Subject.of(Descriptor.model_validate(content), identity=name)


def pair(first: Subject, second: Subject, row: str) -> Pair:
    (found,) = compare([first, second]).row(row).pairs
    return found


def told(row: str, one: dict[str, Any], other: dict[str, Any]) -> tuple[str, str]:
    there = pair(made("a", **one), made("b", **other), row)
    back = pair(made("b", **other), made("a", **one), row)
    assert back.difference is there.difference.mirrored
    assert back.because.code.replace("less", "more") == there.because.code.replace("less", "more")
    return there.difference.value, there.because.code


def level(*values: str) -> dict[str, Any]:
    return {"level": [dict(zip(("scheme", "value"), value.split(" "), strict=True)) for value in values]}


def hours(total: str) -> dict[str, Any]:
    return {"volume": {"total_hours": total}}


def taught(total: str) -> dict[str, Any]:
    return {"volume": {"contact_hours": total}}


def field(name: str) -> dict[str, Any]:
    scheme, _, code = name.partition(" ")
    return {"field": [{"scheme": scheme, "code": code}]}


def fields(*names: str) -> dict[str, Any]:
    return {"field": [one for name in names for one in field(name)["field"]]}


def credit(value: str, system: str) -> dict[str, Any]:
    return {"credit": [{"system": system, "value": value}]}


def modes(*codes: str) -> dict[str, Any]:
    return {"teaching_method": [{"mode": code} for code in codes]}


def outcomes(*texts: dict[str, str]) -> dict[str, Any]:
    return {"learning_outcomes": [{"text": text} for text in texts]}


@pytest.mark.parametrize(
    ("row", "one", "other", "difference", "because"),
    [
        ("level", level("NZQCF 7"), level("EQF 6"), "same", "level_corresponds"),
        ("level", level("NZQCF 3"), level("EQF 4"), "wider", "level_corresponds_among"),
        ("level", level("NZQCF 7"), level("NFQ-IE 8"), "narrower", "level_corresponds_among"),
        ("duration", {"volume": {"duration": "P1Y"}}, {"volume": {"duration": "P12M"}}, "same", "cell_same"),
        ("duration", {"volume": {"duration": "P2W"}}, {"volume": {"duration": "P15D"}}, "wider", "cell_other_value"),
        (
            "duration", {"volume": {"duration": "P4W"}}, {"volume": {"duration": "P1M"}}, "not_comparable",
            "durations_other_units",
        ),
        ("field_of_study", field("ISCED-F 06"), field("ISCED-F 0613"), "narrower", "field_part_of"),
        ("field_of_study", field("ISCED-F 0610"), field("ISCED-F 0613"), "not_comparable", "field_maybe_padded"),
        ("field_of_study", fields("ISCED-F 0613", "NZSCED 020103"), field("ISCED-F 0613"), "same", "cell_same"),
        ("field_of_study", field("text bees"), field("text honey"), "not_comparable", "texts_to_be_read"),
        ("field_of_study", fields("text bees", "ISCED-F 0613"), field("text bees"), "not_comparable",
         "classifications_differ"),
        ("field_of_study", field("ISCED-F 0411"), field("ISCED-F 0613"), "different", "cell_other_value"),
        ("level", level("NZQCF 7"), level("EQF 5"), "different", "level_does_not_correspond"),
        ("level", level("NZQCF 8"), level("EQF 7"), "not_comparable", "level_not_levelled"),
        ("level", level("NZQCF 8"), level("HKQF 6"), "not_comparable", "level_no_agreement"),
        ("level", level("MQF-MY 6"), level("EQF 6"), "not_comparable", "level_no_official_comparison"),
        ("level", level("JEQF 6"), level("NZQCF 7"), "not_comparable", "level_no_official_comparison"),
        ("level", level("MQF-MY 6"), level("NZQCF 7"), "not_comparable", "level_degree_types_only"),
        ("level", level("RQF 6"), level("EQF 6"), "not_comparable", "level_expired"),
        ("level", level("AQF 7"), level("EQF 6"), "not_comparable", "level_unconfirmed"),
        ("level", level("EQF 6"), level("EQF 6"), "same", "level_same_level"),
        ("level", level("EQF 6"), level("EQF 7"), "different", "level_other_level"),
        ("level", level("EQF 5", "NZQCF 5"), level("EQF 6", "NZQCF 5"), "not_comparable", "levels_disagree"),
        ("level", level("issuer-local Gold"), level("issuer-local Gold"), "not_comparable", "level_local_scheme"),
        ("level", level("EQF 6"), {}, "not_stated", "cell_not_stated"),
        ("total_hours", hours("45"), hours("45.0"), "same", "cell_same"),
        ("total_hours", hours("45"), credit("1", "JP-tani"), "same", "cell_same"),
        ("total_hours", hours("40"), hours("45"), "wider", "hours_apart"),
        ("total_hours", credit("10", "NZ-credit"), credit("1", "JP-tani"), "narrower", "hours_apart"),
        ("total_hours", hours("27"), credit("1", "ECTS"), "not_comparable", "hours_overlap"),
        ("total_hours", hours("10"), {"volume": {"contact_hours": "10"}}, "not_stated", "cell_not_stated"),
        ("total_hours", hours("10"), {"volume": {"duration": "P4W"}}, "not_stated", "cell_not_stated"),
        ("taught_hours", taught("8"), taught("9"), "wider", "hours_apart"),
        (
            "total_hours", hours("45"), {**hours("45"), **credit("2", "JP-tani")}, "not_comparable",
            "hours_figures_disagree",
        ),
        ("credit", credit("2", "JP-tani"), credit("2", "NZ-credit"), "not_comparable", "credits_own_systems"),
        ("credit", credit("2", "JP-tani"), credit("3", "JP-tani"), "wider", "credits_same_system"),
        ("credit", credit("2", "JP-tani"), credit("2.0", "JP-tani"), "same", "cell_same"),
        ("credit", credit("2", "other"), credit("2", "other"), "not_comparable", "credits_own_systems"),
        ("teaching_method", modes("onsite"), modes("onsite", "online_async"), "wider", "cell_has_more"),
        ("teaching_method", modes("onsite"), modes("online_async"), "different", "cell_other_value"),
        ("teaching_method", modes("onsite"), modes("unspecified"), "not_stated", "cell_not_stated"),
        ("credit_status", {"credit_status": "unknown"}, {"credit_status": "non_credit"}, "not_stated",
         "cell_not_stated"),
        (
            "certificate_form", {"certificate": {"form": ["both"]}}, {"certificate": {"form": ["digital"]}}, "narrower",
            "cell_has_less",
        ),
        (
            "field_of_study", field("NZSCED 020103"), field("ISCED-F 0613"), "not_comparable",
            "classifications_differ",
        ),
        (
            "assessment", {"assessment": [{"type": "other"}]}, {"assessment": [{"type": "other"}]}, "not_comparable",
            "codes_open",
        ),
        ("outcome_summary", {"outcome_summary": {"en": "a"}}, {"outcome_summary": {"en": "A"}}, "same", "cell_same"),
        (
            "outcome_summary", {"outcome_summary": {"en": "a"}}, {"outcome_summary": {"ja": "あ"}}, "not_comparable",
            "texts_languages_differ",
        ),
        (
            "learning_outcomes", outcomes({"en": "Prune trees."}), outcomes({"en": "Prune trees."}, {"en": "Graft."}),
            "wider", "texts_more",
        ),
        (
            "learning_outcomes", outcomes({"en": "Prune trees."}), outcomes({"en": "Pruning of trees"}),
            "not_comparable", "texts_to_be_read",
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_two_cells(
    row: str, one: dict[str, Any], other: dict[str, Any], difference: str, because: str
) -> None:
    assert told(row, one, other) == (difference, because)


def test_hours_are_ranges_with_their_basis_and_go_down_to_the_steps_of_a_system() -> None:
    found = compare([made("a", **credit("2", "ECTS")), made("b", **credit("1", "MY-credit"))]).row("total_hours")
    ects, malaysian = (cell.values[0] for cell in found.cells)
    assert ects.hours is not None
    assert (ects.hours.least, ects.hours.most, ects.hours.basis) == (Decimal(50), Decimal(60), "derived")
    assert (ects.hours.year, ects.hours.rule) == (2015, "hours_of_the_system")
    steps = {one.system: one for one in ects.converted}
    assert set(steps) == {"JP-tani", "ECTS", "MY-credit"}
    assert (steps["MY-credit"].least, steps["MY-credit"].most) == (Decimal(1), Decimal("1.5"))
    assert steps["MY-credit"].remainder_hours == (Decimal(10), Decimal(0))
    assert malaysian.native == "1 MY-credit"


def test_taught_time_is_not_converted_and_its_cell_says_why() -> None:
    found = compare([made("a", volume={"contact_hours": "8"}), made("b", **hours("8"))])
    total, taught = found.row("total_hours").cells[0], found.row("taught_hours").cells[0]
    assert not total.stated
    assert [remark.code for remark in total.remarks] == ["taught_time_only"]
    assert taught.values[0].converted == ()


def test_decisions_on_institution_programme_and_credential_stand_apart() -> None:
    external = [{"object": kind, "scheme": {"en": f"scheme of the {kind}"}} for kind in ("institution", "programme")]
    found = compare([made("a", quality_assurance={"external": external}), made("b")])
    stated = {row.code: row.cells[0].values for row in rows(found) if row.code.startswith("qa_")}
    assert stated["qa_institution"][0].native == "scheme of the institution"
    assert stated["qa_programme"][0].native == "scheme of the programme"
    assert stated["qa_credential"] == ()
    assert found.row("qa_institution").pairs[0].difference is Difference.NOT_STATED


def test_every_value_says_where_it_came_from() -> None:
    ledger = Ledger("contoh", "descriptor")
    ledger.derived("prose", "volume.total_hours", "hours_in_prose", quote="about ten hours")
    descriptor = made("a", **hours("10")).descriptor
    subject = Subject.of(
        descriptor.model_copy(
            update={"source_record": descriptor.source_record.model_copy(update={"url": "https://list.example/7"})}
        ),
        identity="a", version=3, entries=ledger.entries, places={"at": "tr[4]", "fields": {"prose": "td[2]"}},
        retrieved_at=datetime(2026, 4, 1, tzinfo=UTC),
    )  # fmt: skip
    found = compare([subject, made("b")])
    evidence = found.row("total_hours").cells[0].values[0].evidence
    assert (evidence.registry, evidence.address) == ("contoh", "https://list.example/7")
    assert (evidence.place, evidence.quotation) == ("tr[4]/td[2]", "about ten hours")
    assert (evidence.field, evidence.rule) == ("prose", "hours_in_prose")
    assert evidence.retrieved_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert (found.subjects[0].version, found.subjects[0].content_hash) == (3, subject.content_hash)


def test_evidence_is_of_the_value_or_of_a_part_of_it_or_of_what_holds_it() -> None:
    ledger = Ledger("contoh", "descriptor")
    ledger.mapped("code", "field.0.code")
    ledger.mapped("whole", "volume")
    ledger.mapped("hours", "volume.total_hours")
    subject = Subject.of(made("a", **field("NZSCED 020103"), **hours("5")).descriptor, entries=ledger.entries)
    paths = ("field.0", "volume.total_hours", "volume.contact_hours", "title")
    assert [subject.evidence(path).field for path in paths] == ["code", "hours", "whole", None]


def test_headlines_of_the_frameworks_stand_beside_native_levels() -> None:
    found = compare([made("a", **level("MQF-MY 6")), made("b", **level("JEQF 6"))]).row("level")
    assert "bachelor" in found.cells[0].values[0].labels["en"]
    assert "学士" in found.cells[1].values[0].labels["ja"]
    assert found.pairs[0].levels[0].basis is None


def test_a_comparison_has_two_to_six_different_records() -> None:
    many = [made(str(number)) for number in range(7)]
    for wrong in (many[:1], many):
        with pytest.raises(CodedError, match="comparison_size"):
            compare(wrong)
    with pytest.raises(CodedError, match="comparison_twice"):
        compare([many[0], many[0]])
    assert [len(row.pairs) for row in rows(compare(many[:6]))] == [15] * len(rows(compare(many[:6])))


def test_the_key_follows_the_versions() -> None:
    one, other = made("a"), made("b")
    changed = made("b", **hours("12"))
    assert compare([one, other]).key == compare([one, other]).key
    assert len({compare([one, other]).key, compare([other, one]).key, compare([one, changed]).key}) == 3


def rows(found: Comparison) -> list[Any]:
    return [row for heading in found.headings for row in heading.rows]


def test_every_row_has_what_it_compares_and_every_heading_of_the_eight_is_there() -> None:
    by_kind = {aspect.code: aspect.kind for heading in headings() for aspect in heading.aspects}
    assert {code for code, kind in by_kind.items() if kind == "codes"} == set(CODES)
    assert {code for code, kind in by_kind.items() if kind in {"texts", "outcomes"}} == set(TEXTS)
    assert [heading.number for heading in headings() if heading.number] == list(range(1, 9))


def as_subject(descriptor: Descriptor, name: str) -> Subject:
    return Subject.of(descriptor, identity=name)


@settings(max_examples=40, deadline=None)
@given(descriptors(always=RICH))
def test_a_credential_is_the_same_as_itself(descriptor: Descriptor) -> None:
    found = compare([as_subject(descriptor, "a"), as_subject(descriptor, "b")])
    for row in rows(found):
        (only,) = row.pairs
        expected = Difference.SAME if row.cells[0].stated else Difference.NOT_STATED
        assert only.difference is expected, row.code


@settings(max_examples=40, deadline=None)
@given(descriptors(always=RICH), descriptors(always=RICH))
def test_changed_over_the_differences_are_mirrored_and_nothing_is_claimed_without_a_row(
    one: Descriptor, other: Descriptor
) -> None:
    a, b = as_subject(one, "a"), as_subject(other, "b")
    there, back = compare([a, b]), compare([b, a])
    for row, mirror in zip(rows(there), rows(back), strict=True):
        assert mirror.pairs[0].difference is row.pairs[0].difference.mirrored, row.code
        assert row.cells == mirror.cells[::-1], row.code
        silent = not all(cell.stated for cell in row.cells)
        assert (row.pairs[0].difference is Difference.NOT_STATED) == silent
        for found in row.pairs[0].levels:
            if found.answer in {"corresponds", "does_not_correspond"}:
                assert found.basis is not None
                assert found.rows


@settings(max_examples=25, deadline=None)
@given(st.lists(descriptors(always=RICH), min_size=2, max_size=4))
def test_a_comparison_is_steady_and_survives_as_json(some: list[Descriptor]) -> None:
    subjects = [as_subject(descriptor, str(number)) for number, descriptor in enumerate(some)]
    found = compare(subjects)
    written = found.model_dump_json()
    assert compare(subjects).model_dump_json() == written
    assert Comparison.model_validate_json(written) == found
    assert sum(row.cells[0].stated for row in rows(found)) == found.subjects[0].stated


def test_there_is_no_place_for_a_score() -> None:
    schema = str(Comparison.model_json_schema()).lower()
    assert not [word for word in ("score", "similarity", "percent", "rank", "grade") if word in schema]
