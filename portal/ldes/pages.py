"""The pages as files: full ones are written once, the open one and the way to it anew whenever the log has grown.

Whoever serves or dumps catches up with the log first; nothing but the log and the rules of writing decides what a page
says. Files take their places whole, and a page that was closed is never written again.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.messages import CodedError
from config.settings import Settings
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import load
from portal.ldes.stream import GROUP, MOST_BELOW_ROOT, PAGE, Bounds, Places, description, node, page
from portal.partners.log import PublicationLog
from portal.partners.statements import Statement, jsonld, turtle
from store.publications import LogRow, contents, rows_after

SUFFIXES: Mapping[str, str] = {"ttl": "text/turtle", "jsonld": "application/ld+json"}
STREAM, ROOT = "stream", "pages"
_HORIZON = "horizon"


class Pages:
    """The files of a deployment's stream, in a folder of its home."""

    def __init__(self, log: PublicationLog, settings: Settings) -> None:
        self._log = log
        self.places = Places(settings.base)
        self.folder = settings.home / "ldes"
        self._known: dict[int, tuple[LogRow, LogRow] | None] = {}

    def file(self, name: str, suffix: str) -> Path:
        """Return where a page, a group, the root or the stream lies, or would lie."""
        return self.folder / f"{name}.{suffix}"

    def is_closed(self, number: int) -> bool:
        """Tell whether a page is full, so that it never changes again."""
        return self._written() >= (number + 1) * PAGE

    def catch_up(self, *, wait: bool = True) -> int:
        """Write what the log has that the files have not; return up to which row they are.

        Where another process is at it already it is waited for, unless `wait` is false. Raises `CodedError` with
        `home_unwritable`.
        """
        horizon = self._log.horizon()
        if self._written() == horizon and self.file(STREAM, "ttl").is_file():
            return horizon
        try:
            with self._alone(wait=wait):
                return self._write(self._log.horizon())
        except BlockingIOError:
            return self._written()
        except OSError as error:
            detail = error.strerror or str(error)
            raise CodedError.of("home_unwritable", folder=str(self.folder), detail=detail) from None

    def _write(self, horizon: int) -> int:
        self._put(STREAM, list(description(self.places)))
        written = self._written()
        for number in range(written // PAGE, -(-horizon // PAGE)):
            self._page(number, horizon, closed=horizon >= (number + 1) * PAGE)
        bounds = list(self._bounds(horizon))
        if len(bounds) <= MOST_BELOW_ROOT:
            self._put(ROOT, list(node(self.places, self.places.root, bounds, groups=False)))
        else:
            self._groups(bounds)
        self._replace(_HORIZON, str(horizon).encode())
        return horizon

    def _page(self, number: int, horizon: int, *, closed: bool) -> None:
        rows = self._rows(number, horizon)
        texts = contents(self._log.database, [row.seq for row in rows])
        members = [
            (row, None if row.deleted or row.seq not in texts else releasable(load(texts[row.seq]))[0]) for row in rows
        ]
        self._put(f"pages/{number}", list(page(self.places, number, members, closed=closed)))

    def _groups(self, bounds: list[Bounds]) -> None:
        above = []
        for start in range(0, len(bounds), GROUP):
            some = bounds[start : start + GROUP]
            number = start // GROUP
            own = self.places.group(number)
            self._put(f"groups/{number}", list(node(self.places, own, some, groups=False)))
            above.append(Bounds(number, some[0].first, some[-1].last, some[-1].following))
        self._put(ROOT, list(node(self.places, self.places.root, above, groups=True)))

    def _rows(self, number: int, horizon: int) -> list[LogRow]:
        return rows_after(self._log.database, number * PAGE, PAGE, min(horizon, (number + 1) * PAGE))

    def _bounds(self, horizon: int) -> Iterator[Bounds]:
        """Yield the bounds of every page that has rows."""
        before: Bounds | None = None
        for number in range(-(-horizon // PAGE)):
            if (ends := self._ends(number, horizon)) is None:
                continue
            if before is not None:
                yield before._replace(following=ends[0])
            before = Bounds(number, *ends, None)
        if before is not None:
            yield before

    def _ends(self, number: int, horizon: int) -> tuple[LogRow, LogRow] | None:
        """Return the first and the last row of a page; those of a closed one are looked up once."""
        if number in self._known:
            return self._known[number]
        rows = self._rows(number, horizon)
        ends = (rows[0], rows[-1]) if rows else None
        if horizon >= (number + 1) * PAGE:
            self._known[number] = ends
        return ends

    def _put(self, name: str, statements: Iterable[Statement]) -> None:
        said = list(statements)
        for suffix, write in (("jsonld", jsonld), ("ttl", turtle)):
            self._replace(f"{name}.{suffix}", write(said))

    def _replace(self, name: str, content: bytes) -> None:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
        try:
            with fresh.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)

    def _written(self) -> int:
        try:
            return int((self.folder / _HORIZON).read_bytes())
        except (OSError, ValueError):
            return 0

    @contextmanager
    def _alone(self, *, wait: bool) -> Iterator[None]:
        """Let one process write at a time; another waits, and finds the work done, or gives up."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
