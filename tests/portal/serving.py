"""The portal over loopback, in a thread of the test's process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harvester.workplace import Workplace
from portal.serving import listening, server


@contextmanager
def served(place: Workplace, **changes: Any) -> Iterator[str]:
    """Serve a deployment, its settings changed, and give the address."""
    with listening("127.0.0.1", 0) as (bound, address):
        web = server(place.settings.model_copy(update=changes), place.database)
        thread = threading.Thread(target=web.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not web.started:
            time.sleep(0.01)
        try:
            yield address
        finally:
            web.should_exit = True
            thread.join(30)
