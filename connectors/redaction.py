"""Taking people out of an answer before it is kept. Connectors add their own rules to the general one."""

from __future__ import annotations

import codecs
import re

MASKED = b"masked-address"
_ADDRESS = re.compile(
    rb"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}"
    rb"(?:@|&#0{0,5}64;|&#[xX]0{0,5}40;|&commat;|%40|\\{1,2}u0040)"
    rb"(?:[A-Za-z0-9\x80-\xff\-]{1,63}(?:\.|&#0{0,5}46;|&#[xX]0{0,5}2[eE];|&period;)){1,6}[A-Za-z0-9\-]{1,63}"
)
_SIGNS = (b"@", b"64;", b"40;", b"&commat;", b"%40", b"u0040")
"""The spellings of the sign that stands in every address: a cheap look before the pattern is tried."""


def in_utf8(body: bytes) -> bytes:
    """Return text that is written in UTF-16 in UTF-8, so that people in it can be found; all else as it is."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").encode("utf-8", "replace")
    start = body[:1000]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[first::2].count(0) > len(start) * 0.4 and not start[1 - first :: 2].count(0):
            return body.decode(encoding, "replace").encode("utf-8", "replace")
    return body


def without_addresses(body: bytes) -> bytes:
    """Return the bytes with every e-mail address replaced by a word that is legal wherever an address was."""
    return _ADDRESS.sub(MASKED, body) if any(sign in body for sign in _SIGNS) else body


def redact(body: bytes, media_type: str) -> bytes:  # noqa: ARG001
    """The general rule: e-mail addresses go, everything else stays."""
    return without_addresses(body)
