"""Code lists: every value with both labels, none twice, and every list in use."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from config import codelists as folder
from config.codelists import codelist, codelists
from crosswalks.descriptor import types

FILES = sorted(Path(folder.__path__[0]).glob("*.yaml"))
MARKS = {"S1", "S2", "SO", "A", "I", "P", "K"}


@pytest.mark.parametrize("name", sorted(codelists()))
def test_every_value_has_a_label_in_both_languages(name: str) -> None:
    entry = codelist(name)
    assert entry.evidence in MARKS
    assert entry.labels
    for code, labels in entry.labels.items():
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", code)
        assert set(labels) == {"ja", "en"}, code
        assert all(label.strip() == label != "" for label in labels.values()), code
        assert entry.label(code, "ja") == labels["ja"]
        assert code in entry


@pytest.mark.parametrize("name", sorted(codelists()))
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_two_values_of_a_list_read_the_same(name: str, language: str) -> None:
    labels = Counter(label[language].casefold() for label in codelist(name).labels.values())
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_written_twice(file: Path) -> None:
    """YAML keeps the last of two equal keys without a word, so the text itself is looked at."""
    lists: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"^([A-Za-z]\w*):\s*$", line):
            assert match.group(1) not in lists, match.group(1)
            values = lists.setdefault(match.group(1), [])
        elif match := re.match(r"^ {4}([\w.-]+):", line):
            values.append(match.group(1))
    assert lists
    for name, values in lists.items():
        assert values == list(codelist(name).labels), name


@pytest.mark.parametrize("name", sorted(codelists()))
def test_every_list_is_the_type_of_a_field(name: str) -> None:
    own = name if hasattr(types, name) else f"{name}Kind"
    assert hasattr(types, own), f"no type in the descriptor uses the list {name}"


def test_an_unknown_value_or_list_is_a_fault() -> None:
    assert "no such code" not in codelist("CreditStatus")
    with pytest.raises(KeyError):
        codelist("CreditStatus").label("no such code", "ja")
    with pytest.raises(KeyError):
        codelist("NoSuchList")


def test_the_values_of_the_data_dictionary_are_there() -> None:
    expected = {
        "OutcomeCategory": "knowledge skill competency unspecified",
        "AssessmentType": "written_exam online_exam quiz report project portfolio practical "
        "oral_presentation peer attendance_only other",
        "Supervision": "supervised_onsite_id supervised_online_id unsupervised_id unsupervised_no_id unknown",
        "DeliveryMode": "onsite online_async online_sync blended hybrid workplace unspecified",
        "CreditStatus": "credit_awarded credit_on_application non_credit unknown",
        "OtherRecognition": "rishu_shomei BP career_promotion MDASH cpd exam_exemption industry_certification other",
        "CertificateForm": "digital non_digital both",
        "TechStandard": "OB-2.0 OB-3.0 ELM-EDC SD-JWT-VC signed-pdf blockcerts CLR-2.0 paper other",
        "StackTarget": "micro_credential degree_programme certificate_programme qualification credit_bank",
        "StackStatus": "stackable standalone unknown",
        "McClass": "degree_split consortium stand_alone unknown",
        "ProviderType": "hei_credit hei_non_credit non_education",
        "RecognitionStatus": "draft submitted under_review returned rejected recognised renewal_due lapsed "
        "suspended withdrawn discontinued superseded not_applicable",
    }
    for name, values in expected.items():
        assert set(values.split()) <= set(codelist(name).labels), name
