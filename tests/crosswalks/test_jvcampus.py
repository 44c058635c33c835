"""Moodle course → descriptor."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.serialise import dump
from crosswalks.descriptor.serialise import load as load_descriptor
from crosswalks.jvcampus.custom import MEANINGS
from crosswalks.jvcampus.markup import texts_of
from crosswalks.jvcampus.model import Box, CustomField, MoodleCourse
from crosswalks.jvcampus.moodle import Site, course_of
from crosswalks.jvcampus.values import Meaning, language_of_pack, shipped_meanings
from crosswalks.ledger import Crossing
from crosswalks.openbadges.model import BadgeClass
from crosswalks.text import clean, plain
from tests.crosswalks.laws import check_reading

JV = crosswalk_for("jvcampus")
SOURCE = SourceRecord(registry="jvcampus", source_id="key", rights="facts_only")
IRI = "https://kakehashi.example/id/mc/jvcampus-test"
GOLDENS = sorted((JV.folder / "goldens").glob("*.source.json"))

SPAN = '<span lang="{}" class="multilang">{}</span>'
text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda value: bool(clean(plain(value)))
)
marked = st.one_of(
    text,
    st.builds(f"{SPAN.format('ja', '{}')}{SPAN.format('en', '{}')}".format, text, text),
    st.builds("{{mlang ja}}{}{{mlang}}{{mlang en}}{}{{mlang}}".format, text, text),
    st.builds("<p>{}</p><ul><li>{}</li></ul>".format, text, text),
)
maybe = st.none() | marked
figures = st.sampled_from([
    "45", "45時間", "90分", "1.5 hours", "2単位", "1 ECTS", "2", "単位なし", "0", "8 weeks", "P3M", "Level 2",
    "CEFR B1", "ITSSレベル1", "レポート、小テスト", "オンデマンド", "日本語 / English", "デジタルバッジ",
    "15回", "20", "30名", "https://lms.example/s", "不明な値",
])  # fmt: skip
custom_fields = st.builds(
    CustomField,
    shortname=st.sampled_from([*sorted(shipped_meanings()), "colour", ""]),
    name=st.none() | st.sampled_from(["総学習時間", "単位数", "Level:", "色"]) | marked,
    type=st.sampled_from([None, "text", "select"]),
    value=st.none() | st.just("") | figures | marked,
    means=st.sampled_from([None, None, None, *sorted(MEANINGS), "nonsense"]),
    unit=st.sampled_from([None, "minutes", "weeks"]),
    scheme=st.sampled_from([None, "ITSS", "CEFR", "issuer-local", "nonsense"]),
    system=st.sampled_from([None, "JP-tani", "ECTS"]),
)
boxes = st.builds(
    Box,
    id=st.none() | st.integers(1, 99),
    name=maybe,
    path=st.lists(marked, max_size=2).map(tuple),
    kind=st.sampled_from([None, "institution", "package"]),
    institution=maybe,
    country=st.sampled_from([None, "JP", "DE", "Germany"]),
)
links = st.lists(st.integers(1, 4), max_size=3, unique=True).map(
    lambda numbers: tuple(f"https://lms.example/badges/badgeclass.php?id={number}" for number in numbers)
)
badges = st.builds(
    BadgeClass,
    name=text,
    id=st.integers(1, 4).map(lambda number: f"https://lms.example/badges/badge_json.php?id={number}"),
    context=st.sampled_from([(), ("https://w3id.org/openbadges/v2",)]),
)
courses = st.builds(
    MoodleCourse,
    id=st.integers(2, 10**6),
    fullname=marked,
    shortname=maybe,
    displayname=maybe,
    idnumber=st.none() | text,
    category=st.none() | boxes,
    summary=maybe,
    summaryformat=st.sampled_from([None, 0, 1, 2, 4]),
    format=st.none() | st.just("topics"),
    startdate=st.none() | st.just(0) | st.integers(-(10**20), 10**20) | st.integers(0, 2 * 10**9),
    enddate=st.none() | st.just(0) | st.integers(0, 2 * 10**9),
    lang=st.sampled_from([None, "", "ja", "en_us", "ja_kids", "klingon!"]),
    visible=st.none() | st.booleans(),
    customfields=st.lists(custom_fields, max_size=6).map(tuple),
    tags=st.lists(text, max_size=2).map(tuple),
    enrollmentmethods=st.lists(st.sampled_from(["self", "guest", "wizardry"]), max_size=2, unique=True).map(tuple),
    url=st.sampled_from([None, "https://lms.example/course/info.php?id=2", "not an address"]),
    badge_links=links,
    badges=st.lists(badges, max_size=2).map(tuple),
    site_language=st.sampled_from([None, "ja", "en"]),
    time_zone=st.sampled_from([None, "Asia/Tokyo", "UTC", "Nowhere/Else"]),
    left_out=st.just({"personal_data": "contacts", "technical_field": "cacherev, timemodified"}),
    others=st.dictionaries(st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True), text, max_size=2),
    ordinal=st.integers(1, 2),
)


def crossed(**values: object) -> Crossing[Descriptor]:
    course = MoodleCourse.model_validate({"id": 12, "fullname": "架空入門", **values})
    crossing = JV.read(course, IRI, SOURCE)
    check_reading(JV, course, crossing)
    return crossing


def custom(shortname: str, value: str, name: str | None = None) -> Crossing[Descriptor]:
    return crossed(customfields=(CustomField(shortname=shortname, value=value, name=name),))


def codes(crossing: Crossing[Descriptor]) -> list[str]:
    return [issue.code for issue in crossing.issues]


@given(courses)
def test_laws_of_reading(course: MoodleCourse) -> None:
    crossing = JV.read(course, IRI, SOURCE)
    check_reading(JV, course, crossing)
    assert load_descriptor(dump(crossing.value)) == crossing.value


@given(courses)
def test_an_issuer_is_never_guessed(course: MoodleCourse) -> None:
    crossing = JV.read(course, IRI, SOURCE)
    entries = crossing.ledger.entries
    named = any(entry.target == "issuer.name" and entry.source.startswith("customfields") for entry in entries)
    boxed = course.category is not None and course.category.institution is not None
    assert crossing.value.issuer is None or named or boxed
    assert crossing.value.education_classification is None


@given(courses, st.integers(0, 10**9))
def test_the_key_is_the_number_alone(course: MoodleCourse, moment: int) -> None:
    changed = course.model_copy(update={"fullname": "another", "startdate": moment, "customfields": ()})
    assert JV.key(course) == JV.key(changed)
    assert JV.key(course) != JV.key(course.model_copy(update={"id": course.id + 1}))


@given(text, text)
def test_languages_survive_both_ways_of_marking(japanese: str, english: str) -> None:
    spans = f'{SPAN.format("ja", japanese)} <span class="multilang" lang="en">{english}</span>'
    braces = f"{{mlang ja}}{japanese}{{mlang}}{{mlang en}}{english}{{mlang}}"
    expected = {"ja": clean(plain(japanese)), "en": clean(plain(english))}
    assert texts_of(braces, lines=False).by_language == expected
    if "<" not in japanese + english:
        assert texts_of(spans, lines=False).by_language == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"架空 101: {SPAN.format('ja', '入門')}{SPAN.format('en', 'Intro')}",
         {"ja": "架空 101: 入門", "en": "架空 101: Intro"}),
        ('<span lang="ja" class="multilang">a<span>b</span>c</span> d', {"ja": "abc d"}),
        ("{mlang ja,en}共通{mlang}{mlang other}Other{mlang}", {"ja": "共通", "en": "共通", "und": "Other"}),
        ("{ mlang ja }甲{ mlang }{mlang en_us}A{mlang}", {"ja": "甲", "en-US": "A"}),
        ("<style>p{}</style><p>甲 &amp; 乙</p><script>var a='<p>x</p>';</script>", {"ja": "甲 & 乙"}),
        ("Plain English", {"und": "Plain English"}),
        ("<p></p>", {}),
    ],
)  # fmt: skip
def test_marks_and_markup(markup: str, expected: dict[str, str]) -> None:
    assert texts_of(markup, "ja", lines=False).by_language == expected


def test_a_mark_that_is_not_closed_is_told() -> None:
    crossing = crossed(fullname="{mlang ja}架空{mlang en}Made up")
    assert crossing.value.title == {"ja": "架空", "en": "Made up"}
    assert codes(crossing) == ["unfinished_markup"]


@pytest.mark.parametrize(
    ("pack", "tag"),
    [
        ("ja", "ja"),
        ("ja_kids", "ja"),
        ("en_us", "en-US"),
        ("zh_tw", "zh-TW"),
        ("sr_lt", "sr-Latn"),
        ("tlh!", "und"),
    ],
)
def test_language_packs(pack: str, tag: str) -> None:
    assert language_of_pack(pack) == tag


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({}, {"und": "架空入門"}),
        ({"lang": "ja"}, {"ja": "架空入門"}),
        ({"lang": "", "site_language": "ja"}, {"ja": "架空入門"}),
        ({"lang": "en", "site_language": "ja"}, {"und": "架空入門"}),
        ({"site_language": "ja", "fullname": "Blended mobility"}, {"und": "Blended mobility"}),
        ({"site_language": "en", "fullname": "Blended “mobility”"}, {"en": "Blended “mobility”"}),
        ({"site_language": "en", "fullname": "Мобильность"}, {"und": "Мобильность"}),
    ],
)
def test_the_language_of_an_unmarked_title(values: dict[str, str], title: dict[str, str]) -> None:
    assert crossed(**values).value.title == title


def test_dates_stand_in_the_site_zone_and_zero_is_no_date() -> None:
    crossing = crossed(startdate=1775001600, enddate=0, time_zone="Asia/Tokyo")
    assert crossing.value.offer[0].starts == "2026-04-01T09:00:00+09:00"
    assert crossing.value.offer[0].ends is None
    assert ("enddate", "not_stated") in {(entry.source, entry.reason) for entry in crossing.ledger.entries}


@pytest.mark.parametrize(
    ("shortname", "value", "field", "figure"),
    [
        ("total_hours", "45", "total_hours", "45"),
        ("total_hours", "４５時間", "total_hours", "45"),
        ("taught_hours", "90分", "contact_hours", "1.5"),
        ("learning_hours", "<p>60 hours</p>", "total_hours", "60"),
    ],
)
def test_hours(shortname: str, value: str, field: str, figure: str) -> None:
    volume = custom(shortname, value).value.volume
    assert volume is not None
    assert getattr(volume, field) == Decimal(figure)


@pytest.mark.parametrize("value", ["45", "約45時間", "40-50 hours"])
def test_hours_of_no_stated_kind_stay_text(value: str) -> None:
    crossing = custom("hours", value, name="Hours")
    volume = crossing.value.volume
    assert volume is not None
    assert (volume.total_hours, volume.contact_hours) == (None, None)
    assert list((volume.text or {}).values()) == [f"Hours: {value}"]
    assert "hours_kind_unstated" in codes(crossing)


def test_lectures_times_minutes_is_taught_time() -> None:
    lectures, minutes = (("lectures", "15回"), ("lecture_minutes", "20"))
    fields = tuple(CustomField(shortname=name, value=value) for name, value in (lectures, minutes))
    crossing = crossed(customfields=fields)
    volume = crossing.value.volume
    assert volume is not None
    assert (volume.contact_hours, volume.total_hours) == (Decimal(5), None)
    assert crossing.value.origin_of("volume.contact_hours").rule == "lectures_x_minutes"


@pytest.mark.parametrize(
    ("shortname", "value", "expected"),
    [
        ("level", "Level 2", ("unspecified", "Level 2")),
        ("level", "2", ("unspecified", "2")),
        ("level", "CEFR B1", ("CEFR", "B1")),
        ("level", "ITSSレベル1", ("ITSS", "1")),
        ("level", "ITSS 9", ("unspecified", "ITSS 9")),
        ("cefr", "b2", ("CEFR", "B2")),
        ("itss", "レベル3", ("ITSS", "3")),
    ],
)
def test_a_level_is_never_without_its_framework(shortname: str, value: str, expected: tuple[str, str]) -> None:
    (level,) = custom(shortname, value).value.level
    assert (level.scheme, level.value) == expected


@pytest.mark.parametrize(
    ("shortname", "name", "value", "expected"),
    [
        ("tani", None, "2", [("JP-tani", "2")]),
        ("credits", "単位数", "1", [("JP-tani", "1")]),
        ("credits", None, "0.5単位", [("JP-tani", "0.5")]),
        ("credits", None, "3 ECTS", [("ECTS", "3")]),
        ("credits", "Credits", "2", []),
        ("credits", "Credits", "2 credits", []),
        ("tani", None, "1～2単位", []),
    ],
)
def test_credit_needs_its_system(shortname: str, name: str | None, value: str, expected: list[tuple[str, str]]) -> None:
    crossing = custom(shortname, value, name=name)
    assert [(credit.system, str(credit.value)) for credit in crossing.value.credit] == expected
    assert bool(expected) == (codes(crossing) == [])
    assert crossing.value.credit_status is None


@pytest.mark.parametrize("value", ["単位なし", "0単位", "non-credit"])
def test_no_credit_is_a_value_of_its_own(value: str) -> None:
    crossing = custom("tani", value)
    assert (crossing.value.credit_status, crossing.value.credit) == ("non_credit", ())


def test_words_are_read_only_when_all_are_known() -> None:
    assert [item.type for item in custom("assessment", "レポート、小テスト").value.assessment] == [
        "report",
        "quiz",
    ]
    (unread,) = custom("assessment", "レポートと最終試験").value.assessment
    assert (unread.type, unread.text) == (None, {"und": "レポートと最終試験"})
    assert [item.mode for item in custom("mode", "On demand").value.teaching_method] == ["online_async"]
    assert custom("language", "日本語・英語").value.language_of_instruction == ("ja", "en")
    assert codes(custom("language", "架空語")) == ["not_understood"]


def test_outcomes_stand_one_to_a_line() -> None:
    value = "<ul><li>・甲を説明できる</li><li>乙を使える</li></ul>"
    outcomes = custom("outcomes", value).value.learning_outcomes
    assert [outcome.text for outcome in outcomes] == [{"und": "甲を説明できる"}, {"und": "乙を使える"}]


def test_an_unknown_field_is_kept_and_told() -> None:
    crossing = custom("colour", "青")
    assert codes(crossing) == ["unmapped_field"]
    assert ("customfields.0", "青") in {(entry.source, entry.value) for entry in crossing.ledger.entries}


def test_what_the_deployment_says_overrules_the_dictionary() -> None:
    meanings = {"hours": Meaning("volume.total_hours", "hours"), "level": Meaning("none")}
    site = Site("https://lms.example/", meanings=meanings)
    record = {"id": 3, "fullname": "架空", "customfields": [
        {"shortname": "hours", "name": "Hours", "type": "text", "value": "30", "valueraw": "30"},
        {"shortname": "level", "name": "Level", "type": "text", "value": "2", "valueraw": "2"},
    ]}  # fmt: skip
    crossing = JV.read(course_of(record, site), IRI, SOURCE)
    assert crossing.value.volume is not None
    assert crossing.value.volume.total_hours == Decimal(30)
    assert crossing.value.level == ()


def test_a_repeated_meaning_is_told() -> None:
    names = (("total_hours", "10"), ("study_hours", "20"))
    fields = tuple(CustomField(shortname=name, value=value) for name, value in names)
    crossing = crossed(customfields=fields)
    assert crossing.value.volume is not None
    assert crossing.value.volume.total_hours == Decimal(10)
    assert codes(crossing) == ["custom_field_repeated"]


@pytest.mark.parametrize(
    ("box", "issuer", "country"),
    [
        (Box(id=4, name="架空大学"), None, None),
        (Box(id=4, name="架空大学", kind="institution", institution="架空大学"), {"und": "架空大学"}, "JP"),
        (Box(id=4, name="Made-up U", kind="institution", institution="Made-up U", country="DE"),
         {"und": "Made-up U"}, "DE"),
        (Box(id=5, name="架空パッケージ", kind="package"), None, None),
    ],
)  # fmt: skip
def test_a_box_names_an_issuer_only_by_the_deployments_word(
    box: Box, issuer: dict[str, str] | None, country: str | None
) -> None:
    crossing = crossed(category=box)
    found = crossing.value.issuer
    assert (found and found.name, found and found.country) == (issuer, country)
    assert {"und": box.name} in [info.label for info in crossing.value.further_info]
    if issuer:
        assert crossing.value.origin_of("issuer.name").rule == "individual_institution_box"
        assert crossing.value.origin_of("issuer.country").kind == "derived"


def test_a_linked_badge_class_makes_the_certificate_digital_and_no_more() -> None:
    badge = BadgeClass(
        name="架空バッジ", id="https://lms.example/badges/badge_json.php?id=7",
        context=("https://w3id.org/openbadges/v2",), description="本文",
    )  # fmt: skip
    crossing = crossed(badges=(badge,), badge_links=("https://lms.example/badges/badgeclass.php?id=7",))
    certificate = crossing.value.certificate
    assert certificate is not None
    assert (certificate.form, certificate.technical) == (("digital",), ("OB-2.0",))
    assert crossing.value.further_info[0].label == {"und": "架空バッジ"}
    assert (crossing.value.description, crossing.value.assessment, crossing.value.issuer) == (None, (), None)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name.partition(".")[0])
def test_goldens(path: Path) -> None:
    course = next(iter(JV.load(path.read_bytes(), path.name)))
    crossing = JV.read(course, IRI, SOURCE)
    stem = path.name.removesuffix(".source.json")
    descriptor = orjson.loads(path.with_name(f"{stem}.descriptor.json").read_bytes())
    ledger = orjson.loads(path.with_name(f"{stem}.ledger.json").read_bytes())
    assert list(differences(descriptor, orjson.loads(dump(crossing.value)))) == []
    assert crossing.ledger.as_json() == ledger
    check_reading(JV, course, crossing)


def test_there_are_goldens() -> None:
    assert GOLDENS


def test_a_service_answer_and_our_own_listing_load_alike() -> None:
    people = [{"id": 9, "fullname": "架空 花子"}]
    record = {"id": 3, "fullname": "架空", "contacts": people, "timemodified": 1, "flavour": "x"}
    answer = orjson.dumps({"total": 1, "courses": [record]})
    (course,) = JV.load(answer, "f.json")
    assert "花子" not in course.model_dump_json()
    assert course.left_out == {"personal_data": "contacts", "technical_field": "timemodified"}
    assert course.others == {"flavour": "x"}
    assert list(JV.load(course.model_dump_json().encode(), "f.json")) == [course]


@pytest.mark.parametrize(
    "record",
    [b'{"id": 0, "fullname": "no number"}', b'{"summary": "no name"}', b'{"id": 3, "fullname": ""}', b"[1]", b"<html>"],
)
def test_what_is_no_course_is_refused(record: bytes) -> None:
    with pytest.raises(CodedError) as caught:
        list(JV.load(record, "f.json"))
    assert caught.value.issues[0].code == "file_not_schema"


def test_what_no_descriptor_can_hold_is_one_bad_record() -> None:
    with pytest.raises(CodedError) as caught:
        JV.read(MoodleCourse(id=3, fullname="架空", summary="x" * 1_000_001), IRI, SOURCE)
    assert caught.value.issues[0].code == "record_invalid"


def test_a_title_of_mere_markup_is_refused() -> None:
    with pytest.raises(CodedError) as caught:
        JV.read(MoodleCourse(id=3, fullname="<p></p>"), IRI, SOURCE)
    assert caught.value.issues[0].code == "title_missing"


def test_what_a_summary_says_plainly_is_derived_with_its_sentence() -> None:
    summary = "<p>総学習時間は３０時間です。</p><p>成績は小テストで評価します。</p><p>到達目標：</p><p>・説明できる</p>"
    crossing = crossed(summary=summary, lang="ja")
    volume = crossing.value.volume
    assert volume is not None
    assert (str(volume.total_hours), crossing.value.origin_of("volume.total_hours").rule) == ("30", "hours_in_prose")
    assert [one.type for one in crossing.value.assessment] == ["quiz"]
    assert [one.text for one in crossing.value.learning_outcomes] == [{"ja": "説明できる"}]
    quotes = {entry.target: entry.quote for entry in crossing.ledger.entries if entry.quote}
    assert quotes["volume.total_hours"] == "総学習時間は30時間です。"


def test_what_a_summary_says_doubtfully_is_left_for_a_person() -> None:
    crossing = crossed(summary="週に2時間ほどの学習です。", lang="ja")
    assert crossing.value.volume is None
    assert codes(crossing) == ["prose_review"]


def in_file(*courses: dict[str, object]) -> tuple[list[MoodleCourse], list[str]]:
    """The courses of a file, and the codes of what it tells at its end."""
    found: list[MoodleCourse] = []
    try:
        found.extend(JV.load(orjson.dumps({"courses": courses, "warnings": []}), "f.json"))
    except CodedError as error:
        return found, [issue.code for issue in error.issues]
    return found, []


def test_a_file_passes_over_the_front_page_and_hidden_courses_as_a_harvest_does() -> None:
    front = {"id": 1, "fullname": "Example site", "format": "site"}
    hidden = {"id": 2, "fullname": "Example draft", "visible": 0}
    found, told = in_file(front, hidden, {"id": 3, "fullname": "Example course", "visible": 1})
    assert [one.id for one in found] == [3]
    assert told == ["passed_over_front_page", "passed_over_hidden"]


def test_a_site_that_refuses_is_told_in_its_own_words() -> None:
    with pytest.raises(CodedError) as caught:
        list(JV.load(b'{"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "No."}', "f.json"))
    assert "invalidtoken: No." in caught.value.issues[0].text("en")


def crossing_of_field(value: str, means: str, name: str) -> Crossing[Descriptor]:
    field = CustomField(shortname="x", name=name, value=value, means=means)
    course = MoodleCourse(id=7, fullname="Example", customfields=(field,))
    back = JV.read(course, IRI, SOURCE)
    check_reading(JV, course, back)
    return back


def test_links_of_a_text_are_kept_beside_its_words() -> None:
    value = '<p><a href="https://a.example/s?a=1&amp;b=2">Syllabus</a>, <a href="https://a.example/t">more</a></p>'
    back = crossing_of_field(value, "further_info", "Papers").value
    assert [(one.label, one.url) for one in back.further_info] == [
        ({"und": "Syllabus, more"}, "https://a.example/s?a=1&b=2"), (None, "https://a.example/t"),
    ]  # fmt: skip


def test_a_figure_takes_the_languages_of_its_label() -> None:
    back = crossing_of_field("45", "hours", SPAN.format("ja", "学習時間") + SPAN.format("en", "Hours"))
    assert back.value.volume is not None
    assert back.value.volume.text == {"ja": "学習時間: 45", "en": "Hours: 45"}
    assert "<" not in back.issues[0].text("en")
