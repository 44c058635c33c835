"""An ELM listing: a learning opportunity (or a specification without one) with every node that belongs to it.

The nodes keep ELM's own words, so that nothing is lost before the crosswalk decides; blank nodes carry names made from
their content, so that the same data gives the same listing on every harvest.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_serializer

from crosswalks.listing import Listing


class ElmValue(BaseModel):
    """One value: another node (`id`), or a literal with its language or its datatype (prefixed; none for a string)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = None
    value: str | None = None
    language: str | None = None
    datatype: str | None = None

    @model_serializer
    def _short(self) -> dict[str, Any]:
        return {name: item for name, item in self.__dict__.items() if item is not None}


class ElmNode(BaseModel):
    """One node: its prefixed classes and the values of its prefixed properties."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: tuple[str, ...] = ()
    properties: dict[str, tuple[ElmValue, ...]] = {}


class ElmListing(Listing):
    """The nodes of one listing by identifier. `root` is the opportunity, or the specification that stands alone.

    `status` is the publisher's word for its state; `selected_by` names the rules that made it a candidate.
    """

    root: str
    nodes: dict[str, ElmNode]
    status: str | None = None
    selected_by: tuple[str, ...] = ()

    @classmethod
    def stated(cls, plain: dict[str, Any]) -> dict[str, Any]:
        """Return the first value of every property of any node, and the publisher's word for the state."""
        found = {
            name: values[0].get("value") or values[0].get("id")
            for node in plain.get("nodes", {}).values()
            for name, values in node.get("properties", {}).items()
            if values
        }
        titles = plain.get("nodes", {}).get(plain.get("root"), {}).get("properties", {}).get("dc:title", [])
        return {**found, "status": plain.get("status"), "title": titles[0].get("value") if titles else None}
