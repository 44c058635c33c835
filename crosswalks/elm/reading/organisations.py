"""Who awards and who provides: organisations with their names, countries, identifiers and pages.

There is no awarding body but one the source names as such. An organisation that plays several parts is told once.
"""

from __future__ import annotations

from crosswalks.descriptor.model import CoProvider, Organisation
from crosswalks.descriptor.types import Identifier
from crosswalks.elm.reading.codes import country_named, country_of, not_listed, note_label
from crosswalks.elm.reading.identifiers import Identifiers
from crosswalks.elm.reading.statements import Reading, Statement, is_identifier
from crosswalks.elm.reading.texts import NAMES, LangMap, first_page, line, name_of, text_of
from crosswalks.text import matching_key

ORGANISATION = "elm:Organisation"
_LEGAL = ("rov:registration", "elm:vatIdentifier", "elm:taxIdentifier", "elm:eidasLegalIdentifier")
_NUTS = "http://data.europa.eu/nuts/code/"
_FROM_REGION = "country_of_the_region"


class Bodies:
    """The issuer and the others, while they are read; knows who was read already.

    `taking_part` has the nodes of those that award or provide, with their paths.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.issuer: Organisation | None = None
        self.others: list[CoProvider] = []
        self._paths: dict[str, str] = {}
        self.taking_part: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._nameless: dict[str, str] = {}

    def read(self, holders: list[str]) -> None:
        """Read awarding bodies, providers and publishers, in this order."""
        reading = self._reading
        for opportunity in reading.said(holders, "elm:awardingOpportunity"):
            node = reading.follow(opportunity, "elm:AwardingOpportunity")
            bodies = reading.statements(node, "elm:awardingBody")
            paths = [self._place(body, "awarding_body") for body in bodies]
            if named := next(filter(None, paths), None):
                reading.mapped(opportunity, named)
            else:
                reading.dropped(opportunity, "elm_empty_target")
        for name, role in (("elm:providedBy", "provider"), ("dc:publisher", "publisher")):
            for one in reading.said(holders[::-1], name):
                self._place(one, role)

    def _place(self, statement: Statement, role: str) -> str | None:
        """Read the organisation that a statement names, in the part it plays; return its path."""
        path = self._read(statement, role)
        if path is not None and role != "publisher":
            self.taking_part.setdefault(statement.key, path)
        elif path is not None:
            self._reading.otherwise(self._reading.statements(statement.value.id, "elm:accreditation"), "lossy_split")
        return path

    def _read(self, statement: Statement, role: str) -> str | None:
        reading = self._reading
        node = reading.follow(statement, ORGANISATION, "elm:Agent")
        key = node or statement.key
        known = self._paths.get(key) or self._same_name(key)
        if known is not None:
            reading.normalised(statement, known, "same_organisation")
            if node is not None:
                reading.rest(node, "same_organisation")
            return known
        first = role == "awarding_body" and self.issuer is None
        path = "issuer" if first else f"co_providers.{len(self.others)}"
        made = _organisation(reading, statement, node, path)
        if made is None:
            reading.dropped(statement, "elm_empty_target")
            return None
        self._paths[key] = path
        self._nameless.update({matching_key(text): path for text in made.name.values() if not is_identifier(key)})
        self._named.update({matching_key(text): path for text in made.name.values()})
        if node is None:
            reading.normalised(statement, path, "named_in_words")
        else:
            reading.mapped(statement, path)
        if first:
            self.issuer = made
        else:
            reading.derived(statement, f"{path}.role", "property_by_role")
            self.others.append(CoProvider(**dict(made), role=role))
        return path

    def _same_name(self, key: str) -> str | None:
        """Return the path of an organisation with the same name, where one of both has no identifier of its own."""
        known = self._nameless if is_identifier(key) else self._named
        texts = self._reading.texts(key, *NAMES) or ([] if is_identifier(key) else [key])
        return next((known[name] for text in texts if (name := matching_key(line(text))) in known), None)


def _organisation(reading: Reading, statement: Statement, node: str | None, path: str) -> Organisation | None:
    """Return an organisation; None for one without a name."""
    if node is None:
        if statement.value.id is not None:
            return None
        name = text_of(reading, [statement], f"{path}.name", lines=False)
        return Organisation(name=name) if name else None
    name = name_of(reading, node, f"{path}.name")
    if not name:
        return None
    return Organisation(
        name=name,
        country=country(reading, node, f"{path}.country"),
        id=_identifiers(reading, node, f"{path}.id"),
        url=first_page(reading, reading.statements(node, "foaf:homepage"), f"{path}.url"),
    )


def country(reading: Reading, node: str, target: str) -> str | None:
    """Return the country of an organisation: of its address, else of the region its location names."""
    found: str | None = None
    for location in reading.statements(node, "elm:location"):
        place = reading.follow(location, "dc:Location")
        reading.otherwise(reading.statements(place, "elm:geographicName", "dc:description"), "lossy_split")
        for address in reading.statements(place, "elm:address"):
            inner = reading.follow(address, "elm:Address")
            reading.otherwise([address], "elm_empty_target")
            reading.otherwise(reading.statements(inner, "elm:fullAddress"), "lossy_split")
            for one in reading.statements(inner, "elm:countryCode"):
                found = _country(reading, one, found, target)
                if inner is not None and reading.first_target(inner) and not reading.told(address):
                    reading.mapped(address, target)
        if found is None:
            found = _country_of_region(reading, place, target)
        reading.otherwise(reading.statements(place, "elm:spatialCode"), "elm_second_choice")
        if place is not None and reading.first_target(place) and not reading.told(location):
            reading.mapped(location, target)
        reading.otherwise([location], "elm_second_choice" if found else "elm_empty_target")
    return found


def _country(reading: Reading, statement: Statement, found: str | None, target: str) -> str | None:
    code, seen = country_of(reading, statement)
    if code is None:
        if not reading.told(statement):
            not_listed(reading, statement, seen, "country")
        return found
    if found not in {None, code}:
        reading.further_value(statement, target)
        return found
    reading.normalised(statement, target, "country_table")
    note_label(reading, statement, "country", seen)
    return code


def _country_of_region(reading: Reading, place: str | None, target: str) -> str | None:
    for one in reading.statements(place, "elm:spatialCode"):
        code, _ = country_of(reading, one)
        if code is None and one.text.startswith(_NUTS):
            code = country_named(one.text[len(_NUTS) :][:2])
        if code:
            reading.derived(one, target, _FROM_REGION)
            return code
    return None


def _identifiers(reading: Reading, node: str, path: str) -> tuple[Identifier, ...]:
    found = Identifiers(reading, path)
    found.add_node(node, ORGANISATION)
    for one in reading.statements(node, "adms:identifier"):
        found.add(one)
    for name in _LEGAL:
        for one in reading.statements(node, name):
            found.add(one, default=name.partition(":")[2])
    return tuple(found.found)


def body(reading: Reading, statement: Statement, target: str, country_target: str) -> tuple[LangMap, str | None]:
    """Return the name and country of an outside body, for instance of one that accredits."""
    node = reading.follow(statement, ORGANISATION, "elm:Agent")
    if node is None:
        name = text_of(reading, [statement], target, lines=False) if statement.value.id is None else {}
        if not name:
            reading.dropped(statement, "elm_empty_target")
        return name, None
    name = name_of(reading, node, target)
    if not name:
        reading.dropped(statement, "elm_empty_target")
        return {}, None
    reading.mapped(statement, target)
    reading.rest(node, "lossy_split")
    return name, country(reading, node, country_target)
