"""Comparing two levels: by their own framework, by a published row, or not at all.

Two levels are compared only by the rows of one published comparison between exactly their two frameworks. Comparisons
are never chained, equal digits say nothing, and comparisons that are blocked, expired, unconfirmed or about types of
degrees give no level.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from pydantic import BaseModel, ConfigDict

from crosswalks.descriptor.types import Level
from recognition.levels.table import NO_AGREEMENT, NONE, Basis, Row, comparisons, rows


class Answer(StrEnum):
    """What can be said about two levels. Only the first four rest on something that compares the two."""

    SAME_LEVEL = "same_level"
    OTHER_LEVEL = "other_level"
    CORRESPONDS = "corresponds"
    DOES_NOT_CORRESPOND = "does_not_correspond"
    NOT_LEVELLED = "not_levelled"
    NO_AGREEMENT = "no_agreement"
    DEGREE_TYPES_ONLY = "degree_types_only"
    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    BLOCKED = "blocked"
    LOCAL_SCHEME = "local_scheme"
    NOT_IN_TABLE = "not_in_table"
    NO_OFFICIAL_COMPARISON = "no_official_comparison"


LOCAL_SCHEMES = frozenset({"issuer-local", "course-numbering", "JP-year", "unspecified", "EU-NQF"})
"""Schemes whose values mean something only within one issuer, or gather several frameworks under one name."""

_BY_STATUS = {
    "unverified": Answer.UNCONFIRMED, "expired": Answer.EXPIRED, "superseded": Answer.SUPERSEDED,
    "blocked": Answer.BLOCKED,
}  # fmt: skip


class LevelComparison(BaseModel):
    """What was found for two levels: the answer, the comparison it rests on, and its rows for the first level (`rows`)
    and for the second (`back`). A level with several counterparts keeps them all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: Level
    b: Level
    answer: Answer
    basis: Basis | None = None
    rows: tuple[Row, ...] = ()
    back: tuple[Row, ...] = ()

    @property
    def one_to_one(self) -> bool:
        """Whether each of two levels that correspond has the other as its only counterpart."""
        return len(self.rows) == len(self.back) == 1


def compare_levels(a: Level, b: Level, *, same_issuer: bool = False) -> LevelComparison:
    """Compare two levels. `same_issuer` lets schemes be compared that an issuer keeps for itself."""
    if a.scheme == b.scheme:
        return LevelComparison(a=a, b=b, answer=_within(a, b, same_issuer=same_issuer))
    between = [one for one in comparisons().values() if {one.from_scheme, one.to_scheme} == {a.scheme, b.scheme}]
    for basis in between:
        if basis.usable:
            return _by_rows(a, b, basis)
    for basis in between:
        answer = _BY_STATUS.get(basis.status, Answer.DEGREE_TYPES_ONLY)
        there, back = _from(a, b.scheme, basis), _from(b, a.scheme, basis)
        return LevelComparison(a=a, b=b, answer=answer, basis=basis, rows=there, back=back)
    return LevelComparison(a=a, b=b, answer=Answer.NO_OFFICIAL_COMPARISON)


def _within(a: Level, b: Level, *, same_issuer: bool) -> Answer:
    if a.scheme in LOCAL_SCHEMES and not same_issuer and not (a.iri and a.iri == b.iri):
        return Answer.LOCAL_SCHEME
    return Answer.SAME_LEVEL if a.value.strip() == b.value.strip() else Answer.OTHER_LEVEL


def _by_rows(a: Level, b: Level, basis: Basis) -> LevelComparison:
    there, back = _from(a, b.scheme, basis), _from(b, a.scheme, basis)
    given = {row.to_level for row in (*there, *back)}
    if NO_AGREEMENT in given:
        answer = Answer.NO_AGREEMENT
    elif NONE in given:
        answer = Answer.NOT_LEVELLED
    elif not there or not back:
        answer = Answer.NOT_IN_TABLE
    elif b.value.strip() in {row.to_level for row in there}:
        answer = Answer.CORRESPONDS
    else:
        answer = Answer.DOES_NOT_CORRESPOND
    return LevelComparison(a=a, b=b, answer=answer, basis=basis, rows=there, back=back)


def _from(level: Level, target: str, basis: Basis) -> tuple[Row, ...]:
    """Return the rows for a level; none of a table that was not read where it was published."""
    if not basis.confirmed:
        return ()
    return _index().get((basis.id, level.scheme, level.value.strip(), target), ())


@cache
def _index() -> dict[tuple[str, str, str, str], tuple[Row, ...]]:
    found: dict[tuple[str, str, str, str], tuple[Row, ...]] = {}
    for row in rows():
        key = (row.basis, row.from_scheme, row.from_level, row.to_scheme)
        found[key] = (*found.get(key, ()), row)
    return found


def towards(level: Level, scheme: str) -> tuple[Answer, Basis | None, tuple[Row, ...]]:
    """Return what a published comparison gives for a level in another framework, and the rows that say so."""
    if level.scheme == scheme:
        return Answer.SAME_LEVEL, None, ()
    between = [one for one in comparisons().values() if {one.from_scheme, one.to_scheme} == {level.scheme, scheme}]
    for basis in sorted(between, key=lambda one: not one.usable):
        found = _from(level, scheme, basis)
        if not basis.usable:
            return _BY_STATUS.get(basis.status, Answer.DEGREE_TYPES_ONLY), basis, found
        given = {row.to_level for row in found}
        if NO_AGREEMENT in given:
            return Answer.NO_AGREEMENT, basis, found
        if NONE in given:
            return Answer.NOT_LEVELLED, basis, found
        return (Answer.CORRESPONDS if found else Answer.NOT_IN_TABLE), basis, found
    return Answer.NO_OFFICIAL_COMPARISON, None, ()
