"""What a comparison is made of: values with their evidence, cells, and the difference between two cells.

The words for a difference are fixed. It always says how the second cell looks beside the first: `wider` means that the
second covers more. Nothing is ever summed up into a figure.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field, computed_field

from config.messages import Issue
from recognition.levels import LevelComparison
from recognition.subject import Evidence, Frozen, Reviewed


class Difference(StrEnum):
    """How the second cell looks beside the first."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    DIFFERENT = "different"
    NOT_STATED = "not_stated"
    NOT_COMPARABLE = "not_comparable"

    @property
    def mirrored(self) -> Difference:
        """The difference with the two cells changed over."""
        return _MIRRORED.get(self, self)


_MIRRORED = {Difference.WIDER: Difference.NARROWER, Difference.NARROWER: Difference.WIDER}


class Remark(Frozen):
    """A message that a reader should see, by its code, with both texts; the texts follow from code and parameters."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    params: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **params: Any) -> Remark:
        """Return a remark. Raises `KeyError` for a code that the catalogue does not have."""
        return cls.from_issue(Issue(code, params))

    @classmethod
    def from_issue(cls, issue: Issue) -> Remark:
        """Return the remark that an issue makes."""
        return cls(code=issue.code, params={name: str(value) for name, value in issue.params.items()})

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own form
    @property
    def text(self) -> dict[str, str]:
        """The message in Japanese and English."""
        issue = Issue(self.code, dict(self.params))
        return {"ja": issue.text("ja"), "en": issue.text("en")}


class Amount(Frozen):
    """Hours as a range, and what they rest on. `counted` is `total` or `taught`; `basis` is stated or derived."""

    least: Decimal
    most: Decimal
    counted: str
    basis: str
    rule: str
    source: str
    year: int | None


class Converted(Frozen):
    """What hours come to in another credit system: a range cut down to the system's steps, with what was left."""

    system: str
    least: Decimal
    most: Decimal
    step: Decimal | None
    remainder_hours: tuple[Decimal, Decimal] | None
    source: str
    year: int


class Value(Frozen):
    """One value of a cell.

    `native` is what the source says; `texts` holds it by language where it is prose. `normalised` is the form that is
    compared, `labels` its name in Japanese and English where it is a code. `hours` and `converted` belong to workload.
    `reviewed` are translations that a person approved; they are not stated, and take no part in how cells differ.
    """

    native: str
    evidence: Evidence
    texts: dict[str, str] = Field(default_factory=dict)
    normalised: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    hours: Amount | None = None
    converted: tuple[Converted, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()


class Cell(Frozen):
    """What one credential says under one row. Without values it is silent, which is never a difference."""

    values: tuple[Value, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def stated(self) -> bool:
        """Whether the source says anything here."""
        return bool(self.values)


class Pair(Frozen):
    """How the second of two cells looks beside the first, why, and the level rows that were looked at."""

    first: int
    second: int
    difference: Difference
    because: Remark
    levels: tuple[LevelComparison, ...] = ()
