"""A record's own page, read with the label dictionary. What unknown labels say is kept and told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import html
from pydantic import ValidationError

from config.messages import Issue
from connectors.contract import Extract, Found, Payload
from connectors.nzqa.addresses import parameter
from connectors.nzqa.flatten import Token
from connectors.nzqa.labelled import Labelled, labelled
from connectors.nzqa.labels import PEOPLE, labels
from connectors.pages import parse_page, text_of, unrecognised
from connectors.structure import of_labels
from crosswalks.nzqa.model import NzqaListing, Provider, StatedOutcome
from crosswalks.text import clean, repaired

_SINGLE = frozenset({
    "title", "number", "version", "status", "type", "level", "credits", "nzsced", "developer",
    "review_period", "review_date", "te_hono",
})  # fmt: skip
_PROSE = frozenset({"purpose", "pathway_education", "pathway_employment"})
_NOT_FOUND = re.compile(
    r"\bno (?:qualification|micro-?credential|record)s? (?:was |were )?found\b"
    r"|\b(?:qualification|micro-?credential) (?:was )?not found\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]\s{1,5}(?=\S)")
_WORD = re.compile(r"[A-Za-z0-9]{1,30}")
_NUMBERS = re.compile(r"\d{1,6}(?:\s{0,3}[,;]\s{0,3}\d{1,6}){1,200}")
_TABLE_HEADS = frozenset({"name", "provider", "providers", "education organisation", "organisation"})


def parse_record(payload: Payload) -> Extract:
    """Return what one record's page says. Raises `StructureBroken` where it has no known label at all."""
    extract = Extract()
    document = parse_page(payload, extract)
    asked = payload.about.get("number") or parameter(payload.url, "selectedItemKey")
    found = labelled(document, labels("record"))
    if not any(item.field not in {None, PEOPLE} for item in found):
        if _NOT_FOUND.search(clean(text_of(document))):
            extract.issues.append(Issue("page_without_record", {"asked": asked}))
            return extract
        raise unrecognised(document, payload, "no label of a record")
    extract.structure = of_labels(item.field for item in found if item.field and item.field != PEOPLE)
    page = _Page()
    for item in found:
        page.take(item)
    page.heading(document)
    number = page.number(asked)
    if payload.about.get("number") and number != asked:
        extract.issues.append(Issue("page_of_another_record", {"asked": asked, "found": number}))
        return extract
    extract.issues.extend(Issue("unknown_label", {"label": label}, record=number) for label in page.others)
    try:
        listing = page.listing()
    except ValidationError as error:
        extract.issues.append(Issue("row_invalid", {"detail": f"{number}: {error.errors()[0]['msg']}"}))
        return extract
    where = {"at": "/html", "fields": page.places, "payload": payload.hash, "kind": "page"}
    extract.found = [Found(listing, {**where, "heading": True} if page.title_from_heading else where)]
    return extract


class _Page:
    """The fields of one page, gathered label by label."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.places: dict[str, str] = {}
        self.others: dict[str, str] = {}
        self.languages: dict[str, str] = {}
        self.title_from_heading = False
        self._outcomes: list[StatedOutcome] = []

    def take(self, item: Labelled) -> None:
        """Take what stands under one label. Labels about people are left out."""
        name = item.field
        if name == PEOPLE:
            return
        if name is None:
            self._other(item)
        elif name in _SINGLE:
            self._single(name, item)
        elif name in _PROSE:
            self._prose(name, item, item.text)
        elif name == "standards":
            self._listed(name, item, tuple(_standards(item)))
        elif name == "providers":
            self._listed(name, item, tuple(_providers(item)))
        else:
            self._statement(item, item.label if name == "outcome_heading" else None)

    def heading(self, document: html.HtmlElement) -> None:
        """Take the page's heading for a title where no label gives one; the list's title goes first."""
        first = next(document.iter("h1"), None)
        text = repaired(clean(text_of(first))) if first is not None else ""
        if text and "title" not in self.values:
            self.values["title"], self.title_from_heading = text, True
            self.places["title"] = "//h1"
            if first is not None and (tag := first.get("lang")):
                self.languages["title"] = tag

    def number(self, asked: str) -> str:
        """Settle the register number: what the page says, or what was asked for where it is in that."""
        stated: str = self.values.get("number") or asked
        if stated != asked and asked in _WORD.findall(stated):
            self.others.setdefault("Number", stated)
            stated = asked
        self.values["number"] = stated
        return stated

    def listing(self) -> NzqaListing:
        """Return the listing. Raises `ValidationError`."""
        return NzqaListing(**self.values, outcomes=tuple(self._outcomes), languages=self.languages, others=self.others)

    def _note(self, name: str, item: Labelled) -> None:
        self.places.setdefault(name, item.place)
        if item.language:
            self.languages.setdefault(name, item.language)

    def _other(self, item: Labelled) -> None:
        label, number = item.label, 1
        while self.others.get(label, item.text) != item.text:
            number += 1
            label = f"{item.label} ({number})"
        self.others[label] = item.text

    def _single(self, name: str, item: Labelled) -> None:
        value = " ".join(piece.text for piece in item.pieces)
        if value == "-":
            return
        if self.values.setdefault(name, value) != value:
            self._other(item)
        else:
            self._note(name, item)

    def _prose(self, name: str, item: Labelled, text: str) -> None:
        before = self.values.get(name)
        self.values[name] = f"{before}\n{text}" if before else text
        self._note(name, item)

    def _listed(self, name: str, item: Labelled, entries: tuple[Any, ...]) -> None:
        if entries:
            self.values[name] = tuple(dict.fromkeys((*self.values.get(name, ()), *entries)))
            self._note(name, item)

    def _statement(self, item: Labelled, heading: str | None) -> None:
        """Take the items of an outcome statement as outcomes, and its running text as the statement."""
        lines = []
        for piece in item.pieces:
            number = _NUMBERED.match(piece.text)
            if piece.kind == "item" or number:
                text = piece.text[number.end() :] if number else piece.text
                self._outcomes.append(StatedOutcome(text=text, heading=heading))
                self._note("outcomes", item)
            else:
                lines.append(piece.text)
        if lines:
            text = "\n".join(lines)
            self._prose("outcome_statement", item, f"{heading}: {text}" if heading else text)


def _standards(item: Labelled) -> Iterator[str]:
    for piece in item.pieces:
        if _NUMBERS.fullmatch(piece.text):
            yield from re.split(r"\s{0,3}[,;]\s{0,3}", piece.text)
        else:
            yield piece.text


def _providers(item: Labelled) -> Iterator[Provider]:
    for piece in item.pieces:
        yield from _linked(piece) or _named(piece)


def _linked(piece: Token) -> list[Provider]:
    links = [(parameter(address, "providerId"), text) for address, text in piece.links]
    return [Provider(provider_ids=(provider,), name=text) for provider, text in links if provider and text]


def _named(piece: Token) -> list[Provider]:
    names = [part.partition(" | ")[0].strip() for part in piece.text.split(";")]
    return [Provider(name=name) for name in names if name and name.lower() not in _TABLE_HEADS]
