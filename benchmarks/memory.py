"""How much the peak memory of an export grows from few records to ten times as many: each size in a process of its own.

`python -m benchmarks.memory SYNTAX COUNT` writes made-up listings, one after the other, to a file that is thrown away,
and prints the number of records written, the bytes, and the process's peak memory.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator

import orjson

from benchmarks.measure import Outcome, peak_memory
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.serialise import from_dict
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing.build import Written, build

SMALL, LARGE, MOST_GROWTH = 10_000, 100_000, 50.0
_TITLES = {"jsonld": "JSON-LD", "turtle": "Turtle", "ntriples": "N-Triples", "rdfxml": "RDF/XML", "xml": "LOQ XML"}


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the growth for every syntax."""
    small, large = (SMALL // 10, LARGE // 10) if quick else (SMALL, LARGE)
    for syntax, title in _TITLES.items():
        one, other = run(syntax, small), run(syntax, large)
        growth = (other["peak"] - one["peak"]) / 1024
        found = Outcome(
            f"memory: {title}, growth {small:,} to {large:,}", MOST_GROWTH, "MB", other["peak"] / 1024, None, growth,
            at_most=True, details={"small": one, "large": other},
        )  # fmt: skip
        if (one["records"], other["records"]) == (small, large) and other["bytes"] > 9 * one["bytes"]:
            found.equal = "memory: as many records written as asked for"
        else:
            found.difference = f"{one} and {other} are not what was asked for"
        yield found


def run(syntax: str, count: int) -> dict[str, int]:
    """Write so many records in a child process; return what it tells."""
    command = [sys.executable, "-m", "benchmarks.memory", syntax, str(count)]
    told: dict[str, int] = orjson.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def write(syntax: str, count: int) -> dict[str, int]:
    """Write so many records; return the number of records and bytes, and the peak memory in KB."""
    written = 0

    def records() -> Iterator[Written]:
        nonlocal written
        for number in range(1, count + 1):
            record = build(from_dict(made(number)))
            written += record.record is not None
            yield record

    with tempfile.TemporaryFile() as out:
        write_elm(records(), out, syntax)
        size = out.tell()
    return {"records": written, "bytes": size, "peak": peak_memory()}


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(write(sys.argv[1], int(sys.argv[2]))))
