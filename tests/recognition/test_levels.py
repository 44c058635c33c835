"""Levels: every row of the published comparisons, and nothing that no row says."""

from __future__ import annotations

import copy
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from config.frameworks import level_schemes
from config.yaml_files import load_yaml
from crosswalks.descriptor.types import Level
from recognition import levels
from recognition.levels import Answer, compare_levels, comparisons, load_comparisons, placement, rows, towards

TABLE = Path(levels.__path__[0]) / "comparisons.yaml"
DECIDING = {Answer.CORRESPONDS, Answer.DOES_NOT_CORRESPOND}


def level(name: str) -> Level:
    scheme, _, value = name.partition(" ")
    return Level(scheme=scheme, value=value)


def answer(a: str, b: str) -> Answer:
    return compare_levels(level(a), level(b)).answer


def data() -> dict[str, Any]:
    return copy.deepcopy(load_yaml(TABLE))


def targets(a: str, scheme: str) -> list[str]:
    one = level(a)
    usable = {name for name, basis in comparisons().items() if basis.usable}
    return sorted(
        row.to_level
        for row in rows()
        if (row.from_scheme, row.from_level, row.to_scheme) == (one.scheme, one.value, scheme) and row.basis in usable
    )


NZQCF_EQF = {"1": "2", "2": "3", "3": "4", "4": "4", "5": "5", "6": "5", "7": "6", "9": "7", "10": "8"}
NZQCF_HKQF = {"10": "7", "9": "6", "7": "5", "6": "4", "5": "4", "4": "3", "3": "3", "2": "2", "1": "1"}
NFQ_EQF = {"3": "2", "4": "3", "5": "4", "6": "5", "7": "6", "8": "6", "9": "7", "10": "8"}
EQF_NZQCF = {"2": ["1"], "3": ["2"], "4": ["3", "4"], "5": ["5", "6"], "6": ["7"], "7": ["9"], "8": ["10"]}
NFQ_NZQCF = {"3": ["1"], "4": ["2"], "5": ["3", "4"], "6": ["5", "6"], "7": ["7"], "8": ["7"], "9": ["9"], "10": ["10"]}


@pytest.mark.parametrize(
    ("scheme", "other", "table"),
    [
        ("NZQCF", "EQF", {level: [to] for level, to in NZQCF_EQF.items()}),
        ("EQF", "NZQCF", EQF_NZQCF),
        ("NFQ-IE", "NZQCF", NFQ_NZQCF),
        ("NFQ-IE", "EQF", {level: [to] for level, to in NFQ_EQF.items()}),
        ("NZQCF", "AQF", {str(number): [str(number)] for number in range(1, 11)}),
        ("NZQCF", "HKQF", {level: [to] for level, to in NZQCF_HKQF.items()}),
    ],
)
def test_the_published_tables_are_here_row_by_row(scheme: str, other: str, table: dict[str, list[str]]) -> None:
    values = level_schemes()[scheme].values or ()
    found = {value: targets(f"{scheme} {value}", other) for value in values}
    stated = {value: to for value, to in found.items() if to and to not in (["none"], ["no_agreement"])}
    assert stated == table


@pytest.mark.parametrize("eqf", range(1, 9))
def test_level_8_of_new_zealand_has_no_level_in_europe(eqf: int) -> None:
    found = compare_levels(level("NZQCF 8"), level(f"EQF {eqf}"))
    assert found.answer is Answer.NOT_LEVELLED
    assert found.basis is not None
    assert (found.basis.year, found.basis.mark) == (2016, "PC")
    assert [row.to_level for row in found.rows] == ["none"]


def test_level_1_of_europe_has_none_in_new_zealand_and_hong_kong_did_not_agree_on_8() -> None:
    assert answer("EQF 1", "NZQCF 1") is Answer.NOT_LEVELLED
    assert {answer("NZQCF 8", f"HKQF {number}") for number in range(1, 8)} == {Answer.NO_AGREEMENT}
    assert answer("NFQ-IE 8", "NZQCF 8") is Answer.NOT_LEVELLED


def test_one_level_that_corresponds_to_two_does_so_both_ways() -> None:
    for nz in ("3", "4"):
        assert answer(f"NZQCF {nz}", "EQF 4") is answer("EQF 4", f"NZQCF {nz}") is Answer.CORRESPONDS
    assert [row.to_level for row in compare_levels(level("EQF 4"), level("NZQCF 3")).rows] == ["3", "4"]
    assert answer("NZQCF 4", "EQF 5") is Answer.DOES_NOT_CORRESPOND


def test_malaysia_and_europe_have_no_comparison() -> None:
    pairs = product(range(1, 9), range(1, 9))
    assert {answer(f"MQF-MY {one}", f"EQF {other}") for one, other in pairs} == {Answer.NO_OFFICIAL_COMPARISON}


def test_japan_has_a_comparison_with_nobody() -> None:
    for scheme in level_schemes():
        if scheme != "JEQF":
            assert answer("JEQF 6", f"{scheme} 6") is Answer.NO_OFFICIAL_COMPARISON
    assert not [one for one in comparisons().values() if "JEQF" in {one.from_scheme, one.to_scheme}]


def test_the_mapping_with_the_emirates_is_blocked_and_cannot_be_given_rows() -> None:
    assert comparisons()["nzqcf-uae"].status == "blocked"
    assert not [row for row in rows() if row.basis == "nzqcf-uae"]
    changed = data()
    changed["comparisons"]["nzqcf-uae"]["levels"] = {"7": ["7"]}
    with pytest.raises(ValueError, match="blocked"):
        load_comparisons(changed)


