"""Cursors: signed notes of where a list goes on, with all that the next page needs; nothing about clients is kept.

A list is walked as the publication log stood when it began: what is published meanwhile changes no page of it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from typing import NamedTuple

import orjson

from config.messages import CodedError

_VERSION = 1
_SIGNATURE = 16
_LONGEST = 4096
_PURPOSE = b"api cursor\0"


class Cursor(NamedTuple):
    """Where a list goes on: after which row of the log, as of which, and what was asked for (name, values)."""

    after: int
    horizon: int
    deleted: bool
    registry: str | None
    facets: dict[str, list[str]]

    def written(self, key: bytes) -> str:
        """Return the cursor as text."""
        content = orjson.dumps([_VERSION, *self])
        return base64.urlsafe_b64encode(_signature(content, key) + content).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, key: bytes, horizon: int) -> Cursor:
        """Return the cursor that a text is. Raises `CodedError` with `cursor_invalid` for what we did not write."""
        try:
            raw = base64.b64decode(text[:_LONGEST] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        content = raw[_SIGNATURE:]
        if not hmac.compare_digest(raw[:_SIGNATURE], _signature(content, key)):
            raise CodedError.of("cursor_invalid", detail="we did not write it")
        version, *values = orjson.loads(content)
        if version != _VERSION:
            raise CodedError.of("cursor_invalid", detail="it is of an earlier kind")
        found = cls(*values)
        if found.horizon > horizon:
            raise CodedError.of("cursor_invalid", detail="it is of another log")
        return found


def _signature(content: bytes, key: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + content, sha256).digest()[:_SIGNATURE]
