"""What is like a credential: the reasons, and what makes none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jmicro.standin_made import made
from recognition.likeness import BROAD_SKILL, Reason, makes_alike, reasons, signs_of, traits_of


def _of(**fields: Any) -> dict[str, Any]:
    return {"title": {"ja": "量子計算の理論"}, **fields}


def _told(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {reason.kind: reason.shared for reason in reasons(one, other)}


NUMBERS = st.integers(min_value=1, max_value=400)


@settings(max_examples=40, deadline=None)
@given(one=NUMBERS, other=NUMBERS)
def test_what_one_shares_with_another_that_one_shares_with_it(one: int, other: int) -> None:
    here, there = made(one), made(other)
    assert [reason.kind for reason in reasons(here, there)] == [reason.kind for reason in reasons(there, here)]
    assert reasons(here, there) == reasons(made(one), made(other))


@settings(max_examples=40, deadline=None)
@given(number=NUMBERS)
def test_every_reason_but_hours_is_a_trait_of_both(number: int) -> None:
    here, there = made(number), made(number + 1)
    kinds = {trait.kind for trait in traits_of(here)} & {trait.kind for trait in traits_of(there)}
    kinds |= {"field"} if "broad" in kinds else set()
    assert {reason.kind for reason in reasons(here, there)} <= kinds | {"hours"}
    assert all(reason.shared for reason in reasons(here, there))


def test_words_are_told_as_they_stand_in_the_record_asked_about() -> None:
    one = _of(title={"en": "Pruning apple trees"}, learning_outcomes=[{"text": {"en": "Prunes young trees"}}])
    other = _of(title={"en": "The tree and the orchard"}, learning_outcomes=[{"text": {"en": "prune an apple tree"}}])
    assert _told(one, other) == {"title": ("trees",), "words": ("Pruning", "apple", "Prunes")}


def test_terms_bring_languages_together_only_by_the_glossary() -> None:
    told = _told(_of(title={"ja": "機械学習"}), _of(title={"en": "Machine learning"}))
    assert told == {"term": ("機械学習 = machine learning",)}
    assert _told(_of(title={"ja": "竹工芸"}), _of(title={"en": "Bamboo craft"})) == {}


def test_levels_are_alike_in_one_scheme_only_and_never_by_their_digits() -> None:
    mqf, eqf = {"level": [{"scheme": "MQF", "value": "5"}]}, {"level": [{"scheme": "EQF", "value": "5"}]}
    assert _told(_of(**mqf), _of(title={"en": "x"}, **mqf)) == {"level": ("MQF 5",)}
    assert _told(_of(**mqf), _of(title={"en": "x"}, **eqf)) == {}
    own = {"level": [{"scheme": "issuer-local", "value": "Gold"}]}
    assert _told(_of(**own), _of(title={"en": "x"}, **own)) == {}


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ({"volume": {"total_hours": "40"}}, {"volume": {"total_hours": "45"}}, ("40", "45")),
        ({"volume": {"total_hours": "40"}}, {"volume": {"total_hours": "80"}}, None),
        ({"volume": {"total_hours": "45"}}, {"credit": [{"system": "JP-tani", "value": "1"}]}, ("45", "45")),
        ({"volume": {"total_hours": "28"}}, {"credit": [{"system": "ECTS", "value": "1"}]}, ("28", "25–30")),
        ({"volume": {"contact_hours": "40"}}, {"volume": {"total_hours": "40"}}, None),
        ({"volume": {"total_hours": "0"}}, {"volume": {"total_hours": "0"}}, None),
        ({"credit": [{"system": "JP-tani", "value": "1"}]}, {}, None),
    ],
)
def test_hours_are_close_when_they_are_and_taught_time_is_not_the_whole(
    one: dict[str, Any], other: dict[str, Any], close: tuple[str, ...] | None
) -> None:
    assert _told(_of(**one), _of(title={"en": "x"}, **other)).get("hours") == close


def test_level_hours_or_a_broad_field_make_nothing_alike() -> None:
    assert not makes_alike(
        [Reason("level", ("MQF 5",)), Reason("hours", ("40", "40")), Reason("field", ("ISCED-F 06…",))]
    )
    assert makes_alike([Reason("field", ("ISCED-F 0613",))])


def test_what_a_course_is_called_after_its_form_is_no_word_in_common() -> None:
    assert _told(_of(title={"ja": "発酵学入門"}), _of(title={"ja": "法学入門"})) == {}
    assert _told(_of(title={"en": "Introduction to Law"}), _of(title={"en": "Introduction to Beer"})) == {}


def test_a_broad_group_of_skills_is_no_skill_in_common() -> None:
    group = "http://data.europa.eu/esco/skill/S6"
    assert BROAD_SKILL.match(group)
    skilled = {"learning_outcomes": [{"text": {"ja": "述べる。"}, "skill_refs": [group]}]}
    assert _told(_of(**skilled), _of(title={"en": "x"}, **skilled)).get("skill") is None


def test_signs_are_whole_titles_identifiers_and_pages() -> None:
    found = signs_of(
        _of(
            title={"ja": "ＡＩ  と社会", "en": "AI"}, landing_page="https://x.example/a/#top",
            identifiers=[{"scheme": "course-code", "value": "MC-0001"}, {"scheme": "local", "value": "MC-0001"}],
        )
    )  # fmt: skip
    assert found == ["title ai と社会", "identifier course-code MC-0001", "page https://x.example/a"]
