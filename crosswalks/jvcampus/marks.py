"""Texts by language → Moodle's texts: markup escaped, and a `multilang` span for each language that is known.

Japanese comes first, for Moodle shows the first text to readers of none of its languages. Moodle names languages by its
packs; one that no pack stands for goes out as `other`, of which there can be one.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from crosswalks.descriptor.types import LangText
from crosswalks.jvcampus.values import language_of_pack
from crosswalks.text import UNDETERMINED

_HOME, _OTHER = "ja", "other"


class Marked(NamedTuple):
    """A text with its marks; `left` are the tags of texts that are not in it, `unnamed` of one in it without mark."""

    text: str
    left: tuple[str, ...] = ()
    unnamed: str | None = None


def marked(texts: LangText, *, lines: bool = True) -> Marked:
    """Return the texts of a field as one text with language marks."""
    packs = {tag: pack for tag in texts if language_of_pack(pack := tag.lower().replace("-", "_")) == tag}
    packs.pop(UNDETERMINED, None)
    packs = dict(sorted(packs.items(), key=lambda one: (one[0].partition("-")[0] != _HOME, one[0])))
    rest = sorted(set(texts) - set(packs), key=lambda tag: (tag != UNDETERMINED, tag))
    unnamed = next((tag for tag in rest[:1] if tag != UNDETERMINED), None)
    if not packs:
        return Marked(plain_markup(texts[rest[0]], lines=lines), tuple(rest[1:]), unnamed)
    spans = [(pack, texts[tag]) for tag, pack in packs.items()]
    spans += [(_OTHER, texts[tag]) for tag in rest[:1]]
    text = "".join(
        f'<span lang="{name}" class="multilang">{plain_markup(text, lines=lines)}</span>' for name, text in spans
    )
    return Marked(text, tuple(rest[1:]), unnamed)


def plain_markup(text: str, *, lines: bool = True) -> str:
    """Return a text that reads as itself where markup and language marks are understood."""
    escaped = escape(text, quote=False).replace("{mlang", "&#123;mlang").replace("{ ", "&#123; ")
    return escaped.replace("\n", "<br />" if lines else " ")
