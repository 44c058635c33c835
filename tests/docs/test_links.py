"""What the guides point at is there: pages, headings, files, commands, settings and make targets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from config.settings import Settings, secret_files
from docs.generate import FOLDER
from harvester.cli import cli
from harvester.terminal.console import FAILED, INTERRUPTED, MISUSED, NOT_GOOD, UNEXPECTED

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
CALL = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ +)*(?:\.venv/bin/)?kakehashi +(?P<rest>\S.*)$")
ROOM = re.compile(r"^(?:config|connectors|crosswalks|store|harvester|tests|docs|benchmarks|deploy)/[\w./*\-]*$")
OUR_VARIABLES = {"KAKEHASHI_SETTINGS", "KAKEHASHI_JUDGES", "KAKEHASHI_TEST_POSTGRES", "KAKEHASHI_TORTURE_SEED"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    kept = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in HEADING.findall(prose(page)))
    return {heading.replace(" ", "-") for heading in kept}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    for link in LINK.findall(INLINE.sub("", prose(page))):
        if not link.startswith(("http://", "https://")):
            path, _, anchor = link.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    lost = [str(target) for target, _ in links(page) if not target.exists()]
    assert lost == []
    unmarked = [anchor for target, anchor in links(page) if anchor and anchor not in anchors(target)]
    assert unmarked == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            ahead.extend(target for target, _ in links(page))
    assert [name_of(page) for page in PAGES if page not in reached] == []


def calls(page: Path) -> Iterator[tuple[str, bool]]:
    """The command lines of a page, and whether each is whole (in a block) or may lack its arguments (in a sentence)."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if (match := CALL.match(line)) and "Usage:" not in line:
                yield match["rest"], True
    for code in INLINE.findall(prose(page)):
        if match := CALL.match(code):
            yield match["rest"], False


def parsed(rest: str) -> None:
    """Parse a command line without running it. Raises `click.UsageError`."""
    words = shlex.split(re.split(r"\s(?:2?>|\||&)", rest)[0], comments=True)
    command: click.Command = cli
    context = cli.make_context("kakehashi", words)
    while isinstance(command, click.Group):
        left = [*context._protected_args, *context.args]
        if not left and command.invoke_without_command:
            return
        name, found, words = command.resolve_command(context, left)
        assert found is not None
        command, context = found, found.make_context(name, words, parent=context)


@every_page
def test_command_lines_can_be_read(page: Path) -> None:
    wrong = []
    for rest, whole in calls(page):
        try:
            parsed(rest)
        except click.exceptions.Exit:
            continue
        except click.MissingParameter as error:
            if whole:
                wrong.append(f"{rest}: {error.format_message()}")
        except click.UsageError as error:
            wrong.append(f"{rest}: {error.format_message()}")
    assert wrong == []


def test_a_wrong_command_line_is_found() -> None:
    for rest in ("nonsense", "export nonsense", "runs --nonsense", "harvest", "standins --listings none"):
        with pytest.raises(click.UsageError):
            parsed(rest)
    parsed("harvest mqa --preview 5 --address http://127.0.0.1:8000/full/ --allow-loopback  # tries it")


def test_exit_statuses_are_told() -> None:
    told = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(map(int, told)) == sorted([0, FAILED, MISUSED, NOT_GOOD, UNEXPECTED, INTERRUPTED])


@every_page
def test_make_targets_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    named = {code.split()[1] for code in INLINE.findall(text) if re.fullmatch(r"make [a-z]+", code)}
    for block in FENCE.findall(text):
        named.update(re.findall(r"^(?:\$ )?make ([a-z]+)", block, re.MULTILINE))
    assert named - targets == set()


@every_page
def test_settings_are_there(page: Path) -> None:
    known = {f"KAKEHASHI_{name.upper()}" for name in Settings.model_fields} | OUR_VARIABLES | {*secret_files().values()}
    assert set(re.findall(r"KAKEHASHI_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8"))) - known == set()


@every_page
def test_files_of_the_project_are_there(page: Path) -> None:
    named = [code for code in INLINE.findall(prose(page)) if ROOM.match(code)]
    assert [path for path in named if not any(ROOT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_is_short_and_whole(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 30
    assert lines[0].startswith(f"# {int(page.name[:4])}. ")
    assert [line[3:] for line in lines if line.startswith("## ")] == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))


def test_reference_pages_are_among_the_checked() -> None:
    assert set(FOLDER.glob("*.md")) <= set(PAGES)
