"""Credit in systems that ELM has no concept for: our own export writes it as a note, and it is read back from there.

Only a note whose subject is our own concept of credit, and that is made of nothing but a figure and a system's name,
counts; any other stays the note it is.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from config.frameworks import credit_systems
from crosswalks.descriptor.types import Credit
from crosswalks.elm.reading.statements import Reading, Statement

_SUBJECT = re.compile(r"/vocab/note/credit\Z")
_TEXT = re.compile(
    r"^Credit: ([0-9]{1,9}(?:\.[0-9]{1,6})?) ([^/()]{1,80}?)(?: \(([0-9]{1,6}(?:\.[0-9]{1,6})?) hours each\))?\Z"
)


def with_own_notes(reading: Reading, holders: list[str], credit: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Return the credit figures with those that our own export wrote as notes."""
    found = list(credit)
    for note in reading.said(holders, "elm:additionalNote"):
        node = reading.follow(note, "elm:Note")
        if node is None:
            continue
        subjects = reading.statements(node, "dc:subject")
        literals = reading.statements(node, "elm:noteLiteral")
        stated = _stated(literals) if any(_SUBJECT.search(one.text) for one in subjects) else None
        if stated is None:
            continue
        index = next(
            (n for n, one in enumerate(found) if (one.system, one.value) == (stated.system, stated.value)), None
        )
        if index is None:
            index = len(found)
            found.append(stated)
        else:
            found[index] = found[index].model_copy(update={"hours_per_unit": stated.hours_per_unit})
        for one in (note, *subjects, *literals):
            reading.normalised(one, f"credit.{index}", "own_note")
    return tuple(found)


def _stated(literals: list[Statement]) -> Credit | None:
    """Return the credit that an English literal states whole."""
    for one in literals:
        match = _TEXT.match(one.text) if one.value.language == "en" else None
        system = _systems().get(match.group(2)) if match else None
        if match and system:
            hours = Decimal(match.group(3)) if match.group(3) else None
            return Credit(system=system, value=Decimal(match.group(1)), hours_per_unit=hours)
    return None


@cache
def _systems() -> dict[str, str]:
    return {system.labels["en"]: code for code, system in credit_systems().items()}
