"""The custom fields of a course in the making: each value with its ledger lines, one value for each short name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from config.yaml_files import load_yaml
from crosswalks.descriptor.types import LangText
from crosswalks.jvcampus.marks import marked, plain_markup
from crosswalks.jvcampus.model import CustomField
from crosswalks.outgoing import Outgoing, best_tag

LANGUAGES = ("ja", "en", "und")
_SEPARATOR = "、"


class Stated(NamedTuple):
    """A text of the descriptor and where it stands."""

    source: str
    texts: LangText


class Fields:
    """The custom fields written so far."""

    def __init__(self, out: Outgoing) -> None:
        self._out = out
        self._fields: list[CustomField] = []
        self._names: set[str] = set()

    def all(self) -> tuple[CustomField, ...]:
        """Return the fields in the order they were written."""
        return tuple(self._fields)

    def has(self, shortname: str) -> bool:
        """Tell whether a field has its value."""
        return shortname in self._names

    def place(self) -> str:
        """Return where the value of the next field will stand."""
        return f"customfields.{len(self._fields)}.value"

    def add(self, shortname: str, value: str) -> None:
        """Add a field whose value is accounted for already."""
        number, row = len(self._fields), written_fields()[shortname]
        for part in ("shortname", "name", "type"):
            self._out.ledger.defaulted(f"customfields.{number}.{part}", "custom_field_of_that_meaning")
        self._fields.append(CustomField(shortname=shortname, name=row["name"], type=row["type"], value=value))
        self._names.add(shortname)

    def plain(self, shortname: str, source: str, value: str, *, stated: str | None = None) -> None:
        """Add a figure, a code or an address. `stated` is how the descriptor writes it, where that differs."""
        text = plain_markup(value)
        if text == (value if stated is None else stated):
            self._out.ledger.mapped(source, self.place())
        else:
            self._out.ledger.normalised(source, self.place(), "as_a_moodle_text", value=stated or value)
        self.add(shortname, text)

    def plain_value(self, shortname: str, value: str) -> None:
        """Add a value without marks that is accounted for already."""
        self.add(shortname, plain_markup(value))

    def text(self, shortname: str, source: str, texts: LangText | None) -> None:
        """Add a text in every language it has."""
        if texts:
            self.add(shortname, marked_text(self._out, source, texts, self.place()))

    def lines(self, shortname: str, stated: Sequence[Stated], rule: str = "joined_lines") -> None:
        """Add several texts, a line for each, in the languages that all of them have."""
        if not stated:
            return
        common = [tag for tag in stated[0].texts if all(tag in one.texts for one in stated)]
        kept: dict[str, list[str]] = {tag: [] for tag in common} or {"und": []}
        for source, texts in stated:
            chosen = common or [best_tag(texts, LANGUAGES)]
            for tag, text in texts.items():
                if tag in chosen:
                    kept[tag if common else "und"].append(text.replace("\n", " "))
                else:
                    self._out.ledger.dropped(f"{source}.{tag}", "one_language_only", value=text)
        whole = marked({tag: "\n".join(texts) for tag, texts in kept.items()})
        for source, texts in stated:
            for tag in common or [best_tag(texts, LANGUAGES)]:
                if tag in whole.left:
                    self._out.ledger.dropped(f"{source}.{tag}", "language_not_in_moodle", value=texts[tag])
                else:
                    self._out.ledger.normalised(f"{source}.{tag}", self.place(), rule, value=tag)
        self.add(shortname, whole.text)

    def words(self, shortname: str, stated: Sequence[tuple[str, str]], table: dict[str, str]) -> None:
        """Add codes as the words a site uses for them; a code without a word is left to the account."""
        known = [(source, code) for source, code in stated if code in table]
        if not known:
            return
        for source, code in known:
            self._out.ledger.normalised(source, self.place(), "value_table", value=code)
        self.add(shortname, _SEPARATOR.join(dict.fromkeys(table[code] for _, code in known)))


def marked_text(out: Outgoing, source: str, texts: LangText, target: str, *, lines: bool = True) -> str:
    """Return a text with its marks, and account for each of its languages."""
    whole = marked(texts, lines=lines)
    for tag, text in texts.items():
        if tag in whole.left:
            out.ledger.dropped(f"{source}.{tag}", "language_not_in_moodle", value=text)
        elif tag == whole.unnamed:
            out.ledger.normalised(f"{source}.{tag}", target, "language_not_carried", value=tag)
        elif text == whole.text:
            out.ledger.mapped(f"{source}.{tag}", target)
        else:
            out.ledger.normalised(f"{source}.{tag}", target, "as_a_moodle_text", value=tag)
    return whole.text


@cache
def written_fields() -> dict[str, dict[str, str]]:
    """Return name and type of each custom field by its short name."""
    return dict(load_yaml(Path(__file__).parent / "written_fields.yaml"))
