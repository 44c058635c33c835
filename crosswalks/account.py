"""The file that `kakehashi convert --ledger` writes: its shape, and the JSON Schema of it.

`ledger.schema.json` beside this module is the published copy; `python -m crosswalks.account` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.messages import Severity

PUBLISHED = Path(__file__).parent / "ledger.schema.json"
SCHEMA_ID = "https://kakehashi.example/ns/ledger/1.0.0/schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TITLE = "What became of every field in a conversion / 変換における各項目の扱い"

FieldPath = Annotated[str, Field(min_length=1, description="A field's path; positions in lists are numbers from 0.")]
Code = Annotated[str, Field(pattern="^[a-z0-9_]+$", description="A message code; docs/reference/messages.md has them.")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mapped(_Part):
    """A value carried as it is; `quote` is the passage it was taken from when it came out of prose."""

    source: FieldPath
    outcome: Literal["mapped"]
    target: FieldPath
    quote: str | None = None


class Normalised(_Part):
    """A value carried in the target's own form, by the rule named; `value` is what it was before, shortened.

    `reason` says why it could not be carried as it is, for instance when only a note of the target could hold it.
    """

    source: FieldPath
    outcome: Literal["normalised"]
    target: FieldPath
    rule: str
    reason: Code | None = None
    quote: str | None = None
    value: str | None = None


class Derived(_Part):
    """A value worked out from a source field by the rule named."""

    source: FieldPath
    outcome: Literal["derived"]
    target: FieldPath
    rule: str
    quote: str | None = None


class Defaulted(_Part):
    """A value of the target that no source field gave, by the rule named."""

    source: Literal[""]
    outcome: Literal["defaulted"]
    target: FieldPath
    rule: str


class Lost(_Part):
    """A value that was not carried, for the reason named; or, where it is unknown, a field left empty at the source
    (`not_stated`) or one whose meaning nobody has decided.
    """

    source: FieldPath
    outcome: Literal["dropped", "unknown"]
    reason: Code
    value: str | None = None


Line = Annotated[Mapped | Normalised | Derived | Defaulted | Lost, Field(discriminator="outcome")]


class Crossed(_Part):
    """The ledger of one crossing between two schemas."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    entries: tuple[Line, ...]


class Finding(_Part):
    """Something to know about a record or a file, in words for people."""

    code: Code
    severity: Severity
    record: str | None
    place: str | None
    params: dict[str, Any]
    text: dict[Literal["ja", "en"], str]
    fix: dict[Literal["ja", "en"], str]


class RecordAccount(_Part):
    """What became of one record: the ledgers of its way in and its way out, and whether it was written."""

    record: str
    written: bool
    ledgers: tuple[Crossed, ...]
    issues: tuple[Finding, ...]


class Account(_Part):
    """The whole file. `issues` are those that concern the file and no one record."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    file: str
    records: tuple[RecordAccount, ...]
    issues: tuple[Finding, ...]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file."""
    schema = Account.model_json_schema(by_alias=True)
    for definition in schema["$defs"].values():
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].split())
    return {"$schema": _DRAFT, "$id": SCHEMA_ID, **schema, "title": _TITLE}


def text() -> str:
    """Return the schema as it is published."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(text(), encoding="utf-8")
