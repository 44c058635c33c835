"""Descriptor → listing of the workbook: what the rights policy releases, in the columns that institutions fill.

Recognition is decided by the registry and has no column. Texts lose what a cell cannot hold (control characters, white
space at line ends); a text longer than a cell keeps the record from being written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crosswalks.descriptor.model import Descriptor
from crosswalks.ledger import Crossing
from crosswalks.outgoing import Outgoing
from crosswalks.spreadsheet.cells import LONGEST
from crosswalks.spreadsheet.model import SpreadsheetListing
from crosswalks.spreadsheet.read import SAME
from crosswalks.text import clean_lines

_RULE = "text_as_cells_hold_it"
_QUALITY = ("internal", "external", "undivided")
_NOTES = {"prerequisites": "prerequisite", "target_group": "target_group", "further_info": "link"}
_CARRIED_FROM_SOURCE = ("status", "rights", "attribution")


def write(descriptor: Descriptor) -> Crossing[SpreadsheetListing]:
    """Carry one descriptor to a listing. Too long a text is told with `text_too_long_for_cell`."""
    out = Outgoing(descriptor, "spreadsheet", Path(__file__).parent)
    stated = out.descriptor.model_dump(mode="json", exclude_defaults=True)
    values: dict[str, Any] = {}
    for name in SAME:
        if name in stated:
            values[name] = _carried(out, stated[name], name, name)
    values["id"] = _carried(out, descriptor.id, "id", "id")
    for name in _CARRIED_FROM_SOURCE:
        if (value := stated["source_record"].get(name)) is not None:
            values[name] = _carried(out, value, f"source_record.{name}", name)
    values["quality"] = _quality(out, stated.get("quality_assurance", {}))
    values["notes"] = _notes(out, stated)
    listing = SpreadsheetListing.model_validate(values)
    return Crossing(listing, out.close({}), tuple(out.issues))


def _quality(out: Outgoing, stated: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for kind in _QUALITY:
        for index, part in enumerate(stated.get(kind, ())):
            source, target = f"quality_assurance.{kind}.{index}", f"quality.{len(rows)}"
            rows.append({**_carried(out, part, source, target), "kind": kind})
            if part:
                out.ledger.derived(source, f"{target}.kind", "kind_of_row")
            else:
                out.ledger.defaulted(f"{target}.kind", "kind_of_row")
    return rows


def _notes(out: Outgoing, stated: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for field, kind in _NOTES.items():
        for index, part in enumerate(stated.get(field, ())):
            source, target = f"{field}.{index}", f"notes.{len(rows)}"
            if field == "further_info":
                row = {}
                for name, here in (("label", "text"), ("url", "url")):
                    if name in part:
                        row[here] = _carried(out, part[name], f"{source}.{name}", f"{target}.{here}")
            else:
                row = {"text": _carried(out, part, source, f"{target}.text")}
            rows.append({**row, "kind": kind})
            if part:
                out.ledger.derived(source, f"{target}.kind", "kind_of_row")
            else:
                out.ledger.defaulted(f"{target}.kind", "kind_of_row")
    return rows


def _carried(out: Outgoing, value: Any, source: str, target: str) -> Any:
    """Return a part of the descriptor as cells hold it, and say of every value in it how it was carried."""
    if isinstance(value, dict):
        return {name: _carried(out, item, f"{source}.{name}", f"{target}.{name}") for name, item in value.items()}
    if isinstance(value, list):
        return [_carried(out, item, f"{source}.{index}", f"{target}.{index}") for index, item in enumerate(value)]
    if not isinstance(value, str):
        out.ledger.mapped(source, target)
        return value
    text = clean_lines(value) or value
    if len(text) > LONGEST:
        out.found("text_too_long_for_cell", source, length=len(text), most=LONGEST)
    if text == value:
        out.ledger.mapped(source, target)
    else:
        out.ledger.normalised(source, target, _RULE, value=value)
    return text
