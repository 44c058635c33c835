"""What the checks find: rows that can be laid beside those of a SHACL engine, and the message of each kind of
row.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from crosswalks.elm.graph import Value


class Layer(StrEnum):
    """Where a rule comes from.

    `base` and `vocabulary` are the two official shapes files, `own` our stricter checks, `xml` the official
    schema.
    """

    BASE = "base"
    VOCABULARY = "vocabulary"
    OWN = "own"
    XML = "xml"


class Row(NamedTuple):
    """One result. `component` is SHACL's constraint component without its ending, or the name of a check of
    our own.

    `path` is a prefixed property, empty when the node as a whole is meant; `owner` the class whose rule was
    broken; `known` the reason's name when the two official shapes files contradict each other there.
    """

    layer: Layer
    node: str
    path: str
    component: str
    value: Value | None
    owner: str
    known: str = ""


CODES: dict[tuple[Layer, str], str] = {
    (Layer.BASE, "MinCount"): "elm_min_count",
    (Layer.BASE, "MaxCount"): "elm_max_count",
    (Layer.BASE, "Datatype"): "elm_datatype",
    (Layer.BASE, "Class"): "elm_class",
    (Layer.BASE, "Or"): "elm_class_either",
    (Layer.BASE, "NodeKind"): "elm_node_kind",
    (Layer.BASE, "UniqueLang"): "elm_unique_lang",
    (Layer.BASE, "Disjoint"): "elm_disjoint",
    (Layer.BASE, "Node"): "elm_address",
    (Layer.BASE, "And"): "elm_mailbox",
    (Layer.BASE, "Closed"): "elm_closed",
    (Layer.VOCABULARY, "MinCount"): "elm_min_count",
    (Layer.VOCABULARY, "MaxCount"): "elm_max_count",
    (Layer.VOCABULARY, "NodeKind"): "elm_concept_iri",
    (Layer.VOCABULARY, "Node"): "elm_scheme",
    (Layer.OWN, "Address"): "elm_address_unusable",
    (Layer.OWN, "List"): "elm_list_unknown",
    (Layer.OWN, "Foreign"): "elm_foreign_name",
    (Layer.OWN, "Dropped"): "elm_key_dropped",
    (Layer.OWN, "Unchecked"): "elm_unchecked_node",
    (Layer.OWN, "Mapped"): "elm_generation_mapped",
    (Layer.OWN, "Mixed"): "elm_generation_mixed",
    (Layer.OWN, "Main"): "elm_no_main_class",
    (Layer.OWN, "Empty"): "elm_empty",
    (Layer.XML, "Root"): "elm_xml_root",
    (Layer.XML, "Order"): "elm_xml_order",
    (Layer.XML, "MinCount"): "elm_xml_min_count",
    (Layer.XML, "MaxCount"): "elm_xml_max_count",
    (Layer.XML, "Element"): "elm_xml_element",
    (Layer.XML, "Attribute"): "elm_xml_attribute",
    (Layer.XML, "AttributeMissing"): "elm_xml_attribute_missing",
    (Layer.XML, "Content"): "elm_xml_content",
    (Layer.XML, "Datatype"): "elm_xml_datatype",
    (Layer.XML, "List"): "elm_list",
    (Layer.XML, "Type"): "elm_xml_type",
    (Layer.XML, "Key"): "elm_xml_id_repeated",
    (Layer.XML, "Reference"): "elm_xml_reference",
    (Layer.XML, "Notation"): "elm_xml_notation_repeated",
    (Layer.XML, "Official"): "elm_official_finding",
}
"""The message of every kind of row."""
