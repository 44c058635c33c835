"""Bytes to text: bytes are trusted over declarations, and what cannot be read is never guessed at in silence."""

from __future__ import annotations

import codecs
import re

from connectors.contract import Payload, StructureBroken

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([A-Za-z0-9_\-]{2,40})", re.IGNORECASE)
_UNREADABLE = 0.001
_LATIN_NAMES = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}


def decoded(payload: Payload) -> tuple[str, bool]:
    """Return the text of a payload, and whether its encoding had to be repaired.

    The order is: byte-order mark, UTF-8 if the bytes are valid UTF-8, the header's charset, the declared one,
    Windows-1252 for the odd bytes of an otherwise readable page. Raises `StructureBroken` with
    `charset_unreadable` when more than a thousandth of the characters cannot be read.
    """
    body = payload.body
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _strict(body, encoding, payload), False
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(body[:4096])
    names = [payload.charset or "", declared.group(1).decode("ascii") if declared else ""]
    for name in names:
        encoding = "cp1252" if name.lower() in _LATIN_NAMES else name.lower()
        if not encoding or encoding in {"utf-8", "utf8"}:
            continue
        try:
            return body.decode(encoding), False
        except (UnicodeDecodeError, LookupError):
            continue
    return _strict(body, "utf-8", payload, errors="kakehashi-cp1252"), True


def _strict(body: bytes, encoding: str, payload: Payload, errors: str = "replace") -> str:
    text = body.decode(encoding, errors)
    share = text.count("\ufffd") / max(len(text), 1)
    if share > _UNREADABLE:
        raise StructureBroken.of("charset_unreadable", share=f"{share:.1%}", url=payload.url)
    return text


def _single_bytes(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as Windows-1252, one at a time."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.start + 1].decode("cp1252", "replace")
    return piece, error.start + 1


codecs.register_error("kakehashi-cp1252", _single_bytes)
