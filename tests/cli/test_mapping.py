"""Mapping tables on the command line: rows, judgements that are added and never changed, proposals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.settings import Settings
from crosswalks import judgements
from crosswalks.judgements import Verdict, judgements_in
from crosswalks.mapping import mapping_tables, plain_rows
from harvester.workplace import Workplace
from store.runs import audit_events
from store.tables import JUDGEMENT_VERDICTS
from tests.cli.calling import Caller
from tests.cli.test_machine_output import documented

ROW = ("mqa:title", "jmicro:title")


def judge(fresh: Caller, *arguments: str, why: str = "asked", who: str = "委員 一号") -> object:
    done = fresh("mapping", "judge", *arguments, "--why", why, "--as", who, "--json")
    return done.document if done.status == 0 else done.code


def test_every_row_of_every_table_of_a_schema_is_listed(fresh: Caller) -> None:
    done = fresh("mapping", "list", "mqa", "--json")
    rows = done.document["rows"]
    assert set(done.document) | set(rows[0]) == documented(fresh, "mapping", "list")
    tables = {name: path for name, path in mapping_tables().items() if name.startswith("mqa/")}
    assert len(tables) >= 2
    assert len(rows) == sum(len(plain_rows(path)) for path in tables.values())
    assert {row["verdict"] for row in rows} == {None}
    told = fresh("mapping", "list", "mqa", "--lang", "ja").text
    assert "判断なし" in told
    assert "（対応先なし）" in told


def test_the_last_judgement_stands_and_none_is_changed(fresh: Caller) -> None:
    first = judge(fresh, *ROW, "--verdict", "rejected", why="not the same")
    second = judge(fresh, *ROW, "--verdict", "confirmed", why="the agency says so", who="次席")
    assert isinstance(first, dict)
    assert set(first) == documented(fresh, "mapping", "judge")
    (row,) = fresh("mapping", "list", "mqa", "--judged", "--json").document["rows"]
    assert (row["subject"], row["object"], row["verdict"]) == (*ROW, "confirmed")
    assert row["judgements"] == [first, second]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in row["judgements"])
    assert [one.as_json() for one in judgements_in(lines.encode())] == [first, second]
    told = fresh.with_(COLUMNS="160")("mapping", "list", "mqa", "--judged", "--lang", "en").text
    assert "rejected" in told
    assert "次席" in told
    place = Workplace.of(Settings(home=fresh.home, database_url=None))
    assert [(e["actor"], e["action"]) for e in audit_events(place.database)] == [
        ("次席", "judge mapping"), ("委員 一号", "judge mapping"),
    ]  # fmt: skip
    place.database.close()


def test_a_row_is_named_exactly(fresh: Caller) -> None:
    nothing = ("jmicro:issuer", "sssom:NoTermFound", "--verdict", "confirmed")
    assert judge(fresh, *nothing) == "mapping_ambiguous"
    found = judge(fresh, *nothing, "--table", "mqa/outgoing")
    assert isinstance(found, dict)
    assert found["table"] == "mqa/outgoing"
    assert judge(fresh, "mqa:title", "jmicro:level", "--verdict", "confirmed") == "mapping_unknown"
    assert judge(fresh, *ROW, "--verdict", "confirmed", why=" ") == "reason_missing"


def test_a_new_mapping_is_proposed_with_its_predicate(fresh: Caller) -> None:
    new = ("mqa:title", "jmicro:alternative_title")
    assert judge(fresh, *new, "--verdict", "proposed") == "mapping_unknown"
    assert judge(fresh, *new, "--verdict", "proposed", "--predicate", "skos:sameAs") == "predicate_unknown"
    found = judge(fresh, *new, "--verdict", "proposed", "--predicate", "skos:closeMatch")
    assert isinstance(found, dict)
    assert found["table"] == "mqa/mapping"
    last = fresh("mapping", "list", "mqa", "--json").document["rows"][-1]
    assert (last["object"], last["verdict"]) == ("jmicro:alternative_title", "proposed")


def test_judgements_beside_the_tables_come_first(
    fresh: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    line = {"table": "mqa/mapping", "subject": ROW[0], "predicate": "skos:exactMatch", "object": ROW[1],
            "verdict": "proposed", "actor": "Kakehashi", "at": "2026-11-21", "why": "reads so"}  # fmt: skip
    (tmp_path / "mqa").mkdir()
    (tmp_path / "mqa" / judgements.FILE).write_text(json.dumps(line), encoding="utf-8")
    monkeypatch.setattr(judgements, "ROOT", tmp_path)
    judge(fresh, *ROW, "--verdict", "confirmed")
    (row,) = fresh("mapping", "list", "mqa", "--judged", "--json").document["rows"]
    assert [one["actor"] for one in row["judgements"]] == ["Kakehashi", "委員 一号"]
    assert row["verdict"] == "confirmed"


@pytest.mark.parametrize("missing", ["actor", "why", "verdict"])
def test_a_judgement_says_who_and_why(missing: str) -> None:
    line = {"table": "a/mapping", "subject": "a:a", "predicate": "skos:exactMatch", "object": "b:b",
            "verdict": "proposed", "actor": "A", "at": "2026-11-21T00:00:00+00:00", "why": "so"}  # fmt: skip
    with pytest.raises(ValueError, match="judgement"):
        judgements_in(json.dumps({name: value for name, value in line.items() if name != missing}).encode())


def test_the_database_knows_the_verdicts() -> None:
    assert tuple(Verdict) == JUDGEMENT_VERDICTS
