"""JSON-LD into a graph. Every context that a document only names is replaced by a table of ours; nothing is fetched.

`contexts.tsv` lists the addresses we have a table for. It is one table: the LOQ terms plus `edc_terms.tsv`, the names
that the context of European digital credentials uses instead, and its own. Keys that no context explains keep their
name, so that the crosswalk can tell them.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from config.messages import CodedError
from crosswalks.elm.context import context
from crosswalks.elm.graph import Graph
from crosswalks.elm.syntax.bounds import json_value
from crosswalks.elm.syntax.rdf import UNKNOWN, read_rdf

_FOLDER = Path(__file__).parent
_TAG = re.compile(r"^(?:@none|[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4})\Z")
_START = re.compile(r"^https?://(?:www\.)?")
_MORE_PREFIXES = {
    "cred": "https://www.w3.org/2018/credentials#",
    "person": "http://www.w3.org/ns/person#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
_FALLBACK = {"@vocab": UNKNOWN}
MOST_CONTEXTS = 1_000
"""Places of one document where a context is written out; those that only repeat ours do not count."""
_KEYWORDS = frozenset({
    "@context", "@id", "@type", "@graph", "@value", "@language", "@direction", "@list", "@set", "@reverse", "@included",
    "@nest", "@index", "@none", "@base", "@vocab", "@version", "@container", "@prefix", "@propagate", "@import",
    "@json",
})  # fmt: skip


def read_jsonld(data: bytes) -> Graph:
    """Return the graph of a document.

    Raises `CodedError` with `remote_context` for a context we have no table for, or `elm_not_parsed`, `elm_too_large`,
    `elm_too_deep`, `elm_nothing_found`.
    """
    return read_document(json_value(data))


def read_document(document: Any) -> Graph:
    """Return the graph of a JSON-LD document that is already JSON. Raises as `read_jsonld`, or `CodedError` with
    `contexts_crowded`.
    """
    if isinstance(document, list):
        document = {"@graph": document}
    if not isinstance(document, dict):
        raise CodedError.of("elm_nothing_found")
    preparing = _Preparing()
    if "@context" not in document and isinstance(members := document.get("@graph"), list):
        ready = {**preparing.value({**document, "@graph": []}), "@graph": preparing.members(members)}
    else:
        ready = preparing.value(document)
    own = ready.pop("@context", [])
    return read_rdf(orjson.dumps({"@context": [_FALLBACK, *_as_list(own)], **ready}), "jsonld")


class _Preparing:
    """Makes one document ready: contexts replaced, odd shapes made regular.

    A table of ours is written once where members of a graph or a thing within another name it again: a document of
    many small things would else become one of as many tables.
    """

    def __init__(self) -> None:
        self._tables = 0

    def members(self, members: list[Any]) -> list[Any]:
        """Return the members of a graph that has no context, those that only name ours under one table."""
        ours: list[Any] = []
        others: list[Any] = []
        for one in members:
            named = isinstance(one, dict) and "@context" in one and _names_ours(one["@context"])
            (ours if named else others).append(self.value(one, ours=named or None))
        if not ours:
            return others
        return [{"@context": credential_context(), "@graph": ours}, *others]

    def value(self, value: Any, *, ours: bool | None = None) -> Any:
        """Return a value made ready. `ours` tells whether nothing but our table is in force; None for no context."""
        if isinstance(value, list):
            return [self.value(item, ours=ours) for item in value]
        if not isinstance(value, dict):
            return value
        made: dict[str, Any] = {}
        if "@context" in value:
            context = value["@context"]
            named = _names_ours(context)
            if not (named and ours):
                made["@context"] = self._table(context)
            ours = named and ours is not False
        for key, item in value.items():
            if key == "@context":
                continue
            if key[:1] == "@" and key not in _KEYWORDS:
                made[UNKNOWN + key[1:]] = self.value(item, ours=ours)
            elif key in _text_terms() and (texts := _language_map(item)) is not None:
                made[key] = texts
            else:
                made[key] = self.value(item, ours=ours)
        return made

    def _table(self, context: Any) -> Any:
        self._tables += 1
        if self._tables > MOST_CONTEXTS:
            raise CodedError.of("contexts_crowded", limit=MOST_CONTEXTS)
        return without_addresses(context)


def _names_ours(context: Any) -> bool:
    """Tell whether a context is nothing but addresses. Raises `CodedError` with `remote_context`."""
    names = context if isinstance(context, list) else [context]
    return bool(names) and all(isinstance(name, str) and bool(_table_for(name)) for name in names)


def _language_map(value: Any) -> dict[str, list[Any]] | None:
    """Return one language map for what is one, or a list of several; None for other values."""
    parts = value if isinstance(value, list) else [value]
    if not parts or not all(_is_language_map(part) for part in parts):
        return None
    merged: dict[str, list[Any]] = {}
    for part in parts:
        for tag, texts in part.items():
            known = merged.setdefault(tag, [])
            known.extend(_as_text(text) for text in (texts if isinstance(texts, list) else [texts]))
    return merged


def _is_language_map(value: Any) -> bool:
    if not isinstance(value, dict) or not value or not all(_TAG.match(key) for key in value):
        return False
    texts = [text for item in value.values() for text in (item if isinstance(item, list) else [item])]
    return all(isinstance(text, (str, int, float)) or text is None for text in texts)


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def without_addresses(value: Any) -> Any:
    """Return a context with tables of ours for addresses. Raises `CodedError` with `remote_context`."""
    if isinstance(value, list):
        return [part for item in value for part in _as_list(without_addresses(item))]
    if isinstance(value, str):
        return _table_for(value)
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    if "@import" in value:
        made |= _table_for(str(value["@import"]))
    for key, item in value.items():
        if key in {"@protected", "@import"}:
            continue
        if isinstance(item, dict):
            made[key] = {
                inner: without_addresses(content) if inner == "@context" else content
                for inner, content in item.items()
                if inner != "@protected"
            }
        else:
            made[key] = item
    return made


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _table_for(address: str) -> dict[str, Any]:
    known = _START.sub("", address.strip()).rstrip("/#")
    if known not in _addresses():
        raise CodedError.of("remote_context", address=address[:300])
    return credential_context()


@cache
def _addresses() -> frozenset[str]:
    return frozenset(row["address"] for row in _rows("contexts.tsv"))


@cache
def credential_context() -> dict[str, Any]:
    """Return the terms of European digital credentials: those of learning opportunities, and the credential's own."""
    made = dict(context()) | _MORE_PREFIXES
    for row in _rows("edc_terms.tsv"):
        if row["form"] == "class":
            made[row["term"]] = row["name"]
        elif row["form"] == "text":
            made[row["term"]] = {"@id": row["name"], "@container": "@language"}
        else:
            made[row["term"]] = {"@id": row["name"], "@type": "@id" if row["form"] == "node" else row["form"]}
    return made


@cache
def credential_terms() -> dict[str, str]:
    """Return the properties that the credential context names differently, by their name in JSON."""
    return {row["term"]: row["name"] for row in _rows("edc_terms.tsv") if row["form"] != "class"}


@cache
def _text_terms() -> frozenset[str]:
    table = credential_context()
    return frozenset(
        term for term, entry in table.items() if isinstance(entry, dict) and entry.get("@container") == "@language"
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
