"""Kept answers as text: escaped, never run, never shown as what they say they are."""

from __future__ import annotations

import gzip
import zlib

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Language
from harvester.workplace import Workplace
from portal.accounts.secret import Secret
from portal.operators.answering import show, whole_number
from store.inspection import payload_row, requests_with
from store.runs import run

_PART = 60_000
_FURTHEST = 64 * 2**20
_ODD = frozenset(b"\x00\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a")
_DIGEST = 40


class PayloadPages:
    """Answers with kept answers, a part at a time."""

    def __init__(self, place: Workplace, secret: Secret) -> None:
        self._place = place
        self._secret = secret

    def one(self, request: Request, language: Language, digest: str) -> Response:
        """Answer with a part of a kept answer. Raises `CodedError` with `answer_unknown`."""
        database = self._place.database
        known = len(digest) == _DIGEST and set(digest) <= set("0123456789abcdef")
        row = payload_row(database, digest) if known else None
        if row is None:
            raise CodedError.of("answer_unknown", payload=digest[:_DIGEST])
        last = max(0, (min(row["size"], _FURTHEST) - 1) // _PART)
        part = min(whole_number(request.query_params.get("part")) or 0, last)
        body = self._part(digest, part)
        asked = requests_with(database, digest)
        states = {one["run_id"]: run(database, one["run_id"])["registry_id"] for one in asked}
        return show(
            request, self._secret, "payload.html", language, f"/{language}/operators/payloads/{digest}", row=row,
            part=part, last=last, text=None if body is None else _text(body), asked=asked, registries=states,
            cut=row["size"] > _FURTHEST,
        )  # fmt: skip

    def _part(self, digest: str, part: int) -> bytes | None:
        """Return a part of an answer; None when it is no longer whole, or is no text."""
        try:
            with gzip.open(self._place.payloads.path(digest)) as packed:
                packed.seek(part * _PART)
                body = packed.read(_PART)
        except (OSError, EOFError, zlib.error):
            return None
        return None if _ODD & set(body) else body


def _text(body: bytes) -> str:
    """Return bytes as text; what is cut at either end of the part is left out."""
    start = next((at for at in range(min(3, len(body))) if body[at] & 0xC0 != 0x80), 0)
    try:
        return body[start:].decode()
    except UnicodeDecodeError as error:
        near_end = len(body) - start - error.start < 4
        return body[start : start + error.start].decode() if near_end else body[start:].decode(errors="replace")
