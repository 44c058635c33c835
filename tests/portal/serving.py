"""The portal over loopback, in a thread of the test's process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from harvester.workplace import Workplace
from portal.serving import listening, server


@contextmanager
def served(
    place: Workplace, *, asked: list[str] | None = None, as_public: bool = False, **changes: Any
) -> Iterator[str]:
    """Serve a deployment, its settings changed, and give the address.

    Paths with their queries are added to `asked` as requests come. `as_public` makes the address the public one.
    """
    with listening("127.0.0.1", 0) as (bound, address):
        base = {"public_base": address} if as_public else {}
        web = server(place.settings.model_copy(update=base | changes), place.database)
        if asked is not None:
            web.config.app = _noting(web.config.app, asked)
        thread = threading.Thread(target=web.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not web.started:
            time.sleep(0.01)
        try:
            yield address
        finally:
            web.should_exit = True
            thread.join(30)


def _noting(application: Any, asked: list[str]) -> ASGIApp:
    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append("?".join(filter(None, (scope["path"], scope["query_string"].decode()))))
        await application(scope, receive, send)

    return noting
