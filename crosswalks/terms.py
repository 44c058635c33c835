"""JSON-LD objects into a schema's own records and back, by a table of terms; no context is ever fetched.

A table has a row for each field of each model: the key in JSON and the form of its value. Keys without a row are kept
by name, those of people and contacts are left out. Forms: `id`, `kinds` (the types), `plain`, `plains`, `number`,
`text` (by language), `texts`, `node` and `nodes` (of the model that stands behind a colon).
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import orjson
from pydantic import BaseModel

from crosswalks.text import UNDETERMINED

Node = dict[str, Any]
_MOST_DEPTH = 12


class Term(NamedTuple):
    """One row of a table."""

    model: str
    field: str
    key: str
    form: str


@dataclass(slots=True)
class Rest:
    """What of a record has no field: names of keys left out, and keys nobody has seen with their values."""

    left_out: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)


@dataclass
class Terms:
    """The table of one schema.

    `texts` says how texts are written: as a map of languages, or as values that carry their language. `personal` are
    keys of people and contacts; `silent` are keys that say nothing of their own.
    """

    path: Path
    texts: Literal["map", "values"]
    personal: Collection[str]
    silent: Collection[str] = ()

    @cached_property
    def rows(self) -> dict[str, tuple[Term, ...]]:
        """The rows by model."""
        found: dict[str, list[Term]] = {}
        with self.path.open(encoding="utf-8", newline="") as file:
            for row in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]:
                found.setdefault(row[0], []).append(Term(*row[:4]))
        return {model: tuple(terms) for model, terms in found.items()}

    def decoded(self, node: Node, model: str, nodes: Mapping[str, Node], rest: Rest, language: str = "") -> Node:
        """Return the fields of a record of one model out of a JSON object.

        `nodes` are the other objects of the document by identifier, `language` that of texts that name none. Raises
        `ValueError` for objects within objects without end.
        """
        return self._decoded(node, model, nodes, rest, language or UNDETERMINED, "")

    def _decoded(self, node: Node, model: str, nodes: Mapping[str, Node], rest: Rest, tag: str, where: str) -> Node:
        if where.count(".") > _MOST_DEPTH:
            raise ValueError("objects within objects without end")
        made: Node = {}
        known: set[str] = set()
        for term in self.rows[model]:
            for key in (term.key, "id" if term.form == "id" else "type" if term.form == "kinds" else term.key):
                if key in node and term.field not in made:
                    inner = f"{where}.{term.key}" if where else term.key
                    value = self._value(node[key], term.form, nodes, rest, tag, inner)
                    if value not in (None, (), {}):
                        made[term.field] = value
                known.add(key)
        for key, value in node.items():
            name = f"{where}.{key}" if where else key
            if key in self.personal:
                rest.left_out.append(name)
            elif key not in known and key not in self.silent and value not in (None, "", [], {}):
                rest.others[name] = _shown(value)
        return made

    def _value(self, value: Any, form: str, nodes: Mapping[str, Node], rest: Rest, tag: str, where: str) -> Any:
        kind, _, model = form.partition(":")
        if kind in {"node", "nodes"}:
            pointed = [self._pointed(item, model, nodes) for item in _items(value)]
            for item, found_one in zip(_items(value), pointed, strict=True):
                if found_one is None and item not in (None, "", [], {}):
                    rest.others[where] = _shown(item)
            inner = tuple(self._decoded(item, model, nodes, rest, tag, where) for item in pointed if item is not None)
            return inner if kind == "nodes" else next(iter(inner), None)
        if kind == "text":
            return _language_map(value, tag) or None
        if kind == "texts":
            return tuple(_separate(value, tag))
        found = tuple(text for item in _items(value) if (text := _plain(item)) is not None)
        if kind in {"plains", "kinds"}:
            return found
        first = next(iter(found), None)
        if kind == "number" and first is not None:
            number = _number(first)
            if number is None:
                rest.others[where] = first
            return number
        if len(found) > 1:
            rest.others[f"{where}.2"] = _shown(list(found[1:]))
        return first

    def _pointed(self, value: Any, model: str, nodes: Mapping[str, Node]) -> Node | None:
        """Return the object a value is or points to; a mere text or figure becomes an object of it."""
        if isinstance(value, str):
            if value in nodes:
                return nodes[value]
            address = value.startswith(("http:", "https:", "urn:", "_:"))
            key = next((row.key for row in self.rows[model] if row.form == ("id" if address else "text")), None)
            return {key: value} if key else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            figure = next((row.key for row in self.rows[model] if row.form == "number"), None)
            return {figure: value} if figure else None
        if isinstance(value, dict):
            name = value.get("@id", value.get("id"))
            return nodes[name] if isinstance(name, str) and set(value) <= {"@id", "id"} and name in nodes else value
        return None

    def encoded(self, record: BaseModel, model: str) -> Node:
        """Return a record as a JSON object; keys stand in the order of the table."""
        made: Node = {}
        for term in self.rows[model]:
            value = getattr(record, term.field)
            if value in (None, (), {}):
                continue
            kind, _, inner = term.form.partition(":")
            if kind == "node":
                made[term.key] = self.encoded(value, inner)
            elif kind == "nodes":
                made[term.key] = [self.encoded(one, inner) for one in value]
            elif kind == "text":
                made[term.key] = self._written(value)
            elif kind == "texts":
                made[term.key] = [self._written(one) for one in value]
            elif kind == "number":
                made[term.key] = _json_number(value)
            elif kind in {"plains", "kinds"}:
                made[term.key] = list(value) if kind == "plains" or len(value) > 1 else value[0]
            else:
                made[term.key] = value
        return made

    def _written(self, text: dict[str, str]) -> Any:
        if self.texts == "map":
            return dict(text)
        values = [{"@language": tag, "@value": words} for tag, words in text.items()]
        return values[0] if len(values) == 1 else values


def json_figure(value: Decimal) -> Decimal:
    """Return a figure as it comes back from a number in JSON, which keeps no zeros at the end."""
    return Decimal(repr(_json_number(value)))


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _language_map(value: Any, tag: str) -> dict[str, str]:
    """Return a text by language out of a map, out of values with their language, or out of bare text."""
    found: dict[str, str] = {}
    for item in _items(value):
        for language, words in _spoken(item, tag):
            found[language] = f"{found[language]}\n{words}" if language in found else words
    return found


def _separate(value: Any, tag: str) -> Iterator[dict[str, str]]:
    """Yield each text of a list. A map of languages that stands alone may hold lists of texts."""
    for item in _items(value):
        said = [one for part in _items(item) for one in _spoken(part, tag)]
        if len({language for language, _ in said}) == len(said):
            if said:
                yield dict(said)
        else:
            yield from ({language: words} for language, words in said)


def _spoken(item: Any, tag: str) -> Iterator[tuple[str, str]]:
    if isinstance(item, dict) and "@value" in item:
        yield from ((str(item.get("@language") or tag), words) for words in [_plain(item["@value"])] if words)
    elif isinstance(item, dict) and not any(key[:1] == "@" for key in item):
        for language, texts in item.items():
            yield from ((language, words) for text in _items(texts) if (words := _plain(text)))
    elif words := _plain(item):
        yield tag, words


def _plain(value: Any) -> str | None:
    """Return a text that says something; figures count as text, so do the value and the identifier of an object."""
    if isinstance(value, dict):
        value = value.get("@value", value.get("@id", value.get("id")))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = str(value)
    return text if text.strip() else None


def _number(text: str) -> Decimal | None:
    try:
        figure = Decimal(text.strip())
    except InvalidOperation:
        return None
    fits = figure.is_finite() and figure >= 0 and len(figure.as_tuple().digits) <= 12 and abs(figure.adjusted()) < 12
    return figure if fits else None


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
