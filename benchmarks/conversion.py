"""How many records a second cross from a listing to the descriptor and on to ELM, ledgers on, and where the time goes;
and how much the peak memory of a conversion grows with the length of the file.

`python -m benchmarks.conversion COUNT` converts so many listings in one process and prints its peak memory.
"""

from __future__ import annotations

import gc
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.measure import Outcome, peak_memory
from connectors.jmicro.standin_made import made
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.serialise import dump, from_dict
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing import write
from crosswalks.elm.writing.build import build
from crosswalks.jmicro.model import JmicroListing
from harvester.converting import Account, carried, write_records
from harvester.pieces import Pieces

RECORDS, FEW, REPETITIONS = 3000, 300, 5
WANTED, WANTED_IN = 3000.0, 6000.0
SMALL, LARGE, MOST_GROWTH = 10_000, 100_000, 50.0
_SOURCE = SourceRecord(registry="jmicro", source_id="made")


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure records a second of both ways, then the growth of memory."""
    count = FEW if quick else RECORDS
    listings = [JmicroListing.model_validate(made(number)) for number in range(1, count + 1)]
    descriptors = [read(listing).value for listing in listings]
    inward = partial(_each, listings, read)
    onward = partial(_written, listings)
    shares = {
        "mapping in, with ledger": _per_second(inward, count),
        "mapping out": _per_second(partial(_each, descriptors, build), count),
        "mapping out, with ledger": _per_second(partial(_each, descriptors, write), count),
        "validation of the model": _per_second(
            partial(_each, [made(n) for n in range(1, count + 1)], from_dict), count
        ),
        "serialisation of the descriptor": _per_second(partial(_each, descriptors, dump), count),
    }
    told = {name: f"{1e6 / speed:.0f} µs/record" for name, speed in shares.items()}
    for name, work, wanted in (
        ("convert: listing → descriptor → N-Triples", onward, WANTED),
        ("convert: listing → descriptor", inward, WANTED_IN),
    ):
        speed = _per_second(work, count)
        found = Outcome(f"{name}, records/s ({wanted:,.0f} wanted)", 1.0, "µs/record", 1e6 / speed, 1e6 / wanted,
                        speed / wanted, details={"steps": told})  # fmt: skip
        found.equal = "conversion: " + ", ".join(f"{step} {share}" for step, share in told.items())
        yield found
    yield _growth(*((SMALL // 10, LARGE // 10) if quick else (SMALL, LARGE)))


def read(listing: JmicroListing) -> Any:
    """Carry a listing to the descriptor."""
    return crosswalk_for("jmicro").read(listing, str(listing.id), _SOURCE)


def _each(things: list[Any], work: Callable[[Any], Any]) -> int:
    for thing in things:
        work(thing)
    return len(things)


def _written(listings: list[JmicroListing]) -> int:
    out = io.BytesIO()
    write_elm((write(read(listing).value).value for listing in listings), out, "ntriples")
    assert out.tell() > 1000 * len(listings)
    return len(listings)


def _per_second(work: Callable[[], int], count: int) -> float:
    """Return the records a second of the best of some repetitions, in processor time of one core."""
    best = float("inf")
    for _ in range(REPETITIONS):
        gc.collect()
        start = time.process_time()
        assert work() == count
        best = min(best, time.process_time() - start)
    return count / best


def _growth(small: int, large: int) -> Outcome:
    one, other = run(small), run(large)
    growth = (other["peak"] - one["peak"]) / 1024
    found = Outcome(f"convert: memory, growth {small:,} to {large:,}", MOST_GROWTH, "MB", other["peak"] / 1024, None,
                    growth, at_most=True, details={"small": one, "large": other})  # fmt: skip
    if (one["records"], other["records"]) == (small, large):
        found.equal = "conversion: as many records written as were in the file"
    else:
        found.difference = f"{one} and {other} are not what was asked for"
    return found


def run(count: int) -> dict[str, int]:
    """Convert so many listings in a child process; return what it tells."""
    command = [sys.executable, "-m", "benchmarks.conversion", str(count)]
    told: dict[str, int] = orjson.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def convert(count: int) -> dict[str, int]:
    """Convert a file of so many listings to N-Triples; return the number of records and the peak memory in KB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "listings.jsonl"
        with file.open("wb") as lines:
            for number in range(1, count + 1):
                descriptor: Descriptor = from_dict(made(number))
                lines.write(dump(descriptor) + b"\n")
        pieces, account = Pieces(file), Account("jmicro", "elm")
        with tempfile.TemporaryFile() as out:
            write_records(account, carried(pieces, account), "ntriples", out)
        pieces.close()
    return {"records": account.written, "peak": peak_memory()}


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(convert(int(sys.argv[1]))))
