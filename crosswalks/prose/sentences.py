"""The sentences of a running text."""

from __future__ import annotations

import re

from crosswalks.prose.numbers import plain_form

_SENTENCE = re.compile(r"[^。．.!?！？\n；;]{1,600}(?:\.(?=[0-9])[^。．.!?！？\n；;]{1,600}){0,9}[。．.!?！？]?")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in compatibility form, without cutting numbers at their points."""
    return [match.group() for match in _SENTENCE.finditer(plain_form(text)) if match.group().strip()]
