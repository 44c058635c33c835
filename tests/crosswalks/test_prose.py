"""What running text says: read with its passage, and never more than it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.codelists import codelist
from crosswalks.descriptor.model import Descriptor
from crosswalks.prose.assessment import _words, assessments_in
from crosswalks.prose.dates import date_in
from crosswalks.prose.numbers import number, plain_form
from crosswalks.prose.outcomes import outcomes_in
from crosswalks.prose.periods import periods_in
from crosswalks.prose.reading import add_from_prose
from crosswalks.prose.sentences import sentences
from crosswalks.prose.volume import hours_in
from tests.crosswalks.descriptor.strategies import descriptors


@pytest.mark.parametrize(
    ("text", "value"),
    [("15", "15"), ("１５", "15"), ("2.5", "2.5"), ("１，２００", "1200"), ("十五", "15"), ("百二十", "120"),
     ("二〇", "20"), ("二〇二六", "2026"), ("一万二千", "12000"), ("十", "10"), ("千五百", "1500"), ("三十", "30"),
     ("万", "10000")],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "十十", "二三十", "百千", "一万二万", "1,20", "1.2.3", "--5", "五つ"])
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None


def _kanji(value: int) -> str:
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("" if digit == 1 else "一二三四五六七八九"[digit - 1]) + name
    return text + ("一二三四五六七八九"[value - 1] if value else "")


@given(st.integers(1, 9999))
def test_japanese_numerals_read_as_the_same_number_in_digits(value: int) -> None:
    assert number(_kanji(value)) == value


@pytest.mark.parametrize(
    ("text", "least", "most", "counts"),
    [
        ("総学習時間は３０時間です。", 30, 30, "total"),
        ("標準学習時間：十五時間", 15, 15, "total"),
        ("学習時間は10〜15時間です。", 10, 15, "total"),
        ("授業時間は12時間、予習復習を含む総学習時間は45時間。", 12, 12, "taught"),
        ("対面講義は全部で8時間です。", 8, 8, "taught"),
        ("週に3時間ほどかかります。", 3, 3, "weekly"),
        ("1回90分、各回2時間の演習。", 2, 2, "lesson"),
        ("40時間", 40, 40, "unstated"),
        ("学習時間（40時間）", 40, 40, "total"),
        ("総学習時間（対面40時間）", 40, 40, "taught"),
        ("The course takes 40 hours of learning.", 40, 40, "total"),
        ("Total contact hours: 12 hours", 12, 12, "taught"),
        ("Expect 3-5 hours per week.", 3, 5, "weekly"),
        ("A 20-hour workshop series.", 20, 20, "unstated"),
        ("Notional learning time is 1,200 hours.", 1200, 1200, "total"),
        ("Jumlah jam pembelajaran ialah 40 jam.", 40, 40, "total"),
        ("Peruntukkan 4 jam seminggu.", 4, 4, "weekly"),
        ("Sebanyak 10 hingga 12 jam bersemuka.", 10, 12, "taught"),
    ],
)
def test_hours(text: str, least: int, most: int, counts: str) -> None:
    said = hours_in(text)[0]
    assert (said.least, said.most) == (Decimal(least), Decimal(most))
    assert said.counts == counts
    assert said.plain is (counts in {"total", "taught"})
    assert said.quote in plain_form(text)


def test_each_figure_of_a_sentence_counts_what_its_own_clause_says() -> None:
    said = hours_in("授業時間は12時間、予習復習を含む総学習時間は45時間。")
    assert [(one.least, one.counts) for one in said] == [(Decimal(12), "taught"), (Decimal(45), "total")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24時間365日利用できます",
        "営業時間は9時から",
        "hours vary",
        "at 15 o'clock",
        "0 hours in total",
        "15 to 10 hours",
    ],
)
def test_what_says_no_total_hours(text: str) -> None:
    assert not [said for said in hours_in(text) if said.counts == "total"]


@given(st.text(max_size=300))
def test_any_text_is_read_without_fault_and_quotes_come_from_it(text: str) -> None:
    plain = plain_form(text)
    quotes = [said.quote for said in hours_in(text)] + [said.quote for said in periods_in(text)]
    assert all(quote in plain for quote in [*quotes, *(said.quote for said in assessments_in(text))])
    outcomes_in(text)
    date_in(text)


@pytest.mark.parametrize(
    ("text", "duration"),
    [("開講期間は4週間です", "P4W"), ("３か月のコース", "P3M"), ("六ヶ月間", "P6M"), ("runs for 8 weeks", "P8W"),
     ("a 3-month course", "P3M"), ("selama 6 minggu", "P6W")],
)  # fmt: skip
def test_periods(text: str, duration: str) -> None:
    assert [said.duration for said in periods_in(text)] == [duration]


def test_a_range_of_weeks_is_no_duration() -> None:
    assert periods_in("2〜3週間") == []


@pytest.mark.parametrize(
    ("text", "day"),
    [("令和6年4月1日", date(2024, 4, 1)), ("令和元年五月一日", date(2019, 5, 1)),
     ("平成31年4月30日まで", date(2019, 4, 30)), ("R6.4.1", date(2024, 4, 1)),
     ("２０２６年４月１日（水）", date(2026, 4, 1)), ("2026-04-01", date(2026, 4, 1)),
     ("昭和64年1月7日", date(1989, 1, 7))],
)  # fmt: skip
def test_dates(text: str, day: date) -> None:
    assert date_in(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "平成31年5月1日",
        "令和元年4月30日",
        "令和6年2月30日",
        "4月1日",
        "2026年",
        "令和6年4月1日から令和7年3月31日",
        "R99999.1.1",
        "",
    ],
)
def test_what_is_not_one_date_that_can_be(text: str) -> None:
    assert date_in(text) is None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("成績は小テストとレポートで評価する。", ["quiz", "report"]), ("Assessed by an online exam and a portfolio.",
     ["online_exam", "portfolio"]), ("Pelajar dinilai melalui kuiz.", ["quiz"]), ("合格には60点以上が必要。", [None]),
     ("The course introduces project management.", []), ("プロジェクト管理の基礎を学ぶ。", [])],
)  # fmt: skip
def test_assessment(text: str, kinds: list[str | None]) -> None:
    assert [said.kind for said in assessments_in(text)] == kinds


def test_every_kind_of_the_word_list_is_a_code() -> None:
    assert set(_words().kinds) == set(codelist("AssessmentType").labels) - {"other"}


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [("On completion learners will be able to:\n- read data;\n- draw charts\nFees apply", ["read data", "draw charts"]),
     ("修了者は次のことができるようになる：\n・データを読む\n・図を描く", ["データを読む", "図を描く"]),
     ("到達目標\n（1）説明できる\n（2）使える", ["説明できる", "使える"]),
     ("Hasil pembelajaran:\n1. menerangkan\n2) menggunakan", ["menerangkan", "menggunakan"]),
     ("You will be able to read data and draw charts.", []), ("Topics:\n- data\n- charts", [])],
)  # fmt: skip
def test_outcomes_are_taken_only_from_announced_lists(text: str, outcomes: list[str]) -> None:
    assert outcomes_in(text) == outcomes


def test_sentences_keep_figures_whole() -> None:
    assert sentences("It takes 2.5 hours. Then rest.") == ("It takes 2.5 hours.", " Then rest.")


def bare(**fields: object) -> Descriptor:
    return Descriptor.model_validate({
        "id": "urn:x:1", "source_record": {"registry": "r", "source_id": "1"}, "title": {"en": "A title"}, **fields,
    })  # fmt: skip


def test_plain_passages_become_derived_values_with_their_quotation() -> None:
    text = (
        "総学習時間は30時間（うち対面講義8時間）。開講期間は4週間。成績は小テストで評価する。\n到達目標：\n・説明できる"
    )
    found, entries, issues = add_from_prose(bare(), [("summary", {"ja": text})])
    assert found.volume
    assert (found.volume.total_hours, found.volume.contact_hours, found.volume.duration) == (
        Decimal(30), Decimal(8), "P4W",
    )  # fmt: skip
    assert [one.type for one in found.assessment] == ["quiz"]
    assert [one.text for one in found.learning_outcomes] == [{"ja": "説明できる"}]
    assert not issues
    assert {entry.source for entry in entries} == {"summary"}
    assert all(entry.quote and entry.quote in plain_form(text) for entry in entries)
    for path in (
        "volume.total_hours",
        "volume.contact_hours",
        "volume.duration",
        "assessment.0",
        "learning_outcomes.0",
    ):
        assert found.origin_of(path).kind == "derived"


@pytest.mark.parametrize(
    "text", ["学習時間は10〜15時間です。", "About 20 hours.", "3 hours per week.", "総学習時間30時間。合計で45時間。"]
)
def test_doubtful_passages_become_review_items_and_no_value(text: str) -> None:
    found, entries, issues = add_from_prose(bare(), [("summary", {"ja": text})])
    assert found == bare()
    assert not entries
    assert {issue.code for issue in issues} == {"prose_review"}
    assert all(issue.params["quote"] in plain_form(text) for issue in issues)


@given(descriptors(always=("volume", "assessment", "learning_outcomes")), st.text(max_size=200))
def test_what_is_stated_is_never_touched(descriptor: Descriptor, text: str) -> None:
    told = f"{text}\n総学習時間は77時間。授業時間は33時間。試験で評価する。到達目標：\n・説明できる"
    found, _, _ = add_from_prose(descriptor, [("summary", {"ja": told})])
    if descriptor.assessment:
        assert found.assessment == descriptor.assessment
    if descriptor.learning_outcomes:
        assert found.learning_outcomes == descriptor.learning_outcomes
    for name in ("total_hours", "contact_hours", "duration"):
        if descriptor.volume and getattr(descriptor.volume, name) is not None:
            assert found.volume
            assert getattr(found.volume, name) == getattr(descriptor.volume, name)
