"""The message catalogue is whole: every code in both languages with a fix, and every code in use is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import config
import connectors
import crosswalks
import harvester
import recognition
import store
from config import messages
from config.messages import CodedError, Issue, Severity, catalogue, language_from_environment
from config.yaml_files import load_yaml

FILES = sorted(Path(messages.__path__[0]).glob("*.yaml"))
CODES = sorted(catalogue())
ROOMS = [Path(room.__path__[0]) for room in (config, connectors, crosswalks, harvester, recognition, store)]
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def _places(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _meant(texts: dict[str, str], language: str) -> set[str]:
    """The places of a text; one that comes in two languages bears the tag of the text's own."""
    return {name.removesuffix(f"_{language}") for name in _places(texts[language])}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_code_is_written_twice_in_a_file(file: Path) -> None:
    keys = re.findall(r"^([A-Za-z_][\w-]*):", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert set(keys) == set(load_yaml(file))


def test_no_code_is_in_two_files() -> None:
    owners = Counter(code for file in FILES for code in load_yaml(file))
    assert [code for code, count in owners.items() if count > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_entry_has_exactly_its_five_parts(file: Path) -> None:
    for code, entry in load_yaml(file).items():
        assert set(entry) == {"severity", "ja", "en", "fix_ja", "fix_en"}, code
        assert entry["severity"] in {severity.value for severity in Severity}, code
        assert all(isinstance(text, str) and text.strip() == text != "" for text in entry.values()), code


@pytest.mark.parametrize("code", CODES)
def test_both_languages_say_it_with_the_same_places(code: str) -> None:
    message = catalogue()[code]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
    for texts in (message.text, message.fix):
        assert JAPANESE.search(texts["ja"]), f"no Japanese: {texts['ja']}"
        assert not JAPANESE.search(texts["en"]), f"Japanese in the English text: {texts['en']}"
        assert _meant(texts, "ja") == _meant(texts, "en")
        assert all(re.fullmatch(r"[a-z_]+", name) for name in _places(texts["en"]))


@pytest.mark.parametrize("code", CODES)
def test_an_issue_reads_whole_when_its_places_are_filled(code: str) -> None:
    message = catalogue()[code]
    texts = [text for texts in (message.text, message.fix) for text in texts.values()]
    issue = Issue(code, dict.fromkeys({name for text in texts for name in _places(text)}, "X"))
    for language in ("ja", "en"):
        assert "{" not in issue.text(language) + issue.fix(language)
    told = issue.as_json()
    assert (told["code"], told["severity"]) == (code, message.severity.value)
    assert code in str(CodedError(issue))


def test_a_missing_parameter_shows_its_name_instead_of_failing() -> None:
    assert "{url}" in Issue("page_truncated").text("en")


def test_a_code_that_is_not_in_the_catalogue_is_a_fault() -> None:
    with pytest.raises(KeyError):
        Issue("no_such_code")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"), ({"LANG": "ja_JP.UTF-8"}, "ja"), ({"LANG": "de_DE"}, "en"),
        ({"LC_ALL": "C", "LANG": "ja_JP"}, "en"), ({"LC_MESSAGES": "ja", "LANG": "en_GB"}, "ja"),
    ],
)  # fmt: skip
def test_the_locale_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_from_environment() == language


def test_every_code_that_the_program_names_is_in_the_catalogue() -> None:
    used = {code: place for room in ROOMS for file in sorted(room.rglob("*.py")) for code, place in _used(file)}
    assert len(used) > 40
    assert {code: place for code, place in sorted(used.items()) if code not in catalogue()} == {}


def _used(file: Path) -> Iterator[tuple[str, str]]:
    """The codes that a module builds issues, errors and ledger reasons from, where a call spells them out."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (argument := _code_argument(node)) is not None:
            for constant in _constants(argument):
                yield constant, f"{file.parent.name}/{file.name}:{node.lineno}"


def _code_argument(call: ast.Call) -> ast.expr | None:
    function = call.func
    if isinstance(function, ast.Name) and function.id == "Issue":
        return call.args[0] if call.args else None
    if not isinstance(function, ast.Attribute) or not call.args:
        return None
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if function.attr == "of" and owner in {"CodedError", "StructureBroken"}:
        return call.args[0]
    if function.attr in {"dropped", "unknown"} and owner == "ledger":
        return call.args[1] if len(call.args) > 1 else None
    return None


def _constants(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.IfExp):
        yield from _constants(argument.body)
        yield from _constants(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
