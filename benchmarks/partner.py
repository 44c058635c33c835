"""A partner's harvest over loopback with Sickle: how much longer the client works than the server that answers it.

`python -m benchmarks.partner HOME` serves what stands in a home, once its search index has been read, and prints the
address; it ends with its standard input.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from sickle import Sickle

from benchmarks.channels import stocked
from benchmarks.measure import Outcome, seconds_of, timed
from config.settings import Settings
from harvester.workplace import Workplace
from portal.serving import listening, run, server

RECORDS, FEW = 20_000, 2_000
WANTED = 1.0
_PATIENCE, _GLANCE, _TICK = 60, 0.1, 0.01


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure a whole harvest, the first one and the next."""
    count = FEW if quick else RECORDS
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as folder:
        stocked(Path(folder), count).database.close()
        with _served(Path(folder)) as (process, address):
            for walk in ("first", "next"):
                before = seconds_of(process)
                client, met = timed(lambda: _harvested(address))
                spent = max(seconds_of(process) - before, _TICK)
                name = f"Sickle takes {count:,} records, {walk} time: its work beside the server's"
                details = {"clock_seconds": client.wall}
                found = Outcome(name, WANTED, "s CPU", spent, client.cpu, client.cpu / spent, details=details)
                if len(met) == count:
                    found.equal = "partner: every record once"
                else:
                    found.difference = f"{len(met)} of {count} records"
                yield found


def _harvested(address: str) -> set[str]:
    return {one.header.identifier for one in Sickle(f"{address}/oai").ListRecords(metadataPrefix="oai_dc")}


@contextmanager
def _served(home: Path) -> Iterator[tuple[int, str]]:
    command = [sys.executable, "-m", "benchmarks.partner", str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.pid, process.stdout.readline().strip()
        finally:
            process.communicate(timeout=_PATIENCE)


def serve(home: Path) -> None:
    """Serve what stands in a home until the standard input ends."""
    place = Workplace.of(Settings(home=home, database_url=None))
    with listening("127.0.0.1", 0) as (bound, address):
        web = server(place.settings, place.database)
        while web.config.app.state.finder.behind():  # type: ignore[union-attr]
            time.sleep(_GLANCE)
        thread = Thread(target=run, args=(web, bound))
        thread.start()
        print(address, flush=True)
        sys.stdin.read()
        web.should_exit = True
        thread.join(_PATIENCE)
    place.database.close()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
