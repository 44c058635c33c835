"""A descriptor on its way out to a registry's own listing: what its rights let leave, and the ledger of it.

The ledger is closed against the table of the way out (`outgoing.sssom.tsv`): a stated field that the table gives no
place is dropped with that reason, and one that has a place but was not looked at is told loudly, never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.types import LangText
from crosswalks.ledger import Ledger, general
from crosswalks.mapping import outgoing_objects
from crosswalks.paths import leaves, upwards
from crosswalks.terms import json_figure
from crosswalks.text import UNDETERMINED

TABLE = "outgoing.sssom.tsv"
_TECHNICAL = "origins"


class Outgoing:
    """One descriptor on its way to one schema. `descriptor` is the part of it that may leave."""

    __slots__ = ("_table", "descriptor", "issues", "ledger", "whole")

    def __init__(self, descriptor: Descriptor, schema: str, folder: Path) -> None:
        self.whole = descriptor
        self.descriptor, held = releasable(descriptor)
        self.ledger = Ledger("jmicro", schema)
        self.issues: list[Issue] = []
        self._table = outgoing_objects(folder / TABLE, schema)
        for path in held:
            self.ledger.dropped(path, "rights_withheld")

    def found(self, code: str, place: str, **params: object) -> None:
        """Add a finding about the record, at a field of the descriptor."""
        self.issues.append(Issue(code, params, record=self.whole.id, place=place))

    def missing(self, findings: Sequence[tuple[str, str]]) -> None:
        """Add a finding for each code and place; places that the rights policy keeps back are told together instead."""
        held = [place for _, place in findings if self.held(place)]
        for code, place in findings:
            if place not in held:
                self.found(code, place)
        if held:
            self.found("held_back_from_listing", held[0], fields=", ".join(held))

    def held(self, place: str) -> bool:
        """Tell whether the rights policy keeps back some of what the descriptor states in a field."""
        return bool(_at(self.whole, place) != _at(self.descriptor, place))

    def figure(self, source: str, target: str, value: Decimal) -> None:
        """Note a figure as carried; a number in JSON keeps no zeros at the end."""
        if str(value) == str(json_figure(value)):
            self.ledger.mapped(source, target)
        else:
            self.ledger.normalised(source, target, "number_in_json")

    def one_text(self, source: str, texts: LangText, target: str, prefer: Sequence[str]) -> str:
        """Return a text in the first language preferred, word for word; the other languages are dropped."""
        tag = self.chosen(source, texts, prefer)
        if tag == UNDETERMINED:
            self.ledger.mapped(f"{source}.{tag}", target)
        else:
            self.ledger.normalised(f"{source}.{tag}", target, "language_not_carried", value=tag)
        return texts[tag]

    def chosen(self, source: str, texts: LangText, prefer: Sequence[str]) -> str:
        """Return the tag of the text to take, and note the others as dropped."""
        tag = best_tag(texts, prefer)
        for other, text in texts.items():
            if other != tag:
                self.ledger.dropped(f"{source}.{other}", "one_language_only", value=text)
        return tag

    def close(self, otherwise: Mapping[str, str]) -> Ledger:
        """Account for every stated field that no entry names yet, and return the ledger.

        `otherwise` says, for fields whose carrying depends on their value, why they are dropped when it forbids it.
        """
        told = {entry.source for entry in self.ledger.entries}
        content = self.descriptor.model_dump(mode="json", exclude_defaults=True)
        for path in content.pop(_TECHNICAL, ()):
            self.ledger.dropped(f"{_TECHNICAL}.{path}", "no_listing_slot")
        for path, value in leaves(content):
            if not any(place in told for place in upwards(path)):
                self._account(path, value, otherwise)
        return self.ledger

    def _account(self, path: str, value: object, otherwise: Mapping[str, str]) -> None:
        field = next((field for field in upwards(general(path)) if field in self._table), "")
        if None in self._table.get(field, ()):
            self.ledger.dropped(path, "no_listing_slot", value=value)
        elif reason := otherwise.get(field):
            self.ledger.dropped(path, reason, value=value)
        else:
            self.ledger.unknown(path, "unmapped_field", value=value)
            self.found("unmapped_field", path, field=path)


def best_tag(texts: LangText, prefer: Sequence[str]) -> str:
    """Return the tag of the first preferred language a text has (any region of it), else of the first it has."""
    for wanted in prefer:
        for tag in texts:
            if tag.partition("-")[0].lower() == wanted:
                return tag
    return next(iter(texts))


def _at(value: Any, place: str) -> Any:
    for step in place.split("."):
        value = getattr(value, step, None)
    return value
