"""What the fields of a course become, gathered while they are read: values, ledger and issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from config.messages import Issue
from crosswalks.descriptor.model import (
    Assessment,
    CoProvider,
    FurtherInfo,
    Outcome,
    QualityStatement,
    TeachingMethod,
)
from crosswalks.descriptor.types import Credit, FieldOfStudy, Level
from crosswalks.jvcampus.markup import Texts, texts_of
from crosswalks.ledger import Ledger
from crosswalks.text import UNDETERMINED


@dataclass(slots=True)
class Draft:
    """A descriptor in the making. `language` is that of unmarked texts, by the rule `language_rule`.

    `landing_page` and `issuer_country` are where in the listing a custom field states one, and the value.
    """

    language: str = UNDETERMINED
    language_rule: str = ""
    ledger: Ledger = field(default_factory=lambda: Ledger("jvcampus", "jmicro"))
    issues: list[Issue] = field(default_factory=list)
    single: dict[str, dict[str, str]] = field(default_factory=dict)
    hours: dict[str, Decimal] = field(default_factory=dict)
    duration: str | None = None
    volume_notes: list[dict[str, str]] = field(default_factory=list)
    factors: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    assessment: list[Assessment] = field(default_factory=list)
    teaching: list[TeachingMethod] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    credit_status: str | None = None
    prerequisites: list[dict[str, str]] = field(default_factory=list)
    targets: list[dict[str, str]] = field(default_factory=list)
    fields: list[FieldOfStudy] = field(default_factory=list)
    providers: list[CoProvider] = field(default_factory=list)
    internal: list[QualityStatement] = field(default_factory=list)
    undivided: list[QualityStatement] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    technical: list[str] = field(default_factory=list)
    further: list[FurtherInfo] = field(default_factory=list)
    capacity: int | None = None
    landing_page: tuple[str, str] | None = None
    issuer_country: tuple[str, str] | None = None

    def texts(self, markup: str, *, lines: bool = True, html: bool = True) -> Texts:
        """Return what a Moodle text says; unmarked text is in the language of the course or the site."""
        return texts_of(markup, self.language, lines=lines, html=html)

    def carried(self, source: str, target: str, raw: str, texts: Texts) -> None:
        """Write down that a text was carried, and how it was changed on the way."""
        if texts.open:
            self.issues.append(Issue("unfinished_markup", {"field": source}, place=source))
        if texts.marked:
            self.ledger.normalised(source, target, "multilang_split", value=raw)
        elif raw not in texts.by_language.values():
            self.ledger.normalised(source, target, "text_of_markup", value=raw)
        elif UNDETERMINED not in texts.by_language:
            self.ledger.normalised(source, target, self.language_rule)
        else:
            self.ledger.mapped(source, target)

    def not_understood(self, source: str, value: str) -> None:
        """Keep a value that cannot be read with the source record, and tell it."""
        self.ledger.unknown(source, "not_understood", value=value)
        self.issues.append(Issue("not_understood", {"value": value[:200]}, place=source))
