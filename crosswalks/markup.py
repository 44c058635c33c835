"""HTML that would keep a parser busy: tags with attributes beyond number, found before anything is parsed.

libxml2 compares every attribute of an HTML tag with all before it, so one tag of a megabyte takes minutes. The look
here takes one pass over the bytes, whatever they are, two-byte letters among them.
"""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 500
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?>"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_TAG = rb"""<[A-Za-z][^\s/>]*+(?:%s){0,%d}+[\s/]*+>""" % (_ATTRIBUTE, MOST_ATTRIBUTES)
_PLAIN = re.compile(
    rb"""(?:
        [^<]++
      | <!--(?:[^-]++|-(?!->))*+
      | (?=<script[\s/>])%(tag)s(?:[^<]++|<(?!/script))*+
      | (?=<style[\s/>])%(tag)s(?:[^<]++|<(?!/style))*+
      | %(tag)s
      | <(?![A-Za-z])
    )*+"""
    % {b"tag": _TAG.replace(b" ", b"\\ ")},
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(rb"<[A-Za-z][^\s/>]*+")
_CROWD = re.compile(rb"(?:%s){%d}" % (_ATTRIBUTE, MOST_ATTRIBUTES + 1))


def is_crowded(page: bytes) -> bool:
    """Tell whether an HTML page has a tag with more attributes than any page needs."""
    page = page.replace(b"\0", b"")
    plain = _PLAIN.match(page)
    end = plain.end() if plain else 0
    name = _NAME.match(page, end)
    return name is not None and _CROWD.match(page, name.end()) is not None
