"""The commands of this room: help that runs, one JSON document each, both languages, coded errors."""

from __future__ import annotations

import pytest

from tests.cli.calling import Caller
from tests.cli.test_help import examples
from tests.cli.test_machine_output import documented

A, B = "jmicro-46z2", "jmicro-pebw"
COMMANDS = ("compare", "profile", "dossier")


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_in_the_help_run(call: Caller, name: str) -> None:
    lines = examples(call(name, "--help").text)
    assert lines
    for line in lines:
        done = call(*line)
        assert (done.status, done.err) == (0, ""), line


def test_a_comparison_as_json_has_what_the_help_names(call: Caller) -> None:
    done = call("compare", A, B, "--json")
    assert set(done.document) == documented(call, "compare")
    first, second = done.document["subjects"]
    assert (first["registry"], second["registry"]) == ("jmicro", "jmicro")
    evidence = done.document["headings"][0]["rows"][0]["cells"][0]["values"][0]["evidence"]
    assert evidence["registry"] == "jmicro"
    assert evidence["retrieved_at"].endswith("Z")
    assert call("compare", A, B, "--json").out == done.out


def test_a_comparison_is_shown_in_both_languages_with_its_evidence(call: Caller) -> None:
    wide = call.with_(COLUMNS="160")
    for language, words in (
        ("ja", ("学習量", "A と比べて", "記載なし", "決定ではありません")),
        ("en", ("Volume of learning", "Beside A", "not stated", "decides nothing")),
    ):
        told = wide("compare", A, B, "--evidence", "--lang", language).text
        assert all(word in told for word in words)
        assert "volume.total_hours · jmicro" in told


def test_more_than_two_are_told_apart_from_the_first(call: Caller) -> None:
    told = call.with_(COLUMNS="200")("compare", A, B, "jmicro-66mt", "--lang", "en")
    assert told.status == 0
    assert "B same" in told.text or "B different" in told.text
    assert "C " in told.text


def test_profiles_as_json_and_for_people(call: Caller) -> None:
    done = call("profile", A, "--against", "eu-2022", "--json")
    assert set(done.document) | set(done.document["reports"][0]) == documented(call, "profile")
    assert {rule["judged"] for rule in done.document["reports"][0]["rules"]} <= {"meets", "fails", "says_nothing"}
    for language, word in (("ja", "満たす"), ("en", "meets")):
        assert word in call.with_(COLUMNS="160")("profile", A, "--lang", language).text


def test_a_dossier_as_json_and_for_people(call: Caller) -> None:
    order = ("dossier", A, "--purpose", "credit", "--receiving", "架空大学")
    done = call(*order, "--json")
    assert set(done.document) == documented(call, "dossier")
    assert len(done.document["points"]) == 15
    assert not [row for row in done.document["criteria"] if row["mark"]]
    for language, words in (
        ("ja", ("架空大学", "15 出典と日付", "（未評価）")),
        ("en", ("14 Criteria", "(not graded)")),
    ):
        told = call.with_(COLUMNS="160")(*order, "--framework", "EQF", "--lang", language).text
        assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("compare", A), "comparison_size"), (("compare", A, A), "comparison_twice"),
        (("compare", A, "nowhere"), "record_unknown"), (("profile", A, "--against", "x"), "profile_unknown"),
        (("dossier", A, "--purpose", "credit", "--receiving", " "), "dossier_receiving_missing"),
        (
            ("dossier", A, "--purpose", "credit", "--receiving", "X", "--framework", "UAE"),
            "dossier_framework_unknown",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_with_its_code(call: Caller, order: tuple[str, ...], code: str) -> None:
    done = call(*order, "--json")
    assert (done.status, done.code) == (1, code)
