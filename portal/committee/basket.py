"""The basket: records put aside while searching, and the comparison that is made of them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from crosswalks.descriptor.serialise import load
from portal.accounts.door import form_of
from portal.committee.answering import Desk, one_of
from portal.operators.answering import onward
from portal.partners.log import public_name
from recognition.comparison import MOST as MOST_COMPARED
from store.baskets import MOST, in_basket, put_in_basket, take_from_basket
from store.publications import contents, standing_row

_BETWEEN = re.compile(r"[,、，\s]+")
_LONGEST = 200
_LONGEST_NEXT = 2000


class BasketPages:
    """Answers with a person's basket, and puts records in and out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def basket(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with what is in the basket, to be compared."""
        database = self._desk.place.database
        rows = [(record, standing_row(database, record)) for record in in_basket(database, one_of(request).account_id)]
        texts = contents(database, [row.seq for _, row in rows if row is not None and not row.deleted])
        items = [
            {
                "record": record, "row": row, "gone": row is None or row.deleted,
                "name": public_name(row, self._desk.place.settings.base) if row else record,
                "of": load(texts[row.seq]) if row is not None and row.seq in texts else None,
            }
            for record, row in rows
        ]  # fmt: skip
        return self._desk.show(
            request, language, "committee_basket.html", "/basket", issue=issue, items=items, most=MOST_COMPARED,
        )  # fmt: skip

    def put(self, request: Request, language: Language) -> Response:
        """Put records into the basket and lead back to where they were found."""
        form = form_of(request)
        names = [name[:_LONGEST] for name in _BETWEEN.split(form.get("records", "")) if name][: 2 * MOST]
        try:
            records = [self._desk.named(name).record_id for name in names]
            if not records:
                raise CodedError.of("record_unknown", name="-")
        except CodedError as error:
            return self.basket(request, language, error.issues[0])
        database, mine = self._desk.place.database, one_of(request).account_id
        put_in_basket(database, mine, records)
        if missing := set(records) - set(in_basket(database, mine)):
            return self.basket(request, language, Issue("basket_full", {"most": MOST, "missing": len(missing)}))
        return onward(_back(form.get("next", ""), language))

    def take(self, request: Request, language: Language) -> Response:
        """Take one record out of the basket, or empty it."""
        record = form_of(request).get("record", "")
        take_from_basket(self._desk.place.database, one_of(request).account_id, [record] if record else None)
        done = "basket_taken" if record else "basket_emptied"
        return onward(f"/{language}/committee/basket?done={done}")


def _back(address: str, language: Language) -> str:
    """Return an address among the pages for everybody, with word that the basket was filled; else the basket's own."""
    parts = urlsplit(address) if address.isprintable() and len(address) <= _LONGEST_NEXT else urlsplit("")
    inside = parts.path.startswith((f"/{language}/search", f"/{language}/mc/", f"/{language}/compare"))
    if parts.scheme or parts.netloc or not inside or "//" in parts.path or "\\" in address:
        return f"/{language}/committee/basket"
    query = [part for part in parts.query.split("&") if part and not part.startswith("done=")]
    told: list[Any] = [*query, urlencode({"done": "basket"})]
    return f"{parts.path}?{'&'.join(told)}"
