"""Whole comparisons and dossiers of records made up for it, held to files that were read by a person.

`python -m tests.recognition.test_goldens` writes the files anew; read the difference before you keep it.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import recognition
from config.messages import catalogue
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor
from crosswalks.ledger import Ledger
from recognition.comparison import compare
from recognition.dossier import Question, dossier
from recognition.levels import Answer
from recognition.profiles import check_profile, profiles
from recognition.subject import Subject

FOLDER = Path(__file__).parent / "goldens"


def subjects() -> list[Subject]:
    """Three records, each as its registry states things: a Japanese one, a Malaysian one, one of New Zealand."""
    made = []
    for path in sorted(FOLDER.glob("record-*.json")):
        data = json.loads(path.read_bytes())
        made.append(
            Subject.of(
                Descriptor.model_validate(data["descriptor"]),
                identity=path.stem.removeprefix("record-"),
                version=data["version"],
                entries=Ledger.from_json(data["ledger"]).entries,
                places=data["places"],
            )
        )
    return made


def found() -> dict[str, Any]:
    japanese, malaysian, zealand = subjects()
    question = Question(purpose="credit", receiving="架空大学", framework="EQF", credit_system="JP-tani")
    return {
        "comparison": compare([japanese, malaysian, zealand]).model_dump(mode="json"),
        "dossier": dossier(zealand, question).model_dump(mode="json"),
        "profiles": {one.code: _short(check_profile(zealand, one)) for one in profiles().values()},
    }


def _short(report: Any) -> dict[str, list[str]]:
    return {
        rule.code: [rule.judged.value, rule.because.code, *(one.path for one in rule.evidence)] for rule in report.rules
    }


@pytest.mark.parametrize("name", ["comparison", "dossier", "profiles"])
def test_the_whole_is_as_it_was_read(name: str) -> None:
    expected = json.loads((FOLDER / f"{name}.json").read_bytes())
    assert [str(one) for one in differences(expected, json.loads(json.dumps(found()[name])))] == []


def test_what_the_three_records_come_to() -> None:
    comparison = compare(subjects())
    told = {(pair.first, pair.second): pair.because.code for pair in comparison.row("level").pairs}
    assert told == {
        (0, 1): "cell_not_stated", (0, 2): "level_no_official_comparison", (1, 2): "cell_not_stated",
    }  # fmt: skip
    hours = {(pair.first, pair.second): pair.difference.value for pair in comparison.row("total_hours").pairs}
    assert hours == {(0, 1): "not_stated", (0, 2): "narrower", (1, 2): "not_stated"}
    assert [(one.first, one.second, len(one.links)) for one in comparison.alignments] == [
        (0, 1, 0), (0, 2, 1), (1, 2, 0),
    ]  # fmt: skip


def test_every_remark_that_this_room_makes_is_in_the_catalogue() -> None:
    used = set()
    for file in Path(recognition.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                first = node.args[0] if node.args else None
                if name in {"of", "_silent", "_fails"} and isinstance(first, ast.Constant):
                    used.add(str(first.value))
    used |= {f"level_{answer}" for answer in Answer}
    assert len(used) > 50
    assert sorted(used - set(catalogue())) == []


def write() -> None:
    for name, content in found().items():
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
