"""The feed of what is published: the newest entries, and everything before in archives that never change.

An entry is a version of a record. A withdrawn record is a deleted entry (RFC 6721) that names its last version.
"""

from __future__ import annotations

from typing import Any

import orjson
from lxml import etree

from config.messages import Issue
from crosswalks.text import legal
from portal.partners.log import PublicationLog, landing
from portal.partners.shelf import Shelf
from portal.sync.lists import stamp
from store.publications import LogRow, rows_after

ATOM = "application/atom+xml; charset=utf-8"
SIZE = 50
_ATOM = "http://www.w3.org/2005/Atom"
_DELETED = "http://purl.org/atompub/tombstones/1.0"
_HISTORY = "http://purl.org/syndication/history/1.0"
_FORM = "json"
_LANGUAGES = ("ja", "en")


class Feed:
    """Writes the documents of the feed. Archive n holds the rows of the log from n × 50 + 1 on, once it is full."""

    def __init__(self, log: PublicationLog, shelf: Shelf, base: str, author: str) -> None:
        self._log = log
        self._shelf = shelf
        self._base = base
        self._author = author

    def current(self) -> bytes:
        """Return the newest entries, with the way to the archives."""
        horizon = self._log.horizon()
        rows = rows_after(self._log.database, max(0, horizon - SIZE), SIZE, horizon)
        root = self._root(self._address("feed.atom"), rows)
        if horizon >= SIZE:
            self._link(root, "prev-archive", self._archive(horizon // SIZE - 1))
        return self._with_entries(root, rows)

    def archive(self, number: int) -> bytes | None:
        """Return an archive; None for one that is not full yet."""
        until = (number + 1) * SIZE
        if self._log.horizon() < until:
            return None
        rows = rows_after(self._log.database, number * SIZE, SIZE, until)
        root = self._root(self._archive(number), rows)
        etree.SubElement(root, f"{{{_HISTORY}}}archive")
        self._link(root, "current", self._address("feed.atom"))
        if number:
            self._link(root, "prev-archive", self._archive(number - 1))
        return self._with_entries(root, rows)

    def _root(self, own: str, rows: list[LogRow]) -> Any:
        root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM, "at": _DELETED, "fh": _HISTORY})
        self._put(root, "id", self._address("feed.atom"))
        self._put(root, "title", "Kakehashi 架け橋")
        changed = rows[-1].published_at if rows else self._log.begins()
        self._put(root, "updated", stamp(changed) if changed else "1970-01-01T00:00:00Z")
        self._put(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", self._author)
        self._link(root, "self", own)
        return root

    def _with_entries(self, root: Any, rows: list[LogRow]) -> bytes:
        made = self._shelf.of(rows, [_FORM])
        for row in reversed(rows):
            one = made.get((row.seq, _FORM))
            if row.deleted:
                self._deleted(root, row)
            elif one is not None and one.body is not None:
                self._entry(root, row, orjson.loads(one.body))
        return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"

    def _entry(self, root: Any, row: LogRow, released: dict[str, Any]) -> None:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        self._put(entry, "id", self._member(row))
        titles: dict[str, str] = released["title"]
        told = [titles[tag] for tag in _LANGUAGES if tag in titles] or list(titles.values())[:1]
        self._put(entry, "title", " / ".join(told))
        self._put(entry, "updated", stamp(row.published_at))
        self._put(entry, "published", stamp(row.published_at))
        self._link(entry, "alternate", landing(row, self._base), "text/html")
        self._link(entry, "related", f"{landing(row, self._base)}.json", "application/json")
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=row.op, scheme=f"{self._base}/feed.atom")
        if attribution := released["source_record"].get("attribution"):
            self._put(entry, "rights", attribution)

    def _deleted(self, root: Any, row: LogRow) -> None:
        """Tell that a record is gone, of the last version that was an entry."""
        earlier = [one for one in self._log.versions(row.record_id) if one.seq < row.seq and not one.deleted]
        ref = self._member(earlier[-1]) if earlier else row.iri
        gone = etree.SubElement(root, f"{{{_DELETED}}}deleted-entry", ref=ref, when=stamp(row.published_at))
        params = {"date": row.published_at.date().isoformat(), "reason": row.reason or "-"}
        comment = etree.SubElement(gone, f"{{{_DELETED}}}comment")
        comment.text = legal(Issue("record_removed", params).text("en"))
        self._link(gone, "related", landing(row, self._base))

    def _member(self, row: LogRow) -> str:
        return f"{self._base}/versions/{row.record_id}/{row.seq}"

    def _archive(self, number: int) -> str:
        return self._address(f"feed/{number}.atom")

    def _address(self, name: str) -> str:
        return f"{self._base}/{name}"

    def _put(self, parent: Any, name: str, value: str) -> None:
        etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = legal(value)

    def _link(self, parent: Any, relation: str, address: str, kind: str = "application/atom+xml") -> None:
        etree.SubElement(parent, f"{{{_ATOM}}}link", rel=relation, href=address, type=kind)
