"""The sentences of a running text."""

from __future__ import annotations

import re
from functools import lru_cache

from crosswalks.prose.numbers import plain_form

_SENTENCE = re.compile(r"[^。．.!?！？\n；;]{1,600}(?:\.(?=[0-9])[^。．.!?！？\n；;]{1,600}){0,9}[。．.!?！？]?")


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text in compatibility form, without cutting numbers at their points."""
    return tuple(match.group() for match in _SENTENCE.finditer(plain_form(text)) if match.group().strip())


def speaking(text: str, *signs: str) -> tuple[str, ...]:
    """Return the sentences of a text in which one of some signs stands (lower case): a cheap look before patterns."""
    return tuple(one for one in sentences(text) if any(sign in one.lower() for sign in signs))
