"""Charts as SVG, drawn here: bars for shares, and lines over days. Each stands beside a table that says the same.

Colours and type come from the style sheet by class, so that they follow the page and print; a chart names itself in
words, and no text of it is only in the picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup, escape

_LINE, _ROW, _BAR, _END = 18, 22, 250, 60
_WIDE, _HIGH, _LEFT, _LOW = 300, 96, 34, 18
_PIECES = re.compile(r"（[^（）]{1,18}）|[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+")


class Bar(NamedTuple):
    """A bar: its name, the share it stands for (0 to 1), and that share in words."""

    name: str
    share: float
    words: str


def bars(called: str, found: Sequence[Bar]) -> Markup:
    """Return a chart of horizontal bars, each with its name above it and its share after it.

    It is as narrow as a telephone, so that its type stays as large as that of the page.
    """
    drawn: list[Markup] = []
    y = 0
    for one in found:
        for part in _cut(one.name):
            drawn.append(Markup('<text class="chart-name" x="0" y="{}">{}</text>').format(y + 15, part))
            y += _LINE
        drawn.append(
            Markup('<rect class="chart-back" x="0" y="{}" width="{}" height="12"></rect>').format(y + 3, _BAR)
            + Markup('<rect class="chart-bar" x="0" y="{}" width="{:.1f}" height="12"></rect>').format(
                y + 3, _BAR * one.share
            )
            + Markup('<text class="chart-figure" x="{}" y="{}">{}</text>').format(_BAR + 6, y + 14, one.words)
        )
        y += _ROW
    return _svg(called, _BAR + _END, y + 4, drawn)


def _cut(name: str) -> list[str]:
    """Return a name in lines that are no wider than a chart: between words, or anywhere in Japanese."""
    told = [""]
    for piece in _PIECES.findall(name):
        if told[-1] and _width(told[-1] + piece.rstrip()) > _BAR + _END:
            told.append("")
        told[-1] += piece if told[-1] else piece.lstrip()
    return [line.rstrip() for line in told]


def _width(text: str) -> int:
    """Return about how wide a text is in the type of charts; signs of Japanese are as wide as they are high."""
    return sum(13 if sign > "\u2e7f" else 7 for sign in text)


def lines(called: str, days: Sequence[date], shares: Sequence[float]) -> Markup:
    """Return a small chart of one share over days, from nought to the whole; each step holds until the next day."""
    first, span = days[0].toordinal(), max(1, days[-1].toordinal() - days[0].toordinal())
    points: list[str] = []
    last = 0.0
    for index, (day, share) in enumerate(zip(days, shares, strict=True)):
        x, y = _LEFT + (_WIDE - _LEFT - 8) * (day.toordinal() - first) / span, 6 + (_HIGH - _LOW - 6) * (1 - share)
        if index:
            points.append(f"{x:.1f},{last:.1f}")
        points.append(f"{x:.1f},{y:.1f}")
        last = y
    if len(days) == 1:
        points.append(f"{_WIDE - 8},{last:.1f}")
    drawn = [
        Markup('<line class="chart-axis" x1="{}" y1="{}" x2="{}" y2="{}"></line>').format(_LEFT, y, _WIDE - 8, y)
        for y in (6, _HIGH - _LOW)
    ]
    drawn += [
        Markup('<text class="chart-figure" x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 4, y + 4, text)
        for y, text in ((6, "100%"), (_HIGH - _LOW, "0%"))
    ]
    drawn.append(Markup('<polyline class="chart-line" points="{}"></polyline>').format(" ".join(points)))
    drawn.append(Markup('<text class="chart-figure" x="{}" y="{}">{}</text>').format(_LEFT, _HIGH - 3, days[0]))
    if len(days) > 1:
        end = Markup('<text class="chart-figure" x="{}" y="{}" text-anchor="end">{}</text>')
        drawn.append(end.format(_WIDE - 8, _HIGH - 3, days[-1]))
    return _svg(called, _WIDE, _HIGH, drawn)


def _svg(called: str, wide: int, high: int, drawn: Sequence[Markup]) -> Markup:
    inside = Markup("").join(drawn)
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        wide, high, escape(called), inside
    )
