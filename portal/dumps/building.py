"""Building a dump: every form from one pass over the log at a horizon, the delta to it, the manifest last.

A dump that would hold nothing new is not made. A failure leaves the last good dump where it is, and is noted.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import orjson

from config.messages import CodedError
from config.settings import Settings
from crosswalks.descriptor.model import Descriptor
from harvester.collecting import rare_collection
from portal.dumps.europe import dataset, dataset_files
from portal.dumps.forms import One, Rules, entries, forms
from portal.dumps.keeping import Dumps
from portal.dumps.manifest import MANIFEST, SEAL, Delta, FileEntry, Manifest, Source, attempt
from portal.dumps.packing import packed
from portal.dumps.reading import records, standing_rows
from portal.dumps.seal import sealed
from portal.partners.log import PublicationLog
from portal.partners.making import edition
from portal.sync.lists import stamp
from portal.sync.packages import resources
from store.clock import now
from store.publications import LogRow, Span

_OBJECTS = 50_000
"""A dump goes on for long and leaves few cycles with each record; they must not pile up."""
_NDJSON = "application/x-ndjson"
_WITHHELD = "elm.withheld.ndjson"
_CHANGES = "delta.changes.ndjson"


class _Sums(NamedTuple):
    """What was counted on the way."""

    records: Counter[str]
    withheld: Counter[str]
    rights: dict[str, tuple[str | None, str | None]]

    def add(self, one: One) -> None:
        """Count one record."""
        source = one.released.source_record
        self.records[one.row.registry] += 1
        self.rights[one.row.registry] = (source.rights, source.attribution)
        if one.withheld is not None:
            self.withheld[one.withheld.code] += 1


def build(log: PublicationLog, settings: Settings) -> tuple[Manifest, bool]:
    """Make a dump of what stands, unless the latest one holds just that; return its manifest, and whether it is new.

    Raises `CodedError` with `nothing_published`, `seal_key_bad` or `home_unwritable`. The garbage collector of the
    whole process is held back meanwhile, so a server does not build.
    """
    dumps = Dumps(settings.home)
    try:
        with rare_collection(_OBJECTS):
            made, fresh = _on_disk(log, settings, dumps)
    except CodedError as error:
        with suppress(OSError):
            dumps.note(attempt("failure", at=now(), code=error.issues[0].code))
        raise
    dumps.note(attempt("success", at=now(), version=made.version))
    if fresh:
        dumps.retire()
    return made, fresh


def _on_disk(log: PublicationLog, settings: Settings, dumps: Dumps) -> tuple[Manifest, bool]:
    try:
        return _build(log, settings, dumps)
    except OSError as error:
        detail = error.strerror or str(error)
        raise CodedError.of("home_unwritable", folder=str(dumps.folder), detail=detail) from None


def _build(log: PublicationLog, settings: Settings, dumps: Dumps) -> tuple[Manifest, bool]:
    last = log.last()
    if last is None:
        raise CodedError.of("nothing_published")
    rules = edition(settings)
    version = f"{last.published_at:%Y-%m-%d}-{last.seq:09}-{rules[:6]}"
    if (known := dumps.manifest(version)) is not None:
        return known, False
    before = dumps.latest()
    with dumps.building(version) as folder:
        manifest = _written(log, settings, folder, version, last, before)
        content = manifest.as_json()
        if (seal := sealed(content, settings, now())) is not None:
            (folder / SEAL).write_bytes(seal)
        (folder / MANIFEST).write_bytes(content)
    return manifest, True


def _written(
    log: PublicationLog, settings: Settings, folder: Path, version: str, last: LogRow, before: Manifest | None
) -> Manifest:
    sums = _Sums(Counter(), Counter(), {})
    rules = Rules(settings.elm_namespace, settings.base)
    with ExitStack() as opened:
        begun = opened.enter_context(forms(folder, rules, delta=False))
        european = opened.enter_context(dataset(folder, settings))
        kept = opened.enter_context(resources(folder, settings.base, stamp(last.published_at)))
        held = opened.enter_context(packed(folder, _WITHHELD, _NDJSON))
        for rows in standing_rows(log, Span(last.seq)):
            for one in records(log, rows):
                for form in begun:
                    form.add(one)
                european.add(one)
                kept.add(one.row, one.released)
                sums.add(one)
                if one.withheld is not None:
                    held.out.write(_withheld_line(one))
                    held.records += 1
    same_rules = before is not None and (before.edition, before.base) == (edition(settings), settings.base)
    delta = _delta(log, rules, folder, last, before) if before is not None and same_rules else None
    return Manifest(
        version=version,
        base=settings.base,
        horizon=last.seq,
        published_at=last.published_at,
        edition=edition(settings),
        records=sums.records.total(),
        withheld=dict(sorted(sums.withheld.items())),
        sources=tuple(
            Source(registry=name, records=number, rights=sums.rights[name][0], attribution=sums.rights[name][1])
            for name, number in sorted(sums.records.items())
        ),
        files=(*entries(begun), held.entry()),
        europe=dataset_files(folder, european.records),
        resources=tuple(kept.files),
        delta=delta,
        no_delta=None if delta else "first" if before is None else "rules_changed",
    )


def _delta(log: PublicationLog, rules: Rules, folder: Path, last: LogRow, before: Manifest) -> Delta:
    """Write what turns the earlier dump into this one."""
    counts: Counter[str] = Counter()
    with ExitStack() as opened:
        begun = opened.enter_context(forms(folder, rules, delta=True))
        changes = opened.enter_context(packed(folder, _CHANGES, _NDJSON))
        for rows in standing_rows(log, Span(last.seq, after=before.horizon)):
            fresh = {one.row.seq: one for one in records(log, rows)}
            for row in rows:
                one = fresh.get(row.seq)
                op = _op(log, row, before.horizon)
                counts[op] += 1
                changes.out.write(_change(row, op, one.released if one else None))
                changes.records += 1
                if one is not None:
                    for form in begun:
                        form.add(one)
    files: tuple[FileEntry, ...] = (changes.entry(), *entries(begun))
    return Delta(
        from_version=before.version,
        from_horizon=before.horizon,
        added=counts["ADD"],
        modified=counts["MOD"],
        deleted=counts["DEL"],
        files=files,
    )


def _op(log: PublicationLog, row: LogRow, horizon: int) -> str:
    if row.deleted:
        return "DEL"
    earlier = [one for one in log.versions(row.record_id) if one.seq <= horizon]
    return "MOD" if earlier and not earlier[-1].deleted else "ADD"


def _change(row: LogRow, op: str, released: Descriptor | None) -> bytes:
    told = {
        "op": op,
        "id": released.id if released else row.iri,
        "registry": row.registry,
        "version": row.version,
        "seq": row.seq,
        "published_at": row.published_at,
    }
    if row.deleted:
        told |= {"reason": row.reason, "successor": row.successor}
    return orjson.dumps(told, option=orjson.OPT_UTC_Z) + b"\n"


def _withheld_line(one: One) -> bytes:
    issue = one.withheld
    told = {"id": one.released.id, "registry": one.row.registry, "code": issue.code if issue else None}
    return orjson.dumps({**told, "params": issue.params if issue else {}}, default=str) + b"\n"
