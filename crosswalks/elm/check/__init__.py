"""Checks of ELM data by our own profile table: RDF by the rules of the official shapes, XML by those of the
official schema.

`check_file` gives the report on a file, `judge` the verdict on data at hand. `official.check_with_official`
gives the same report by the official files, where somebody has them.
"""

from crosswalks.elm.check.index import Index, index_quads
from crosswalks.elm.check.report import CheckReport, Example, Reason, check_file
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.check.verdict import Verdict, judge, part_of, verdict_key
from crosswalks.elm.check.xml import XmlVerdict, check_xml

__all__ = [
    "CheckReport",
    "Example",
    "Index",
    "Layer",
    "Reason",
    "Row",
    "Verdict",
    "XmlVerdict",
    "check_file",
    "check_xml",
    "index_quads",
    "judge",
    "part_of",
    "verdict_key",
]
