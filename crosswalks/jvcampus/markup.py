"""Moodle's texts: language marks of both kinds, markup, and which language an unmarked text is in.

Marks: `<span lang="ja" class="multilang">…</span><span lang="en" class="multilang">…</span>` and
`{mlang ja}…{mlang}{mlang en}…{mlang}`; text outside them belongs to every language, `other` to none in
particular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from crosswalks.jvcampus.values import language_of_pack
from crosswalks.text import UNDETERMINED, clean, clean_lines, plain

_SPAN = re.compile(r"<(/?)span\b([^<>]{0,1000})>", re.IGNORECASE)
_LANG = re.compile(r"\blang\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_\-]{1,35})", re.IGNORECASE)
_MLANG = re.compile(
    r"\{\s{0,3}mlang((?:\s{1,3}[A-Za-z0-9_\-]{1,35}(?:\s{0,3},\s{0,3}[A-Za-z0-9_\-]{1,35}){0,20})?)\s{0,3}\}"
)
_LINK = re.compile(r"""\bhref\s{0,3}=\s{0,3}["']([^"'<>]{1,1000})["']""", re.IGNORECASE)
_UNSHOWN = re.compile(r"<(/?)(script|style|template)\b[^<>]{0,2000}>", re.IGNORECASE)
_JAPANESE = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u1f00-\u1fff\u2e80-\ufaff\ufe70-\ufeff\uff66-\uffdc]")


class Texts(NamedTuple):
    """A text by language. `marked`: the source marked the languages; `open`: a mark was not closed."""

    by_language: dict[str, str]
    marked: bool = False
    open: bool = False


class _Piece(NamedTuple):
    languages: tuple[str, ...]
    text: str
    open: bool = False


def texts_of(markup: str, language: str = UNDETERMINED, *, lines: bool = True, html: bool = True) -> Texts:
    """Return what a Moodle text says. `language` is that of unmarked text, where it fits the script."""
    marked = "mlang" in markup or "multilang" in markup
    pieces = list(_pieces(markup)) if marked else []
    languages = list(dict.fromkeys(tag for piece in pieces for tag in piece.languages))
    if not languages:
        text = _shown(markup, lines=lines, html=html)
        return Texts({language if fits(language, text) else UNDETERMINED: text} if text else {})
    found = {}
    for tag in languages:
        whole = "".join(piece.text for piece in pieces if not piece.languages or tag in piece.languages)
        if text := _shown(whole, lines=lines, html=html):
            found[tag] = text
    return Texts(found, marked=True, open=any(piece.open for piece in pieces))


def links_in(markup: str) -> list[str]:
    """Return what a text links to, each once."""
    found = (unescape(match.group(1)).strip() for match in _LINK.finditer(_without_unshown(markup)))
    return list(dict.fromkeys(found))


def fits(language: str, text: str) -> bool:
    """Tell whether a text can be in a language by its script: English has no kana, Japanese has some."""
    if language == "ja" or language.startswith("ja-"):
        return bool(_JAPANESE.search(text))
    if language == "en" or language.startswith("en-"):
        return not _NOT_LATIN.search(text)
    return language != UNDETERMINED


def _shown(markup: str, *, lines: bool, html: bool) -> str:
    text = plain(_without_unshown(markup)) if html else clean_lines(markup)
    return text if lines else clean(text)


def _without_unshown(markup: str) -> str:
    """Return markup without scripts, styles and templates, whose text nobody reads."""
    if "<" not in markup:
        return markup
    kept, position, inside = [], 0, None
    for match in _UNSHOWN.finditer(markup):
        closing, name = match.group(1), match.group(2).lower()
        if inside is None and not closing:
            kept.append(markup[position : match.start()])
            inside = name
        elif inside == name and closing:
            inside = None
            position = match.end()
    if inside is None:
        kept.append(markup[position:])
    return "".join(kept)


def _pieces(markup: str) -> Iterator[_Piece]:
    for piece in _by_braces(markup) if "mlang" in markup else (_Piece((), markup),):
        if piece.languages or "multilang" not in piece.text:
            yield piece
        else:
            yield from _by_spans(piece.text)


def _by_braces(markup: str) -> Iterator[_Piece]:
    position = 0
    languages: tuple[str, ...] = ()
    for match in _MLANG.finditer(markup):
        names = tuple(filter(None, (name.strip() for name in match.group(1).split(","))))
        if position < match.start():
            yield _Piece(languages, markup[position : match.start()], open=bool(languages and names))
        languages = tuple(dict.fromkeys(_tag(name) for name in names))
        position = match.end()
    if position < len(markup):
        yield _Piece(languages, markup[position:], open=bool(languages))


def _by_spans(markup: str) -> Iterator[_Piece]:
    position, depth = 0, 0
    languages: tuple[str, ...] = ()
    for match in _SPAN.finditer(markup):
        if depth:
            depth += -1 if match.group(1) else 1
            if depth == 0:
                yield _Piece(languages, markup[position : match.start()])
                position, languages = match.end(), ()
        elif not match.group(1) and "multilang" in match.group(2) and (named := _LANG.search(match.group(2))):
            if position < match.start():
                yield _Piece((), markup[position : match.start()])
            position, depth, languages = match.end(), 1, (_tag(named.group(1)),)
    if position < len(markup):
        yield _Piece(languages, markup[position:], open=bool(languages))


def _tag(name: str) -> str:
    return UNDETERMINED if name.lower() == "other" else language_of_pack(name)
