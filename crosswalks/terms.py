"""JSON-LD objects into a schema's own records and back, by a table of terms; no context is ever fetched.

A table has a row for each field of each model: the key in JSON and the form of its value. Forms: `id`, `kinds` (the
types), `plain`, `plains`, `bare` (a plain that a mere text in place of the object stands for), `number`, `flag`, `text`
(by language), `texts`, `node` and `nodes` (of the model that stands behind a colon).

Nothing of an object is passed over in silence. Keys of people and contacts are left out by name. Keys that a reviewed
table knows to have no place in a descriptor are kept beside, and with them what another record of the document says
more where this one points to it; so is, among what nobody has seen, every other key without a row, and every value that
does not have the form of its row.
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

from crosswalks.lexical import TAG
from crosswalks.mapping import ENDING, NO_TERM, plain_rows
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
    """What of a record has no field: names of keys left out, keys known to have no place, and keys nobody has seen."""

    left_out: list[str] = field(default_factory=list)
    unplaced: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)


@dataclass
class Terms:
    """The table of one schema.

    `texts` says how texts are written: as a map of languages, or as values that carry their language. `personal` are
    keys of people and contacts; `silent` are keys that say nothing of their own. The table of `unplaced` keys is a
    mapping set without objects, `unplaced.sssom.tsv`.
    """

    path: Path
    texts: Literal["map", "values"]
    personal: Collection[str]
    silent: Collection[str] = ()

    @cached_property
    def unplaced(self) -> frozenset[str]:
        """The keys that were reviewed and have no place in a descriptor; of schema.org without its prefix."""
        rows = plain_rows(self.path.with_name(f"unplaced{ENDING}"))
        names = {row["subject_id"] for row in rows if row["object_id"] == NO_TERM}
        return frozenset(name.removeprefix("schemaorg:") for name in names)

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

    def _decoded(
        self, node: Node, model: str, nodes: Mapping[str, Node], rest: Rest, tag: str, where: str, *,
        elsewhere: bool = False,
    ) -> Node:  # fmt: skip
        """Read one object; one that stands `elsewhere` is another record, and what it says more is not of this one."""
        if where.count(".") > _MOST_DEPTH:
            raise ValueError("objects within objects without end")
        made: Node = {}
        known: set[str] = set()
        for term in self.rows[model]:
            for key in dict.fromkeys((term.key, _SHORT.get(term.form, term.key))):
                known.add(key)
                if key not in node:
                    continue
                inner = f"{where}.{key}" if where else key
                if term.field in made:
                    self._unread(node[key] if node[key] != node[term.key] else None, rest, inner)
                elif (value := self._value(node[key], term.form, nodes, rest, tag, inner)) not in (None, (), {}):
                    made[term.field] = value
        for key, value in node.items():
            name = f"{where}.{key}" if where else key
            if key in self.personal:
                rest.left_out.append(name)
            elif key in known or key in self.silent or (key in _NAMES and _is_blank(value)):
                continue
            elif not (key in self.unplaced or key in _NAMES or elsewhere):
                self._unread(value, rest, name)
            elif _says_something(value):
                rest.unplaced[name] = _shown(self._without_people(value))
        return made

    def _unread(self, value: Any, rest: Rest, where: str) -> None:
        """Keep what has no field, or not the form of its field, where it says anything."""
        if _says_something(value):
            rest.others[where] = _shown(self._without_people(value))

    def _without_people(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._without_people(item) for key, item in value.items() if key not in self.personal}
        return [self._without_people(item) for item in value] if isinstance(value, list) else value

    def _value(self, value: Any, form: str, nodes: Mapping[str, Node], rest: Rest, tag: str, where: str) -> Any:
        kind, _, model = form.partition(":")
        if kind in {"node", "nodes"}:
            pointed = [self._pointed(item, model, nodes) for item in _items(value)]
            if kind == "node" and len(pointed) > 1:
                self._unread(_items(value)[1:], rest, f"{where}.2")
                pointed = pointed[:1]
            self._unread([item for item, one in zip(_items(value), pointed, strict=False) if one is None], rest, where)
            inner = tuple(
                self._decoded(one, model, nodes, rest, tag, where, elsewhere=one is not item and _is_record(one))
                for item, one in zip(_items(value), pointed, strict=False)
                if one is not None
            )
            return inner if kind == "nodes" else next(iter(inner), None)
        if kind in {"text", "texts"}:
            self._unread([left for item in _items(value) if (left := _unspoken(item, tag))], rest, where)
            return _language_map(value, tag) if kind == "text" else tuple(_separate(value, tag))
        if kind == "flag" and (flag := _FLAGS.get(str(value).lower())) is not None:
            return flag
        found = tuple(text for item in _items(value) if (text := _plain(item)) is not None)
        self._unread([item for item in _items(value) if _plain(item) is None], rest, where)
        if kind in {"plains", "kinds"}:
            return found
        first = next(iter(found), None)
        if len(found) > 1:
            rest.others[f"{where}.2"] = _shown(list(found[1:]))
        if kind in {"number", "flag"} and first is not None:
            number = _number(first) if kind == "number" else None
            if number is None:
                rest.others[where] = first
            return number
        return first

    def _pointed(self, value: Any, model: str, nodes: Mapping[str, Node]) -> Node | None:
        """Return the object a value is or points to; a mere text or figure becomes an object of it."""
        if isinstance(value, str):
            if value in nodes:
                return nodes[value]
            address = value.startswith(("http:", "https:", "urn:", "_:"))
            wanted = {"id", "bare"} if address else {"bare", "text"}
            key = next((row.key for row in self.rows[model] if row.form in wanted), None)
            return {key: value} if key and value.strip() else None
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
            if value is None or value in ((), {}):
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


_NAMES = frozenset({"@id", "id"})
_SHORT = {"id": "id", "kinds": "type"}
"""Names that contexts give to the keywords of JSON-LD, by form."""
_FLAGS = {"true": True, "false": False}


def _is_blank(name: Any) -> bool:
    """Tell whether a name holds in its document only, as a label that says nothing."""
    return isinstance(name, str) and name.startswith("_:")


def _is_record(node: Node) -> bool:
    """Tell whether an object that another one points to is a record of its own."""
    name = node.get("@id", node.get("id"))
    return isinstance(name, str) and not _is_blank(name) and "@type" in node


def _says_something(value: Any) -> bool:
    """Tell whether a part of a JSON tree says more than of which type it is."""
    if isinstance(value, dict):
        return any(_says_something(item) for key, item in value.items() if key not in {"@type", "type"})
    if isinstance(value, list):
        return any(_says_something(item) for item in value)
    return bool(value.strip()) if isinstance(value, str) else value is not None


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
        own = str(item.get("@language") or tag)
        yield from ((own if TAG.match(own) else UNDETERMINED, words) for words in [_plain(item["@value"])] if words)
    elif _by_language(item):
        for language, texts in item.items():
            if TAG.match(language):
                yield from ((language, words) for text in _items(texts) if (words := _plain(text)))
    elif words := _plain(item):
        yield tag, words


def _by_language(item: Any) -> bool:
    return isinstance(item, dict) and not any(key[:1] == "@" for key in item)


def _unspoken(item: Any, tag: str) -> Any:
    """Return what of a text was not read: all of what is none, and keys of a map that are no languages."""
    if not any(_spoken(item, tag)):
        return item
    return {key: text for key, text in item.items() if not TAG.match(key)} if _by_language(item) else None


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
