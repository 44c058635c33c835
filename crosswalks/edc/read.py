"""Credential → descriptor: the lifted specification is read as ELM; the rest is counted, without its values."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from hashlib import blake2b
from pathlib import Path

import orjson

from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.edc.model import EdcListing
from crosswalks.elm.reading import read_as
from crosswalks.elm.reading.statements import Reading, is_identifier
from crosswalks.ledger import Crossing

_FIELDS = Path(__file__).parent / "fields.tsv"
_OTHER = "Other"


@cache
def _reasons() -> dict[str, str]:
    with _FIELDS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["field"]: row["reason"] for row in rows}


def fields() -> frozenset[str]:
    """Return the fields of the credential itself; those of the specification are the elm crosswalk's."""
    return frozenset(_reasons())


def natural_key(listing: EdcListing) -> str:
    """Return the specification's identifier, or a hash of the listing for the throw-away ones that tools write."""
    if is_identifier(listing.root):
        return listing.root
    content = orjson.dumps(listing.model_dump(mode="json", exclude={"left_out"}), option=orjson.OPT_SORT_KEYS)
    return blake2b(content, digest_size=16).hexdigest()


def read(listing: EdcListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry what a credential certifies to the descriptor. Raises `CodedError` with `title_missing`."""
    reading = Reading(listing, schema="edc")
    crossing = read_as(reading, iri, source)
    numbers: Counter[str] = Counter()
    for field, count in listing.left_out.items():
        owner, _, name = field.partition(".")
        owner = owner if owner in _reasons() else _OTHER
        reason = _reasons().get(field) or _reasons()[owner]
        place = f"{owner}.{name}"
        for number in range(numbers[place], numbers[place] + count):
            crossing.ledger.dropped(f"{place}.{number}", reason)
        numbers[place] += count
    return crossing
