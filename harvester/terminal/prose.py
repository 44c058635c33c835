"""Text for a terminal, broken into lines as its language does: Japanese between any two characters, never before a
closing mark or after an opening one; words of other scripts, codes and addresses whole where they fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_OPENING = "（「『【〔〈《“"
_CLOSING = "、。，．・：；？！）」』】〕〉》”ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_WIDE = r"\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
_UNIT = re.compile(
    rf"[{_OPENING}]*(?:[^\s{_WIDE}]+|[^\s{_OPENING}]|$)[{_CLOSING}]*[^\S\n]*|\n|\s",
)
"""What stays together: a word or one character, with the opening marks before it and the closing ones after it."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that a table or a screen breaks where a reader expects it."""

    text: Text

    @classmethod
    def of(cls, markup: str) -> Prose:
        """Return prose of a text with colours marked up."""
        return cls(Text.from_markup(markup))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        plain = self.text.plain
        widest = max((cell_len(line) for line in plain.split("\n")), default=0)
        longest = max((cell_len(unit.rstrip()) for unit in _units(plain)), default=0)
        return Measurement(min(longest, options.max_width), min(widest, options.max_width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        cuts = list(_cuts(self.text.plain, max(options.max_width, 2)))
        for line in self.text.divide(cuts):
            line.rstrip()
            line.no_wrap, line.overflow = True, "fold"
            yield line


def _units(plain: str) -> Iterator[str]:
    for found in _UNIT.finditer(plain):
        if found[0]:
            yield found[0]


def _cuts(plain: str, width: int) -> Iterator[int]:
    """Yield where lines end. A unit that is wider than a whole line is cut inside."""
    at = used = 0
    for unit in _units(plain):
        size = cell_len(unit.rstrip())
        if unit == "\n":
            at, used = at + 1, 0
            yield at
            continue
        if used and used + size > width:
            yield at
            used = 0
        if size > width:
            for character in unit.rstrip():
                wide = cell_len(character)
                if used + wide > width:
                    yield at
                    used = 0
                at, used = at + 1, used + wide
            spaces = len(unit) - len(unit.rstrip())
            at, used = at + spaces, used + spaces
            continue
        at, used = at + len(unit), used + cell_len(unit)
