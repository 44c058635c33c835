"""Agreements between registries, and which of them covers a question. What they say is information, never a decision.

An agreement has parties, a scope and dates, and a document that it is recorded from. An empty part of the scope sets no
limit. What a record does not state can neither lie within a limit nor outside it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from config.codelists import codelist
from config.frameworks import level_schemes
from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor
from recognition.cells import Remark
from recognition.subject import Frozen


class Party(Frozen):
    """A party: its name, and the registry of ours whose records it answers for, if any."""

    name: str
    registry: str | None = None


class LevelLimit(Frozen):
    """A level that an agreement covers, in one scheme."""

    scheme: str
    value: str


class Scope(Frozen):
    """What an agreement covers: fields of study (beginnings of ISCED-F codes), levels, classes of micro-credentials."""

    fields: tuple[str, ...] = ()
    levels: tuple[LevelLimit, ...] = ()
    kinds: tuple[str, ...] = ()


class Agreement(Frozen):
    """An agreement as somebody recorded it. `document` says what it was recorded from, `address` where that is."""

    parties: tuple[Party, ...]
    title: str
    document: str
    address: str | None = None
    valid_from: date
    valid_until: date | None = None
    scope: Scope = Scope()


class Covering(StrEnum):
    """What an agreement says of a question."""

    COVERS = "covers"
    OUTSIDE = "outside"
    CANNOT_TELL = "cannot_tell"
    NOT_IN_FORCE = "not_in_force"


class Coverage(Frozen):
    """What one agreement says of one question, and why. `statement` says that this decides nothing."""

    number: int
    agreement: Agreement
    covering: Covering
    because: Remark
    statement: Remark


def check_agreement(agreement: Agreement) -> None:
    """Refuse an agreement that is not whole. Raises `CodedError` with `agreement_incomplete`."""
    names = {party.name.strip().casefold() for party in agreement.parties if party.name.strip()}
    if len(names) < 2:
        raise CodedError.of("agreement_incomplete", what="parties")
    if not agreement.title.strip() or not agreement.document.strip():
        raise CodedError.of("agreement_incomplete", what="title, document")
    if agreement.valid_until is not None and agreement.valid_until < agreement.valid_from:
        raise CodedError.of("agreement_incomplete", what="valid_until")
    unknown = [kind for kind in agreement.scope.kinds if kind not in codelist("McClass")]
    unknown += [limit.scheme for limit in agreement.scope.levels if limit.scheme not in level_schemes()]
    unknown += [code for code in agreement.scope.fields if not (code.isdigit() and 2 <= len(code) <= 4)]
    if unknown:
        raise CodedError.of("agreement_incomplete", what=", ".join(unknown))


def coverage(number: int, agreement: Agreement, descriptor: Descriptor, day: date) -> Coverage | None:
    """Return what an agreement says of a record on a day; None when the record's registry is no party of it."""
    if descriptor.source_record.registry not in {party.registry for party in agreement.parties}:
        return None
    found, because = _covering(agreement, descriptor, day)
    return Coverage(number=number, agreement=agreement, covering=found, because=because,
                    statement=Remark.of("agreement_informs"))  # fmt: skip


def _covering(agreement: Agreement, descriptor: Descriptor, day: date) -> tuple[Covering, Remark]:
    if day < agreement.valid_from or (agreement.valid_until is not None and day > agreement.valid_until):
        return Covering.NOT_IN_FORCE, Remark.of("agreement_not_in_force")
    limits = dict(_limits(agreement.scope, descriptor))
    outside = [name for name, within in limits.items() if within is False]
    silent = [name for name, within in limits.items() if within is None]
    if outside:
        return Covering.OUTSIDE, Remark.of("agreement_outside", what=", ".join(outside))
    if silent:
        return Covering.CANNOT_TELL, Remark.of("agreement_cannot_tell", what=", ".join(silent))
    return Covering.COVERS, Remark.of("agreement_covers")


def _limits(scope: Scope, descriptor: Descriptor) -> Iterable[tuple[str, bool | None]]:
    """Yield each limit there is with whether the record lies within it; None where the record is silent."""
    if scope.fields:
        codes = [one.code for one in descriptor.field if one.scheme == "ISCED-F" and one.code]
        short = any(wanted.startswith(code) and code != wanted for code in codes for wanted in scope.fields)
        within = any(code.startswith(scope.fields) for code in codes)
        yield "field", True if within else None if short or not codes else False
    if scope.levels:
        wanted = {(limit.scheme, limit.value) for limit in scope.levels}
        schemes = {limit.scheme for limit in scope.levels}
        stated = [(level.scheme, level.value.strip()) for level in descriptor.level if level.scheme in schemes]
        yield "level", any(level in wanted for level in stated) if stated else None
    if scope.kinds:
        kind = descriptor.education_classification
        yield "education_classification", None if kind in {None, "unknown"} else kind in scope.kinds
