"""A listing while it is read: statements are taken one by one, and each of them ends in the ledger.

What no part of the crosswalk used is told at the end, by the reasons of `values/not_carried.tsv`; a property that the
profile does not have is told as unknown, with an issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import NamedTuple

from config.messages import Issue
from crosswalks.descriptor.model import FurtherInfo
from crosswalks.elm.model import ElmListing, ElmValue
from crosswalks.elm.reading.fields import (
    NO_PLACE,
    OPPORTUNITY,
    QUALIFICATION,
    SPECIFICATION,
    expected_class,
    field_name,
    fields_by_class,
    has_a_place,
    local_class,
    reason_of,
)
from crosswalks.elm.syntax.rdf import absolute
from crosswalks.ledger import Entry, FieldOutcome, Ledger, shown

_THROW_AWAY = "urn:epass:"
_SILENT = frozenset({"personal_data", "page_furniture"})
_BELONGS = "elm_belongs_to_dropped"
_NOTHING_OF_USE = "elm_empty_target"
_PASSED_ON = frozenset({NO_PLACE, "page_furniture", "elm_accreditation_elsewhere", "elm_accreditation_undecided"})
"""Reasons that are as true of what belongs to a thing as of the thing itself."""


class Statement(NamedTuple):
    """One value of a node's property, and its number among the values."""

    node: str
    name: str
    number: int
    value: ElmValue

    @property
    def shown(self) -> str | None:
        """The value for a ledger line; the made-up name of a nameless node says nothing."""
        return self.text or None

    @property
    def key(self) -> str:
        """What tells one value from another: the literal, or the name of the node, made up or not."""
        return self.value.value if self.value.value is not None else self.value.id or ""

    @property
    def text(self) -> str:
        """The literal, or the identifier where a literal was expected; the name of a nameless node is no text."""
        if self.value.value is not None:
            return self.value.value
        return "" if self.value.id is None or self.value.id[:2] == "_:" else self.value.id


