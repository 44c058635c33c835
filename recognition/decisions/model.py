"""What a decision is made of: the question, the version it is about, what is proposed, and the steps taken.

A decision is a list of steps that only grows. Where it stands follows from its steps and the day (`machine.py`).
Nothing here names anybody but the people who act, and what leaves for others names none of those either.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from recognition.cells import Remark
from recognition.decisions.lifecycle import Track
from recognition.subject import Frozen


class Outcome(StrEnum):
    """What a decision in force says. `none` is a "no"; no decision at all is no outcome, and not this one."""

    FULL = "full"
    PARTIAL = "partial"
    CONDITIONAL = "conditional"
    NONE = "none"
    UNDECIDED = "undecided"


POSITIVE = frozenset({Outcome.FULL, Outcome.PARTIAL, Outcome.CONDITIONAL})


class Status(StrEnum):
    """How something that was granted stands today."""

    VALID = "valid"
    NOT_YET = "not_yet"
    REOPENED = "reopened"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISCONTINUED = "discontinued"


class LevelUsed(Frozen):
    """What was found for a stated level in the receiver's framework, with a digest of the rows and their source."""

    scheme: str
    value: str
    framework: str
    answer: str
    basis: str | None
    digest: str


class Pin(Frozen):
    """The version that a decision is about, and what its reading and its levels rested on.

    `seq` is the row of the publication log, `tables` and `judgements` digests of the mapping tables by which the
    record was read and of what people held of their rows.
    """

    record: str
    iri: str
    registry: str
    version: int
    seq: int
    content_hash: str
    tables: dict[str, str] = {}  # noqa: RUF012 - copied for each
    judgements: dict[str, str] = {}  # noqa: RUF012 - copied for each
    levels: tuple[LevelUsed, ...] = ()


class Terms(Frozen):
    """What is proposed. No date is ever made up: without `valid_until` no end is stated.

    `covers` says what a partial recognition covers, `measures` what would close the gap, `appeal` where to object.
    `mark` is the right to show the certification mark, `framework_version` what was judged against, `number` the
    recognition number; these three belong to home listings.
    """

    verdict: str
    conditions: tuple[str, ...] = ()
    covers: str = ""
    measures: str = ""
    appeal: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    next_review: date | None = None
    mark: bool = False
    framework_version: str | None = None
    number: str | None = None


class Step(Frozen):
    """One step. `four_eyes` is the rule that held when something was proposed; `because` is why the engine acted."""

    number: int
    act: str
    actor: str
    at: datetime
    reason: str
    terms: Terms | None = None
    pin: Pin | None = None
    member_class: str | None = None
    four_eyes: bool | None = None
    because: tuple[Remark, ...] = ()
    successor: int | None = None


class Opened(Frozen):
    """The head of a decision, which never changes: what is asked about which record, and by whom it will be used.

    `dossier` is the key of the evidence file; `supersedes` the decision that this one would take the place of.
    """

    id: int
    track: Track
    record: str
    registry: str
    title: str
    purpose: str
    receiving: str
    details: str = ""
    framework: str | None = None
    dossier: str | None = None
    supersedes: int | None = None


class Proposed(Frozen):
    """A proposal that waits for somebody to approve or refuse it."""

    terms: Terms
    pin: Pin
    reason: str
    by: str
    at: datetime
    four_eyes: bool


class Grant(Frozen):
    """What was approved: the terms, the version, who proposed and approved it. `number` is the step of the approval.

    `outcome` is None for a home listing, which is recognised or not.
    """

    number: int
    outcome: Outcome | None
    terms: Terms
    pin: Pin
    reason: str
    proposed_by: str
    approved_by: str
    decided_at: datetime

    @property
    def decided_on(self) -> date:
        """The day of the approval, in UTC."""
        return self.decided_at.date()


class Standing(Frozen):
    """Where a decision stands on a day.

    `state` is None for one with no step. `outcome` is what may be said today: None when nothing is in force (which is
    not a "no"), `undecided` while the question is open or open again. `mark` is whether the mark shows. `grant` is the
    last thing approved, whatever became of it; `status` says what. `reopened` tells why a decision is open again.
    """

    day: date
    state: str | None = None
    pin: Pin | None = None
    pending: Proposed | None = None
    grant: Grant | None = None
    status: Status | None = None
    outcome: Outcome | None = None
    recognised: bool = False
    mark: bool = False
    reopened: tuple[Remark, ...] = ()
    reopened_at: datetime | None = None
    successor: int | None = None
