"""The words and fields of Moodle sites: what they lead to is read, covered where it is a list, and never two things."""

from __future__ import annotations

import pytest

from config.codelists import codelist
from config.frameworks import level_schemes
from crosswalks.jvcampus.custom import MEANINGS
from crosswalks.jvcampus.figures import _PERIODS, _QUANTITY
from crosswalks.jvcampus.values import (
    field_named_after,
    language_of_pack,
    listed_words,
    shipped_meanings,
    units,
    words,
)
from crosswalks.mapping import mapping_tables, plain_rows
from crosswalks.text import matching_key

LISTS = {
    "delivery_modes": "DeliveryMode", "assessment_types": "AssessmentType", "certificate_forms": "CertificateForm",
    "credit_statuses": "CreditStatus",
}  # fmt: skip
WITHOUT_WORDS = {("delivery_modes", "unspecified"), ("assessment_types", "other")}
"""Values that say nothing was understood: no word of a site stands for them."""


@pytest.mark.parametrize("name", LISTS)
def test_every_value_has_its_words_and_every_word_a_value(name: str) -> None:
    silent = {value for listed, value in WITHOUT_WORDS if listed == name}
    assert set(listed_words()[name]) == set(codelist(LISTS[name]).labels) - silent


def test_levels_are_of_schemes_and_languages_are_tags() -> None:
    assert set(listed_words()["level_schemes"]) <= set(level_schemes())
    assert all(2 <= len(tag) <= 3 and tag.isalpha() for tag in listed_words()["languages"])


def test_no_word_of_a_list_means_two_things() -> None:
    for name, values in listed_words().items():
        spelt = [matching_key(word) for listed in values.values() for word in listed]
        assert len(spelt) == len(set(spelt)) == len(words(name)), name


def test_rows_name_the_list_they_belong_to() -> None:
    for row in plain_rows(mapping_tables()["jvcampus/values/words"]):
        name = row["subject_id"].partition(":")[2].partition("/")[0]
        expected = {**LISTS, "level_schemes": "LevelScheme", "languages": ""}[name]
        assert row["object_id"].partition(":")[2].rpartition("/")[0] == expected


def test_every_field_leads_to_a_meaning_that_is_read_and_every_meaning_has_a_field() -> None:
    assert {meaning.means for meaning in shipped_meanings().values()} == MEANINGS - {"none"}


def test_a_field_has_one_meaning_and_its_name_is_its_own() -> None:
    rows = plain_rows(mapping_tables()["jvcampus/values/custom_fields"])
    known = [row for row in rows if row["predicate_modifier"] != "Not"]
    meanings = [row for row in known if row["object_id"].partition(":")[0] in {"jmicro", "factor"}]
    names = [matching_key(row["subject_label"]) for row in meanings]
    assert len(names) == len(set(names))
    assert {row["subject_id"] for row in known} == {row["subject_id"] for row in meanings}
    denied = [row for row in rows if row["predicate_modifier"] == "Not" and row["object_id"].startswith("jmicro:")]
    for row in denied:
        meaning = shipped_meanings().get(matching_key(row["subject_label"]))
        assert meaning is None or meaning.means != row["object_id"].partition(":")[2]


def test_a_framework_in_a_name_is_written_under_that_name() -> None:
    assert field_named_after("scheme") == {"CEFR": "cefr", "ITSS": "itss", "course-numbering": "course_number"}
    assert field_named_after("system") == {"JP-tani": "tani", "ECTS": "ects"}
    for part in ("scheme", "system"):
        for code, name in field_named_after(part).items():
            assert getattr(shipped_meanings()[name], part) == code


def test_units_are_words_that_a_quantity_is_read_with() -> None:
    assert set(units().values()) == {"hours", "minutes", "times", *_PERIODS}
    for word in units():
        match = _QUANTITY.match(matching_key(f"3 {word}"))
        assert match is not None, word
        assert match.group(2) == word


def test_language_packs_are_read_as_the_table_says() -> None:
    for row in plain_rows(mapping_tables()["jvcampus/values/language_packs"]):
        same = language_of_pack(row["subject_label"]) == row["object_id"].partition(":")[2]
        assert same != (row["predicate_modifier"] == "Not"), row
