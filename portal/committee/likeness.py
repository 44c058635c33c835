"""Judging two records that look alike, on the pages that show them: the same, not the same, or open again, with why."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Language
from portal.accounts.door import form_of
from portal.committee.answering import Desk, long, one_of, short
from portal.operators.answering import onward
from portal.public.alike import judged_pair
from store.likeness_judgements import keep_likeness
from store.likeness_tables import VERDICTS

_LONGEST_REASON = 500
_LONGEST_NEXT = 2000


class LikenessPages:
    """Keeps what people hold of two records that look alike. Neither record is changed by it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def judge(self, request: Request, language: Language) -> Response:
        """Keep a judgement and lead back to the page it was made on.

        Raises `CodedError` with `reason_missing`, `likeness_verdict_unknown`, `record_unknown` or `likeness_of_one`.
        """
        form = form_of(request)
        verdict, why = form.get("verdict", ""), long(form, "why")[:_LONGEST_REASON]
        if verdict not in VERDICTS:
            raise CodedError.of("likeness_verdict_unknown", verdict=verdict[:40] or "-")
        if not why:
            raise CodedError.of("reason_missing")
        one, other = judged_pair(self._desk.log, short(form, "first"), short(form, "second"))
        keep_likeness(
            self._desk.place.database, one.record_id, other.record_id, verdict, actor=one_of(request).actor, reason=why
        )  # fmt: skip
        return onward(_back(form.get("next", ""), language))


def _back(address: str, language: Language) -> str:
    """Return the page that a judgement was made on, with word that it is kept; else the list of pairs."""
    parts = urlsplit(address) if address.isprintable() and len(address) <= _LONGEST_NEXT else urlsplit("")
    alike = parts.path.startswith(f"/{language}/mc/") and parts.path.endswith("/alike")
    if parts.scheme or parts.netloc or not alike or "//" in parts.path or "\\" in address:
        return f"/{language}/look-alikes?done=judged"
    query = [part for part in parts.query.split("&") if part and not part.startswith("done=")]
    return f"{parts.path}?{'&'.join([*query, urlencode({'done': 'judged'})])}"
