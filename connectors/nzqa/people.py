"""Taking people out of the register's pages before they are kept: contacts, telephone numbers, addresses.

Works on bytes and leaves the markup as it is, so that a page cut in the middle still shows that it was cut.
Only text that a label announces is taken out ("Contact Details", "Programme leader"), in whichever layout the
label stands: a table row, a definition list, a heading, bold text or a line.
"""

from __future__ import annotations

import re

from connectors.redaction import without_addresses

MASKED = b"masked-contact"
_LONGEST = 6000

_WHO = (
    rb"contact(?:\s(?:details?|persons?|names?|phone|numbers?|e-?mail|information))?|e-?mail(?:\saddress)?"
    rb"|(?:tele)?phone(?:\snumber)?|tel|mobile|fax(?:\snumber)?"
    rb"|(?:[A-Za-z\-]{1,20}\s)?(?:leader|co-?ordinator|manager|tutor|lecturer|teacher|kaiako|principal|director"
    rb"|chief\sexecutive|contact\sperson)"
)
_LABEL = re.compile(
    rb"(?:>\s{0,40}|(?:\n|^)[ \t]{0,40})(?:" + _WHO + rb")\s{0,5}(?P<colon>:?)\s{0,40}"
    rb"(?P<closers>(?:</(?:strong|b|span|label|em|th|td|dt|h[2-6]|p|div)\s{0,5}>\s{0,40}:?\s{0,40}){0,4})",
    re.IGNORECASE,
)
_CELL = re.compile(rb"<(/?)(td|th)\b[^<>]{0,500}>", re.IGNORECASE)
_ENDS = {
    "list": re.compile(rb"<dt\b|</dl\b", re.IGNORECASE),
    "heading": re.compile(
        rb"<h[1-6]\b|<strong\b|<b\b|<table\b|<dl\b|<hr\b|</(?:td|dd|main|section|body|html)\b", re.IGNORECASE
    ),
    "line": re.compile(
        rb"</(?:p|li|div|td|dd|tr|pre)\b|<(?:strong|b|h[1-6]|dt|th|table|dl|hr)\b"
        rb"|(?:<br\b[^<>]{0,50}>|\n)\s{0,40}[A-Z][^<>:\n]{0,60}:",
        re.IGNORECASE,
    ),
}  # fmt: skip
_PIECES = re.compile(rb"<[^<>]{0,4000}>|[^<>]{1,8000}")
_NUMBER = re.compile(
    rb"(\b(?:tel|telephone|phone|fax|mobile|freephone|waea)\b\s{0,3}[.:]?\s{0,3})\+?[0-9][0-9()\s.\-]{4,24}[0-9]",
    re.IGNORECASE,
)
_DIALLED = re.compile(rb"\b(tel|sms|callto):[+0-9()%.\-]{4,40}", re.IGNORECASE)
_NAMED = re.compile(
    rb"(\b(?i:contact person|contact name|co-?ordinator|tutor|lecturer|teacher|kaiako|course leader"
    rb"|programme leader)\s{0,3}:\s{0,3})"
    rb"[A-Z][\w'.\x80-\xff\-]{1,30}(?:\s[A-Z\xc3-\xc5][\w'.\x80-\xff\-]{0,30}){1,4}"
)


_HINTS = (
    b"contact", b"mail", b"phone", b"tel", b"mobile", b"fax", b"waea", b"sms", b"callto", b"leader",
    b"ordinator", b"manager", b"tutor", b"lecturer", b"teacher", b"kaiako", b"principal", b"director",
    b"chief",
)  # fmt: skip
"""Pieces one of which stands in everything that the patterns find: a cheap look before they are tried."""


def redact(body: bytes, media_type: str) -> bytes:
    """Return the page without people. What is no HTML keeps everything but e-mail addresses."""
    if "html" in media_type or body[:500].lstrip()[:1] == b"<":
        lowered = body.lower()
        if any(hint in lowered for hint in _HINTS):
            body = _without_contacts(body)
            body = _DIALLED.sub(rb"\1:masked", _NUMBER.sub(rb"\1" + MASKED, body))
            body = _NAMED.sub(rb"\1" + MASKED, body)
    return without_addresses(body)


def _without_contacts(body: bytes) -> bytes:
    pieces, done = [], 0
    for match in _LABEL.finditer(body):
        if match.start() < done:
            continue
        span = _region(body, match)
        if span is None:
            continue
        start, end = span
        pieces += [body[done:start], _masked(body[start:end])]
        done = end
    return b"".join([*pieces, body[done:]])


def _region(body: bytes, match: re.Match[bytes]) -> tuple[int, int] | None:
    """Return where the value of a label stands; None when it is no label, as "Contact" in a menu."""
    start = match.end()
    closers = match.group("closers").lower()
    limit = min(len(body), start + _LONGEST)
    if b"</td" in closers or b"</th" in closers:
        return (start, _end_of_cell(body, start, limit)) if _CELL.match(body, start) else None
    if b"</dt" in closers:
        kind = "list"
    elif b"</h" in closers or b"</p" in closers or b"</div" in closers:
        kind = "heading"
    elif closers or match.group("colon"):
        kind = "line"
    else:
        return None
    found = _ENDS[kind].search(body, start, limit)
    return start, found.start() if found else limit


def _end_of_cell(body: bytes, start: int, limit: int) -> int:
    """Return where the next cell ends that holds more than a colon, tables inside it included."""
    depth, opened = 0, start
    for tag in _CELL.finditer(body, start, limit):
        if not tag.group(1):
            opened = tag.end() if depth == 0 else opened
            depth += 1
        elif depth == 0:
            return tag.start()
        else:
            depth -= 1
            if depth == 0 and body[opened : tag.start()].strip() != b":":
                return tag.start()
    return limit


def _masked(region: bytes) -> bytes:
    """Return a piece of a page with its markup kept and its text replaced once."""
    pieces, done = [], False
    for piece in _PIECES.findall(region):
        if piece[:1] == b"<" or not piece.strip(b" \t\r\n:"):
            pieces.append(piece)
        elif not done:
            pieces.append(MASKED)
            done = True
    return b"".join(pieces)
