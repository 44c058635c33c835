"""What a reading gathers beside the descriptor: ledger, issues, and the language of each text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from config.messages import Issue
from crosswalks.ledger import Ledger
from crosswalks.text import UNDETERMINED

TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(slots=True)
class Notes:
    """Notes on one listing. `languages` are those the page itself marks, by field."""

    languages: dict[str, str]
    ledger: Ledger = field(default_factory=lambda: Ledger("nzqa", "jmicro"))
    issues: list[Issue] = field(default_factory=list)

    def derived(self, target: str, rule: str, *sources: str) -> None:
        """Note a value worked out from source fields."""
        for source in sources:
            self.ledger.derived(source, target, rule)

    def not_understood(self, source: str, value: str) -> None:
        """Note a stated value that could not be read; a person should look."""
        self.ledger.unknown(source, "not_understood", value=value)
        self.issues.append(Issue("not_understood", {"value": value}, place=source))

    def text(self, name: str, value: str, target: str) -> dict[str, str]:
        """Return a language map of a field's text: in the language its page marks, else undetermined."""
        marked = self.languages.get(name, "")
        if not TAG.fullmatch(marked):
            return {UNDETERMINED: value}
        self.ledger.derived(f"languages.{name}", target, "language_marked_on_the_page")
        return {marked: value}
