"""What of a dossier may leave: a registry's policy binds every way out, and files are handed on."""

from __future__ import annotations

from dataclasses import replace

from crosswalks.descriptor.rights import releasable
from harvester.workplace import Workplace
from recognition.cells import Cell, Remark, Value
from recognition.dossier import Dossier, Gathered, Point, Shown, dossier
from recognition.loading import load_version
from recognition.marking import KeptView
from store.dossiers import kept_dossier

_FACTS_ONLY = "facts_only"
_WITHHELD = "dossier_value_withheld"


def released(place: Workplace, view: KeptView) -> KeptView:
    """Return a kept dossier without the values and quotations that its registry does not release.

    How far a thing is stated stays as it is: that a registry states something is a fact, what it says may not be ours
    to hand on. Each value left out is told as left out.
    """
    subject = load_version(place.database, kept_dossier(place.database, view.dossier.key).seq)
    descriptor, held = releasable(subject.descriptor)
    facts_only = subject.descriptor.source_record.rights == _FACTS_ONLY
    if not held and not facts_only:
        return view
    part = dossier(replace(subject, descriptor=descriptor), view.dossier.question)
    return view.model_copy(update={"dossier": _without(view.dossier, part, quoted=not facts_only)})


def _without(whole: Dossier, part: Dossier, *, quoted: bool) -> Dossier:
    shown = {one.code: one.values for one in part.evidence}
    cells = {(point.code, row.code): row.cell for point in part.points for row in point.rows}
    return whole.model_copy(
        update={
            "evidence": tuple(_gathered(one, shown[one.code], quoted=quoted) for one in whole.evidence),
            "points": tuple(_point(point, cells, quoted=quoted) for point in whole.points),
        }
    )


def _gathered(one: Gathered, values: tuple[Value, ...], *, quoted: bool) -> Gathered:
    remarks = one.remarks if len(values) == len(one.values) else (*one.remarks, Remark.of(_WITHHELD))
    return one.model_copy(update={"values": _values(values, quoted=quoted), "remarks": remarks})


def _point(point: Point, cells: dict[tuple[str, str], Cell], *, quoted: bool) -> Point:
    rows = tuple(_row(row, cells[point.code, row.code], quoted=quoted) for row in point.rows)
    return point.model_copy(update={"rows": rows})


def _row(row: Shown, part: Cell, *, quoted: bool) -> Shown:
    less = len(part.values) < len(row.cell.values)
    remarks = (*row.cell.remarks, Remark.of(_WITHHELD)) if less else row.cell.remarks
    return row.model_copy(update={"cell": Cell(values=_values(part.values, quoted=quoted), remarks=remarks)})


def _values(values: tuple[Value, ...], *, quoted: bool) -> tuple[Value, ...]:
    if quoted:
        return values
    return tuple(one.model_copy(update={"evidence": one.evidence.model_copy(update={"quotation": None})})
                 for one in values)  # fmt: skip
