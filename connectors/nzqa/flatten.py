"""A page as a sequence of tokens: which text stands as a label, which as text, which as an item of a list.

Labels stand in table cells, definition lists, headings, bold text, or at the start of a line. What is surely
a label is told apart here; bold text and lines are judged later, by how the whole page writes its labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from lxml import html

from connectors.nzqa.labels import Labels
from connectors.pages import text_of
from connectors.tables import cells_of, rows_of
from crosswalks.text import clean, repaired

Kind = Literal["label", "heading", "strong", "text", "item", "end"]

LINE = re.compile(r"([^:]{1,60}?)\s{0,3}:\s{0,3}(.*)", re.DOTALL)
"""A line that may begin with a label."""

_SKIPPED = frozenset({
    "script", "style", "nav", "footer", "form", "aside", "noscript", "select", "button", "template", "iframe",
    "h1",
})  # fmt: skip
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "ul", "ol", "header", "blockquote", "center", "body", "html",
    "td", "th", "fieldset", "details", "summary", "figure", "address",
})  # fmt: skip
_BOLD = frozenset({"strong", "b", "label"})
_MAYBE_BOLD = frozenset({"span", "em", "i", "u", "font"})
_STRUCTURE = frozenset({"table", "dl", "ul", "ol", "p", "div", *_HEADINGS})


class Token(NamedTuple):
    """One piece of a page, the addresses and texts of the links in it, and the language marked on it."""

    kind: Kind
    text: str
    element: html.HtmlElement
    language: str = ""
    links: tuple[tuple[str, str], ...] = ()


def tokens(root: html.HtmlElement, labels: Labels) -> list[Token]:
    """Return the tokens of a page in the order of its text."""
    flat = _Flat(root, labels)
    flat.content(root, "")
    flat.flush()
    return flat.tokens


def known_line(text: str, labels: Labels) -> bool:
    """Tell whether a line begins with a label of the dictionary and a colon."""
    match = LINE.match(text)
    return bool(match and labels.field(match.group(1)))


class _Flat:
    def __init__(self, root: html.HtmlElement, labels: Labels) -> None:
        self.tokens: list[Token] = []
        self._labels = labels
        self._at = root
        self._text: list[str] = []
        self._links: list[tuple[str, str]] = []
        self._language = ""
        self._kind: Kind = "text"

    def flush(self) -> None:
        """End a line of running text."""
        raw, links = "".join(self._text), tuple(self._links)
        self._text, self._links = [], []
        for line in self._lines(raw):
            if text := repaired(clean(line)):
                self.tokens.append(Token(self._kind, text, self._at, self._language, links))

    def _lines(self, raw: str) -> list[str]:
        """Take line breaks of the source for lines only where two of them begin with known labels."""
        if "\n" in raw and ":" in raw:
            lines = raw.split("\n")
            if sum(known_line(clean(line), self._labels) for line in lines) > 1:
                return lines
        return [raw]

    def content(self, element: html.HtmlElement, language: str) -> None:
        """Go through what stands inside an element."""
        self._add(element.text, element, language)
        for child in element:
            if isinstance(child.tag, str) and child.tag not in _SKIPPED:
                self._element(child, child.get("lang") or language)
            self._add(child.tail, element, language)

    def _add(self, text: str | None, element: html.HtmlElement, language: str) -> None:
        if not text:
            return
        if text.strip() and not self._pending():
            self._at, self._language = element, language
        elif text.strip() and language != self._language:
            self._language = ""
        self._text.append(text)

    def _pending(self) -> bool:
        return any(piece.strip() for piece in self._text)

    def _mark(self, kind: Kind, element: html.HtmlElement, text: str = "") -> None:
        self.flush()
        self.tokens.append(Token(kind, text, element))

    def _element(self, element: html.HtmlElement, language: str) -> None:
        tag = element.tag
        if tag == "table":
            self.flush()
            self._table(element, language)
        elif tag in _HEADINGS or tag == "dt":
            self._mark("label" if tag == "dt" else "heading", element, clean(text_of(element)))
        elif tag == "hr":
            self._mark("end", element)
        elif tag == "br":
            self.flush()
        elif tag == "pre":
            self.flush()
            for line in text_of(element).split("\n"):
                self._add(line, element, language)
                self.flush()
        elif tag == "li":
            self._item(element, language)
        elif tag in {"dl", "dd"} or tag in _BLOCKS:
            self.flush()
            self.content(element, language)
            self.flush()
            if tag == "dl":
                self._mark("end", element)
        else:
            self._inline(element, language)

    def _item(self, element: html.HtmlElement, language: str) -> None:
        self.flush()
        before, self._kind = self._kind, "item"
        self.content(element, language)
        self.flush()
        self._kind = before

    def _inline(self, element: html.HtmlElement, language: str) -> None:
        if self._is_label(element):
            self._mark("strong", element, clean(text_of(element)))
            return
        if element.tag == "a" and element.get("href"):
            self._links.append((element.get("href", ""), clean(text_of(element))))
        self.content(element, language)

    def _is_label(self, element: html.HtmlElement) -> bool:
        """Tell whether inline text may be a label: at the start of a line, or with a colon after it."""
        if element.tag not in _BOLD and element.tag not in _MAYBE_BOLD:
            return False
        text = clean(text_of(element))
        known = self._labels.field(text) is not None
        if not self._pending():
            return bool(text) and (element.tag in _BOLD or known)
        return text.endswith(":") or (known and (element.tail or "").lstrip()[:1] == ":")

    def _table(self, table: html.HtmlElement, language: str) -> None:
        rows = [[cell for cell in cells_of(row) if clean(text_of(cell)) != ":"] for row in rows_of(table)]
        labelled = any(self._pairs(cells, sure=True) for cells in rows)
        for cells in rows:
            if labelled and (len(cells) == 2 or self._pairs(cells, sure=True)):
                for label, value in zip(cells[::2], cells[1::2], strict=True):
                    self._mark("label", label, clean(text_of(label)))
                    self.content(value, value.get("lang") or language)
                    self._mark("end", value)
            elif len(cells) == 1 and cells[0].tag == "th":
                self._mark("heading", cells[0], clean(text_of(cells[0])))
            elif len(cells) < 2 or any(True for cell in cells for _ in cell.iter(*_STRUCTURE)):
                for cell in cells:
                    self.content(cell, cell.get("lang") or language)
                    self.flush()
            elif any(cell.tag == "td" for cell in cells):
                self._data_row(cells, language)

    def _pairs(self, cells: list[html.HtmlElement], *, sure: bool) -> bool:
        """Tell whether a row is label, value, perhaps label, value. One of the labels must be known."""
        if len(cells) < 2 or len(cells) % 2 or all(cell.tag == "th" for cell in cells):
            return False
        texts = [clean(text_of(cell)) for cell in cells[::2]]
        known = [self._labels.field(text) is not None for text in texts]
        heads = [cell.tag == "th" for cell in cells[::2]]
        return any(known) and (not sure or all(a or b for a, b in zip(known, heads, strict=True)))

    def _data_row(self, cells: list[html.HtmlElement], language: str) -> None:
        texts = [text for cell in cells if (text := repaired(clean(text_of(cell))))]
        links = tuple(_links(cells))
        if texts:
            self.tokens.append(Token("item", " | ".join(texts), cells[0], language, links))


def _links(cells: list[html.HtmlElement]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        for link in cast("Iterator[html.HtmlElement]", cell.iter("a")):
            if link.get("href"):
                yield link.get("href", ""), clean(text_of(link))
