"""The fields the crosswalk speaks of, and why a field that nobody used is not carried."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from crosswalks import mapping
from crosswalks.elm.codes import value_rows
from crosswalks.elm.profile import classes

QUALIFICATION = "elm:Qualification"
SPECIFICATION = "elm:LearningAchievementSpecification"
OPPORTUNITY = "elm:LearningOpportunity"
CONCEPT = "skos:Concept"
NO_PLACE = "no_descriptor_slot"
TABLE = Path(__file__).parents[1] / "mapping.sssom.tsv"
_OTHER = "Other"
_OF_THE_LISTING = ("ordinal", "selected_by")
_LANGUAGE = "dc:language"
_OFFERS = "elm:learningAchievementSpecification"


@cache
def fields_by_class() -> dict[str, frozenset[str]]:
    """Return the properties that are read by class: the profile's, and those of `values/also_read.tsv`.

    What one of opportunity, specification and qualification may say is read from all three: real data says it there.
    Only a language of the opportunity is not: nothing tells whether it is that of instruction or of the page.
    """
    fields = {name: set(row.properties) for name, row in classes().items()}
    of_specifications = fields[QUALIFICATION] | fields[OPPORTUNITY] - {_OFFERS}
    fields[OPPORTUNITY] |= fields[QUALIFICATION] - {_LANGUAGE}
    fields[SPECIFICATION] |= of_specifications
    fields[QUALIFICATION] |= of_specifications
    for row in value_rows("also_read.tsv"):
        fields[row["class"]].add(row["property"])
    return {name: frozenset(names) for name, names in fields.items()}


def fields() -> frozenset[str]:
    """Return every field that the mapping table speaks of: `Class`, for what the class's profile does not list, and
    `Class.property`.
    """
    listed = {f"{local_class(name)}.{_local(field)}" for name, names in fields_by_class().items() for field in names}
    return frozenset(listed | {local_class(name) for name in fields_by_class()} | {_OTHER, *_OF_THE_LISTING})


@cache
def local_class(name: str) -> str:
    """Return the name of a class without its prefix; classes beyond the profile share one name."""
    return _local(name) if name in fields_by_class() else _OTHER


def _local(name: str) -> str:
    return name.partition(":")[2]


@lru_cache(maxsize=8192)
def field_name(class_name: str, name: str) -> str:
    """Return `Class.property` for what the table lists, and `Class.(prefix:property)` for anything else."""
    if name in fields_by_class().get(class_name, ()):
        return f"{local_class(class_name)}.{_local(name)}"
    return f"{local_class(class_name)}.({name.replace('@', '%40')})"


@lru_cache(maxsize=8192)
def has_a_place(class_name: str, name: str) -> bool:
    """Tell whether the mapping table gives a property a counterpart in the descriptor."""
    listed = class_name != CONCEPT and name in fields_by_class().get(class_name, ())
    return listed and mapping.has_a_place(TABLE, "elm", field_name(class_name, name))


@cache
def _reasons() -> dict[tuple[str, str], str]:
    return {(row["class"], row["property"]): row["reason"] for row in value_rows("not_carried.tsv")}


@lru_cache(maxsize=8192)
def reason_of(class_name: str, name: str) -> str | None:
    """Return why a statement that nobody used is not carried.

    None for a property that nobody has decided about, and for one that has a place in the descriptor: where its value
    is not carried, the reader of it says why.
    """
    if has_a_place(class_name, name):
        return None
    reasons = _reasons()
    for key in ((class_name, name), (class_name, "*"), ("*", name)):
        if key in reasons:
            return reasons[key]
    return NO_PLACE if name in fields_by_class().get(class_name, ()) else None


@lru_cache(maxsize=8192)
def expected_class(class_name: str, name: str) -> str | None:
    """Return the class that a property's values are taken for when they say none, or None where it does not matter."""
    listed = classes().get(class_name)
    row = listed.properties.get(name) if listed else None
    if row is None and listed and name in fields_by_class()[class_name]:
        row = classes()[QUALIFICATION].properties.get(name) or classes()[OPPORTUNITY].properties.get(name)
    if row is None or row.form != "node":
        return None
    return "elm:Organisation" if "elm:Organisation" in row.ranges else row.ranges[0]
