"""Tables of single values: what they name exists, what they cover is whole, and no two rows gainsay each other."""

from __future__ import annotations

from collections import defaultdict

import pytest

from config.codelists import codelist, codelists
from config.frameworks import credit_systems, level_schemes
from crosswalks.contract import crosswalk_for
from crosswalks.mapping import NO_TERM, PREDICATES, descriptor_paths, mapping_tables, plain_rows
from crosswalks.values import codes_by_name, table_path, value_of, value_rows, values_by_code

TABLES = {name: path for name, path in mapping_tables().items() if "/values/" in name}
WRITING = [name for name in TABLES if name.endswith("/writing")]
BACK = [name for name in WRITING if name.replace("writing", "reading") in TABLES]


def codes_of(listed: str) -> set[str] | None:
    """The codes of a list of ours, or None for a list that is somebody else's."""
    if listed == "LevelScheme":
        return set(level_schemes())
    if listed == "CreditSystem":
        return set(credit_systems())
    return set(codelist(listed).labels) if listed in codelists() else None


@pytest.mark.parametrize("table", TABLES)
def test_values_of_ours_exist(table: str) -> None:
    for row in plain_rows(TABLES[table]):
        for name in (row["subject_id"], row["object_id"]):
            prefix, _, local = name.partition(":")
            if prefix == "codelist" and not local.startswith("Decision/"):
                value = value_of(name)
                assert value.code in (codes_of(value.listed) or ()), name
            elif prefix == "jmicro":
                assert local in descriptor_paths(), name


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_unique_reviewed_and_do_not_gainsay_each_other(table: str) -> None:
    rows = plain_rows(TABLES[table])
    pairs = [(row["subject_id"], row["predicate_id"], row["object_id"], row["predicate_modifier"]) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert {row["predicate_id"] for row in rows} <= PREDICATES
    assert all(row["mapping_justification"] and row["author_label"] and row["mapping_date"] for row in rows)
    matched = {(row["subject_id"], row["object_id"]) for row in rows if row["predicate_modifier"] != "Not"}
    denied = {(row["subject_id"], row["object_id"]) for row in rows if row["predicate_modifier"] == "Not"}
    assert matched & denied == set(), "a match, and none"
    nowhere = {subject for subject, object_ in matched if object_ == NO_TERM}
    assert nowhere & {subject for subject, object_ in matched if object_ != NO_TERM} == set(), "a counterpart, and none"


@pytest.mark.parametrize("table", WRITING)
def test_every_code_of_a_list_that_is_written_was_reviewed(table: str) -> None:
    found = defaultdict(set)
    for row in plain_rows(TABLES[table]):
        value = value_of(row["subject_id"])
        found[value.listed].add(value.code)
    assert {listed: codes_of(listed) for listed in found} == found


@pytest.mark.parametrize("table", BACK)
def test_what_is_the_same_on_the_way_out_is_the_same_on_the_way_in(table: str) -> None:
    reading = {
        (row.subject.name, row.object.name): row.predicate
        for row in value_rows(TABLES[table.replace("writing", "reading")])
    }
    read = {subject for subject, _ in reading}
    for row in value_rows(TABLES[table]):
        if row.predicate == "skos:exactMatch":
            assert reading.get((row.object.name, row.subject.name)) == row.predicate, row
        elif row.object.name in read:
            assert reading.get((row.object.name, row.subject.name)) != "skos:exactMatch", row


def test_a_value_is_known_by_its_short_name_and_by_its_address() -> None:
    table = table_path(crosswalk_for("ctdl").folder, "reading")
    modes = codes_by_name(table, "DeliveryMode")
    for name in ("deliveryType:InPerson", "https://purl.org/ctdl/vocabs/deliveryType/InPerson",
                 "http://purl.org/ctdl/vocabs/deliveryType/InPerson"):  # fmt: skip
        assert modes[name] == "onsite"
    assert "deliveryType:Synchronous" not in modes
    assert codes_by_name(table, "AssessmentType") == {}


def test_rows_without_a_counterpart_lead_nowhere() -> None:
    table = table_path(crosswalk_for("ctdl").folder, "writing")
    assert values_by_code(table, "CreditSystem").keys() == {"US-SCH"}
    assert "hybrid" not in values_by_code(table, "DeliveryMode")
