"""What prose adds to a listing: derived values with their passages, and passages that a person should look at.

Only what a listing does not state otherwise is sought. A value is derived when one plain passage says it and no other
says something else; everything else that speaks of the matter becomes a review item, never a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from config.messages import Issue
from crosswalks.descriptor.model import Assessment, Descriptor, Offer, Outcome, Volume
from crosswalks.ledger import Entry, FieldOutcome
from crosswalks.origins import origins_of
from crosswalks.prose.assessment import assessments_in
from crosswalks.prose.credits import credits_in
from crosswalks.prose.intakes import intakes_in
from crosswalks.prose.outcomes import outcomes_in
from crosswalks.prose.periods import periods_in
from crosswalks.prose.volume import HoursSaid, hours_in

_MOST_QUOTED = 400


class Passage(NamedTuple):
    """A text of a listing: the source field that holds it, the tag of its language, and the text."""

    source: str
    language: str
    text: str


@dataclass(slots=True)
class _Added:
    """What was read so far."""

    entries: list[Entry] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def derived(self, source: str, target: str, rule: str, quote: str) -> None:
        self.entries.append(Entry(source, FieldOutcome.DERIVED, target, rule=rule, quote=quote[:_MOST_QUOTED]))

    def review(self, passage: Passage, target: str, quote: str) -> None:
        """Leave a passage to a person, once for each target."""
        told = {"field": target, "quote": quote[:_MOST_QUOTED], "language": passage.language}
        issue = Issue("prose_review", told, place=passage.source)
        if issue not in self.issues:
            self.issues.append(issue)


def add_from_prose(
    descriptor: Descriptor, texts: Iterable[tuple[str, Mapping[str, str] | None]]
) -> tuple[Descriptor, list[Entry], list[Issue]]:
    """Return a descriptor with what its texts add, the ledger lines of that, and review items.

    `texts` are source fields with their text by language. What the descriptor holds already is never touched.
    """
    passages = [Passage(source, language, text) for source, by in texts for language, text in (by or {}).items()]
    added = _Added()
    changes: dict[str, object] = {}
    if volume := _volume(descriptor.volume, passages, added):
        changes["volume"] = volume
    if not descriptor.credit:
        _credits(passages, added)
    if not any(one.type for one in descriptor.assessment):
        known = len(descriptor.assessment)
        if assessments := tuple(_assessments(passages, known, added)):
            changes["assessment"] = (*descriptor.assessment, *assessments)
    if not descriptor.learning_outcomes and (outcomes := tuple(_outcomes(passages, added))):
        changes["learning_outcomes"] = outcomes
    if not descriptor.offer and (offer := _offer(passages, added)):
        changes["offer"] = (offer,)
    if not changes:
        return descriptor, added.entries, added.issues
    changes["origins"] = {**descriptor.origins, **origins_of(map(_as_a_whole, added.entries))}
    return descriptor.model_copy(update=changes), added.entries, added.issues


def _as_a_whole(entry: Entry) -> Entry:
    """Return the entry of a part of something that prose said whole: an outcome, a method of assessment."""
    return entry._replace(target=".".join((entry.target or "").split(".")[:2]))


def _volume(stated: Volume | None, passages: list[Passage], added: _Added) -> Volume | None:
    """Return the volume with what prose adds, or None when it adds nothing."""
    volume = stated or Volume()
    found: dict[str, object] = {}
    said = [(passage, one) for passage in passages for one in hours_in(passage.text)]
    if volume.total_hours is None:
        if (total := _agreed(said, "total", "volume.total_hours", added)) is not None:
            found["total_hours"] = total
        else:
            for passage, one in said:
                if one.counts not in {"total", "taught"}:
                    added.review(passage, "volume.total_hours", one.quote)
    if volume.contact_hours is None and (taught := _agreed(said, "taught", "volume.contact_hours", added)) is not None:
        found["contact_hours"] = taught
    if volume.duration is None and (duration := _duration(passages, added)) is not None:
        found["duration"] = duration
    return volume.model_copy(update=found) if found else None


def _duration(passages: list[Passage], added: _Added) -> str | None:
    """Return how long all passages say that the course runs; otherwise each is for a person to look at."""
    periods = [(passage, one) for passage in passages for one in periods_in(passage.text)]
    plain = [(passage, one) for passage, one in periods if one.plain]
    if len({one.duration for _, one in plain}) == 1:
        passage, period = plain[0]
        added.derived(passage.source, "volume.duration", "period_in_prose", period.quote)
        return period.duration
    for passage, period in periods:
        added.review(passage, "volume.duration", period.quote)
    return None


def _agreed(said: list[tuple[Passage, HoursSaid]], counts: str, target: str, added: _Added) -> Decimal | None:
    """Return the hours that every passage of a kind agrees on; otherwise each is for a person to look at."""
    mine = [(passage, one) for passage, one in said if one.counts == counts]
    sums = [(passage, one) for passage, one in said if counts == "total" and one.counts == "sum"]
    figures = {(one.least, one.most) for _, one in [*mine, *sums]}
    if mine and len(figures) == 1 and all(one.plain and one.least == one.most for _, one in mine):
        passage, one = mine[0]
        added.derived(passage.source, target, "hours_in_prose", one.quote)
        return one.least
    for passage, one in [*mine, *sums]:
        added.review(passage, target, one.quote)
    return None


def _credits(passages: list[Passage], added: _Added) -> None:
    """Leave every passage about credits to a person: no text says by itself whose system they are of."""
    for passage in passages:
        for said in credits_in(passage.text):
            added.review(passage, "credit", said.quote)


def _offer(passages: list[Passage], added: _Added) -> Offer | None:
    """Return the one intake whose days the texts state, or None; days that differ are for a person to look at."""
    said = [(passage, one) for passage in passages for one in intakes_in(passage.text)]
    days = {(one.starts, one.ends) for _, one in said}
    if len(days) != 1:
        for passage, one in said:
            added.review(passage, "offer", one.quote)
        return None
    passage, one = said[0]
    values = {name: day.isoformat() for name, day in (("starts", one.starts), ("ends", one.ends)) if day}
    for name in values:
        added.derived(passage.source, f"offer.0.{name}", "date_in_prose", one.quote)
    return Offer.model_validate(values)


def _assessments(passages: list[Passage], known: int, added: _Added) -> Iterator[Assessment]:
    seen: set[str] = set()
    for passage in passages:
        for said in assessments_in(passage.text):
            if said.kind is None:
                added.review(passage, "assessment", said.quote)
            elif said.kind not in seen:
                number = known + len(seen)
                added.derived(passage.source, f"assessment.{number}.type", "assessment_in_prose", said.quote)
                added.derived(passage.source, f"assessment.{number}.text", "assessment_in_prose", said.quote)
                seen.add(said.kind)
                yield Assessment(type=said.kind, text={passage.language: said.quote})


def _outcomes(passages: list[Passage], added: _Added) -> Iterator[Outcome]:
    """Yield the items of the first text that announces a list of outcomes: texts in other languages repeat them."""
    for passage in passages:
        if items := outcomes_in(passage.text):
            for number, item in enumerate(items):
                added.derived(passage.source, f"learning_outcomes.{number}.text", "list_after_announcement", item)
                yield Outcome(text={passage.language: item})
            return
