"""One occurrence of a message, and the exception that carries one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from config.messages.catalogue import Language, Severity, catalogue


class _Places(dict[str, Any]):
    """Parameters of a text; a missing one shows as its name instead of failing while a fault is told."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True, slots=True)
class Issue:
    """A coded finding about a run, a record or a file.

    `code` is a key of the catalogue, `params` fill the text, `record` names the record it concerns (if any)
    and `place` says where in the record, payload or file it was found.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    record: str | None = None
    place: str | None = None

    def __post_init__(self) -> None:
        if self.code not in catalogue():
            raise KeyError(f"no message with the code {self.code!r}")

    @property
    def severity(self) -> Severity:
        """The severity that the catalogue gives this code."""
        return catalogue()[self.code].severity

    def text(self, language: Language) -> str:
        """Return the message in one language, parameters filled in."""
        return catalogue()[self.code].text[language].format_map(_Places(self.params))

    def fix(self, language: Language) -> str:
        """Return what the reader can do about it, in one language."""
        return catalogue()[self.code].fix[language].format_map(_Places(self.params))

    def as_json(self) -> dict[str, Any]:
        """Return the issue for machines, with both texts."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "record": self.record,
            "place": self.place,
            "params": self.params,
            "text": {"ja": self.text("ja"), "en": self.text("en")},
            "fix": {"ja": self.fix("ja"), "en": self.fix("en")},
        }


class CodedError(Exception):
    """An error that a person will read. `issues` has at least one entry; the first is the reason."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(f"{issue.code}: {issue.text('en')}" for issue in issues))
        self.issues = issues

    @classmethod
    def of(cls, code: str, /, *, record: str | None = None, place: str | None = None, **params: Any) -> Self:
        """Build an error from one code and its parameters."""
        return cls(Issue(code, params, record=record, place=place))
