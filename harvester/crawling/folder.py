"""Harvesting a folder instead of a server: each of its files stands for an answer to the first request.

For registries whose row or manifest sets `options.folder` (and perhaps `options.files`, one or several patterns for
names). Only files directly in the folder are read, never what a link in it points at elsewhere, nor the owner files
that spreadsheet programs leave beside an open workbook. Nothing is fetched: a
request that a file leads to is noted as refused. From redaction on everything is as in a crawl.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from config.messages import CodedError
from connectors.contract import Ask, Manifest
from harvester.crawling.crawlspec import CrawlSpec
from harvester.crawling.desk import Desk, planned
from store.database import Database
from store.frontier import Frontier, Waiting
from store.payloads import PayloadStore

_AT_ONCE = 25
"""Files that are read between two times that what was read is written down."""
_SCHEME = "folder:"
_OWNED = ("~$", ".~lock.")
_MEDIA_TYPES = {
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".html": "text/html",
    ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def folder_of(manifest: Manifest) -> Path | None:
    """Return the folder that a registry is read from, or None when it is asked over the network.

    Raises `CodedError` with `folder_unreadable`.
    """
    name = manifest.options.get("folder")
    if not name:
        return None
    folder = Path(str(name)).expanduser()
    if not folder.is_dir():
        raise CodedError.of("folder_unreadable", folder=str(folder), detail="there is no such folder")
    return folder


def door_of(manifest: Manifest) -> str:
    """Return where a harvest begins, for people: the folder, or the address. Empty when neither is set."""
    folder = folder_of(manifest)
    return manifest.address if folder is None else f"{_SCHEME}{folder}"


def read_folder(spec: CrawlSpec, folder: Path, database: Database, payloads: PayloadStore) -> None:
    """Keep the files of a folder as the answers of a run. Raises `CodedError` as a crawl's desk does."""
    frontier = Frontier(database, spec.run_id)
    desk = Desk(spec, frontier, payloads)
    first = next(iter(desk.spider.start()))
    files = dict(_files(folder, _patterns(spec.registry.manifest.options.get("files"))))
    frontier.add(planned(Ask(first.kind, name, about=first.about)) for name in files)
    limit = spec.registry.manifest.limits.answer_bytes
    try:
        while rows := desk.take(_AT_ONCE):
            for row in rows:
                _keep(row, files.get(row.url), desk, limit)
    finally:
        desk.flush()


def _keep(row: Waiting, file: Path | None, desk: Desk, limit: int) -> None:
    if file is None:
        desk.refused(row, "address_refused")
    elif file.stat().st_size > limit:
        desk.failed(row, "answer_too_large", url=row.url)
    else:
        headers = {"Content-Type": _MEDIA_TYPES.get(file.suffix.lower(), "")}
        desk.answered(row, row.url, 200, headers, file.read_bytes())


def _patterns(option: object) -> tuple[str, ...]:
    if isinstance(option, (list, tuple)):
        return tuple(str(one) for one in option)
    return (str(option or "*"),)


def _files(folder: Path, patterns: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    inside = folder.resolve()
    try:
        for path in sorted(folder.iterdir()):
            wanted = any(map(path.match, patterns)) and not path.name.startswith(_OWNED)
            if wanted and path.is_file() and path.resolve().parent == inside:
                yield f"{_SCHEME}{path.name}", path
    except OSError as error:
        raise CodedError.of("folder_unreadable", folder=str(folder), detail=str(error)) from None
