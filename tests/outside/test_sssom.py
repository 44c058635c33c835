"""The mapping tables judged from outside: by the `sssom` tool, and by `curies` for the names they use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from curies import Converter

import crosswalks
from crosswalks.mapping import NO_TERM, plain_rows, read_head

ROOT = Path(crosswalks.__path__[0])
TABLES = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.glob("**/*.sssom.tsv"))}
HEAD = {"curie_map", "license", "mapping_set_id", "mapping_set_title", "mapping_set_version", "subject_source"}
NEEDED = ("subject_id", "predicate_id", "object_id", "mapping_justification", "author_label", "mapping_date")

# The tool runs in a process of its own: its libraries warn on import, and warnings are errors in tests.
_JUDGE = """
import json, sys
from sssom.constants import SchemaValidationType as Check
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

told = {}
for path in sys.argv[1:]:
    try:
        table = parse_sssom_table(path)
        checks = [Check.JsonSchema, Check.PrefixMapCompleteness, Check.StrictCurieFormat]
        reports = validate(table, checks, fail_on_error=False)
        faults = [one.message for report in reports.values() for one in report.results]
        told[path] = {"rows": len(table.df), "faults": faults}
    except Exception as error:
        told[path] = {"rows": 0, "faults": [repr(error)]}
print(json.dumps(told))
"""


def judged(*paths: Path) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", "-c", _JUDGE, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    answer: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return answer


@pytest.mark.slow
def test_the_sssom_tool_finds_no_fault_and_every_row() -> None:
    told = judged(*TABLES.values())
    assert {name: told[str(path)]["faults"] for name, path in TABLES.items() if told[str(path)]["faults"]} == {}
    rows = {name: len(plain_rows(path)) for name, path in TABLES.items()}
    assert {name: told[str(path)]["rows"] for name, path in TABLES.items()} == rows


@pytest.mark.slow
def test_the_sssom_tool_is_a_judge_that_says_no(tmp_path: Path) -> None:
    text = TABLES["mqa/mapping.sssom.tsv"].read_text(encoding="utf-8")
    spoiled = {
        "prefix": text.replace("skos:exactMatch", "elsewhere:exactMatch"),
        "name": text.replace("mqa:bil", "mqa bil"),
        "head": text.replace("#mapping_set_title: ", "#mapping_set_title: a: "),
        "predicate": text.replace("skos:exactMatch", ""),
    }
    paths = {name: tmp_path / f"{name}.sssom.tsv" for name in spoiled}
    for name, path in paths.items():
        assert spoiled[name] != text
        path.write_text(spoiled[name], encoding="utf-8")
    whole = len(plain_rows(TABLES["mqa/mapping.sssom.tsv"]))
    told = judged(*paths.values())
    accepted = [name for name, path in paths.items() if told[str(path)] == {"rows": whole, "faults": []}]
    assert accepted == []


@pytest.mark.parametrize("name", TABLES)
def test_every_name_in_a_table_expands_and_comes_back(name: str) -> None:
    head = read_head(TABLES[name])
    converter = Converter.from_prefix_map(head["curie_map"])
    rows = plain_rows(TABLES[name])
    columns = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    names = {row[column] for row in rows for column in columns}
    names |= {head[slot] for slot in ("subject_source", "object_source") if slot in head}
    strange = [one for one in names if converter.expand(one) is None]
    assert strange == []
    assert [one for one in names if converter.compress(converter.expand(one) or "") != one] == []
    used = {one.partition(":")[0] for one in names}
    assert set(head["curie_map"]) - used <= {"sssom"}, "prefixes that nothing uses"


@pytest.mark.parametrize("name", TABLES)
def test_heads_and_rows_are_complete(name: str) -> None:
    head = read_head(TABLES[name])
    assert sorted(HEAD - set(head)) == []
    rows = plain_rows(TABLES[name])
    assert rows
    assert [number for number, row in enumerate(rows, 1) if not all(row[column] for column in NEEDED)] == []
    assert {row["object_id"] for row in rows if row["object_id"].startswith("sssom:")} <= {NO_TERM}
    assert {row["predicate_modifier"] for row in rows} <= {"", "Not"}
    assert all(row["comment"] or row["predicate_modifier"] != "Not" for row in rows), "a negative row says why"


def test_mapping_sets_are_told_apart() -> None:
    sets = [read_head(path)["mapping_set_id"] for path in TABLES.values()]
    assert len(sets) == len(set(sets))
