"""The way out as one call: what the rights policy lets leave, written as ELM, with the ledger of both steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rights import releasable
from crosswalks.elm.writing.build import Written, build
from crosswalks.elm.writing.outgoing import outgoing_ledger
from crosswalks.ledger import Crossing


def cross(descriptor: Descriptor, modified: datetime | None = None) -> tuple[Descriptor, Written, list[str]]:
    """Return what the rights policy releases of a descriptor, that written as ELM, and the paths held back."""
    released, held = releasable(descriptor)
    written = build(released, modified)
    if written.withheld and any(path.startswith("learning_outcomes") for path in held):
        written = replace(written, withheld=Issue("withheld_rights", record=descriptor.id))
    return released, written, held


def write(descriptor: Descriptor, modified: datetime | None = None) -> Crossing[Written]:
    """Carry a descriptor to ELM; the crossing's issue says why a record was withheld."""
    released, written, held = cross(descriptor, modified)
    issues = (written.withheld,) if written.withheld else ()
    return Crossing(written, outgoing_ledger(released, written, held), issues)
