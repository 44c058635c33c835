"""Which function answers at an address: all routes of the application as one, found by the first step of the path.

A request goes from the index through the door to its endpoint: a coroutine is awaited, a function runs in a thread.
What may be read by everybody answers OPTIONS, and scripts of other origins before they ask (CORS).
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, IntegerConvertor
from starlette.datastructures import URLPath
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound, compile_path
from starlette.types import Receive, Scope, Send

from portal.accounts.access import access_to
from portal.answers import METHODS, told_before

Door = Callable[[Request], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Way:
    """One address, or pattern of addresses, and who answers there."""

    path: str
    methods: frozenset[str]
    endpoint: Callable[..., Any]
    waits: bool
    takes: frozenset[str]
    match: Callable[[str], Any]
    convertors: Mapping[str, Convertor[Any]]

    def read(self, path: str) -> dict[str, Any] | None:
        """Return the values in a path, None for one that is another's."""
        found = self.match(path)
        if found is None:
            return None
        try:
            return {name: self.convertors[name].convert(value) for name, value in found.groupdict().items()}
        except ValueError:
            return None


class Router:
    """The addresses of one room, in the order in which they are tried."""

    def __init__(self) -> None:
        self.ways: list[Way] = []

    def add(self, path: str, endpoint: Callable[..., Any], methods: Iterable[str] = METHODS) -> None:
        """Add an address, or a pattern of addresses as Starlette writes it.

        An endpoint takes the request and, by name, what it wants of the path. Raises `TypeError` when it asks for more.
        """
        self.ways.append(_way(path, endpoint, frozenset(methods)))


class Routes(BaseRoute):
    """All routes of some routers, in their order, behind one door."""

    def __init__(self, routers: Iterable[Router], door: Door) -> None:
        self.ways = tuple(way for router in routers for way in router.ways)
        self._door = door
        self._anywhere = tuple(way for way in self.ways if "{" in _first_step(way.path))
        self._by_step = _by_first_step(self.ways)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Find the way of a request; one for other methods only, if there is no better."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path, method = scope["path"], scope["method"]
        other: Scope = {}
        for way in self._by_step.get(_first_step(path), self._anywhere):
            if (values := way.read(path)) is None:
                continue
            found = {"route": way, "endpoint": way.endpoint, "path_params": values}
            if method in way.methods:
                return Match.FULL, found
            other = other or found
        return (Match.PARTIAL, other) if other else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose way was found."""
        way: Way = scope["route"]
        request = Request(scope, receive, send)
        if scope["method"] in way.methods:
            await self._door(request)
            values = {name: value for name, value in scope["path_params"].items() if name in way.takes}
            call = way.endpoint
            answer = await (call(request, **values) if way.waits else run_in_threadpool(call, request, **values))
        else:
            answer = self._about(request)
        await answer(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Raise `NoMatchFound`: our ways have no names."""
        raise NoMatchFound(name, path_params)

    def _about(self, request: Request) -> Response:
        """Say what can be done at an address that is asked something else. Raises `HTTPException` with 405."""
        path = request.scope["path"]
        here = [way for way in self._by_step.get(_first_step(path), self._anywhere) if way.read(path) is not None]
        here = [way for way in here if ":path}" not in way.path] or here
        methods = sorted({method for way in here for method in way.methods})
        if request.method == "OPTIONS":
            reading = next((way for way in here if "GET" in way.methods), None)
            access = access_to("GET", reading.path) if reading else None
            if access is not None and access.public:
                return told_before(request, [*methods, "OPTIONS"])
        raise HTTPException(405, headers={"Allow": ", ".join(methods)})


def _way(path: str, endpoint: Callable[..., Any], methods: frozenset[str]) -> Way:
    pattern, _, convertors = compile_path(path)
    taken = inspect.signature(endpoint).parameters
    needed = {name for name, one in taken.items() if one.default is one.empty}
    if not needed <= {"request", *convertors}:
        raise TypeError(f"{path}: its endpoint needs {sorted(needed)}, not the request and what is in the path")
    numbers = {name for name, one in taken.items() if one.annotation in {int, "int"}}
    if numbers != {name for name, one in convertors.items() if isinstance(one, IntegerConvertor)}:
        raise TypeError(f"{path}: its endpoint takes {sorted(numbers)} as numbers, the path has others")
    return Way(
        path=path,
        methods=methods,
        endpoint=endpoint,
        waits=inspect.iscoroutinefunction(endpoint),
        takes=frozenset(convertors) & frozenset(taken),
        match=pattern.match,
        convertors=convertors,
    )


def _by_first_step(ways: Iterable[Way]) -> dict[str, tuple[Way, ...]]:
    """Return the ways that a path may lead by, in their order, by the first step of the path."""
    steps = [(_first_step(way.path), way) for way in ways]
    found: dict[str, list[Way]] = defaultdict(list)
    for fixed in {step for step, _ in steps if "{" not in step}:
        found[fixed] += [way for step, way in steps if step == fixed or "{" in step]
    return {step: tuple(some) for step, some in found.items()}


def _first_step(path: str) -> str:
    return path.split("/", 2)[1] if path.startswith("/") else path
