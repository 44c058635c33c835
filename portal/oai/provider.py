"""The answers to the six verbs.

A list is walked at the horizon that its first page met: what is published meanwhile is in the next incremental harvest,
so that no page has a record twice or leaves one out, and the same token gives the same page. A record that can no
longer be written in a format is deleted in that format; one that never could is not in its lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from config.settings import Settings
from connectors.discovery import registries
from portal.catalogue.graph import Catalogue
from portal.oai.arguments import Asked, asked
from portal.oai.catalogue import CATALOGUE_SET, DCAT_AP, CatalogueSet
from portal.oai.document import document, element, error, header, metadata_format, record, resumption, stamp
from portal.oai.faults import Fault, Prefix, prefixes
from portal.oai.origins import ABOUT, own_registries
from portal.oai.tokens import LIFETIME, Token, read, signing_key, written
from portal.partners.forms import PIVOT
from portal.partners.log import PublicationLog
from portal.partners.shelf import Shelf
from store.clock import now
from store.publications import LogRow, Span, last_before

_SETS = "registry"
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+")
_SECOND = timedelta(seconds=1)
_IDENTIFIER_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai-identifier"


class Item(NamedTuple):
    """A record in a list: the row that stands for it, and its metadata; None when it is deleted in this format."""

    row: LogRow
    metadata: bytes | None


class Provider:
    """Answers requests of harvesters from the publication log and the shelf."""

    def __init__(self, log: PublicationLog, shelf: Shelf, settings: Settings) -> None:
        self._log = log
        self._shelf = shelf
        self._settings = settings
        self._prefixes = prefixes(settings)
        self.base = f"{settings.base}/oai"
        self._domain = urlsplit(settings.base).hostname or "localhost"
        self._catalogue = CatalogueSet(Catalogue(log, settings), self._domain)

    @cached_property
    def _key(self) -> bytes:
        return signing_key(self._settings)

    def answer(self, pairs: Sequence[tuple[str, str]]) -> bytes:
        """Return the answer to the arguments of a request, errors of the protocol included."""
        moment = now()
        try:
            request = asked(pairs)
        except Fault as fault:
            return document(moment, self.base, (), [error(fault)])
        try:
            content = self._verbs[request.verb](request, moment)
        except Fault as fault:
            return document(moment, self.base, pairs if fault.code != "badArgument" else (), [error(fault)])
        start, end = f"<{request.verb}>\n".encode(), f"</{request.verb}>".encode()
        return document(moment, self.base, pairs, [start, *content, end])

    @cached_property
    def _verbs(self) -> dict[str, Callable[[Asked, datetime], list[bytes]]]:
        return {
            "Identify": self._identify,
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
            "GetRecord": self._record,
        }

    def _identify(self, request: Asked, moment: datetime) -> list[bytes]:  # noqa: ARG002 - every verb is called alike
        told = [
            element("repositoryName", "Kakehashi 架け橋"),
            element("baseURL", self.base),
            element("protocolVersion", "2.0"),
            element("adminEmail", self._settings.admin_email),
            element("earliestDatestamp", stamp(self._log.begins() or moment)),
            element("deletedRecord", "persistent"),
            element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
            element("compression", "gzip"),
        ]
        if _DOMAIN.fullmatch(self._domain):
            told.append(self._naming())
        return told

    def _naming(self) -> bytes:
        namespace = [
            ("xmlns", _IDENTIFIER_SCHEMA),
            ("xsi:schemaLocation", f"{_IDENTIFIER_SCHEMA} {_IDENTIFIER_SCHEMA}.xsd"),
        ]
        start = element("oai-identifier", "", namespace).removesuffix(b"</oai-identifier>")
        parts = [
            element("scheme", "oai"),
            element("repositoryIdentifier", self._domain),
            element("delimiter", ":"),
            element("sampleIdentifier", f"oai:{self._domain}:jmicro-aaaaaaaaaaaaaaaa"),
        ]
        return b"".join([b"<description>", start, *parts, b"</oai-identifier></description>"])

    def _formats(self, request: Asked, moment: datetime) -> list[bytes]:  # noqa: ARG002 - every verb is called alike
        if "identifier" not in request.values:
            return [metadata_format(prefix) for prefix in (*self._prefixes.values(), DCAT_AP)]
        if self._catalogue.has(request.values["identifier"]):
            return [metadata_format(DCAT_AP)]
        row = self._named(request.values["identifier"])
        made = self._shelf.of([row], [prefix.form for prefix in self._prefixes.values()])
        known = [
            metadata_format(prefix)
            for prefix in self._prefixes.values()
            if (one := made.get((row.seq, prefix.form))) is not None and one.body is not None
        ]
        if not known:
            raise Fault("noMetadataFormats", "this record is deleted")
        return known

    def _sets(self, request: Asked, moment: datetime) -> list[bytes]:
        if request.token is not None:
            read(request.token, self._key, moment)
            raise Fault("badResumptionToken", "the list of sets is never cut")
        told = [(_SETS, "Registries")]
        told += [(f"{_SETS}:{name}", self._title(name)) for name in self._log.registries()]
        told.append((CATALOGUE_SET, "The catalogue of datasets"))
        return [b"<set>" + element("setSpec", spec) + element("setName", title) + b"</set>\n" for spec, title in told]

    def _record(self, request: Asked, moment: datetime) -> list[bytes]:  # noqa: ARG002 - every verb is called alike
        if self._catalogue.has(request.values["identifier"]):
            return self._catalogue.record(request)
        row = self._named(request.values["identifier"])
        prefix = self._prefix(request.values["metadataPrefix"])
        items = self._items([row], prefix, wanted=True)
        if not items:
            raise Fault("cannotDisseminateFormat", "this record is not available in this format")
        return self._written(items, whole=True)

    def _list(self, request: Asked, moment: datetime) -> list[bytes]:
        if request.token is None and request.values["metadataPrefix"] == DCAT_AP.name:
            return self._catalogue.listed(request)
        whole = request.verb == "ListRecords"
        token = self._resumed(request, moment) if request.token is not None else self._begun(request)
        prefix = self._prefix(token.prefix)
        size = self._settings.oai_page_size
        items, more = self._page(token, prefix, size, whole=whole)
        if not items:
            raise Fault("noRecordsMatch", "nothing was published or deleted in this span")
        content = self._written(items, whole=whole)
        if more and token.size is None:
            token = token._replace(size=self._size(token, prefix))
        if more:
            expires = moment.replace(microsecond=0) + LIFETIME
            following = token._replace(
                after=items[-1].row.seq, cursor=token.cursor + len(items), expires=int(expires.timestamp())
            )
            content.append(resumption(written(following, self._key), token.cursor, token.size, expires))
        elif token.cursor:
            content.append(resumption("", token.cursor, token.size, None))
        return content

    def _begun(self, request: Asked) -> Token:
        prefix = self._prefix(request.values["metadataPrefix"])
        horizon = self._log.horizon()
        since, until = request.since, request.until
        after = last_before(self._log.database, since, inclusive=False) if since else 0
        last = last_before(self._log.database, until, inclusive=True) if until else horizon
        spec = request.values.get("set")
        return Token(request.verb, prefix.name, spec, after, min(last, horizon), horizon, 0, None, 0)

    def _resumed(self, request: Asked, moment: datetime) -> Token:
        token = read(request.token or "", self._key, moment)
        if token.verb != request.verb or token.horizon > self._log.horizon() or token.prefix not in self._prefixes:
            raise Fault("badResumptionToken", "this resumption token belongs to another list")
        return token

    def _span(self, token: Token) -> Span | None:
        """Return the part of the log that a list is of; None for a set that has never had a record."""
        registry = None
        if token.set_spec is not None and token.set_spec != _SETS:
            head, _, registry = token.set_spec.partition(":")
            if head != _SETS or not registry:
                return None
        return Span(token.horizon, token.after, token.until, registry)

    def _page(self, token: Token, prefix: Prefix, size: int, *, whole: bool) -> tuple[list[Item], bool]:
        """Return the next items of a list, and whether there are more."""
        span = self._span(token)
        items: list[Item] = []
        while span is not None and len(items) <= size:
            wanted = size + 1 - len(items)
            rows = self._log.standing(span, wanted)
            items += self._items(rows, prefix, wanted=whole)
            if len(rows) < wanted:
                break
            span = span._replace(after=rows[-1].seq)
        return items[:size], len(items) > size

    def _size(self, token: Token, prefix: Prefix) -> int | None:
        """Return how many items a list has from here on.

        Where a format cannot hold every record this is the protocol's estimate: exact once all have been written.
        """
        span = self._span(token)
        held = None if self._always(prefix) else (prefix.form, self._shelf.edition)
        return self._log.count(span, held) if span is not None else None

    def _always(self, prefix: Prefix) -> bool:
        """Tell whether every record can be written in a format."""
        return self._shelf.forms[prefix.form].schema_name == PIVOT

    def _items(self, rows: Sequence[LogRow], prefix: Prefix, *, wanted: bool) -> list[Item]:
        """Return the rows that are in the lists of a format, with metadata unless they are not wanted."""
        if not wanted and self._always(prefix):
            return [Item(row, None if row.deleted else b"") for row in rows]
        made = self._shelf.of(rows, [prefix.form])
        items = []
        for row in rows:
            one = made.get((row.seq, prefix.form))
            if one is not None and one.body is not None:
                items.append(Item(row, one.body))
            elif row.deleted or self._had(row, prefix):
                items.append(Item(row, None))
        return items

    def _had(self, row: LogRow, prefix: Prefix) -> bool:
        """Tell whether an earlier version of a record was in a format."""
        earlier = [one for one in self._log.versions(row.record_id) if one.seq < row.seq]
        return any(one.body is not None for one in self._shelf.of(earlier, [prefix.form]).values())

    def _written(self, items: Sequence[Item], *, whole: bool) -> list[bytes]:
        heads = [
            header(
                f"oai:{self._domain}:{item.row.record_id}",
                item.row.published_at,
                (f"{_SETS}:{item.row.registry}",),
                deleted=item.metadata is None,
            )
            for item in items
        ]
        if not whole:
            return [head + b"\n" for head in heads]
        harvested = [item.row for item in items if item.metadata is not None and item.row.registry not in self._homes]
        abouts = self._shelf.of(harvested, [ABOUT]) if harvested else {}
        written_records = []
        for item, head in zip(items, heads, strict=True):
            about = abouts.get((item.row.seq, ABOUT))
            written_records.append(record(head, item.metadata, about.body if about else None))
        return written_records

    @cached_property
    def _homes(self) -> frozenset[str]:
        return own_registries(self._settings)

    def _title(self, name: str) -> str:
        known = registries(self._settings.registries_file)
        return known[name].manifest.title["en"] if name in known else name

    def _prefix(self, name: str) -> Prefix:
        if name == DCAT_AP.name:
            raise Fault("cannotDisseminateFormat", f"{name} is the format of the set {CATALOGUE_SET} only")
        if name not in self._prefixes:
            known = ", ".join((*self._prefixes, DCAT_AP.name))
            raise Fault("cannotDisseminateFormat", f"the metadata formats are {known}")
        return self._prefixes[name]

    def _named(self, identifier: str) -> LogRow:
        start = f"oai:{self._domain}:"
        row = self._log.record(identifier.removeprefix(start)) if identifier.startswith(start) else None
        if row is None or identifier != f"{start}{row.record_id}":
            raise Fault("idDoesNotExist", "there is no record with this identifier")
        return row
