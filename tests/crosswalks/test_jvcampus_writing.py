"""Descriptor → Moodle course, and the course's way there and back."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.jvcampus.fields import written_fields
from crosswalks.jvcampus.files import dump
from crosswalks.jvcampus.marks import marked
from crosswalks.jvcampus.markup import texts_of
from crosswalks.jvcampus.model import CourseProposal, MoodleCourse
from crosswalks.jvcampus.values import language_of_pack, shipped_meanings, word_for, words
from crosswalks.jvcampus.write import unix_seconds
from crosswalks.ledger import Crossing
from crosswalks.text import clean, clean_lines
from tests.crosswalks.descriptor.strategies import descriptors, lang_text
from tests.crosswalks.laws import account_of, check_reading, check_there_and_back, check_writing
from tests.crosswalks.test_jvcampus import courses

JV = crosswalk_for("jvcampus")
IRI = "https://kakehashi.example/id/mc/jvcampus-test"
GOLDENS = sorted((JV.folder / "goldens").glob("*.outgoing.json"))
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PLAIN: dict[str, Any] = {
    "id": IRI,
    "source_record": {"registry": "test", "source_id": "1"},
    "identifiers": [{"scheme": "moodle-shortname", "value": "KAKUU-1"}],
    "title": {"ja": "架空入門", "en": "Made-up & <simple>"},
    "description": {"und": "架空の概要"},
}


def written(descriptor: Descriptor) -> Crossing[Any]:
    assert JV.write is not None
    crossing = JV.write(descriptor)
    check_writing(JV, descriptor, crossing)
    return crossing


def crossed(**changes: Any) -> Crossing[Any]:
    return written(Descriptor.model_validate({**PLAIN, **changes}))


def read_back(course: CourseProposal, descriptor: Descriptor) -> Crossing[Descriptor]:
    crossing = JV.read(course, descriptor.id, descriptor.source_record)
    check_reading(JV, course, crossing)
    return crossing


def customs(crossing: Crossing[Any]) -> dict[str, str]:
    return {field.shortname: field.value for field in crossing.value.customfields}


def codes(crossing: Crossing[Any]) -> list[str]:
    return [issue.code for issue in crossing.issues]


def dumped(records: list[Any], form: str) -> bytes:
    out = io.BytesIO()
    dump(records, form, out, {})
    return out.getvalue()


def on_a_site(course: MoodleCourse) -> Descriptor:
    source = SourceRecord(registry="jvcampus", source_id=JV.key(course))
    return JV.read(course, IRI, source).value


parts = descriptors(always=("level", "credit", "volume", "offer", "issuer", "co_providers", "learning_outcomes"))
anything = st.one_of(descriptors(), parts, courses.map(on_a_site))


@given(anything)
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    crossing = written(descriptor)
    course = crossing.value
    names = [field.shortname for field in course.customfields]
    assert len(names) == len(set(names))
    assert (course.lang, course.category, course.others, course.badges) == (None, None, {}, ())
    assert not any(issue.severity == "reject" or issue.code.startswith("withheld") for issue in crossing.issues)


@given(anything)
@QUIET
def test_what_was_written_reads_back_but_for_what_the_ledgers_name(descriptor: Descriptor) -> None:
    assume(any(clean(text) for text in descriptor.title.values()))
    out = written(descriptor)
    assume(texts_of(out.value.fullname, lines=False).by_language)
    back = read_back(out.value, descriptor)
    check_there_and_back(descriptor, back.value, out.ledger, back.ledger)
    hours = descriptor.volume.total_hours if descriptor.volume else None
    again = back.value.volume.total_hours if back.value.volume else None
    assert again in {hours, None}
    assert {credit.system for credit in back.value.credit} <= {credit.system for credit in descriptor.credit}
    assert {level.scheme for level in back.value.level} <= {level.scheme for level in descriptor.level} | {
        "unspecified"
    }


@given(courses)
@QUIET
def test_a_course_comes_back_but_for_what_the_ledgers_name(course: MoodleCourse) -> None:
    source = SourceRecord(registry="jvcampus", source_id=JV.key(course))
    there = JV.read(course, IRI, source)
    back = written(there.value)
    check_there_and_back(course, back.value, there.ledger, back.ledger)
    if course.ordinal == 1:
        assert back.value.id == course.id


@given(st.lists(anything, max_size=3), st.sampled_from(["json", "csv"]))
@QUIET
def test_files_of_both_forms_read_back(some: list[Descriptor], form: str) -> None:
    records = [written(one).value for one in some]
    content = dumped(records, form)
    assert content == dumped(records, form)
    again = list(JV.load(content or b"[]", f"courses.{form}"))
    assert [one.fullname for one in again] == [one.fullname for one in records]
    for one, other in zip(records, again, strict=True):
        left = {"csv": {"id", "url"}, "json": set()}[form]
        ours, theirs = (each.model_dump(mode="json", exclude=left) for each in (one, other))
        for each in (ours, theirs):
            each["customfields"] = sorted(each["customfields"], key=lambda field: str(field["shortname"]))
        assert theirs == ours


@given(lang_text)
@QUIET
def test_languages_survive_in_marks(texts: dict[str, str]) -> None:
    whole = marked(texts)
    back = texts_of(whole.text).by_language
    for tag, text in texts.items():
        if tag not in whole.left and clean_lines(text):
            assert back["und" if tag == whole.unnamed else tag] == clean_lines(text)
    named = {tag for tag in texts if tag != "und" and language_of_pack(tag.lower().replace("-", "_")) == tag}
    assert not named & set(whole.left)


@pytest.mark.parametrize("text", ["{mlang ja}x{mlang}", '<span lang="en" class="multilang">x</span>', "&lt;", "a\nb"])
def test_what_looks_like_a_mark_is_text(text: str) -> None:
    assert texts_of(marked({"ja": text, "und": text}).text).by_language == {"ja": text, "und": text}
    assert texts_of(marked({"und": text}).text).by_language == {"und": text}


def test_every_field_that_is_written_is_known_to_reading() -> None:
    assert set(written_fields()) <= set(shipped_meanings())
    tables = ("languages", "delivery_modes", "assessment_types", "certificate_forms", "credit_statuses")
    for table in tables:
        for value, word in word_for(table).items():
            assert words(table)[clean(word).casefold()] == value


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({"volume": {"total_hours": "45", "contact_hours": "7.5", "duration": "P8W"}},
         {"total_hours": "45", "contact_hours": "7.5", "duration": "P8W"}),
        ({"credit": [{"system": "JP-tani", "value": "1"}, {"system": "NZ-credit", "value": "4.5"}]},
         {"tani": "1", "credits": "NZ-credit 4.5"}),
        ({"level": [{"scheme": "CEFR", "value": "B1"}, {"scheme": "NZQCF", "value": "5"}]},
         {"cefr": "B1", "level": "NZQCF 5"}),
        ({"level": [{"scheme": "JP-degree-stage", "value": "学士前期"}]}, {"level": "JP-degree-stage 学士前期"}),
        ({"level": [{"scheme": "unspecified", "value": "初級"}]}, {"level": "初級"}),
        ({"credit_status": "credit_on_application"}, {"credit_status": "申請により単位認定"}),
        ({"assessment": [{"type": "report"}, {"type": "quiz"}]}, {"assessment": "レポート、小テスト"}),
        ({"teaching_method": [{"mode": "online_async"}]}, {"mode": "オンデマンド"}),
        ({"language_of_instruction": ["ja", "en"]}, {"language": "日本語、英語"}),
        ({"certificate": {"form": ["digital"]}}, {"certificate": "デジタルバッジ"}),
        ({"issuer": {"name": {"und": "Kakuu"}, "country": "DE"}}, {"issuer": "Kakuu", "issuer_country": "DE"}),
        ({"landing_page": "https://daigaku.example/a"}, {"official_page": "https://daigaku.example/a"}),
        ({"learning_outcomes": [{"text": {"ja": "説明できる"}}, {"text": {"ja": "作れる"}}]},
         {"outcomes": '<span lang="ja" class="multilang">説明できる<br />作れる</span>'}),
    ],
)  # fmt: skip
def test_statements_stand_in_fields_and_read_back_as_they_were(changes: dict[str, Any], values: dict[str, str]) -> None:
    descriptor = Descriptor.model_validate({**PLAIN, **changes})
    crossing = written(descriptor)
    assert customs(crossing) == values
    back = read_back(crossing.value, descriptor).value
    for name in changes:
        ours, theirs = (one.model_dump(mode="json", exclude_defaults=True).get(name) for one in (descriptor, back))
        assert list(differences(ours, theirs)) == [], name


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("2026-04-01", 1774969200), ("2026-04-01T00:00:00+09:00", 1774969200), ("2026-04-01T09:00:00Z", 1775034000),
        ("2026-04-01T00:00", 1774969200), ("2026-13-01", None), ("1969-12-31", None), ("1970-01-01T00:00:00Z", None),
    ],
)  # fmt: skip
def test_moments_become_seconds(moment: str, seconds: int | None) -> None:
    assert unix_seconds(moment) == seconds


def test_the_upload_table_has_the_columns_that_the_upload_knows() -> None:
    content = dumped([crossed(volume={"total_hours": "45"}, offer=[{"starts": "2026-04-01"}]).value], "csv").decode()
    (row,) = csv.DictReader(io.StringIO(content))
    stated = {column: cell for column, cell in row.items() if cell}
    assert stated == {
        "shortname": "KAKUU-1",
        "fullname": '<span lang="ja" class="multilang">架空入門</span>'
        '<span lang="en" class="multilang">Made-up &amp; &lt;simple&gt;</span>',
        "idnumber": IRI, "summary": "架空の概要", "startdate": "2026-04-01T00:00:00+09:00",
        "customfield_total_hours": "45",
    }  # fmt: skip


def test_what_a_site_would_ask_for() -> None:
    assert codes(crossed()) == ["moodle_category_missing"]
    assert codes(crossed(identifiers=[])) == ["moodle_shortname_missing", "moodle_category_missing"]
    assert codes(crossed(description=None)) == ["moodle_category_missing", "moodle_summary_missing"]
    assert codes(crossed(title={"fr": "inventé"})) == ["moodle_category_missing", "listing_languages"]
    crossing = crossed(volume={"total_hours": "45"})
    assert codes(crossing) == ["moodle_category_missing", "moodle_custom_fields_needed"]
    assert crossing.issues[1].params == {"names": "total_hours"}
    held = crossed(source_record={"registry": "test", "source_id": "course 7", "rights": "facts_only"})
    assert (held.value.id, codes(held)) == (7, ["held_back_from_listing"])


def test_no_course_is_made_of_a_file_that_holds_none() -> None:
    for content in (b"a,b\n1,2\n", b"fullname,startdate\nx,yesterday\n", b"fullname\nx,y\n", b"\xff\xfe"):
        with pytest.raises(CodedError) as caught:
            list(JV.load(content, "courses.csv"))
        assert caught.value.issues[0].code == "file_not_schema"


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.name.partition(".")[0])
def test_goldens(golden: Any) -> None:
    crossing = written(Descriptor.model_validate_json(golden.read_bytes()))
    stem = golden.name.partition(".")[0]
    assert dumped([crossing.value], "json") == (golden.parent / f"{stem}.written.json").read_bytes()
    account = orjson.loads((golden.parent / f"{stem}.account.json").read_bytes())
    assert list(differences(account, account_of(crossing))) == []
