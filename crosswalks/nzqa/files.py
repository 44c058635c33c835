"""Files of listings: JSON with every field of rule 6, empty ones included, so that a reader sees what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from pydantic import ValidationError

from config.messages import CodedError
from crosswalks.files import json_objects, write_json
from crosswalks.nzqa.model import NzqaListing, NzqaProposal

RULE_SIX = (
    "title", "credits", "level", "nzsced", "purpose", "outcome_statement", "outcomes", "pathway_education",
    "pathway_employment", "developer", "standards", "review_period", "status", "te_hono", "providers",
)  # fmt: skip
"""The fields of rule 6 of the listing rules 2022, with the accredited providers of the listing's page."""
FORMATS = {"json": "json"}


def load(data: bytes, name: str) -> Iterator[NzqaProposal]:
    """Yield the listings of a file; one without a number is a proposal. Raises `CodedError` with `file_not_schema`."""
    for number, record in json_objects(data, name, "nzqa"):
        kind = NzqaProposal if record.get("number") is None else NzqaListing
        try:
            yield kind.model_validate(record)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            detail = f"record {number}: {place}: {first['msg']}"
            raise CodedError.of("file_not_schema", file=name, schema="nzqa", detail=detail) from None


def dump(listings: Iterable[NzqaProposal], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write listings: the fields of rule 6 first, then what else is stated."""
    write_json((_fields(one) for one in listings), out)


def _fields(listing: NzqaProposal) -> dict[str, Any]:
    everything = listing.model_dump(mode="json")
    stated = listing.model_dump(mode="json", exclude_defaults=True)
    rule = {name: stated.get(name, everything[name]) for name in RULE_SIX}
    return {**rule, **{name: value for name, value in stated.items() if name not in rule}}
