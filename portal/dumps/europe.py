"""The dataset that a European register polls: the home registry's own records as ELM, in both term namespaces.

Nothing that was harvested is in it, so nothing taken from Europe flows back there. A conformance report lies beside
it. The rules are those of the older namespace: records in the newer one are judged after their names are mapped back,
and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from config.settings import Settings
from connectors.discovery import registries
from crosswalks.elm.check.report import CheckReport, check_file
from crosswalks.elm.profile import TERMS, XML_NAMESPACES, Generation
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing.build import Written
from portal.dumps.forms import FormWriter, One, elm_documents
from portal.dumps.manifest import FileEntry
from portal.dumps.packing import measured, packed

GENERATIONS: tuple[Generation, ...] = ("elm-3.2", "elm-3.3")
SYNTAXES = {
    "ttl": ("turtle", "text/turtle"),
    "rdf": ("rdfxml", "application/rdf+xml"),
    "xml": ("xml", "application/xml"),
}
PREFIX = "europe."
REPORT = "conformance.json"
_PART = 200
_JUDGED: dict[Generation, str] = {
    "elm-3.2": "as it stands",
    "elm-3.3": "after mapping its namespaces back to elm-3.2, the generation that the rules are written for",
}


class _Judged(NamedTuple):
    """What has been found of one distribution so far."""

    generation: Generation
    suffix: str
    counts: Counter[str]
    focus: Counter[str]
    reasons: dict[str, dict[str, Any]]


class Dataset:
    """The dataset being written: records go in by `add`."""

    def __init__(self, documents: dict[Generation, list[FormWriter]], homes: frozenset[str]) -> None:
        self._documents = documents
        self._homes = homes
        self.records = 0
        self._gathered: list[Written] = []
        self._judged = [
            _Judged(generation, suffix, Counter(), Counter(), {}) for generation in GENERATIONS for suffix in SYNTAXES
        ]

    def add(self, one: One) -> None:
        """Write a record, if it is the home registry's own and ELM can hold it."""
        if one.row.registry not in self._homes or one.withheld is not None:
            return
        for forms in self._documents.values():
            for form in forms:
                form.add(one)
        self.records += 1
        self._gathered.append(one.elm)
        if len(self._gathered) == _PART:
            self.judge()

    def judge(self) -> None:
        """Judge what has gathered since the last time."""
        if not self._gathered:
            return
        for judged in self._judged:
            out = BytesIO()
            write_elm(self._gathered, out, SYNTAXES[judged.suffix][0], judged.generation)
            _count(judged, check_file(out.getvalue(), _name(judged.generation, judged.suffix)), len(self._gathered))
        self._gathered = []

    def report(self) -> bytes:
        """Return the conformance report on every distribution."""
        told = [_told(judged) for judged in self._judged]
        return orjson.dumps({"distributions": told}, option=orjson.OPT_INDENT_2) + b"\n"


def home_registries(settings: Settings) -> frozenset[str]:
    """Return the registries that are ours: they keep the identifiers that their records bring."""
    known = registries(settings.registries_file)
    return frozenset(name for name, one in known.items() if one.manifest.keeps_identifiers)


@contextmanager
def dataset(folder: Path, settings: Settings) -> Iterator[Dataset]:
    """Begin the dataset in a folder; its report is written when the context ends."""
    with ExitStack() as opened:
        documents = {
            generation: opened.enter_context(elm_documents(folder, _names(generation), generation))
            for generation in GENERATIONS
        }
        made = Dataset(documents, home_registries(settings))
        yield made
        made.judge()
    with packed(folder, PREFIX + REPORT, "application/json") as file:
        file.out.write(made.report())


def dataset_files(folder: Path, records: int) -> tuple[FileEntry, ...]:
    """Return what the manifest says of the dataset's files."""
    found = []
    for name, kind in file_names().items():
        size, digest = measured(folder / name)
        found.append(FileEntry(name=name, media_type=kind, size=size, sha256=digest, records=records))
    return tuple(found)


def file_names() -> dict[str, str]:
    """Return the media types of the dataset's files by name."""
    named = {f"{name}.gz": kind for generation in GENERATIONS for name, _, kind in _names(generation)}
    return named | {f"{PREFIX}{REPORT}.gz": "application/json"}


def _names(generation: Generation) -> list[tuple[str, str, str]]:
    return [(PREFIX + _name(generation, suffix), syntax, kind) for suffix, (syntax, kind) in SYNTAXES.items()]


def _name(generation: Generation, suffix: str) -> str:
    return f"{generation}.{suffix}"


def _count(judged: _Judged, report: CheckReport, records: int) -> None:
    judged.counts.update(records=records, statements=report.statements, parts=1, passed=int(report.passed))
    judged.focus.update(report.focus_nodes)
    for reason in report.reasons:
        told = reason.as_json()
        key = orjson.dumps([told["code"], told["params"]], option=orjson.OPT_SORT_KEYS).decode()
        known = judged.reasons.setdefault(key, {**told, "count": 0})
        known["count"] += told["count"]


def _told(judged: _Judged) -> dict[str, Any]:
    counts = judged.counts
    xml = judged.suffix == "xml"
    return {
        "distribution": _name(judged.generation, judged.suffix),
        "namespace": (XML_NAMESPACES if xml else TERMS)[judged.generation],
        "judged_by": "profile table",
        "judged": _JUDGED[judged.generation],
        "parts": counts["parts"],
        "records": counts["records"],
        "statements": counts["statements"],
        "focus_nodes": dict(sorted((name, count) for name, count in judged.focus.items() if count)),
        "conforms": counts["parts"] > 0 and counts["passed"] == counts["parts"],
        "reasons": list(judged.reasons.values()),
    }


def distributions() -> Sequence[tuple[Generation, str, str]]:
    """Return generation, name and media type of each distribution."""
    return [
        (generation, _name(generation, suffix), kind)
        for generation in GENERATIONS
        for suffix, (_, kind) in SYNTAXES.items()
    ]