def test_degrees_of_new_zealand_and_malaysia_are_compared_as_types_only() -> None:
    found = compare_levels(level("NZQCF 7"), level("MQF-MY 6"))
    assert found.answer is Answer.DEGREE_TYPES_ONLY
    assert [(row.degree_type, row.to_level) for row in found.rows] == [("bachelor", "6")]
    pairs = product(range(1, 11), range(1, 9))
    assert {answer(f"NZQCF {one}", f"MQF-MY {other}") for one, other in pairs} == {Answer.DEGREE_TYPES_ONLY}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("AQF 7", "EQF 6", Answer.UNCONFIRMED), ("HKQF 5", "EQF 6", Answer.UNCONFIRMED),
        ("MQF-MY 6", "AQRF 6", Answer.UNCONFIRMED), ("RQF 6", "EQF 6", Answer.EXPIRED),
        ("SCQF 10", "EQF 6", Answer.EXPIRED), ("CQFW 3", "EQF 4", Answer.EXPIRED),
        ("NZQCF 12", "EQF 6", Answer.NOT_IN_TABLE), ("NFQ-IE 1", "EQF 1", Answer.NOT_IN_TABLE),
        ("EQF 6", "EQF 6", Answer.SAME_LEVEL), ("EQF 6", "EQF 7", Answer.OTHER_LEVEL),
        ("issuer-local Gold", "issuer-local Gold", Answer.LOCAL_SCHEME),
        ("NFQ-IE 7", "AQF 7", Answer.NO_OFFICIAL_COMPARISON), ("HKQF 5", "AQF 7", Answer.NO_OFFICIAL_COMPARISON),
    ],
)  # fmt: skip
def test_what_may_not_be_claimed_is_not(a: str, b: str, expected: Answer) -> None:
    assert answer(a, b) is answer(b, a) is expected


def test_rows_known_only_at_second_hand_are_shown_to_nobody() -> None:
    hidden = {name for name, basis in comparisons().items() if not basis.confirmed}
    assert hidden == {"nzqcf-uae", "aqf-eqf-2016", "rqf-eqf-2010", "cqfw-eqf-2010", "scqf-eqf-2010"}
    for a, b in (("AQF 7", "EQF 6"), ("RQF 6", "EQF 6"), ("SCQF 10", "EQF 6"), ("CQFW 3", "EQF 4")):
        for one, other in ((a, b), (b, a)):
            found = compare_levels(level(one), level(other))
            assert (found.rows, found.back) == ((), ())
            assert found.basis is not None
            assert towards(level(one), level(other).scheme)[2] == ()


@pytest.mark.parametrize("scheme", ["ITSS", "DSS", "CEFR", "MDASH", "JEQF", "JP-degree-stage", "JP-year", "ISCED-2011"])
def test_scales_of_skills_languages_and_stages_are_compared_with_nothing_else(scheme: str) -> None:
    assert not [one for one in comparisons().values() if scheme in {one.from_scheme, one.to_scheme}]
    for other in every_level():
        if other.scheme != scheme:
            found = compare_levels(Level(scheme=scheme, value="2"), other)
            assert found.answer is Answer.NO_OFFICIAL_COMPARISON


def test_no_edition_is_told_that_the_comparison_does_not_name() -> None:
    editions = {name: (one.edition_from, one.edition_to) for name, one in comparisons().items()}
    named = {name: both for name, both in editions.items() if any(both)}
    assert named == {"mqf-my-aqrf-2019": ("2007", None)}


def every_level() -> list[Level]:
    return [
        Level(scheme=scheme, value=value)
        for scheme, entry in level_schemes().items()
        for value in entry.values or ("1", "6")
    ]


def test_over_all_pairs_nothing_is_said_without_a_row_of_just_these_two_frameworks() -> None:
    direct = {(row.from_scheme, row.from_level, row.to_scheme, row.to_level) for row in rows()}
    for a, b in product(every_level(), every_level()):
        found = compare_levels(a, b)
        assert found.answer is compare_levels(b, a).answer
        if found.answer in DECIDING:
            assert found.basis is not None
            assert found.basis.usable
            assert {found.basis.from_scheme, found.basis.to_scheme} == {a.scheme, b.scheme}
            assert (found.answer is Answer.CORRESPONDS) == ((a.scheme, a.value, b.scheme, b.value) in direct)


def test_a_comparison_without_year_or_source_or_with_a_level_that_is_none_is_refused() -> None:
    for missing in ("year", "source"):
        changed = data()
        changed["comparisons"]["nzqcf-aqf"][missing] = None
        with pytest.raises(ValueError, match="no source or no year"):
            load_comparisons(changed)
    changed = data()
    changed["comparisons"]["nzqcf-eqf-2016"]["levels"]["7"] = ["9"]
    with pytest.raises(ValueError, match="no level '9'"):
        load_comparisons(changed)
    changed = data()
    changed["comparisons"]["nzqcf-aqf"]["to"] = "NOWHERE"
    with pytest.raises(ValueError, match="NOWHERE"):
        load_comparisons(changed)


def test_headlines_are_the_frameworks_own_and_unconfirmed_ones_stay_away() -> None:
    found = placement("MQF-MY", "6")
    assert found is not None
    assert found.year == 2017
    assert "学士" in found.text["ja"]
    assert placement("AQF", "7") is None
    assert placement("NZQCF", "1") is None
