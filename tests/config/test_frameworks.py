"""Levels and credit systems: every row with source and year, and figures only where a source gives them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from config import frameworks as folder
from config.frameworks import credit_systems, level_schemes, title_words
from config.yaml_files import load_yaml

FOLDER = Path(folder.__path__[0])
MARKS = {"NM", "SEC", "K", "none"}


@pytest.mark.parametrize("file", ["credit_systems.yaml", "level_schemes.yaml"])
def test_no_row_is_written_twice(file: str) -> None:
    codes = re.findall(r"^([A-Za-z][\w-]*):", (FOLDER / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(codes) == len(set(codes)) == len(load_yaml(FOLDER / file))


@pytest.mark.parametrize("code", sorted(credit_systems()))
def test_credit_systems(code: str) -> None:
    system = credit_systems()[code]
    assert set(system.labels) == {"ja", "en"}
    assert all(system.labels.values())
    assert system.source
    assert 1980 <= system.year <= 2100
    assert system.mark in MARKS
    assert system.sourced == (system.hours is not None and system.mark == "NM")
    assert (system.mark != "none") or system.hours is None
    if system.hours:
        low, high = system.hours
        assert Decimal(0) < low <= high


def test_the_hours_of_one_unit_are_those_of_the_sources() -> None:
    hours = {code: system.hours for code, system in credit_systems().items() if system.sourced}
    expected = {"JP-tani": (45, 45), "ECTS": (25, 30), "MY-credit": (40, 40), "NZ-credit": (10, 10)}
    expected["HK-credit"] = (10, 10)
    assert hours == {code: (Decimal(low), Decimal(high)) for code, (low, high) in expected.items()}


@pytest.mark.parametrize("code", sorted(level_schemes()))
def test_level_schemes(code: str) -> None:
    scheme = level_schemes()[code]
    assert set(scheme.labels) == {"ja", "en"}
    assert all(scheme.labels.values())
    assert scheme.source
    assert 1980 <= scheme.year <= 2100
    assert scheme.country is None or re.fullmatch(r"[A-Z]{2}", scheme.country)
    if scheme.values is not None:
        assert len(scheme.values) == len(set(scheme.values)) > 1
        assert all(value == str(value) != "" for value in scheme.values)


def test_two_frameworks_with_one_acronym_stay_apart() -> None:
    schemes = level_schemes()
    assert "MQF" not in schemes
    assert (schemes["MQF-MY"].country, schemes["MQF-MT"].country) == ("MY", "MT")


def test_the_schemes_of_the_data_dictionary_are_there() -> None:
    expected = (
        "EQF QF-EHEA-cycle ISCED-2011 MQF-MY MQF-MT NZQCF JEQF AQF AQRF HKQF NFQ-IE RQF CQFW SCQF ITSS CEFR "
        "DSS JP-degree-stage JP-year course-numbering MDASH issuer-local"
    )
    assert set(expected.split()) <= set(level_schemes())
    systems = {"JP-tani", "ECTS", "MY-credit", "NZ-credit", "AU-na", "UCTS", "US-SCH", "KR-hakjeom", "other"}
    assert systems <= set(credit_systems())


def test_a_row_without_source_or_year_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "level_schemes.yaml").write_text(
        "EQF: {ja: 枠組み, en: framework, country: null, values: null, year: 2017}\n"
    )
    monkeypatch.setattr(folder, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ValueError, match="has no source"):
        level_schemes.__wrapped__()


def test_title_words_are_there_for_each_check() -> None:
    words = title_words()
    assert {"looks_macro", "looks_non_learning", "reserved"} <= set(words)
    for entry in (words["looks_macro"], words["looks_non_learning"], *words["reserved"].values()):
        assert entry["source"]
        assert len(entry["words"]) == len(set(entry["words"])) > 0
        assert all(word == word.strip() != "" for word in entry["words"])
