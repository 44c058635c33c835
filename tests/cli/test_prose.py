"""Lines of prose: nothing lost, never wider than the screen, Japanese marks where they belong."""

from __future__ import annotations

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from harvester.terminal.prose import Prose

WORDS = st.sampled_from(
    ["学修成果", "が", "「レベル2」", "です。", "（例）", "ELM", "elm:Note", "and so on,", "、", "。", "ー", "x" * 30]
)
TEXTS = st.lists(WORDS | st.just(" ") | st.just("\n"), max_size=30).map("".join)


def lines(text: str, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(Prose(Text(text)))
    return out.getvalue().splitlines()


@given(TEXTS, st.integers(8, 60))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    told = lines(text, width)
    assert re.sub(r"\s", "", "".join(told)) == re.sub(r"\s", "", text)
    assert all(cell_len(line) <= width for line in told)


@given(
    st.lists(st.sampled_from(["学修成果が", "「レベル」", "です。", "（例）、", "ELM "]), max_size=20).map("".join),
    st.integers(10, 40),
)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str, width: int) -> None:
    told = lines(text, width)
    assert not [line for line in told if line[:1] and line[0] in "、。）」"]
    assert not [line for line in told if line.rstrip()[-1:] and line.rstrip()[-1] in "（「"]


@given(TEXTS.filter(str.strip))
def test_a_text_that_fits_stands_on_its_own_lines(text: str) -> None:
    wanted = [line.rstrip() for line in text.split("\n")]
    widest = max(map(cell_len, text.split("\n")))
    assert [line.rstrip() for line in lines(text, max(widest, 2))] == wanted


def test_japanese_is_broken_inside_a_sentence_and_words_are_not() -> None:
    assert lines("credit_missing 単位数が示されていません。", 21) == ["credit_missing 単位数", "が示されていません。"]
