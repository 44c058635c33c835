"""The descriptor as canonical JSON, and the hash of its content.

Two descriptors that say the same give the same bytes: fields stand in the order of the model, language maps are
sorted, and what is empty is left out.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from pydantic import ValidationError

from config.messages import CodedError, Issue
from crosswalks.descriptor.model import Descriptor

_NOT_CONTENT = {"url", "retrieved_at", "content_hash"}
_SOURCE = b'"source_record":'
"""How a descriptor's source begins in its JSON; inside a text the quotation marks would not stand bare."""
PERSONAL_FIELDS = frozenset({
    "learner", "student", "student_number", "holder", "recipient", "given_name", "family_name", "full_name",
    "date_of_birth", "birth_date", "birthdate", "email", "e_mail", "email_address", "phone", "telephone",
    "teacher", "teachers", "contacts", "contact_person",
})  # fmt: skip
"""Field names that hold data about people; a listing that carries one is refused."""


def dump(descriptor: Descriptor) -> bytes:
    """Return the canonical JSON of a descriptor, in UTF-8, on one line."""
    return descriptor.model_dump_json(exclude_defaults=True).encode()


def content_hash(descriptor: Descriptor, written: bytes | None = None) -> str:
    """Return the hash of what the descriptor says: 32 hexadecimal digits. When and on which page it was found does not
    count: a row that moves to the next page of a list has not changed. `written` is its canonical JSON, for who has it.
    """
    source = descriptor.source_record
    found = source.model_dump_json(exclude_defaults=True).encode()
    said = source.model_dump_json(exclude_defaults=True, exclude=_NOT_CONTENT).encode()
    content = (written or dump(descriptor)).replace(_SOURCE + found, _SOURCE + said, 1)
    return blake2b(content, digest_size=16).hexdigest()


def load(data: bytes | str) -> Descriptor:
    """Read canonical JSON. Raises `CodedError` with `pii_present`, `title_missing` or `record_invalid`."""
    try:
        return Descriptor.model_validate_json(data)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


def from_dict(data: dict[str, Any]) -> Descriptor:
    """Build a descriptor from plain values. Raises `CodedError` as `load` does."""
    try:
        return Descriptor.model_validate(data)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


def explain(error: ValidationError) -> list[Issue]:
    """Turn pydantic's errors into issues, personal data first. At most 20 are told."""
    issues = []
    for detail in error.errors(include_url=False, include_input=False)[:20]:
        place = ".".join(str(part) for part in detail["loc"])
        last = str(detail["loc"][-1]).lower() if detail["loc"] else ""
        if last in PERSONAL_FIELDS:
            issues.append(Issue("pii_present", {"field": place}, place=place))
        elif detail["loc"] == ("title",) and detail["type"] == "missing":
            issues.append(Issue("title_missing", place=place))
        else:
            issues.append(Issue("record_invalid", {"detail": f"{place}: {detail['msg']}"}, place=place))
    return sorted(issues, key=lambda issue: issue.code != "pii_present")
