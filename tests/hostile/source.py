"""A source that can be steered: a stand-in on loopback whose answers a test changes, delays or spoils by their number.

It wears one of four dressings, which are real connectors: JSON in pages, a list with a page for each record, a dump
behind a catalogue, and a search with details. What it shows may change from run to run while its addresses stay.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qsl

from connectors.contract import Answer, Question, Registry
from connectors.discovery import connector, registry
from tests.harvester.loopback import NOT_THERE, Asked, Line, Loopback, Reply, answer

PREFIX = "/source/"
Change = Callable[[str, Answer], Answer]
"""What becomes of an answer, by the path asked for."""
Fault = Callable[[bytes], Reply]
"""What takes the place of a whole HTTP answer."""


@dataclass(frozen=True)
class State:
    """What a source shows: a variant of the stand-in at a number of listings, changed."""

    variant: str
    listings: int = 24
    change: Change = field(default=lambda _path, healthy: healthy)


@dataclass(frozen=True)
class Dressing:
    """A kind of source: its connector, what its manifest says otherwise, and two states, a day apart."""

    connector: str
    before: State
    after: State
    options: dict[str, Any] = field(default_factory=dict)


def says(old: str, new: str) -> Change:
    """Put a text in the place of another wherever it stands, in archives too."""

    def change(path: str, healthy: Answer) -> Answer:
        return replace(healthy, body=_said(healthy.body, old.encode(), new.encode()))

    return change


def _said(body: bytes, old: bytes, new: bytes) -> bytes:
    if not body.startswith(b"PK"):
        return body.replace(old, new)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as changed:
        for member in archive.infolist():
            changed.writestr(member, archive.read(member).replace(old, new))
    return made.getvalue()


class Source(Loopback):
    """A running source. `faults` are by the number of the request since `begin`, counted from 1."""

    def __init__(self, dressing: Dressing) -> None:
        super().__init__()
        self.dressing = dressing
        self._standin = connector(dressing.connector).standin
        self.state = dressing.before
        self.faults: dict[int, Fault] = {}
        self.pause = 0.0
        self.answered: dict[str, float] = {}
        self._number = 0
        self._one_by_one = Lock()

    def begin(self, state: State | None = None) -> None:
        """Count anew, and show a state."""
        self.state = state or self.state
        self.faults, self.pause, self._number = {}, 0.0, 0
        self.asked.clear()
        self.answered.clear()

    @property
    def times(self) -> Counter[str]:
        """How often each address was asked for since `begin`."""
        return Counter(self.paths())

    def reply(self, asked: Asked) -> Reply:
        """What the source answers to one request."""
        with self._one_by_one:
            self.asked.append(asked)
            if not asked.path.startswith(PREFIX):
                return NOT_THERE
            self._number += 1
            fault = self.faults.get(self._number)
            whole = self._whole(asked)
        return fault(whole) if fault else self._in_time(asked, whole)

    def _in_time(self, asked: Asked, whole: bytes) -> Reply:
        def reply(_: Asked, line: Line) -> None:
            sleep(self.pause)
            line.send(whole)
            self.answered[asked.path] = monotonic()

        return reply

    def _whole(self, asked: Asked) -> bytes:
        path, _, query = asked.path.removeprefix(PREFIX).partition("?")
        form = dict(parse_qsl(asked.body.decode("latin-1"), keep_blank_values=True))
        question = Question(self.state.variant, path, dict(parse_qsl(query, keep_blank_values=True)),
                            self.url(PREFIX), asked.method, form)  # fmt: skip
        healthy = self._standin.answer(question, self.state.listings)
        if healthy is None:
            return NOT_THERE
        healthy = self.state.change(path, healthy)
        return answer(healthy.body, healthy.status, healthy.media_type, **dict(healthy.headers))

    def registry(self, **changes: Any) -> Registry:
        """The source as a registry. `changes` are of its manifest; maps are laid over."""
        plain = registry(self.dressing.connector)
        manifest = plain.manifest.model_dump(by_alias=True)
        own = {"address": self.url(PREFIX + self._standin.entry), "options": self.dressing.options,
               "gates": {"changes": 1.0}, "politeness": {"robots": False, "retries": 1}}  # fmt: skip
        for name, value in (*own.items(), *changes.items()):
            manifest[name] = {**manifest[name], **value} if isinstance(manifest.get(name), dict) else value
        return replace(plain, id="source", manifest=type(plain.manifest).model_validate(manifest))


@contextmanager
def source(dressing: Dressing) -> Iterator[Source]:
    """Give a running source, and end it."""
    running = Source(dressing)
    try:
        yield running
    finally:
        running.close()


_OTHERWISE = says("Foundations", "Fundamentals")
_API = {**registry("europass").manifest.options["api"], "size": 5}
DRESSINGS = {
    "json": Dressing(
        "mqa", State("serverside", 42), State("serverside", 45, says("Diploma", "Advanced Diploma")), {"page_length": 3}
    ),
    "details": Dressing("nzqa", State("full", 22), State("full", 24, says("Introduction to", "Invitation to"))),
    "dump": Dressing("europass", State("multipart", 24), State("multipart", 26, _OTHERWISE)),
    "search": Dressing("europass", State("api", 24), State("api", 26, _OTHERWISE), {"transport": "api", "api": _API}),
}
"""JSON in pages, a list with a page for each record, a dump in parts, a search with details."""
