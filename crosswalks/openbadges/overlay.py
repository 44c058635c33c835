"""What our extension of a badge says, laid over the badge's own fields.

The extension is the more exact: it holds every language and every structure. Where a standard field has been changed
since (an editor of a platform knows only those), the standard field is taken and the difference told.
"""

from __future__ import annotations

from typing import Any

from config.messages import Issue
from crosswalks.descriptor.model import Assessment, Organisation, SourceRecord
from crosswalks.ledger import Ledger
from crosswalks.openbadges.extension import Extension
from crosswalks.openbadges.model import Achievement
from crosswalks.openbadges.write import narrative
from crosswalks.stated import fields_of

_LAID_OVER = frozenset({"title", "description", "assessment", "issuer", "source"})
_PLACE = ("registry", "url")


class Overlay:
    """The extension of one badge, or none. `there` says whether the badge has one."""

    def __init__(self, badge: Achievement, language: str, ledger: Ledger, issues: list[Issue]) -> None:
        self._badge = badge
        self._language = language
        self._ledger = ledger
        self._issues = issues
        self._extension = badge.extension or Extension()
        self.there = badge.extension is not None

    def values(self) -> dict[str, Any]:
        """Return the fields that only the extension can hold."""
        found = {}
        for name in Extension.model_fields:
            value = getattr(self._extension, name)
            if name not in _LAID_OVER and value not in (None, ()):
                self._told(name)
                found[name] = value
        return found

    def _told(self, name: str) -> None:
        """Note each value below a field of the extension as carried word for word."""
        for one in fields_of(self._extension.model_dump(mode="json", exclude_defaults=True, include={name})):
            self._ledger.mapped(f"extension.{one.path}", one.path)

    def text(self, field: str, said: str | None) -> dict[str, str] | None:
        """Return a text in all its languages, if the badge's own field still says the same in one of them."""
        texts: dict[str, str] | None = getattr(self._extension, field)
        own = {"title": "name"}.get(field, field)
        if texts is None:
            return None
        if said in {text.strip() for text in texts.values()}:
            self._told(field)
            self._ledger.dropped(own, "said_in_extension")
            return texts
        self._differs(field, own)
        return None

    def description(self) -> dict[str, str] | None:
        """Return the description in all its languages."""
        return self.text("description", self._badge.description)

    def assessment(self) -> tuple[Assessment, ...] | None:
        """Return the methods of assessment, if the criteria still say the same."""
        methods = self._extension.assessment
        if not methods:
            return None
        criteria = self._badge.criteria
        said = criteria.narrative if criteria else None
        words = {narrative(methods, tag) for tag in (self._language, *self._tags())}
        if said in words:
            self._told("assessment")
            if said:
                self._ledger.dropped("criteria.narrative", "said_in_extension")
            return methods
        self._differs("assessment", "criteria.narrative")
        return None

    def issuer(self) -> Organisation | None:
        """Return the issuer, if the badge's profile still has one of its names."""
        issuer, profile = self._extension.issuer, self._badge.issuer
        if issuer is None:
            return None
        if profile is not None and profile.name in {name.strip() for name in issuer.name.values()}:
            self._told("issuer")
            self._ledger.dropped("issuer", "said_in_extension")
            return issuer
        self._differs("issuer", "issuer.name")
        return None

    def addresses(self) -> frozenset[str]:
        """Return the addresses of skills and levels that the extension names."""
        skills = {ref for outcome in self._extension.learning_outcomes for ref in outcome.skill_refs}
        return frozenset(skills | {level.iri for level in self._extension.level if level.iri})

    def source(self, found: SourceRecord) -> SourceRecord:
        """Return where the record was found, with what its registry wants said and its word on the state."""
        listed = self._extension.source
        if listed is None:
            return found
        kept: dict[str, Any] = {}
        for name in _PLACE:
            if value := getattr(listed, name):
                self._ledger.dropped(f"extension.source.{name}", "found_elsewhere", value=value)
        for name in ("status", "attribution"):
            if value := getattr(listed, name):
                there = getattr(found, name)
                kept[name] = value if not there or there in value else f"{value}; {there}"
                self._place(name, value, kept[name])
        return found.model_copy(update=kept)

    def _place(self, name: str, value: str, kept: str) -> None:
        source, target = f"extension.source.{name}", f"source_record.{name}"
        if kept == value:
            self._ledger.mapped(source, target)
        else:
            self._ledger.normalised(source, target, "said_by_both", value=value)

    def _tags(self) -> list[str]:
        return [tag for one in self._extension.assessment for text in (one.text, one.threshold) for tag in text or ()]

    def _differs(self, field: str, own: str) -> None:
        self._ledger.dropped(f"extension.{field}", "said_otherwise")
        self._issues.append(Issue("openbadges_extension_differs", {"field": own}, place=own))
