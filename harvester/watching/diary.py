"""What a process that works on its own tells as it goes: one line for each coded message, or one JSON object.

Lines are written whole, so that those of several processes do not mix. Every line names the registry and the run that
it is about, where it is about any.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import click
import orjson

from config.messages import Issue, Language
from store.clock import now


@dataclass(frozen=True, slots=True)
class Diary:
    """Writes to standard output, in a person's language or for machines."""

    language: Language = "en"
    as_json: bool = False
    registry: str | None = None
    run: int | None = None

    def about(self, *, registry: str, run: int) -> Diary:
        """Return a diary whose lines are about one run."""
        return replace(self, registry=registry, run=run)

    def tell(self, code: str, **values: object) -> None:
        """Tell a message of the catalogue."""
        self.note(Issue(code, values))

    def note(self, issue: Issue) -> None:
        """Tell an issue."""
        line = self._for_machines(issue) if self.as_json else self._for_people(issue)
        click.echo(line)

    def _subject(self, issue: Issue) -> dict[str, Any]:
        known = {"registry": self.registry, "run": self.run}
        return {name: issue.params.get(name, value) for name, value in known.items()}

    def _for_machines(self, issue: Issue) -> bytes:
        line = {"at": now(), **self._subject(issue), **issue.as_json(), "message": issue.text(self.language)}
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z)

    def _for_people(self, issue: Issue) -> bytes:
        text = " ".join(issue.text(self.language).split())
        if issue.severity.value in {"stop", "error", "warning"}:
            text = f"{text} → {' '.join(issue.fix(self.language).split())}"
        about = "/".join(str(part) for part in self._subject(issue).values() if part is not None)
        mark = f"[{about}] " if about else ""
        return f"{now():%Y-%m-%d %H:%M:%S}Z {issue.severity.value:<7} {issue.code:<16} {mark}{text}".encode()
