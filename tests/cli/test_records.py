"""Runs, records and who did what, as a person sees them in both languages."""

from __future__ import annotations

import getpass
import re
from pathlib import Path

import pytest

from config.settings import Settings
from harvester.workplace import Workplace
from store.runs import audit_events
from tests.cli.calling import Caller
from tests.cli.conftest import WHO


def events(home: Path) -> list[tuple[str, str, str]]:
    place = Workplace.of(Settings(home=home, database_url=None))
    return [(event["actor"], event["action"], event["subject"]) for event in audit_events(place.database)]


def test_who_harvested_is_kept_and_shown(call: Caller) -> None:
    kept = events(call.home)
    assert {(WHO, "harvest", "run 1"), (WHO, "harvest", "run 2")} <= set(kept)
    assert WHO in call("runs", "1").text


def test_who_exported_is_kept(call: Caller) -> None:
    assert call("export", "jmicro", "-o", "left.jsonl", "--as", "次席").status == 0
    assert events(call.home)[0] == ("次席", "export", "left.jsonl")
    assert call("export", "elm", "-o", "-").status == 0
    assert events(call.home)[0] == (getpass.getuser(), "export", "-")
    before = len(events(call.home))
    assert call("export", "elm", "-o", "/proc/x/y", "--as", "次席").status == 1
    assert len(events(call.home)) == before


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Registry", "unchanged", "succeeded", "Awarding body")),
        ("ja", ("登録簿", "変更なし", "成功", "発行機関")),
    ],
)
def test_a_run_is_told_in_the_language_asked_for(call: Caller, language: str, words: tuple[str, ...]) -> None:
    told = call("runs", "--lang", language).text + call("runs", "2", "--lang", language).text
    told += call("--lang", language, "runs", "1").text
    for word in words:
        assert word.casefold() in told.casefold()
    assert ("変わりません" in told) == (language == "ja")
    by_locale = call.with_(LANG="ja_JP.UTF-8" if language == "ja" else "en_US.UTF-8")
    assert by_locale("runs", "2").text == call("runs", "2", "--lang", language).text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_record_is_shown_with_evidence_ledger_findings_and_history(call: Caller, language: str) -> None:
    seen = call("show", "jmicro-46z2", "--json").document
    told = call("show", "jmicro-46z2", "--lang", language)
    assert told.status == 0
    flat = re.sub(r"[\s│]", "", told.text)
    assert re.sub(r"\s", "", seen["descriptor"]["title"][language]) in flat
    assert "line13" in flat
    assert "learning_outcomes.0.text.ja" in told.text
    code = seen["descriptor"]["teaching_method"][0]["mode"]
    assert f"({code})" in told.text
    word = {"en": "online, on demand", "ja": "オンデマンド"}[language]
    assert word in told.text.casefold()
    assert {"en": "Versions", "ja": "版"}[language] in told.text
    for issue in seen["issues"]:
        assert re.sub(r"\s", "", issue["text"][language]) in flat


@pytest.mark.parametrize("command", [("registries",), ("runs",), ("runs", "1"), ("show", "jmicro-46z2")], ids=" ".join)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_screens_keep_to_their_width(call: Caller, command: tuple[str, ...], language: str) -> None:
    from rich.cells import cell_len  # noqa: PLC0415

    for columns in ("80", "120"):
        told = call.with_(COLUMNS=columns)(*command, "--lang", language).text
        assert told.strip()
        assert max(cell_len(line) for line in told.splitlines()) <= int(columns)
        assert not re.search(r"^[│┃ ]*[、。）」]", told, re.MULTILINE)


def test_an_empty_home_says_how_to_begin(fresh: Caller) -> None:
    told = fresh("runs")
    assert (told.status, told.err) == (0, "")
    assert "kakehashi harvest" in told.text
    assert fresh("runs", "--json").document == {"runs": []}
    assert "never" in fresh("registries").text
