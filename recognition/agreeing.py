"""Recording agreements between registries, ending them, and telling which covers a record."""

from __future__ import annotations

from datetime import date, datetime

from config.messages import CodedError
from harvester.workplace import Workplace
from recognition.decisions.agreements import Agreement, Coverage, check_agreement, coverage
from recognition.loading import load_subject
from recognition.subject import Frozen
from store.agreements import add_agreement, agreement_entries, end_agreement
from store.clock import now


class Recorded(Frozen):
    """An agreement with its number, who recorded it, and who ended it, when and why, if somebody did."""

    number: int
    agreement: Agreement
    by: str
    at: datetime
    reason: str
    ended_by: str | None = None
    ended_at: datetime | None = None
    ended_because: str | None = None


def record_agreement(place: Workplace, actor: str, agreement: Agreement, *, why: str) -> Recorded:
    """Record an agreement. Raises `CodedError` with `agreement_incomplete` or `reason_missing`."""
    _reasoned(why)
    check_agreement(agreement)
    number = add_agreement(place.database, agreement.model_dump_json(), actor, why)
    return next(one for one in agreements(place) if one.number == number)


def finish_agreement(place: Workplace, actor: str, number: int, *, why: str) -> Recorded:
    """End an agreement. Raises `CodedError` with `agreement_unknown`, `agreement_ended` or `reason_missing`."""
    _reasoned(why)
    end_agreement(place.database, number, actor, why)
    return next(one for one in agreements(place) if one.number == number)


def agreements(place: Workplace) -> list[Recorded]:
    """Return every agreement, ended ones included, oldest first."""
    entries = agreement_entries(place.database)
    ends = {entry.ends: entry for entry in entries if entry.ends is not None}
    found = []
    for entry in entries:
        if entry.ends is None:
            end = ends.get(entry.id)
            found.append(
                Recorded(
                    number=entry.id, agreement=Agreement.model_validate_json(entry.content), by=entry.actor,
                    at=entry.at, reason=entry.reason, ended_by=end.actor if end else None,
                    ended_at=end.at if end else None, ended_because=end.reason if end else None,
                )
            )  # fmt: skip
    return found


def agreements_on(place: Workplace, record: str, day: date | None = None) -> list[Coverage]:
    """Return what each agreement of a record's registry says of it; those that were ended say nothing any more."""
    subject = load_subject(place.database, record)
    asked = day or now().date()
    found = (coverage(one.number, one.agreement, subject.descriptor, asked) for one in agreements(place)
             if one.ended_at is None)  # fmt: skip
    return [one for one in found if one is not None]


def _reasoned(why: str) -> None:
    if not why.strip():
        raise CodedError.of("reason_missing")
