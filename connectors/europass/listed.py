"""From nodes to listings: the candidates among the records, whole, with the rules that chose them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from config.messages import Issue
from connectors.contract import Extract, Found
from connectors.europass.nodes import Held
from connectors.europass.options import Options
from connectors.europass.select import Signs, fired, is_released, signs_of
from crosswalks.elm.closure import OPPORTUNITY, STUBS, Closed, closed
from crosswalks.elm.graph import TYPE
from crosswalks.elm.model import ElmListing
from crosswalks.elm.profile import classes
from crosswalks.text import matching_key

_APART = {"skos:Concept", "skos:ConceptScheme", "elm:WebResource", "elm:MediaObject", "elm:Mailbox"}
"""Classes of things that are often only named: codes, and what an address itself leads to."""


class Candidate(NamedTuple):
    """A record that some rule takes. `course` is what it shares with other intakes of the same course, if anything."""

    root: str
    rules: tuple[str, ...]
    released: bool
    course: str


LONGEST_NAME = 1000
"""Characters of an identifier that can be asked for."""


def candidates(roots: Iterable[str], held: Held, options: Options, extract: Extract) -> Iterator[Candidate]:
    """Yield the candidates among records; the others are counted as passed over."""
    for root in roots:
        extract.rows += 1
        signs = signs_of(root, held)
        if rules := fired(signs, options.candidates):
            yield Candidate(root, rules, is_released(signs, options.released), _course(signs))
        else:
            extract.passed_over["passed_over_type"] += 1


def _course(signs: Signs) -> str:
    return f"{matching_key(min(signs.titles))} | {signs.provider}" if signs.titles and signs.provider else ""


@dataclass(slots=True)
class Walk:
    """One walk over the records of a unit, which issues call by `list_name`; courses that repeat are noticed within it.

    `parts` are those held and those there are. Of a unit that is not whole, only opportunities are read that lack
    nothing: a specification may belong to an opportunity in a missing part, and be no record of its own.
    """

    held: Held
    options: Options
    extract: Extract
    list_name: str
    parts: tuple[int, int] = (1, 1)
    _courses: dict[str, tuple[str, int]] = field(default_factory=dict)
    _lacking: dict[str, None] = field(default_factory=dict)
    _unread: int = 0

    def listings(self, roots: Iterable[str], **places: Any) -> Iterator[Found]:
        """Yield the listings of candidates in a steady order, then tell what was noticed on the way."""
        chosen = sorted(candidates(roots, self.held, self.options, self.extract), key=lambda one: one.root)
        for candidate, outcome in self._in_order(chosen):
            if outcome.listing is None:
                if outcome.issue is not None:
                    self.extract.issues.append(outcome.issue)
                continue
            if self._waits(candidate.root) or self._lacks(outcome.listing):
                self._unread += 1
                continue
            if candidate.released:
                self._note_course(candidate)
            listing = outcome.listing.model_copy(update={"selected_by": candidate.rules})
            where = {"at": listing.root, **places, **({"nodes": outcome.places} if outcome.places else {})}
            yield Found(listing, where, candidate.released)
        self.extract.issues.extend(self._issues())

    def _in_order(self, chosen: list[Candidate]) -> Iterator[tuple[Candidate, Closed]]:
        """Yield records by their identifiers; those without one by the names that their content gives them."""
        nameless = []
        for candidate in chosen:
            outcome = closed(candidate.root, self.held, self.held.places)
            if candidate.root[:2] == "_:":
                nameless.append((outcome.listing.root if outcome.listing else "", candidate, outcome))
            else:
                yield candidate, outcome
        yield from ((candidate, outcome) for _, candidate, outcome in sorted(nameless, key=lambda one: one[0]))

    def _note_course(self, candidate: Candidate) -> None:
        if candidate.course:
            first, count = self._courses.get(candidate.course, (candidate.root, 0))
            self._courses[candidate.course] = (first, count + 1)

    def _waits(self, root: str) -> bool:
        return self.parts[0] < self.parts[1] and OPPORTUNITY not in self.held.properties(root).get(TYPE, ())

    def _lacks(self, listing: ElmListing) -> bool:
        """Note references that lead nowhere; tell whether the record had better wait for the missing parts."""
        lacking = [target for node in listing.nodes.values() for name, values in node.properties.items()
                   if name in _referring() for target in (value.id for value in values)
                   if target is not None and target not in listing.nodes]  # fmt: skip
        if lacking and self.parts[0] < self.parts[1]:
            return True
        self._lacking.update(dict.fromkeys(lacking))
        return False

    def _issues(self) -> Iterator[Issue]:
        for course, (first, count) in sorted(self._courses.items()):
            if count > 1:
                title = course.partition(" | ")[0]
                yield Issue("same_course_repeated", {"count": count, "title": title}, place=first)
        if self._lacking:
            params = {"count": len(self._lacking), "example": min(self._lacking), "list": self.list_name}
            yield Issue("reference_not_held", params)
        held, parts = self.parts
        if held < parts:
            yield Issue("part_missing", {"held": held, "parts": parts, "count": self._unread, "list": self.list_name})


@cache
def _referring() -> frozenset[str]:
    """Return the properties whose targets belong to a record."""
    rows = [row for listed in classes().values() for row in listed.properties.values()]
    return frozenset(
        row.name for row in rows if row.form == "node" and not _APART & set(row.ranges) and row.name not in STUBS
    )
