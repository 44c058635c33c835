"""Texts of a descriptor → texts of a listing: one language each, marked where the listing can hold a mark."""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from crosswalks.descriptor.types import LangText
from crosswalks.nzqa.model import StatedOutcome
from crosswalks.nzqa.notes import TAG
from crosswalks.nzqa.prose import LABELS
from crosswalks.nzqa.values import headings
from crosswalks.outgoing import Outgoing, best_tag
from crosswalks.text import UNDETERMINED

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_HEADING = 40


class Wording:
    """The texts of one listing. `languages` are the marks, `foreign` the fields in none of the register's languages."""

    LANGUAGES: ClassVar[tuple[str, ...]] = ("en", "mi", UNDETERMINED)

    def __init__(self, out: Outgoing, *, registered: bool) -> None:
        self.languages: dict[str, str] = {}
        self.foreign: list[str] = []
        self._out = out
        self._registered = registered

    def text(self, source: str, texts: LangText | None, target: str) -> str | None:
        """Return one text word for word, its language marked."""
        if texts is None:
            return None
        tag = self._out.chosen(source, texts, self.LANGUAGES)
        self._carried([(f"{source}.{tag}", tag, target)], target)
        return texts[tag]

    def outcomes(self) -> tuple[StatedOutcome, ...]:
        """Return the outcomes as items, under the headings of the outcome statement."""
        found, carried = [], []
        for index, outcome in enumerate(self._out.descriptor.learning_outcomes):
            source, target = f"learning_outcomes.{index}", f"outcomes.{index}"
            tag = self._out.chosen(f"{source}.text", outcome.text, self.LANGUAGES)
            carried.append((f"{source}.text.{tag}", tag, f"{target}.text"))
            heading = headings().get(outcome.category or "")
            if heading:
                self._out.ledger.normalised(
                    f"{source}.category", f"{target}.heading", "heading_of_the_list", value=outcome.category
                )
            elif outcome.category is None and (heading := self._own_heading(outcome.note)):
                self._out.ledger.normalised(f"{source}.note", f"{target}.heading", "heading_of_the_list")
            found.append(StatedOutcome(text=outcome.text[tag], heading=heading))
        self._carried(carried, "outcomes")
        return tuple(found)

    def _own_heading(self, note: LangText | None) -> str | None:
        """Return the register's own heading that a note holds; notes of other records are no headings."""
        if not self._registered or note is None or list(note) != [UNDETERMINED]:
            return None
        text = note[UNDETERMINED]
        return text if len(text) <= _LONGEST_HEADING and "\n" not in text else None

    def pathway(self) -> str | None:
        """Return what the credential can count towards and on which conditions, one line for each."""
        parts: list[tuple[str, str, str]] = []
        lines = []
        for index, link in enumerate(self._out.descriptor.stackability):
            pieces = []
            for name, texts in (("target_title", link.target_title), ("conditions", link.conditions)):
                if texts:
                    source = f"stackability.{index}.{name}"
                    tag = self._out.chosen(source, texts, self.LANGUAGES)
                    parts.append((f"{source}.{tag}", tag, "pathway_education"))
                    pieces.append(texts[tag])
            if pieces:
                lines.append(": ".join(pieces))
        self._carried(parts, "pathway_education", joined=len(parts) > 1)
        return "\n".join(lines) or None

    def notes(self) -> dict[str, str | tuple[str, ...]]:
        """Return what the register's own labels in the further information stand for, by field."""
        single: dict[str, str] = {}
        standards: list[str] = []
        for index, info in enumerate(self._out.descriptor.further_info):
            source = f"further_info.{index}.label"
            found = _labelled(info.label) if info.label and info.url is None else None
            if found is None:
                continue
            name, tag, value = found
            if name == "pathway_education" and any(
                link.conditions or link.target_title for link in self._out.descriptor.stackability
            ):
                continue
            if name in single:
                self._out.ledger.dropped(f"{source}.{tag}", "one_value_only", value=value)
                continue
            target = f"standards.{len(standards)}" if name == "standards" else name
            if name == "standards":
                standards.append(value)
            else:
                single[name] = value
            self._out.ledger.normalised(f"{source}.{tag}", target, "label_and_value", value=value)
            if name != "review_date":
                self._mark(tag, target, f"{source}.{tag}")
        return {**single, "standards": tuple(standards)}

    def _carried(self, parts: list[tuple[str, str, str]], mark: str, *, joined: bool = False) -> None:
        """Account for texts that share one language mark; the mark is set only where all are in that language."""
        tags = {tag for _, tag, _ in parts}
        one = next(iter(tags)) if len(tags) == 1 else UNDETERMINED
        marked = one != UNDETERMINED and TAG.fullmatch(one) is not None
        for source, tag, target in parts:
            if joined:
                self._out.ledger.normalised(source, target, "joined_lines", value=tag)
            elif marked or tag == UNDETERMINED:
                self._out.ledger.mapped(source, target)
            else:
                self._out.ledger.normalised(source, target, "language_not_carried", value=tag)
            if marked:
                self._mark(tag, mark, source)
        if any(tag.partition("-")[0].lower() not in self.LANGUAGES for tag in tags):
            self.foreign.append(mark)

    def _mark(self, tag: str, field: str, source: str) -> None:
        if tag != UNDETERMINED and TAG.fullmatch(tag):
            self.languages[field] = tag
            self._out.ledger.derived(source, f"languages.{field}", "language_of_the_text")


def _labelled(label: LangText) -> tuple[str, str, str] | None:
    """Return field, language and value of a note that begins with one of the register's own labels."""
    tag = best_tag(label, Wording.LANGUAGES)
    for name, start in LABELS.items():
        value = label[tag].removeprefix(f"{start}: ")
        if len(label) == 1 and value != label[tag] and value.strip():
            return name, tag, _long_date(value) if name == "review_date" else value
    return None


def _long_date(value: str) -> str:
    """Return a day as the pages write it: 31 December 2026."""
    if not _ISO_DAY.fullmatch(value):
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04d}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
