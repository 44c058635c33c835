"""A descriptor comes back out of its XML as it went in."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.serialise import dump
from crosswalks.descriptor.xml import NAMESPACE, from_xml, to_xml, xml_schema
from tests.crosswalks.descriptor import strategies as known

ODD = st.text(st.sampled_from("ab%;\x00\x0b\x1f\r\n\t\ufffe\uffff<&>\"']]>架🎓\u0085\u2028"), min_size=1, max_size=12)

SCHEMA = etree.XMLSchema(etree.fromstring(xml_schema()))


def descriptor(title: str) -> Descriptor:
    return Descriptor(id="urn:x:1", source_record=SourceRecord(registry="r", source_id="1"), title={"ja": title})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(known.descriptors())
def test_nothing_is_lost_and_the_schema_holds(record: Descriptor) -> None:
    SCHEMA.assertValid(etree.fromstring(to_xml(record)))
    assert dump(from_xml(to_xml(record))) == dump(record)


@given(ODD.filter(lambda text: text.strip() != ""))
def test_characters_that_xml_cannot_hold_come_back(title: str) -> None:
    assert from_xml(to_xml(descriptor(title))).title == {"ja": title}


def test_a_text_is_an_element_for_each_language() -> None:
    root = etree.fromstring(to_xml(descriptor("架け橋 50%;")))
    (text,) = root.findall(f"{{{NAMESPACE}}}title/{{{NAMESPACE}}}text")
    assert (text.text, text.get("{http://www.w3.org/XML/1998/namespace}lang"), text.get("escaped")) == (
        "架け橋 50%;",
        "ja",
        None,
    )


def test_an_element_that_is_no_field_is_refused() -> None:
    with pytest.raises(CodedError, match="record_invalid"):
        from_xml(to_xml(descriptor("x")).replace(b"</descriptor>", b"<shoe_size>43</shoe_size></descriptor>"))
