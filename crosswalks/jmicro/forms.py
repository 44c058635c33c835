"""The two forms in which listings reach the home registry: descriptors, and rows of a workbook that people filled."""

from __future__ import annotations

from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.jmicro.model import JmicroListing
from crosswalks.jmicro.read import natural_key as key_of_line
from crosswalks.jmicro.read import own_iri as iri_of_line
from crosswalks.jmicro.read import read as read_line
from crosswalks.ledger import Crossing
from crosswalks.spreadsheet.model import SpreadsheetListing
from crosswalks.spreadsheet.read import natural_key as key_of_row
from crosswalks.spreadsheet.read import own_iri as iri_of_row
from crosswalks.spreadsheet.read import read as read_row

Submitted = JmicroListing | SpreadsheetListing


def natural_key(listing: Submitted) -> str:
    """Return the natural key of a listing in its own form."""
    return key_of_row(listing) if isinstance(listing, SpreadsheetListing) else key_of_line(listing)


def own_iri(listing: Submitted) -> str | None:
    """Return the identifier that a listing brings, if it brings one."""
    return iri_of_row(listing) if isinstance(listing, SpreadsheetListing) else iri_of_line(listing)


def read(listing: Submitted, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry a listing to the descriptor; the ledger names the form it came in."""
    if isinstance(listing, SpreadsheetListing):
        return read_row(listing, iri, source)
    return read_line(listing, iri, source)
