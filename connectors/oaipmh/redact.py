"""Taking people out of answers in XML before they are kept: e-mail addresses, and texts of elements about people."""

from __future__ import annotations

import re

from connectors.redaction import MASKED, without_addresses
from crosswalks.descriptor.serialise import PERSONAL_FIELDS

_NAMES = "|".join(sorted(PERSONAL_FIELDS)).encode()
_ELEMENT = re.compile(
    rb"(<(?:[A-Za-z_][\w.\-]{0,60}:)?(?:" + _NAMES + rb")(?:\s[^<>]{0,500})?>)[^<]{1,5000}", re.IGNORECASE
)  # fmt: skip


def redact(body: bytes, media_type: str) -> bytes:  # noqa: ARG001
    """Return the bytes without e-mail addresses and without the texts of elements about people; their names stay."""
    return _ELEMENT.sub(rb"\1" + MASKED, without_addresses(body))
