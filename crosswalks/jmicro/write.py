"""Descriptor → home listing: the same words, nothing lost and nothing added."""

from __future__ import annotations

from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.jmicro.model import JmicroListing
from crosswalks.jmicro.read import account
from crosswalks.ledger import Crossing, Entry, FieldOutcome, Ledger

_FOUND = {name: Entry(f"source_record.{name}", FieldOutcome.MAPPED, f"source_record.{name}")
          for name in SourceRecord.model_fields}  # fmt: skip


def write(descriptor: Descriptor) -> Crossing[JmicroListing]:
    """Carry one descriptor to a listing of the home registry."""
    ledger = Ledger("jmicro", "jmicro")
    ledger.mapped("id", "id")
    ledger.entries.extend(entry for name, entry in _FOUND.items() if getattr(descriptor.source_record, name))
    account(descriptor.__dict__, ledger)
    return Crossing(JmicroListing.of(descriptor), ledger)
