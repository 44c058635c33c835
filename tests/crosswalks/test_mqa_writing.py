"""Descriptor → MQA row, and the row's way there and back."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, ExternalQuality, QualityAssurance, SourceRecord, StackLink
from crosswalks.ledger import Crossing, FieldOutcome
from crosswalks.mqa.files import COLUMNS, NUMBER
from crosswalks.mqa.model import MqaListing
from tests.crosswalks.descriptor import strategies
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.laws import account_of, check_there_and_back, check_writing
from tests.crosswalks.test_mqa import listings, references

MQA = crosswalk_for("mqa")
SOURCE = SourceRecord(registry="mqa", source_id="key")
IRI = "https://kakehashi.example/id/mc/mqa-test"
GOLDENS = sorted((MQA.folder / "goldens").glob("*.outgoing.json"))
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
STANDING_ALONE: dict[str, Any] = {
    "id": IRI,
    "source_record": {"registry": "test", "source_id": "1"},
    "title": {"en": "Example skills"},
    "description": {"en": "About example skills."},
    "issuer": {"name": {"en": "Kolej Contoh"}, "country": "MY"},
    "learning_outcomes": [{"text": {"en": "Explain an example"}}],
    "assessment": [{"type": "written_exam"}],
    "volume": {"total_hours": 60, "contact_hours": 20},
    "level": [{"scheme": "MQF-MY", "value": "4"}],
    "credit": [{"system": "MY-credit", "value": "1.5"}],
}
PARENT = {
    "quality_assurance": {"external": [{"object": "programme", "decision_ref": "MQA/FA1234"}]},
    "stackability": [
        {"target_kind": "unspecified", "target_ref": "MQA/FA1234", "target_title": {"en": "Diploma Contoh"}}
    ],
}


def written(descriptor: Descriptor) -> Crossing[Any]:
    assert MQA.write is not None
    crossing = MQA.write(descriptor)
    check_writing(MQA, descriptor, crossing)
    return crossing


def crossed(**changes: Any) -> Crossing[Any]:
    return written(Descriptor.model_validate({**STANDING_ALONE, **changes}))


def codes(crossing: Crossing[Any]) -> list[str]:
    return [issue.code for issue in crossing.issues]


def dumped(rows: list[MqaListing], form: str) -> bytes:
    assert MQA.dump is not None
    out = io.BytesIO()
    MQA.dump(rows, form, out, {})
    return out.getvalue()


def with_parent(descriptor: Descriptor, reference: str, kind: str) -> Descriptor:
    external = (ExternalQuality(object="programme", decision_ref=reference),)
    link = StackLink(target_kind=kind, target_ref=reference, target_title={"und": "Diploma Contoh"})
    return descriptor.model_copy(
        update={
            "quality_assurance": QualityAssurance(external=external),
            "stackability": (*descriptor.stackability, link),
        }
    )


malaysian = st.builds(with_parent, descriptors(always=("issuer",)), references, strategies.code("StackTarget"))


@given(st.one_of(descriptors(), malaysian))
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    crossing = written(descriptor)
    row = crossing.value
    assert row.title in descriptor.title.values()
    assert (row.parent, row.others, row.ordinal) == (None, {}, 1)
    if row.reference is not None:
        assert descriptor.quality_assurance is not None
        assert row.reference in {decision.decision_ref for decision in descriptor.quality_assurance.external}
    assert not any(issue.severity == "reject" or issue.code.startswith("withheld") for issue in crossing.issues)


@given(st.one_of(descriptors(), malaysian))
@QUIET
def test_what_was_written_reads_back_but_for_what_the_ledgers_name(descriptor: Descriptor) -> None:
    out = written(descriptor)
    back = MQA.read(out.value, descriptor.id, descriptor.source_record)
    check_there_and_back(descriptor, back.value, out.ledger, back.ledger)


@given(listings)
@QUIET
def test_a_row_comes_back_but_for_what_the_ledgers_name(row: MqaListing) -> None:
    there = MQA.read(row, IRI, SOURCE)
    back = written(there.value)
    check_there_and_back(row, back.value, there.ledger, back.ledger)
    assert back.value.title == row.title


@given(st.lists(listings, max_size=4), st.sampled_from(["csv", "json"]))
@QUIET
def test_files_hold_the_columns_whatever_is_in_them(rows: list[MqaListing], form: str) -> None:
    plain = [MqaListing(**row.model_dump(include=set(COLUMNS.values()))) for row in rows]
    content = dumped(plain, form)
    assert content == dumped(plain, form)
    assert list(MQA.load(content, f"rows.{form}")) == plain if content else plain == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'=", "''+"])
def test_no_cell_is_a_formula(start: str) -> None:
    row = MqaListing(title=f"{start}1+1", provider="'quoted'")
    content = dumped([row], "csv")
    cells = next(iter(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))))
    assert cells["Kursus Micro-Credential"] == f"'{start}1+1"
    assert cells["Nama PPT"] == "'quoted'"
    assert list(MQA.load(content, "rows.csv")) == [row]


def test_the_columns_are_those_of_the_register_and_the_number_is_left_to_it() -> None:
    content = dumped([crossed(**PARENT).value], "csv").decode("utf-8-sig")
    assert content == (
        "Bil,Kursus Micro-Credential,Nama Program Akreditasi,No Rujukan Akreditasi,Nama PPT\r\n"
        ",Example skills,Diploma Contoh,MQA/FA1234,Kolej Contoh\r\n"
    )
    (cells,) = [orjson.loads(dumped([crossed().value], "json"))]
    assert cells == {
        NUMBER: None, "Kursus Micro-Credential": "Example skills", "Nama Program Akreditasi": None,
        "No Rujukan Akreditasi": None, "Nama PPT": "Kolej Contoh",
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"", b"a,b\n1,2\n", b"Kursus Micro-Credential\nA,B\n", b"Kursus Micro-Credential,Nama PPT\n,Contoh\n",
        b'[{"Kursus Micro-Credential": 7}]', b"Kursus Micro-Credential\n\xff\n", b"[1]",
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_told(content: bytes) -> None:
    with pytest.raises(CodedError) as caught:
        list(MQA.load(content, "rows"))
    assert caught.value.issues[0].code == "file_not_schema"


def test_blank_rows_are_passed_over_and_unknown_columns_kept() -> None:
    (row,) = MQA.load(b"Bil,Kursus Micro-Credential,Negeri\n1.,,\n2.,Contoh,Johor\n", "rows.csv")
    assert row == MqaListing(title="Contoh", others={"Negeri": "Johor"})


def test_a_part_of_an_accredited_programme_is_not_measured_as_stand_alone() -> None:
    crossing = crossed(**PARENT, volume={"total_hours": 5}, assessment=[])
    assert crossing.value.reference == "MQA/FA1234"
    assert codes(crossing) == []


def test_a_whole_stand_alone_record_only_lacks_a_parent() -> None:
    assert codes(crossed()) == ["mqa_no_parent"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"volume": {"total_hours": "39.99", "contact_hours": 1}}, "mqa_hours_below_40"),
        ({"volume": {"total_hours": 45, "contact_hours": 1}}, "mqa_hours_off_step"),
        ({"volume": {"contact_hours": 400}, "credit": []}, "mqa_hours_missing"),
        ({"volume": {"total_hours": 40}}, "mqa_learning_time_missing"),
        ({"credit": [{"system": "MY-credit", "value": "0.5"}]}, "mqa_credit_below_1"),
        ({"credit": [{"system": "MY-credit", "value": "1.2"}]}, "mqa_credit_off_step"),
        ({"stackability": [{"target_kind": "degree_programme", "share": "0.71"}]}, "mqa_share_above_70"),
        ({"learning_outcomes": []}, "mqa_outcomes_missing"),
        ({"assessment": []}, "mqa_assessment_missing"),
        ({"assessment": [{"type": "attendance_only"}]}, "mqa_assessment_missing"),
        ({"description": None}, "mqa_description_missing"),
        ({"level": [{"scheme": "NZQCF", "value": "4"}]}, "mqa_level_missing"),
        ({"level": [{"scheme": "MQF-MT", "value": "4"}]}, "mqa_level_missing"),
        ({"level": [{"scheme": "MQF-MY", "value": "9"}]}, "mqa_level_outside"),
        ({"title": {"en": "Industrial Training at Contoh"}}, "mqa_kind_excluded"),
        ({"title": {"ja": "架空"}}, "listing_languages"),
        ({"issuer": None}, "mqa_provider_missing"),
        ({"issuer": {"name": {"en": "Example"}, "country": "JP"}}, "mqa_provider_abroad"),
    ],
)
def test_what_malaysia_would_send_back(changes: dict[str, Any], code: str) -> None:
    assert sorted(codes(crossed(**changes))) == sorted(["mqa_no_parent", code])


@pytest.mark.parametrize("hours", ["40", "60", "80.0", "400"])
def test_hours_on_the_steps_are_no_finding(hours: str) -> None:
    assert codes(crossed(volume={"total_hours": hours, "contact_hours": 1})) == ["mqa_no_parent"]


def test_a_programme_of_another_country_is_no_accredited_programme() -> None:
    crossing = crossed(
        issuer={"name": {"ja": "架空大学"}, "country": "JP"},
        quality_assurance={"external": [{"object": "programme", "decision_ref": "JP-77", "body_country": "JP"}]},
        stackability=[{"target_kind": "degree_programme", "target_title": {"ja": "架空学士"}, "target_ref": "JP-77"}],
    )
    assert (crossing.value.programme, crossing.value.reference) == (None, None)
    lost = {entry.source: entry.reason for entry in crossing.ledger.entries if entry.outcome is FieldOutcome.DROPPED}
    assert lost["stackability.0.target_title.ja"] == "of_another_register"
    assert lost["quality_assurance.external.0.decision_ref"] == "of_another_register"


@pytest.mark.parametrize("judged", ["institution", "credential", "unknown"])
def test_a_decision_on_anything_but_a_programme_is_no_reference_of_a_parent(judged: str) -> None:
    crossing = crossed(quality_assurance={"external": [{"object": judged, "decision_ref": "MQA/FA1234"}]})
    assert crossing.value.reference is None


def test_a_reference_of_unknown_shape_is_listed_and_told() -> None:
    external = [{"object": "programme", "decision_ref": "B 77"}]
    crossing = crossed(quality_assurance={"external": external})
    assert crossing.value.reference == "B 77"
    assert codes(crossing) == ["mqa_reference_shape", "mqa_parent_incomplete"]


def test_who_provides_stands_in_where_nobody_is_said_to_award() -> None:
    bodies = [{"name": {"en": "Developer"}, "role": "developer"}, {"name": {"en": "Kolej"}, "role": "provider"}]
    crossing = crossed(issuer=None, co_providers=bodies)
    assert crossing.value.provider == "Kolej"


def test_what_the_rights_policy_keeps_back_is_not_called_missing() -> None:
    crossing = crossed(source_record={"registry": "test", "source_id": "1", "rights": "facts_only"})
    assert codes(crossing) == ["mqa_no_parent", "held_back_from_listing"]
    assert {entry.source for entry in crossing.ledger.entries if entry.reason == "rights_withheld"} == {
        "description", "learning_outcomes", "assessment",
    }  # fmt: skip


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.name.partition(".")[0])
def test_goldens(golden: Any) -> None:
    crossing = written(Descriptor.model_validate_json(golden.read_bytes()))
    stem = golden.name.partition(".")[0]
    assert dumped([crossing.value], "csv") == (golden.parent / f"{stem}.written.csv").read_bytes()
    account = orjson.loads((golden.parent / f"{stem}.account.json").read_bytes())
    assert list(differences(account, account_of(crossing))) == []
