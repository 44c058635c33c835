"""The words of Moodle sites: each list covers the code list it stands for, and no word means two things."""

from __future__ import annotations

import pytest

from config.codelists import codelist
from config.frameworks import level_schemes
from crosswalks.jvcampus.values import listed_words, words
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
