"""Every reader of prose derives what its texts plainly say, with quotation and source, and never touches a value."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from crosswalks.nzqa.model import NzqaProposal
from tests.crosswalks.laws import check_reading

SAYS = "Total learning time is 40 hours, of which 10 hours are lectures. Assessed by quiz. The course runs for 8 weeks."
DOUBTS = "Expect about 40 hours of learning."
READ = {
    "volume.total_hours": "40", "volume.contact_hours": "10", "volume.duration": "P8W", "assessment.type": "quiz",
}  # fmt: skip


def _record(schema: str, text: str, **more: Any) -> Any:
    if schema == "nzqa":
        return NzqaProposal(title="Made-up credential", **{"purpose": text, **more})
    documents: dict[str, dict[str, Any]] = {
        "openbadges": {
            "@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "name": "Made-up badge",
            "criteria": {"narrative": text},
        },
        "jvcampus": {"id": 1, "fullname": "Made-up course", "summary": text},
        "schemaorg": {
            "@context": "https://schema.org", "@type": "EducationalOccupationalCredential",
            "name": "Made-up credential", "description": text,
        },
        "ctdl": {
            "@context": "https://credreg.net/ctdl/schema/context/json", "@type": "ceterms:MicroCredential",
            "@id": "https://made.up.example/1", "ceterms:name": {"en": "Made-up credential"},
            "ceterms:description": {"en": text},
        },
    }  # fmt: skip
    document = {**documents[schema], **more}
    body = orjson.dumps([document] if schema == "jvcampus" else document)
    return next(iter(crosswalk_for(schema).load(body, "made-up.json")))


def _read(schema: str, record: Any) -> Crossing[Descriptor]:
    source = SourceRecord(registry=schema, source_id="1")
    crossing = crosswalk_for(schema).read(record, "https://made.up.example/ours", source)
    check_reading(crosswalk_for(schema), record, crossing)
    return crossing


def _value(descriptor: Descriptor, path: str) -> str | None:
    if path == "assessment.type":
        return next((one.type for one in descriptor.assessment if one.type), None)
    found = getattr(descriptor.volume, path.partition(".")[2], None)
    return None if found is None else str(found)


SCHEMAS = ("jvcampus", "openbadges", "nzqa", "schemaorg", "ctdl")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_a_text_plainly_says_is_derived_with_its_quotation(schema: str) -> None:
    record = _record(schema, SAYS)
    crossing = _read(schema, record)
    assert {path: _value(crossing.value, path) for path in READ} == READ
    lines = [entry for entry in crossing.ledger.entries if (entry.rule or "").endswith("_in_prose")]
    assert all(entry.quote and entry.quote in SAYS for entry in lines)
    assert all(entry.target and crossing.value.origin_of(entry.target).kind == "derived" for entry in lines)
    assert "prose_review" not in {issue.code for issue in crossing.issues}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_a_text_leaves_open_is_for_a_person(schema: str) -> None:
    crossing = _read(schema, _record(schema, DOUBTS))
    assert crossing.value.volume is None
    (review,) = (issue for issue in crossing.issues if issue.code == "prose_review")
    assert review.params["quote"] == DOUBTS
    assert review.params["field"] == "volume.total_hours"
    assert review.place


def test_a_stated_value_is_never_overridden() -> None:
    document = {
        "@context": "https://schema.org", "@type": "Course", "name": "Made-up course", "timeRequired": "PT30H",
        "description": SAYS,
    }  # fmt: skip
    crossing = _read("schemaorg", next(iter(crosswalk_for("schemaorg").load(orjson.dumps(document), "made-up.json"))))
    assert (_value(crossing.value, "volume.total_hours"), _value(crossing.value, "volume.contact_hours")) == (
        "30",
        "10",
    )
    assert not any(entry.target == "volume.total_hours" and entry.quote for entry in crossing.ledger.entries)


def test_texts_that_contradict_each_other_give_no_value() -> None:
    crossing = _read("nzqa", _record("nzqa", SAYS, outcome_statement="Total learning time is 50 hours."))
    assert _value(crossing.value, "volume.total_hours") is None
    places = {issue.place for issue in crossing.issues if issue.code == "prose_review"}
    assert places == {"purpose", "outcome_statement"}


@pytest.mark.parametrize(
    ("said", "hours"), [("40 hours", "40"), ("40時間", "40"), ("1時間半", "1.5"), ("about 40 hours", None),
                        ("10-15 hours", None), ("40 hours per week", None), ("two weeks", None)]
)  # fmt: skip
def test_a_time_required_in_words_is_read_where_it_is_one_figure(said: str, hours: str | None) -> None:
    document = {
        "@context": "https://schema.org", "@type": "Course", "name": "Made-up course", "timeRequired": said,
        "hasCourseInstance": [],
    }  # fmt: skip
    record = next(iter(crosswalk_for("schemaorg").load(orjson.dumps(document), "made-up.json")))
    crossing = _read("schemaorg", record)
    volume = crossing.value.volume
    assert (str(volume.total_hours) if volume else None) == hours
    if hours is None:
        assert "not_understood" in {issue.code for issue in crossing.issues}
    else:
        assert crossing.value.origin_of("volume.total_hours").rule == "hours_in_words"
