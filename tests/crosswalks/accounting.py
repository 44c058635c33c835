"""Laws about the ledger itself: that its lines are whole, that no field is passed over in silence, that no part hides
behind an entry of the whole, and that the origins of a descriptor are what its ledger says.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import crosswalks.ctdl
from config.yaml_files import load_yaml
from crosswalks.account import Crossed
from crosswalks.ctdl.model import Aligned
from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.writing.build import Written
from crosswalks.jvcampus.fields import written_fields
from crosswalks.jvcampus.model import CustomField
from crosswalks.ledger import Crossing, Entry, FieldOutcome, Ledger, general
from crosswalks.origins import rules_beside_values
from crosswalks.values import table_path, values_by_code
from tests.crosswalks.laws import within

TABLE = Path(__file__).parent / "always_told.yaml"
WRITTEN = table_path(Path(crosswalks.ctdl.__path__[0]), "writing")
OURS = {"DeliveryMode", "AssessmentType", "CreditSystem"}
WORKED_OUT = {FieldOutcome.DERIVED, FieldOutcome.DEFAULTED}


def check_ledger(ledger: Ledger) -> None:
    """Check that each line says what its outcome needs, as the published schema has it, and says it once."""
    Crossed.model_validate(ledger.as_json())


def check_nothing_passed_over(crossing: Crossing[Descriptor]) -> None:
    """Check that the fields a schema always has are spoken of, stated or not."""
    schema = crossing.ledger.source_schema
    told = {general(entry.source) for entry in crossing.ledger.entries}
    always = _always_told().get(schema, frozenset())
    silent = sorted(field for field in always if not any(within(one, field) for one in told))
    assert silent == [], f"fields that are always told, and are not: {silent}"


@cache
def _always_told() -> dict[str, frozenset[str]]:
    return {schema: frozenset(fields) for schema, fields in load_yaml(TABLE).items()}


def check_origins(crossing: Crossing[Descriptor]) -> None:
    """Check that every value that was worked out has its origin, by the rule and fields of the ledger, and no other.

    A listing that is a descriptor already brings its own.
    """
    if crossing.ledger.source_schema == crossing.ledger.target_schema:
        return
    origins = crossing.value.origins
    making: dict[str, list[Entry]] = {}
    for entry in crossing.ledger.entries:
        if entry.outcome in WORKED_OUT and entry.target and entry.rule not in rules_beside_values():
            making.setdefault(entry.target, []).append(entry)
    for target, entries in making.items():
        if target.partition(".")[0] in {"source_record", "id"}:
            continue
        own = crossing.value.origin_of(target)
        assert own.rule in {entry.rule for entry in entries}, f"{target}: {own} is not as the ledger has it: {entries}"
        used = {entry.source.partition("@")[0] for entry in entries if entry.rule == own.rule and entry.source}
        assert set(own.source_fields) >= used, f"{target} was worked out of {used}, not of {own.source_fields}"
    idle = sorted(path for path in origins if not any(within(target, path) for target in making))
    assert idle == [], f"origins of values that nothing worked out: {idle}"


def check_nodes(written: Any) -> None:
    """Check that each node of linked data says what it is, that a code names its framework, and that a custom field of
    a site is one of the table, in its own words.
    """
    for node in _models(written):
        if isinstance(node, Aligned) and (node.code or node.framework_name):
            framework = (node.framework_name or {}).get("en")
            assert framework, f"a code without its framework: {node}"
            assert framework not in OURS or (node.code and node.node_name), f"a code of ours that lacks a part: {node}"
            known = values_by_code(WRITTEN, framework).get(node.code or "") if framework in OURS else None
            assert known is None or node.node == known.name, f"a code of ours without the term that is known: {node}"
        if isinstance(node, CustomField):
            row = written_fields().get(node.shortname)
            assert row is not None, f"no custom field of the table: {node}"
            assert (node.name, node.type) == (row["name"], row["type"]), f"not in the words of the table: {node}"
        assert "kinds" not in type(node).model_fields or node.kinds, f"a node that does not say what it is: {node}"  # type: ignore[attr-defined]


def _models(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _models(getattr(value, name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _models(item)


def check_withheld(crossing: Crossing[Written]) -> None:
    """Check that a record leaves whole, or is withheld with one finding and all of it told as lost for that reason."""
    assert (crossing.value.record is None) == bool(crossing.issues), "a record that is withheld says why"
    if crossing.value.record is None:
        (finding,) = crossing.issues
        reasons = {entry.reason for entry in crossing.ledger.entries} - {"rights_withheld"}
        assert reasons <= {finding.code}, f"withheld for {finding.code}, and told as {reasons}"
        assert crossing.value.withheld == finding
