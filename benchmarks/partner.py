"""A partner's harvest over loopback with Sickle: how much longer the client works than the server that answers it.

What the process at work does after a publication (`portal.ahead`) is done before, as in a deployment.

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
from functools import partial
from pathlib import Path
from threading import Thread

from sickle import Sickle

from benchmarks.channels import stocked
from benchmarks.measure import Outcome, seconds_of, timed
from config.settings import Settings
from harvester.workplace import Workplace
from portal.ahead import fill_shelf
from portal.serving import listening, run, server

RECORDS, FEW = 20_000, 2_000
WANTED = 1.0
_PATIENCE, _GLANCE, _TICK = 60, 0.1, 0.01


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure whole harvests: the first one and the next, and the first of the format that costs most to write."""
    count = FEW if quick else RECORDS
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as folder:
        place = stocked(Path(folder), count)
        ahead = timed(lambda: list(fill_shelf(place, lambda: False)))[0]
        place.database.close()
        with _served(Path(folder)) as (process, address):
            for prefix, walk in (("oai_dc", "first"), ("oai_dc", "next"), ("elm", "first")):
                before = seconds_of(process)
                client, met = timed(partial(_harvested, address, prefix))
                spent = max(seconds_of(process) - before, _TICK)
                name = f"Sickle takes {count:,} records as {prefix}, {walk} time: its work beside the server's"
                details = {"clock_seconds": client.wall, "written_ahead_cpu_seconds": ahead.cpu}
                found = Outcome(name, WANTED, "s CPU", spent, client.cpu, client.cpu / spent, details=details)
                if len(met) == count:
                    found.equal = "partner: every record once"
                else:
                    found.difference = f"{len(met)} of {count} records"
                yield found


def _harvested(address: str, prefix: str) -> set[str]:
    return {one.header.identifier for one in Sickle(f"{address}/oai").ListRecords(metadataPrefix=prefix)}


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
