"""The pages of docs/reference/ say what the code says today, those of docs/mappings/ what the tables say."""

from __future__ import annotations

import click
import pytest

from config.messages import catalogue
from crosswalks.mapping import mapping_tables, plain_rows
from crosswalks.mapping_pages import mapping_pages
from docs.generate import FOLDER, MAPPINGS, command_tree, pages

MADE = pages()
MAPPED = mapping_pages()
REPAIR = "run `python docs/generate.py` and commit docs/reference/ and docs/mappings/"


def test_every_page_is_made_and_no_other_stands_there() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(MADE), REPAIR


@pytest.mark.parametrize("name", sorted(MADE))
def test_page_is_fresh(name: str) -> None:
    stands = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert stands == MADE[name].splitlines(), REPAIR


def test_every_table_has_its_pages_and_no_other_stands_there() -> None:
    schemas = {name.partition("/")[0] for name in mapping_tables()}
    assert {f"{one}.{language}.md" for one in ("README", *schemas) for language in ("en", "ja")} == set(MAPPED)
    assert sorted(path.name for path in MAPPINGS.iterdir()) == sorted(MAPPED), REPAIR


@pytest.mark.parametrize("name", sorted(MAPPED))
def test_page_of_tables_is_fresh(name: str) -> None:
    assert (MAPPINGS / name).read_text(encoding="utf-8").splitlines() == MAPPED[name].splitlines(), REPAIR


def test_every_row_of_a_table_is_on_its_page_in_both_languages() -> None:
    for name, path in mapping_tables().items():
        for language in ("en", "ja"):
            page = MAPPED[f"{name.partition('/')[0]}.{language}.md"].splitlines()
            start = page.index(f"## {name.partition('/')[2]}")
            rows = [line for line in page[start:] if line.startswith("| `")]
            assert len(rows) >= len(plain_rows(path))


def test_making_the_pages_twice_makes_the_same() -> None:
    assert pages() == MADE
    assert mapping_pages() == MAPPED


def test_every_message_and_every_command_has_its_place() -> None:
    assert [code for code in catalogue() if f"| `{code}` |" not in MADE["messages.md"]] == []
    assert [path for path, _ in command_tree() if f"## {' '.join(path)}\n" not in MADE["commands.md"]] == []


@pytest.mark.parametrize("path", [path for path, _ in command_tree()], ids=" ".join)
def test_every_command_explains_itself_and_its_options(path: tuple[str, ...]) -> None:
    page = MADE["commands.md"]
    start = page.index(f"## {' '.join(path)}\n")
    end = page.find("\n## ", start + 1)
    assert "Example:" in page[start : end if end > 0 else None]
    options = [option for option in dict(command_tree())[path].params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []
