"""What the readers of linked data (CTDL, schema.org) have in common: values that gather, and plain ones read alike.

Each method notes in the ledger what it carried, and tells loudly what it could not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor, Fee, SourceRecord
from crosswalks.descriptor.types import Identifier, LangText
from crosswalks.descriptor.workload import duration_hours
from crosswalks.incoming import Incoming
from crosswalks.ledger import Crossing
from crosswalks.lexical import ADDRESS, CURRENCY, DURATION, TAG, names_itself
from crosswalks.listing import Listing
from crosswalks.origins import origins_of
from crosswalks.prose.reading import add_from_prose
from crosswalks.prose.volume import figure_of
from crosswalks.values import Value

_MOST_DIGITS = 10
"""Hours with more digits than this are no figure that a person wrote."""


class Gathered(Incoming):
    """One record on its way in, with the values that the descriptor will have."""

    def __init__(self, schema: str, folder: Path) -> None:
        super().__init__(schema, folder)
        self.values: dict[str, Any] = {}

    def add(self, name: str, value: Any) -> None:
        """Add to a list of the descriptor."""
        self.values.setdefault(name, []).append(value)

    def next(self, name: str) -> str:
        """Return the place that the next value of a list will have."""
        return f"{name}.{len(self.values.get(name, ()))}"

    def crossing(
        self,
        listing: Listing,
        iri: str,
        source: SourceRecord,
        prose: Iterable[tuple[str, LangText | None]] = (),
    ) -> Crossing[Descriptor]:
        """Close the ledger and return the descriptor of all that has gathered, with what its prose plainly adds."""
        self.close(listing)
        content = {name: tuple(value) if isinstance(value, list) else value for name, value in self.values.items()}
        descriptor = Descriptor(id=iri, source_record=source, **content, origins=origins_of(self.ledger.entries))
        descriptor, entries, doubts = add_from_prose(descriptor, prose)
        self.ledger.entries.extend(entries)
        return Crossing(descriptor, self.ledger, (*self.issues, *doubts))

    def address(self, source: str, text: str | None, target: str) -> str | None:
        """Read the address of a page."""
        if text and ADDRESS.match(text):
            self.ledger.mapped(source, target)
            return text
        if text:
            self.not_understood(source, text)
        return None

    def own_name(self, name: str | None, iri: str, scheme: str) -> None:
        """Read the identifier that a record has in its document; it is kept beside ours where it is another."""
        if name == iri:
            self.ledger.mapped("id", "id")
        elif name and names_itself(name):
            self.ledger.normalised("id", self.next("identifiers"), "own_identifier_kept")
            self.add("identifiers", Identifier(scheme=scheme, value=name))
        self.otherwise("id", "without_identifier")

    def languages(self, path: str, tags: Iterable[str], named: Mapping[str, Value]) -> None:
        """Read the languages of instruction: by their tags, and those that are `named` in words."""
        for number, tag in enumerate(tags):
            if TAG.match(tag):
                self.ledger.mapped(f"{path}.{number}", self.next("language_of_instruction"))
                self.add("language_of_instruction", tag)
            elif tag in named:
                target = self.next("language_of_instruction")
                self.ledger.normalised(f"{path}.{number}", target, "name_of_a_code", value=tag)
                self.add("language_of_instruction", named[tag].code)
            else:
                self.not_understood(f"{path}.{number}", tag)

    def hours(self, source: str, duration: str) -> Decimal | None:
        """Read hours of work out of a duration, or of a figure in words ("40 hours"). One in days, weeks, months or
        years says none, and is told.
        """
        if (worded := figure_of(duration)) is not None:
            self.ledger.derived(source, "volume.total_hours", "hours_in_words", quote=duration)
            return worded
        found = duration_hours(duration, source) if DURATION.match(duration) else None
        if isinstance(found, Issue):
            self.ledger.unknown(source, found.code, value=duration)
            self.issues.append(found)
            return None
        hours = Decimal(format(found.least.normalize(), "f")) if found else None
        if found is None or hours is None or len(hours.as_tuple().digits) > _MOST_DIGITS:
            self.not_understood(source, duration)
            return None
        if found.basis == "derived":
            self.ledger.derived(source, "volume.total_hours", found.rule)
        else:
            self.ledger.normalised(source, "volume.total_hours", "iso_duration_of_hours")
        return hours

    def elapsed(self, source: str, duration: str) -> str | None:
        """Read how long something runs."""
        if DURATION.match(duration):
            self.ledger.mapped(source, "volume.duration")
            return duration
        self.not_understood(source, duration)
        return None

    def fee(
        self, path: str, price: Decimal | None, currency: str | None, text: LangText | None,
        named: Mapping[str, Value],
    ) -> None:  # fmt: skip
        """Read what the record costs; a currency that is no code and none of those `named` stays unread."""
        said = named.get(currency or "")
        known = currency if currency and CURRENCY.match(currency) else None
        for part, target, value in (("price", "amount", price), ("currency", "currency", known),
                                    ("description", "text", text)):  # fmt: skip
            if value is not None:
                self.ledger.mapped(f"{path}.{part}", f"fee.{target}")
        if said and not known:
            self.ledger.normalised(f"{path}.currency", "fee.currency", "name_of_a_code", value=currency)
            known = said.code
        if currency and not known:
            self.not_understood(f"{path}.currency", currency)
        if price is not None or known or text:
            self.values["fee"] = Fee(amount=price, currency=known, text=text)


def says_a_duration(text: str) -> bool:
    """Tell whether a text is a duration, or means to be one, or a figure of hours; any other is words."""
    return figure_of(text) is not None or text.startswith("P")
