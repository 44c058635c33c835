"""A connector of the tests that reads scripts, and waits where a file says so.

`options.begun` is a file that it writes a line to when it begins to read; while the file `options.hold` exists it does
not go on.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from connectors.contract import Extract, Payload, Registry
from tests.harvester.scripted import parse, plain

_LONGEST = 60.0


def wait_and_parse(payload: Payload, registry: Registry) -> Extract:
    options = registry.manifest.options
    if begun := options.get("begun"):
        with Path(begun).open("a") as file:
            file.write(f"{os.getpid()}\n")
    until = time.monotonic() + _LONGEST
    while Path(options.get("hold", "/nowhere")).exists() and time.monotonic() < until:
        time.sleep(0.02)
    return parse(payload, registry)


connector = replace(plain, parse=wait_and_parse)
