"""Taking people out of pages before they are kept: e-mail addresses, and texts that stand under names about people."""

from __future__ import annotations

import re

from connectors.redaction import MASKED, without_addresses
from crosswalks.descriptor.serialise import PERSONAL_FIELDS

_NAMES = "|".join(sorted(PERSONAL_FIELDS)).encode()
_STATEMENT = re.compile(rb"([#/:](?:" + _NAMES + rb')>?\s{1,20})"(?:[^"\\\r\n]|\\.){0,5000}"', re.IGNORECASE)


def redact(body: bytes, media_type: str) -> bytes:  # noqa: ARG001
    """Return the bytes without e-mail addresses and without the texts of statements about people."""
    return _STATEMENT.sub(rb'\1"' + MASKED + rb'"', without_addresses(body))
