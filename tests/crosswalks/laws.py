"""The laws of every crosswalk, as checks that a test calls with one crossing.

Reading: each stated source field has an outcome; each value of the descriptor is explained; each explanation is true;
and what the ledger says agrees with the mapping table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crosswalks.contract import Crosswalk
from crosswalks.descriptor.model import Descriptor
from crosswalks.ledger import Crossing, FieldOutcome, general
from crosswalks.mapping import read_table

NOT_READ = ("id", "source_record", "descriptor_version", "origins")
CARRIED = {FieldOutcome.MAPPED, FieldOutcome.NORMALISED, FieldOutcome.DERIVED}


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all leaves of a JSON tree; empty parts say nothing and have none."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
    else:
        yield path


def covers(entry: str, leaf: str) -> bool:
    return entry == leaf or leaf.startswith(f"{entry}.") or entry.startswith(f"{leaf}.")


def check_reading(crosswalk: Crosswalk, record: Any, crossing: Crossing[Descriptor]) -> None:
    """Check all laws of reading for one record (a pydantic listing)."""
    stated = record.model_dump(mode="json", exclude_defaults=True)
    sources = {entry.source for entry in crossing.ledger.entries if entry.source}
    silent = [leaf for leaf in leaves(stated) if not any(covers(source, leaf) for source in sources)]
    assert silent == [], f"source fields without an outcome: {silent}"
    check_explained(crossing)
    check_table(crosswalk, crossing)


def check_explained(crossing: Crossing[Descriptor]) -> None:
    content = crossing.value.model_dump(mode="json", exclude_defaults=True)
    for name in NOT_READ:
        content.pop(name, None)
    targets = {entry.target for entry in crossing.ledger.entries if entry.target}
    paths = list(leaves(content))
    unexplained = [leaf for leaf in paths if not any(covers(target, leaf) for target in targets)]
    assert unexplained == [], f"values nobody explains: {unexplained}"
    untrue = [
        target
        for target in targets
        if target.partition(".")[0] not in NOT_READ and not any(covers(target, leaf) for leaf in paths)
    ]
    assert untrue == [], f"the ledger claims values that are not there: {untrue}"


def check_table(crosswalk: Crosswalk, crossing: Crossing[Descriptor]) -> None:
    rows = read_table(crosswalk.folder / "mapping.sssom.tsv", crosswalk.schema)
    allowed = {(row.subject, row.object) for row in rows if not row.negative}
    subjects = {row.subject for row in rows}
    for entry in crossing.ledger.entries:
        source, target = general(entry.source), general(entry.target or "")
        if entry.outcome in CARRIED:
            ancestors = [source.rsplit(".", cut)[0] for cut in range(source.count(".") + 1)]
            assert any((name, target) in allowed for name in ancestors), f"no row for {source} → {target}"
        elif entry.source:
            ancestors = [source.rsplit(".", cut)[0] for cut in range(source.count(".") + 1)]
            assert any(name in subjects for name in ancestors), f"no row for {source}"
