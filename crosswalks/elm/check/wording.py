"""What fills the places of a result's message: the rule that was broken, as the profile table states it."""

from __future__ import annotations

from functools import cache
from typing import Any

from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.check.xml_rules import ROOT
from crosswalks.elm.profile import ElmClass, Property, classes, vocabulary

_SPOKEN = {"literal": "literal", "iri": "IRI"}
_GENERATION_ROWS = frozenset({"Mapped", "Mixed"})


def parameters(row: Row) -> dict[str, Any]:
    """Return the parameters of the message of a result. Results with equal ones are told together."""
    if row.layer is Layer.XML:
        return _xml_parameters(row)
    if row.layer is Layer.OWN:
        return _own_parameters(row)
    found: dict[str, Any] = {"owner": row.owner, "path": row.path}
    rule = _rule(row.owner, row.path)
    if rule is None:
        return found
    listed = row.layer is Layer.VOCABULARY
    if row.component == "MinCount":
        found["least"] = rule.scheme_least if listed else rule.least
    elif row.component == "MaxCount":
        found["most"] = rule.scheme_most if listed else rule.most
    elif row.component in {"Datatype", "Class", "Or"} or (row.component == "NodeKind" and not listed):
        found["wanted"] = " / ".join(_SPOKEN.get(name, name) for name in rule.ranges)
    elif row.component == "Disjoint":
        found["other"] = rule.differs_from
    elif row.component == "Node" and listed:
        found["scheme"] = " / ".join(vocabulary(name).scheme.removeprefix("^") for name in rule.in_scheme)
    return found


def _rule(owner: str, path: str) -> Property | None:
    elm_class = classes().get(owner)
    return elm_class.properties.get(path) if elm_class else None


def _own_parameters(row: Row) -> dict[str, Any]:
    if row.component in _GENERATION_ROWS:
        return {"generation": row.value}
    if row.component == "List":
        return {"scheme": row.value}
    if row.component == "Foreign":
        return {"path": row.path if row.value is None else row.value}
    return {"path": row.path} if row.component == "Dropped" else {}


def _xml_parameters(row: Row) -> dict[str, Any]:
    if row.component == "Official":
        return {"detail": row.value}
    found: dict[str, Any] = {"owner": row.owner, "path": row.path}
    least, most = _places(row.owner).get(row.path, (0, 1))
    if row.component == "MinCount":
        found["least"] = least
    elif row.component == "MaxCount":
        found["most"] = most
    return found


@cache
def _places(owner: str) -> dict[str, tuple[int, int | None]]:
    """Return how often each child element may stand in an element of a class."""
    elm_class: ElmClass | None = classes().get(owner) if owner != ROOT else None
    rows = elm_class.properties.values() if elm_class else ()
    return {row.xml.element.rpartition(":")[2]: (row.xml.least, row.xml.most) for row in rows if row.xml is not None}