class Reading:
    """One listing while it is read."""

    def __init__(self, listing: ElmListing, schema: str = "elm") -> None:
        self.listing = listing
        self.root = listing.root
        self.ledger = Ledger(schema, "jmicro")
        self.issues: list[Issue] = []
        self.further: list[FurtherInfo] = []
        self._nodes = listing.nodes
        self._told: set[tuple[str, str, int]] = set()
        self._classes: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._left_out: dict[str, str] = {}
        self._otherwise: dict[tuple[str, str, int], str] = {}
        self._rest: dict[str, str] = {}

    def statements(self, node: str | None, *names: str) -> list[Statement]:
        """Return the values of properties of a node, without those that were withheld."""
        if node is None or (found := self._nodes.get(node)) is None:
            return []
        properties = found.properties
        return [
            Statement(node, name, number, value)
            for name in names
            if name in properties
            for number, value in enumerate(properties[name])
            if value.id is not None or value.value is not None
        ]

    def said(self, holders: list[str], *names: str) -> list[Statement]:
        """Return the values of properties of several nodes, those of the first node first."""
        return [one for holder in holders for one in self.statements(holder, *names)]

    def texts(self, node: str | None, *names: str) -> list[str]:
        """Return the literals of properties of a node, without telling them."""
        return [one.value.value for one in self.statements(node, *names) if one.value.value]

    def follow(self, statement: Statement, expected: str, *also: str) -> str | None:
        """Return the node a statement points to when the listing holds it.

        It is read as the first of the classes `also` and `expected` that it has, and as `expected` when it has none;
        a node that was read as something else already is none that the statement can mean.
        """
        target = statement.value.id
        if target is None or target not in self._nodes:
            return None
        known = self._classes.get(target)
        if known is None:
            types = self._nodes[target].types
            self._classes[target] = next((name for name in also if name in types), expected)
        elif known != expected and known not in also:
            return None
        return target

    def read_root_as(self) -> str:
        """Return the class the root is read as."""
        types = self._nodes[self.root].types
        found = next((name for name in (OPPORTUNITY, QUALIFICATION) if name in types), SPECIFICATION)
        return self._classes.setdefault(self.root, found)

    def class_of(self, node: str) -> str:
        """Return the prefixed class that a node is read as."""
        if (found := self._classes.get(node)) is None:
            types = self._nodes[node].types if node in self._nodes else ()
            found = next((name for name in types if name in fields_by_class()), "")
            if found:
                self._classes[node] = found
        return found

    def lists(self, node: str, name: str) -> bool:
        """Tell whether a property is one that the class of a node is read with."""
        return name in fields_by_class().get(self.class_of(node), ())

    def path(self, statement: Statement) -> str:
        """Return the place of a statement for the ledger: `LearningOpportunity.title.0@http://…`."""
        field = field_name(self.class_of(statement.node), statement.name)
        return f"{field}.{statement.number}@{statement.node}"

    def thing(self, node: str) -> str:
        """Return the place of a node itself for the ledger."""
        return f"{local_class(self.class_of(node))}@{node}"

    def about(self, node: str, target: str) -> None:
        """Note that the identifier of a node was carried."""
        self._add(self.thing(node), FieldOutcome.MAPPED, target=target)

    def mapped(self, statement: Statement, target: str) -> None:
        """Note a value carried as it is."""
        self._tell(statement, FieldOutcome.MAPPED, target=target)

    def normalised(self, statement: Statement, target: str, rule: str) -> None:
        """Note a value carried in another form."""
        self._tell(statement, FieldOutcome.NORMALISED, target=target, rule=rule, value=statement.shown)

    def derived(self, statement: Statement, target: str, rule: str) -> None:
        """Note a value worked out from a statement."""
        self._tell(statement, FieldOutcome.DERIVED, target=target, rule=rule)

    def dropped(self, statement: Statement, reason: str) -> None:
        """Note a value that is not carried, and with it what it points to."""
        self._tell(statement, FieldOutcome.DROPPED, reason=reason, value=statement.shown)
        self._leave_out(statement.value.id, reason)

    def further_value(self, statement: Statement, field: str) -> None:
        """Note a value beyond the only one that a field of the descriptor holds, with an issue."""
        self.dropped(statement, "elm_several_values")
        self.issue("elm_several_values", statement, field=field)

    def otherwise(self, statements: Iterable[Statement], reason: str) -> None:
        """Say why values are not carried that no other part of the crosswalk tells by the end."""
        for one in statements:
            self._otherwise.setdefault(one[:3], reason)

    def rest(self, node: str, reason: str) -> None:
        """Say why what else a node states is not carried, though the descriptor has a place for it elsewhere."""
        self._rest.setdefault(node, reason)

    def unknown(self, statement: Statement, reason: str = "not_stated") -> None:
        """Note a value that says nothing, or one that nobody has decided about; a thing where words belong says what
        cannot be understood there.
        """
        if reason == "not_stated" and (statement.value.id or "").startswith("_:"):
            reason = "not_understood"
        self._tell(statement, FieldOutcome.UNKNOWN, reason=reason, value=statement.shown)

    def carried(self, statement: Statement, target: str, value: str, rule: str) -> None:
        """Note a text or figure that was carried, by the rule when that changed it."""
        if value == statement.value.value:
            self.mapped(statement, target)
        else:
            self.normalised(statement, target, rule)

    def issue(self, code: str, statement: Statement, /, **params: object) -> None:
        """Add an issue about a statement."""
        self.issues.append(Issue(code, params, place=self.path(statement)))

    def told(self, statement: Statement) -> bool:
        """Tell whether a statement has an entry already."""
        return statement[:3] in self._told

    def first_target(self, node: str) -> str | None:
        """Return where the first value carried from a node went."""
        return self._targets.get(node)

    def add_further(self, item: FurtherInfo) -> str:
        """Add further information; return its path."""
        self.further.append(item)
        return f"further_info.{len(self.further) - 1}"

    def finish(self) -> None:
        """Tell every statement that nobody used, and every type that the profile does not have."""
        people: list[str] = []
        unlisted: dict[str, tuple[str, str]] = {}
        told = self._told
        self._expect_classes()
        for node in self._from_the_root():
            content, owner = self._nodes[node], self.class_of(node)
            for name in content.types:
                if name not in fields_by_class():
                    place = f"{local_class(owner)}@{node}"
                    self._add(place, FieldOutcome.DROPPED, reason="elm_type_not_in_profile", value=name)
            for name, values in content.properties.items():
                for number, value in enumerate(values):
                    if (node, name, number) in told:
                        continue
                    statement = Statement(node, name, number, value)
                    if value.id is None and value.value is None:
                        people.append(self.path(statement))
                    elif reason := self._otherwise.get(statement[:3]) or self._reason(node, owner, name):
                        self._leave_out(value.id, reason)
                        shown_value = None if reason in _SILENT else statement.shown
                        self._tell(statement, FieldOutcome.DROPPED, reason=reason, value=shown_value)
                    else:
                        self._leave_out(value.id, "unmapped_field")
                        self._tell(statement, FieldOutcome.UNKNOWN, reason="unmapped_field", value=statement.shown)
                        unlisted.setdefault(field_name(owner, name), (name, self.path(statement)))
        for place in people:
            self._add(place, FieldOutcome.DROPPED, reason="personal_data")
        for name, place in unlisted.values():
            self.issues.append(Issue("unmapped_field", {"field": name}, place=place))

    def _from_the_root(self) -> list[str]:
        """Return the nodes in steps from the root, so that a link comes before what it leads to."""
        found = dict.fromkeys([self.root])
        waiting = [self.root]
        for node in waiting:
            for values in self._nodes[node].properties.values():
                for value in values:
                    if value.id in self._nodes and value.id not in found:
                        found[value.id] = None
                        waiting.append(value.id)
        return [*found, *(node for node in self._nodes if node not in found)]

    def _reason(self, node: str, owner: str, name: str) -> str | None:
        """Return why a statement that nobody used is not carried, or None when nobody looked at it.

        What belongs to a thing that was left out has, as a rule, the reason of the link to that thing.
        """
        reason = reason_of(owner, name)
        placed = has_a_place(owner, name)
        if reason != NO_PLACE and not placed:
            return reason
        if node not in self._targets and (above := self._left_out.get(node)):
            return _BELONGS if above == NO_PLACE and placed else above
        return self._rest.get(node) if placed else reason

    def _leave_out(self, node: str | None, reason: str) -> None:
        """Note why a node is left out whose link is not carried, for what it states."""
        if node in self._nodes:
            passed = NO_PLACE if reason == _NOTHING_OF_USE else reason
            self._left_out.setdefault(node, passed if passed in _PASSED_ON else _BELONGS)

    def each_once(
        self, holders: list[str], name: str, kind: str, field: str, found: Sized
    ) -> Iterator[tuple[Statement, str | None]]:
        """Yield the statements of a property with the thing each leads to; a thing that was read already is only told.

        Whoever asks adds to `found` what a statement makes; one that makes nothing is told as empty.
        """
        places: dict[str, str] = {}
        for one in self.said(holders, name):
            node = self.follow(one, kind)
            if node in places:
                self.mapped(one, places[node])
                continue
            number = len(found)
            yield one, node
            if len(found) == number:
                if not self.told(one):
                    self.dropped(one, "elm_empty_target")
            elif node is not None:
                places[node] = f"{field}.{number}"
                self.mapped(one, places[node])

    def _expect_classes(self) -> None:
        """Give nodes that say no class the class that the properties leading to them want."""
        for node, content in self._nodes.items():
            owner = self.class_of(node)
            for name, values in content.properties.items():
                if expected := expected_class(owner, name):
                    for value in values:
                        if value.id in self._nodes and not self.class_of(value.id):
                            self._classes[value.id] = expected

    def _tell(
        self,
        statement: Statement,
        outcome: FieldOutcome,
        *,
        target: str | None = None,
        reason: str | None = None,
        rule: str | None = None,
        value: str | None = None,
    ) -> None:
        self._told.add(statement[:3])
        if target is not None:
            self._targets.setdefault(statement.node, target)
        shortened = shown(value) if value else None
        self.ledger.entries.append(Entry(self.path(statement), outcome, target, reason, rule, None, shortened))

    def _add(
        self,
        source: str,
        outcome: FieldOutcome,
        *,
        target: str | None = None,
        reason: str | None = None,
        rule: str | None = None,
        value: str | None = None,
    ) -> None:
        self.ledger.entries.append(Entry(source, outcome, target, reason, rule, None, shown(value)))


def is_identifier(name: str) -> bool:
    """Tell whether a node's name identifies it outside this document."""
    return name[:2] != "_:" and not name.startswith(_THROW_AWAY) and absolute(name)
