"""Identifiers of a record and of organisations: what the source lists, and the identifiers of the nodes themselves."""

from __future__ import annotations

from typing import NamedTuple

from crosswalks.descriptor.types import Identifier
from crosswalks.elm.reading.statements import Reading, Statement, is_identifier
from crosswalks.elm.reading.texts import line

DEFAULT_SCHEME = "identifier"


class Stated(NamedTuple):
    """An identifier as the source states it, and the statements that say its value and its scheme."""

    identifier: Identifier
    value: Statement
    scheme: Statement | None


class Identifiers:
    """Collects identifiers below a path of the descriptor; what is said twice is kept once and told both times."""

    def __init__(self, reading: Reading, path: str) -> None:
        self._reading, self._path = reading, path
        self.found: list[Identifier] = []
        self._own: dict[str, int] = {}

    def add_node(self, node: str, scheme: str) -> None:
        """Add the identifier of a node itself, unless the node has none beyond this document."""
        if is_identifier(node) and node not in self._own:
            self._own[node] = len(self.found)
            self.found.append(Identifier(scheme=scheme, value=node))
            self._reading.about(node, f"{self._path}.{self._own[node]}")

    def add_link(self, statement: Statement, scheme: str) -> None:
        """Add the identifier that a link names, or tell that it is there already."""
        node = statement.key
        if statement.value.id is None or not is_identifier(node):
            return
        if node not in self._own:
            self._own[node] = len(self.found)
            self.found.append(Identifier(scheme=scheme, value=node))
        self._reading.mapped(statement, f"{self._path}.{self._own[node]}")

    def add(self, statement: Statement, default: str = DEFAULT_SCHEME) -> None:
        """Add an identifier that the source lists; `default` is its scheme where the source names none."""
        stated = stated_identifier(self._reading, statement, default)
        if stated is None:
            self._reading.dropped(statement, "elm_empty_target")
            return
        index = self._own.get(stated.identifier.value)
        if index is None:
            if stated.identifier not in self.found:
                self.found.append(stated.identifier)
            index = self.found.index(stated.identifier)
        target = f"{self._path}.{index}"
        if stated.value is not statement:
            self._reading.mapped(statement, target)
            self._reading.otherwise(_schemes(self._reading, stated.value.node), "elm_second_choice")
        self._reading.carried(stated.value, f"{target}.value", stated.identifier.value, "plain_text")
        if stated.scheme is None:
            self._reading.ledger.defaulted(f"{target}.scheme", "scheme_not_stated")
        elif self.found[index] == stated.identifier:
            self._reading.carried(stated.scheme, f"{target}.scheme", stated.identifier.scheme, "plain_text")


def stated_identifier(reading: Reading, statement: Statement, default: str) -> Stated | None:
    """Return what an identifier says, without telling it; None for one without a value."""
    node = reading.follow(statement, "elm:Identifier", "elm:LegalIdentifier")
    if node is None:
        value = line(statement.text)
        return Stated(Identifier(scheme=default, value=value), statement, None) if value else None
    notations = reading.statements(node, "skos:notation")
    notation = next((one for one in notations if line(one.text)), None)
    if notation is None:
        return None
    reading.otherwise(notations, "first_value_only")
    scheme = next((one for one in _schemes(reading, node) if line(one.text)), None)
    made = Identifier(scheme=line(scheme.text) if scheme else default, value=line(notation.text))
    return Stated(made, notation, scheme)


def reference_of(reading: Reading, statements: list[Statement], target: str) -> str | None:
    """Return the first identifier stated, without its scheme, for a field that has no place for one."""
    found: str | None = None
    for one in statements:
        stated = stated_identifier(reading, one, DEFAULT_SCHEME)
        if found is None and stated:
            reading.carried(stated.value, target, stated.identifier.value, "plain_text")
            if stated.value is not one:
                reading.mapped(one, target)
                reading.otherwise(_schemes(reading, stated.value.node), "lossy_split")
            found = stated.identifier.value
        else:
            reading.otherwise([one], "first_value_only" if stated else "elm_empty_target")
    return found


def _schemes(reading: Reading, node: str) -> list[Statement]:
    return reading.statements(node, "elm:schemeName", "elm:schemeId", "adms:schemeAgency")
