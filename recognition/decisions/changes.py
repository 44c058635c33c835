"""What has changed since a version was pinned: the record, the mappings it was read by, the level rows that were used.

Each change is a remark with its code, so that a decision that is open again says why. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.types import Level
from crosswalks.judgements import Judgement, standing
from recognition.cells import Remark
from recognition.decisions.lifecycle import material_fields
from recognition.decisions.model import LevelUsed, Pin
from recognition.headings import headings
from recognition.levels import towards

_SAID = ("subject_id", "predicate_id", "predicate_modifier", "object_id")
_BETWEEN = {"ja": "、", "en": ", "}
_WAY_OUT = ("outgoing", "values/writing")


class Now(NamedTuple):
    """How things are today: the record (`content` is None when it is no longer public), and what its pin names."""

    version: int
    content: Mapping[str, Any] | None
    tables: Mapping[str, str]
    judgements: Mapping[str, str]


def changes(pin: Pin, pinned: Mapping[str, Any], now: Now) -> tuple[Remark, ...]:
    """Return what a decision rests on that is not as it was."""
    return (*_of_record(pin, pinned, now), *_of_tables(pin, now), *_of_levels(pin))


def _of_record(pin: Pin, pinned: Mapping[str, Any], now: Now) -> Iterable[Remark]:
    if now.content is None:
        yield Remark.of("reopened_record_gone", version=pin.version)
        return
    found = material_headings(pinned, now.content)
    if found:
        names = {heading.code: heading.labels for heading in headings()}
        told = {f"headings_{tag}": mark.join(names[code][tag] for code in found) for tag, mark in _BETWEEN.items()}
        yield Remark.of("reopened_record_changed", was=pin.version, is_now=now.version, **told)


def material_headings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the headings under which two versions of a record differ in what decisions rest on, in their order."""
    fields = material_fields()
    touched = {change.path.partition(".")[0] for change in differences(dict(before), dict(after))}
    differing = {fields[name] for name in touched if name in fields}
    return [heading.code for heading in headings() if heading.code in differing]


def _of_tables(pin: Pin, now: Now) -> Iterable[Remark]:
    for name in sorted({*pin.tables, *now.tables}):
        if pin.tables.get(name) != now.tables.get(name):
            yield Remark.of("reopened_mapping_changed", table=name)
    for name in sorted({*pin.judgements, *now.judgements}):
        if pin.judgements.get(name) != now.judgements.get(name):
            yield Remark.of("reopened_mapping_judged", table=name)


def _of_levels(pin: Pin) -> Iterable[Remark]:
    for used in pin.levels:
        again = level_used(used.scheme, used.value, used.framework)
        if again.digest != used.digest:
            first, second = f"{used.scheme} {used.value}", used.framework
            yield Remark.of("reopened_level_row", first=first, second=second, was=used.answer, is_now=again.answer)


def levels_used(descriptor: Descriptor, framework: str | None) -> tuple[LevelUsed, ...]:
    """Return what published comparisons give for the stated levels of a record in a framework."""
    if framework is None:
        return ()
    return tuple(level_used(level.scheme, level.value, framework) for level in descriptor.level)


def level_used(scheme: str, value: str, framework: str) -> LevelUsed:
    """Return what published comparisons give for one level, with a digest of all that this rests on."""
    answer, basis, rows = towards(Level(scheme=scheme, value=value), framework)
    rested = {
        "answer": str(answer),
        "basis": basis.model_dump(mode="json", exclude={"note"}) if basis else None,
        "rows": [row.model_dump(mode="json") for row in rows],
    }
    return LevelUsed(
        scheme=scheme, value=value, framework=framework, answer=str(answer), basis=basis.id if basis else None,
        digest=_digest(rested),
    )  # fmt: skip


def reading_tables(names: Iterable[str], schema: str) -> list[str]:
    """Return the tables by which records of a schema are read, among all tables."""
    ours = [name for name in names if name.partition("/")[0] == schema]
    return sorted(name for name in ours if name.partition("/")[2] not in _WAY_OUT)


def digest_of_table(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the digest of what the rows of a mapping table say; comments and authors do not count."""
    return _digest(sorted([row.get(name) or "" for name in _SAID] for row in rows))


def digest_of_judgements(judgements: Iterable[Judgement], table: str) -> str:
    """Return the digest of what stands for the rows of a table that were judged."""
    last = standing(one for one in judgements if one.table == table)
    return _digest(sorted([*row, one.verdict.value] for row, one in last.items()))


def _digest(value: Any) -> str:
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
