"""The pictures of the guides: those that the script takes, small, each shown somewhere with words in its place."""

from __future__ import annotations

import re
from pathlib import Path

from docs.picturing import FOLDER, Laid, pictures

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"!\[([^\]]*)\]\((?:docs/)?pictures/([^)]+)\)")
LARGEST = 1_500_000


def test_the_pictures_are_those_that_are_taken_and_small() -> None:
    taken = pictures(Laid("a", "b", ("a", "b"), "d", 1, 2))
    wanted = {f"{one.name}-{language}.png" for one in taken for language in one.languages}
    standing = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(standing) == wanted
    assert sum(standing.values()) < LARGEST


def test_each_picture_is_shown_with_words_in_its_place() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = [found for page in pages for found in SHOWN.findall(page.read_text(encoding="utf-8"))]
    assert {name for _, name in shown} == {path.name for path in FOLDER.iterdir()}
    assert all(len(words) > 15 for words, _ in shown)
