"""Text as search sees it: one function for what is indexed and what is asked.

Words of scripts with spaces stay whole. Runs of Japanese, Chinese or Korean become overlapping pairs of characters, and
single characters beside them, so that a query of one or two characters is answered exactly.
"""

from __future__ import annotations

import re
import unicodedata
from operator import add
from typing import NamedTuple

from crosswalks.text import matching_key

_KANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_LEFT_OUT = dict.fromkeys(map(ord, "ー・･"))
_FOLDED = _KANA | _LEFT_OUT
_JOINED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"([{_JOINED}]+)|([^\W_{_JOINED}]+)")
_BETWEEN = "\ue000"
"""Stands between runs, so that no pair of characters reaches from one into the next."""


class Piece(NamedTuple):
    """A run of a text: a whole word, or characters without spaces between words (`joined`)."""

    text: str
    joined: bool


class Signs(NamedTuple):
    """What is indexed of a text: words and pairs in order, and the single characters of its runs."""

    pairs: str
    single: str


def folded(text: str) -> str:
    """Return text with what makes no difference to a reader taken away: width, case, accents, kind of kana."""
    key = matching_key(text)
    return key if key.isascii() else unicodedata.normalize("NFC", key).translate(_FOLDED)


def pieces(text: str) -> list[Piece]:
    """Return the words and runs of a text."""
    return [Piece(match.group(), joined=match.group(1) is not None) for match in _RUN.finditer(folded(text))]


def signs(text: str) -> Signs:
    """Return what is indexed of a text."""
    pairs: list[str] = []
    single: set[str] = set()
    for run, word in _RUN.findall(folded(text)):
        if run:
            single.update(run)
            pairs.append(_BETWEEN)
            pairs += map(add, run, run[1:])
            pairs.append(_BETWEEN)
        else:
            pairs.append(word)
    return Signs(" ".join(pairs), " ".join(sorted(single)))


def _pairs(run: str) -> list[str]:
    return list(map(add, run, run[1:]))


def phrase(piece: Piece) -> tuple[str, bool]:
    """Return a piece as a phrase of pairs (or a word), and whether it is a single character of a run."""
    if not piece.joined:
        return piece.text, False
    return (piece.text, True) if len(piece.text) == 1 else (" ".join(_pairs(piece.text)), False)
