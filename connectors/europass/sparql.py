"""The query service: ranges of identifiers, the candidates in each, then the statements of candidates.

The service takes GET only, gives up after about a minute, and refuses any query with an order. So nothing is paged by
offset: a range that is too large, or that the service cannot answer, is divided into narrower ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from string import Template
from typing import Any, NamedTuple
from urllib.parse import quote

from connectors.contract import Ask, Payload, StructureBroken
from connectors.europass.answers import document_of
from connectors.europass.options import Setting
from connectors.europass.select import READ
from crosswalks.elm.closure import NAMING, OFFERS, OPPORTUNITY, STUBS, personal_properties
from crosswalks.elm.graph import TYPE, Graph, Lit, Value
from crosswalks.elm.profile import PREFIXES, RDF_TYPE, TERMS, classes
from crosswalks.elm.syntax.rdf import absolute, short_name, tag_form

_ACCEPT = (("Accept", "application/sparql-results+json"),)
_ALPHABETS = ("0123456789abcdef", "ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DEEPEST = 12
_LONGEST = 4000
"""Characters of an address, if it can be helped."""
_PLAIN = ":/?@!$'()*,;"
"""What may stand in the query of an address as it is; addresses have to stay short."""
_CONCEPTS = {"skos:Concept", "skos:ConceptScheme"}
_COUNTRY = "http://publications.europa.eu/resource/authority/country/"
_WHERE = (
    "((elm:providedBy|dc:publisher|elm:awardingOpportunity/elm:awardingBody)/elm:location)|elm:location",
    "elm:address/elm:countryCode|elm:spatialCode",
)


class Range(NamedTuple):
    """Identifiers that begin in one way, without those that begin in any of some others."""

    class_name: str
    start: str
    without: tuple[str, ...] = ()
    divided: int = 0

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The range as a request carries it."""
        return (("class", self.class_name), ("start", self.start), ("without", "\n".join(self.without)),
                ("divided", str(self.divided)))  # fmt: skip

    @classmethod
    def of(cls, about: dict[str, str]) -> Range:
        """Return the range that a request carried."""
        without = tuple(filter(None, about["without"].split("\n")))
        return cls(about["class"], about["start"], without, int(about["divided"]))

    def divide(self, starts: Iterable[str]) -> list[Range]:
        """Return narrower ranges that together are this one: one for each beginning, and the rest."""
        fresh = [start for start in dict.fromkeys(starts) if start not in self.without]
        others = (*self.without, *fresh)
        return [
            Range(self.class_name, start, _within(others, start), self.divided + 1) for start in [*fresh, self.start]
        ]


def _within(others: tuple[str, ...], start: str) -> tuple[str, ...]:
    """Return the beginnings to leave out of a range: those within it that are not within another one of them."""
    inner = [one for one in others if one.startswith(start) and one != start]
    return tuple(one for one in inner if not any(one != other and one.startswith(other) for other in inner))


def first_ranges(setting: Setting) -> Iterator[Range]:
    """Yield the ranges to begin with: for each class the known beginnings of identifiers, and all others."""
    for class_name in setting.options.sparql.classes:
        starts = setting.options.sparql.starts
        yield from Range(class_name, "").divide(starts) if starts else [Range(class_name, "")]


def count_ask(setting: Setting, class_name: str) -> Ask:
    """Return the request for the number of records of a class."""
    text = _filled(setting, setting.options.sparql.queries.count, roots=_roots(setting, Range(class_name, "")))
    return Ask("sparql-count", _address(setting, text), headers=_ACCEPT, about=(("class", class_name),))


def roots_ask(setting: Setting, wanted: Range) -> Ask:
    """Return the request for the records of a range, with what the rules look at."""
    text = _filled(setting, setting.options.sparql.queries.roots, roots=_roots(setting, wanted))
    return Ask("sparql-roots", _address(setting, text), headers=_ACCEPT, about=wanted.about)


def statement_asks(setting: Setting, records: list[str]) -> Iterator[Ask]:
    """Yield the requests for all that belongs to records, as many at a time as an address holds."""
    batch: list[str] = []
    for record in records:
        wider = [*batch, record]
        if batch and (len(wider) > setting.options.sparql.records or len(_statements(setting, wider).url) > _LONGEST):
            yield _statements(setting, batch)
            wider = [record]
        batch = wider
    if batch:
        yield _statements(setting, batch)


def _statements(setting: Setting, records: list[str]) -> Ask:
    listed = " ".join(f"<{record}>" for record in records)
    text = _filled(setting, setting.options.sparql.queries.statements, records=listed)
    return Ask("sparql-statements", _address(setting, text), headers=_ACCEPT, about=(("records", "\n".join(records)),))


def smaller_asks(setting: Setting, kind: str, about: dict[str, str], seen: Iterable[str] = ()) -> list[Ask]:
    """Return requests that together stand for one whose answer was too large, or did not come.

    `seen` are records of the range that are known. Empty when a request cannot be made any smaller.
    """
    if kind == "sparql-statements":
        records = about["records"].split("\n")
        half = len(records) // 2
        return [_statements(setting, records[:half]), _statements(setting, records[half:])] if half else []
    if kind != "sparql-roots":
        return []
    return [roots_ask(setting, narrower) for narrower in _narrower(Range.of(about), list(seen))]


def _narrower(wide: Range, seen: list[str]) -> list[Range]:
    if wide.divided >= _DEEPEST:
        return []
    if len(seen) > 1:
        shared = _shared_start(seen)
        return wide.divide(sorted({one[: len(shared) + 1] for one in seen if len(one) > len(shared)}))
    for alphabet in _ALPHABETS:
        starts = [wide.start + letter for letter in alphabet]
        if not set(starts) <= set(wide.without):
            return wide.divide(starts)
    return []


