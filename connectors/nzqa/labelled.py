"""Labels and their values on a page, whichever layout it uses, read with a label dictionary."""

from __future__ import annotations

import dataclasses
import re
from typing import cast

from lxml import html

from connectors.nzqa.flatten import LINE, Token, known_line, tokens
from connectors.nzqa.labels import Labels

_MOST_WORDS = 5
_BULLET = re.compile(r"[•·▪◦‣*\-–]\s{1,5}(?=\S)")
_UNKNOWN_LABEL = re.compile(r"[A-ZĀĒĪŌŪ][\w/()'’ \-]{1,39}")


@dataclasses.dataclass(slots=True)
class Labelled:
    """A label, its field (None where nobody knows the label) and what stands under it."""

    label: str
    field: str | None
    element: html.HtmlElement
    pieces: list[Token] = dataclasses.field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything under the label, one line a piece."""
        return "\n".join(piece.text for piece in self.pieces)

    @property
    def language(self) -> str:
        """The language that the page marks on all of it, empty where it marks none."""
        marked = {piece.language for piece in self.pieces}
        return marked.pop() if len(marked) == 1 else ""

    @property
    def place(self) -> str:
        """Where the value begins."""
        element = self.pieces[0].element if self.pieces else self.element
        return cast("str", element.getroottree().getpath(element))


def labelled(document: html.HtmlElement, labels: Labels) -> list[Labelled]:
    """Return every label with a value, in the order of the page. Empty where the page has no known label."""
    for root in _contents(document):
        found = _judged(tokens(root, labels), labels)
        if any(item.field for item in found):
            return found
    return []


def _contents(document: html.HtmlElement) -> list[html.HtmlElement]:
    mains = cast("list[html.HtmlElement]", document.xpath("//main | //*[@role='main'] | //*[@id='content']"))
    bodies = cast("list[html.HtmlElement]", document.xpath("//body"))
    return [*mains[:1], *(bodies[:1] or [document])]


def _judged(page: list[Token], labels: Labels) -> list[Labelled]:
    """Decide which bold texts and lines are labels.

    One that nobody knows is a label only on a page that writes its known labels in the same way.
    """
    bold = sum(token.kind == "strong" and labels.field(token.text) is not None for token in page) > 1
    lines = (
        sum(":" in token.text and token.kind in {"text", "item"} and known_line(token.text, labels) for token in page)
        > 2
    )
    found: list[Labelled] = []
    current: Labelled | None = None
    for token in page:
        label, rest = _label_of(token, labels, bold=bold, lines=lines)
        if label:
            current = Labelled(label, labels.field(label), token.element)
            found.append(current)
        if token.kind == "end":
            current = None
        elif current is not None and (text := rest if current.pieces else rest.lstrip(":").strip()):
            current.pieces.append(_piece(token, text, new=bool(label)))
    return [item for item in found if item.pieces]


def _piece(token: Token, text: str, *, new: bool) -> Token:
    """Return what is kept of a token: an item of a list, also one that only a bullet sign marks, or text."""
    bullet = _BULLET.match(text)
    is_item = bullet is not None or (token.kind == "item" and not new)
    return token._replace(text=text[bullet.end() :] if bullet else text, kind="item" if is_item else "text")


def _label_of(token: Token, labels: Labels, *, bold: bool, lines: bool) -> tuple[str, str]:
    """Return the label a token begins, empty if none, and the text that is no label."""
    if token.kind in {"label", "heading"}:
        return token.text.rstrip(" :"), ""
    if token.kind == "strong":
        is_label = bold or token.text.endswith(":") or labels.field(token.text) is not None
        return (token.text.rstrip(" :"), "") if is_label else ("", token.text)
    if token.kind == "text" and labels.field(token.text) is not None:
        return token.text.rstrip(" :"), ""
    match = LINE.match(token.text) if ":" in token.text else None
    if match and match.group(2) and (labels.field(match.group(1)) or (lines and _may_be_label(match.group(1)))):
        return match.group(1), match.group(2)
    return "", token.text


def _may_be_label(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS and _UNKNOWN_LABEL.fullmatch(text) is not None
