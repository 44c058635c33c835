"""A descriptor in the fifteen elements of Dublin Core, for harvesters that know nothing else.

Source: the OAI-PMH container of unqualified Dublin Core. Nothing is said that the descriptor does not say; levels and
credits have no element there and stay out.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crosswalks.descriptor.model import Descriptor
from crosswalks.text import UNDETERMINED, legal

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DC = "http://purl.org/dc/elements/1.1/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_KIND = {"en": "Micro-credential", "ja": "マイクロクレデンシャル"}


def dublin_core(descriptor: Descriptor) -> bytes:
    """Return the container element in UTF-8, without a declaration."""
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": _DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{OAI_DC} {OAI_DC_SCHEMA}")
    for name, text, tag in _statements(descriptor):
        child = etree.SubElement(root, f"{{{_DC}}}{name}")
        child.text = legal(text)
        if tag and tag != UNDETERMINED:
            child.set(_LANG, tag)
    return bytes(etree.tostring(root, encoding="utf-8"))


def _statements(record: Descriptor) -> Iterator[tuple[str, str, str | None]]:
    texts = [("title", record.title), ("description", record.description or {}), ("type", _KIND)]
    if record.issuer:
        texts.insert(1, ("publisher", record.issuer.name))
    for name, text in texts:
        yield from ((name, words, tag) for tag, words in text.items())
    for field in record.field:
        yield from (("subject", words, tag) for tag, words in (field.label or {}).items())
        if field.code and not field.label:
            yield "subject", f"{field.scheme} {field.code}", None
    plain = (
        ("identifier", record.id),
        ("identifier", record.landing_page),
        ("source", record.source_record.url),
        *(("language", language) for language in record.language_of_instruction),
        ("rights", record.source_record.attribution),
    )
    yield from ((name, value, None) for name, value in plain if value)
