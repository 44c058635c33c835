"""Resumption tokens: signed notes of where a list goes on, which any process of the deployment understands.

A token says everything that the next page needs, so that nothing about harvesters is kept; its key survives restarts.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import orjson

from config.settings import Settings
from portal.oai.faults import Fault
from store.secret_files import kept_secret

LIFETIME = timedelta(hours=48)
_VERSION = 1
_SIGNATURE = 16
_LONGEST = 1024


class Token(NamedTuple):
    """Where a list goes on: after which row, up to which, as things stood at the horizon; and how far it has come."""

    verb: str
    prefix: str
    set_spec: str | None
    after: int
    until: int
    horizon: int
    cursor: int
    size: int | None
    expires: int


def written(token: Token, key: bytes) -> str:
    """Return a token as text."""
    content = orjson.dumps([_VERSION, *token])
    return base64.urlsafe_b64encode(_signature(content, key) + content).decode().rstrip("=")


def read(text: str, key: bytes, moment: datetime) -> Token:
    """Return the token a text is. Raises `Fault` for what we did not write, and for what is too old."""
    try:
        raw = base64.b64decode(text[:_LONGEST] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    content = raw[_SIGNATURE:]
    if not hmac.compare_digest(raw[:_SIGNATURE], _signature(content, key)):
        raise Fault("badResumptionToken", "this is no resumption token of ours")
    version, *values = orjson.loads(content)
    if version != _VERSION:
        raise Fault("badResumptionToken", "this resumption token is of an earlier kind; begin the list again")
    token = Token(*values)
    if token.expires < moment.timestamp():
        raise Fault("badResumptionToken", "this resumption token has expired; begin the list again")
    return token


def signing_key(settings: Settings) -> bytes:
    """Return the key of a deployment: the one that is set, or one made once and kept in the home.

    Raises `CodedError` with `home_unwritable`.
    """
    if settings.token_key is not None:
        return settings.token_key.get_secret_value().encode()
    return kept_secret(settings.home / "token.key", lambda: secrets.token_hex(32).encode())


def _signature(content: bytes, key: bytes) -> bytes:
    return hmac.new(key, content, sha256).digest()[:_SIGNATURE]
