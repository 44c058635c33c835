"""Whether what stands under an identifier is still the same thing: two states of one record, compared.

A title may be worded anew, and a level or a provider may be corrected. Where no word of the title stays and what the
record is about changes with it, a person should look; software cannot know.
"""

from __future__ import annotations

import re
from typing import Any

_WORD = re.compile(r"\w{1,60}")
_ABOUT = ("issuer", "level", "credit", "volume", "field", "learning_outcomes", "outcome_summary", "description")


def another_thing(was: dict[str, Any], now: dict[str, Any]) -> dict[str, str] | None:
    """Return both titles and what else changed where a record seems to be another than before; else nothing."""
    before, after = _words(was), _words(now)
    if not before or not after or 2 * len(before & after) > min(len(before), len(after)):
        return None
    fields = [name for name in _ABOUT if was.get(name) and now.get(name) and was[name] != now[name]]
    if not fields:
        return None
    return {"was": _title(was), "now": _title(now), "fields": ", ".join(fields)}


def _words(content: dict[str, Any]) -> set[str]:
    return {word for text in content.get("title", {}).values() for word in _WORD.findall(text.casefold())}


def _title(content: dict[str, Any]) -> str:
    return str(next(iter(content["title"].values()), ""))[:200]