def _shared_start(texts: list[str]) -> str:
    first, last = min(texts), max(texts)
    length = next((index for index, letter in enumerate(first) if last[index : index + 1] != letter), len(first))
    return first[:length]


def _address(setting: Setting, text: str) -> str:
    endpoint = setting.endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}query={quote(text, safe=_PLAIN)}"


def _filled(setting: Setting, template: str, **places: str) -> str:
    elm = TERMS[setting.options.sparql.terms]
    text = Template(template).substitute(
        signs=", ".join((*READ, "elm:point", "elm:framework")),
        links="|".join(_links()),
        neighbours=", ".join(sorted(STUBS)),
        names=", ".join(sorted({TYPE, *NAMING})),
        personal=", ".join(_personal()),
        rows=str(setting.options.sparql.rows),
        **places,
    )
    used = {prefix: iri for prefix, iri in {**PREFIXES, "elm": elm}.items() if f"{prefix}:" in text}
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(used.items())) + text


def _roots(setting: Setting, wanted: Range) -> str:
    """Return the patterns that make `?root` a record of a range."""
    lines = [f"?root a elm:{wanted.class_name} . FILTER(isIRI(?root))"]
    if wanted.start:
        lines.append(f"FILTER(STRSTARTS(STR(?root), {_quoted(wanted.start)}))")
    lines += _left_out(wanted.without)
    if f"elm:{wanted.class_name}" != OPPORTUNITY:
        lines.append(f"FILTER NOT EXISTS {{ ?offer a {OPPORTUNITY} ; {OFFERS} ?root }}")
    if countries := setting.options.countries:
        codes = ", ".join(f"<{_COUNTRY}{code.upper()}>" for code in countries)
        lines.append(f"FILTER EXISTS {{ ?root ({_WHERE[0]})/({_WHERE[1]}) ?country . FILTER(?country IN ({codes})) }}")
    return "\n".join(lines) + "\n"


def _left_out(starts: tuple[str, ...]) -> Iterator[str]:
    """Yield the filters that leave beginnings out; those that differ in their last letter alone share one."""
    letters: dict[str, list[str]] = {}
    for start in starts:
        letters.setdefault(start[:-1], []).append(start[-1:])
    for shared, last in letters.items():
        if len(last) == 1:
            yield f"FILTER(!STRSTARTS(STR(?root), {_quoted(shared + last[0])}))"
        else:
            listed = ", ".join(map(_quoted, last))
            letter = f"SUBSTR(STR(?root), {len(shared) + 1}, 1)"
            yield f"FILTER(!STRSTARTS(STR(?root), {_quoted(shared)}) || {letter} NOT IN ({listed}))"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@cache
def _links() -> tuple[str, ...]:
    """Return the properties that lead from one part of a record to another: no codes, no neighbours, no people."""
    rows = [row for listed in classes().values() for row in listed.properties.values()]
    names = {row.name for row in rows if row.form == "node" and not _CONCEPTS & set(row.ranges)}
    return tuple(sorted(names - STUBS - personal_properties()))


@cache
def _personal() -> tuple[str, ...]:
    """Return what is not asked for. The properties of other vocabularies go when the answer is kept."""
    return tuple(sorted(name for name in personal_properties() if "//" not in name))


class Rows(NamedTuple):
    """The statements of an answer, the records they belong to, and how many rows they came in."""

    graph: Graph
    roots: dict[str, None]
    size: int


def rows_of(payload: Payload) -> Rows:
    """Return the statements of an answer. Raises `StructureBroken`."""
    found = Rows(Graph(), {}, len(rows := _bindings(payload)))
    for row in rows:
        root, node, name, value = (_term(row.get(variable)) for variable in ("root", "s", "p", "o"))
        if not isinstance(root, str) or not isinstance(node, str) or not isinstance(name, str) or value is None:
            raise StructureBroken.of("structure_changed", detail="a row without root, s, p and o", url=payload.url)
        found.roots[root] = None
        is_type = name == RDF_TYPE
        if isinstance(value, str):
            value = short_name(value) if is_type else _as_meant(value)
        found.graph.add(node, TYPE if is_type else short_name(name), value)
    return found


def count_of(payload: Payload) -> int:
    """Return the number an answer states. Raises `StructureBroken`."""
    rows = _bindings(payload)
    value = _term(rows[0].get("n")) if len(rows) == 1 else None
    if not isinstance(value, Lit) or not value.value.isdigit():
        raise StructureBroken.of("structure_changed", detail="the number of records is not a number", url=payload.url)
    return int(value.value)


def _bindings(payload: Payload) -> list[dict[str, Any]]:
    document = document_of(payload)
    results = document.get("results") if isinstance(document, dict) else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list) or not all(isinstance(row, dict) for row in bindings):
        detail = "the answer is not a result of a query in JSON"
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    return bindings


def _term(term: Any) -> Value | None:
    if not isinstance(term, dict) or not isinstance(term.get("value"), str):
        return None
    text: str = term["value"]
    kind = term.get("type")
    if kind == "bnode":
        return f"_:{text}"
    if kind == "uri":
        return text
    if language := term.get("xml:lang"):
        return Lit(text, "rdf:langString", tag_form(str(language)))
    datatype = short_name(str(term.get("datatype") or ""))
    return Lit(text) if datatype in {"", "xsd:string"} else Lit(text, datatype)


def _as_meant(value: str) -> Value:
    return value if value[:2] == "_:" or absolute(value) else Lit(value)
