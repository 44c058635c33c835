"""Cleaning text from outside: Unicode form, white space, broken encodings, markup and language marks."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

UNDETERMINED = "und"
"""The BCP 47 tag of text whose language the source does not state."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"[ \t\r\n\u00a0\u2000-\u200b\u3000\ufeff]+")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,2000}|!--[^>]{0,2000}--)>")
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|table)\b[^<>]{0,2000}>", re.IGNORECASE)
_CODE = re.compile(r"<(/?)(script|style)\b[^<>]{0,500}>", re.IGNORECASE)
_DOUBLE_ENCODED = re.compile(r"â€|Ã[\u0080-\u00bf©¨¢£§]|Â[\u00a0-\u00bf]|ã[\u0080-\u0083‚ƒ]")


def clean(text: str) -> str:
    """Return one line of text in NFC, without control and bidirectional marks, white space folded."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text
    text = _BIDI.sub("", _CONTROL.sub("", text))
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text)).strip()


def legal(text: str) -> str:
    """Return text without the characters that XML and HTML cannot hold."""
    return _ILLEGAL.sub("", text)


def clean_lines(text: str) -> str:
    """Return text cleaned line by line; blank lines are left out."""
    lines = (clean(line) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def plain(markup: str) -> str:
    """Return the text of a piece of HTML, block elements as line breaks, without what scripts and styles hold.

    Not for display as markup.
    """
    if "<" not in markup and "&" not in markup:
        return clean_lines(markup)
    return clean_lines(unescape(_TAG.sub("", _BLOCK.sub("\n", _without_code(markup)))))


def _without_code(markup: str) -> str:
    """Return HTML with every script and style that is closed taken out."""
    pieces = []
    done, opened = 0, None
    for tag in _CODE.finditer(markup):
        name = tag.group(2).lower()
        if not tag.group(1):
            opened = opened or (name, tag.start())
        elif opened and opened[0] == name:
            pieces.append(markup[done : opened[1]])
            done, opened = tag.end(), None
    return "".join([*pieces, markup[done:]])


def repaired(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 (`â€“` for an en dash). Text that is whole comes back as it was."""
    if text.isascii() or not _DOUBLE_ENCODED.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def matching_key(text: str) -> str:
    """Return a form for matching only: compatibility form, case folded, no accents or macrons, single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    kept = unicodedata.normalize("NFKD", text).translate(_UNMARKED)
    return " ".join(unicodedata.normalize("NFKC", kept).casefold().split())


class _Unmarked(dict[int, int | None]):
    """Characters as `str.translate` takes them: accents and macrons go, the sound marks of kana stay."""

    def __missing__(self, number: int) -> int | None:
        char = chr(number)
        self[number] = number if not unicodedata.combining(char) or char in "\u3099\u309a" else None
        return self[number]


_UNMARKED = _Unmarked()


def text_map(text: str | None, language: str = UNDETERMINED) -> dict[str, str] | None:
    """Return a language map of one text, or None when there is nothing to say."""
    return {language: text} if text else None
