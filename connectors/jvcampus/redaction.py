"""Taking people out of a Moodle site's answers before they are kept.

In pages: lists of teachers and contacts, links to profiles, profile pictures, who is logged in. In JSON:
contacts, e-mail addresses, authors of pictures, and the same things in markup inside texts. In both:
addresses of issued badges, each of which leads to a person, and every e-mail address. The document stays
whole; where it is cut off, everything after an open list of people goes with it.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from connectors.redaction import without_addresses
from crosswalks.jvcampus.values import names_people, words

PERSON = b"masked-person"
_WORDS = (
    "teachers", "coursecontacts", "course-contacts", "logininfo", "usermenu", "userinitials", "userpicture",
    *(f"customfield_{name}" for name in sorted(words("people")) if name.isascii() and name.isidentifier()),
)  # fmt: skip
_MARKS = re.compile("|".join(map(re.escape, (*_WORDS, "/user/icon/", "/user/profile.php", "/user/view.php"))).encode())
"""What elements about people have in their tags; looked for in lower case, as whole words."""
_IN_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
_CLASS = re.compile(rb"\bclass\s{0,3}=\s{0,3}(\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s>]{1,2000})", re.IGNORECASE)
_TAG_NAME = re.compile(rb"<([A-Za-z][A-Za-z0-9]{0,15})")
_VOID = frozenset({b"img", b"source", b"input", b"link", b"meta", b"area", b"embed"})
_CLOSED_BY_OTHERS = frozenset({b"p", b"li", b"dt", b"dd"})
_BLOCK = re.compile(rb"</?(?:p|li|dt|dd|div|ul|ol|dl|table|td|section|article|h[1-6]|body)\b", re.IGNORECASE)
_FIELD_NAME = re.compile(rb"\bcustomfieldname\b[^<>]{0,500}>(.{1,500}?)</(?:span|div)", re.DOTALL)
_ANY_TAG = re.compile(rb"<[^<>]{0,500}>")
_FIELD_VALUE = re.compile(rb"<(span|div)\b[^<>]{0,500}\bcustomfieldvalue\b[^<>]{0,500}>")
_NEAR = 1000
_LONGEST_TAG = 8000
_PROFILE_ADDRESS = re.compile(rb"(\\?/user\\?/(?:profile|view)\.php\?)[^\"'<>\s\\]{0,500}", re.IGNORECASE)
_ISSUED_BADGE = re.compile(rb"(\\?/badges\\?/(?:badge|assertion)\.php\?)[^\"'<>\s\\]{0,500}", re.IGNORECASE)
_JSON_PEOPLE = re.compile(rb'"(?:contacts|teachers|courseContacts)"\s{0,20}:\s{0,20}([\[{])', re.IGNORECASE)
_LISTS_OF_PEOPLE = frozenset({"contacts", "teachers", "coursecontacts"})
_FIELDS_OF_PEOPLE = frozenset({"email", "telephone", "author", "recipient", "userfullname", "userpictureurl"})


def redact(body: bytes, media_type: str) -> bytes:
    """Return an answer without people."""
    is_json = media_type.endswith("json") or body.lstrip()[:1] in {b"{", b"["}
    body = _from_json(body) if is_json else _from_markup(_without_open_tag(body))
    return without_addresses(_ISSUED_BADGE.sub(rb"\1" + PERSON, body))


def _without_open_tag(body: bytes) -> bytes:
    """Drop a tag that is cut off at the end: whether it is about people may stand in the part that is missing."""
    start = body.rfind(b"<")
    return body[:start] if start > body.rfind(b">") and _TAG_NAME.match(body, start) else body


def _from_markup(body: bytes) -> bytes:
    return _PROFILE_ADDRESS.sub(rb"\1" + PERSON, _without_named_fields(_without_marked(body)))


def _without_marked(body: bytes) -> bytes:
    """Empty elements that are about people by their class or address; portraits go whole.

    The element's own tag stays, with its class alone, so that the page still says that there was one.
    """
    pieces: list[bytes] = []
    position = scan = 0
    lowered = body.lower()
    while match := _MARKS.search(lowered, scan):
        scan = match.end()
        word = match.group() if match.group()[:1] != b"/" else None
        if word is not None and not _stands_alone(lowered, match):
            continue
        tag = _tag_around(body, match, position)
        if tag is None:
            continue
        start, end, name = tag
        if word is not None and not _is_class(word, lowered[start:end]):
            continue
        pieces.append(body[position:start])
        if name in _VOID:
            position = end
        elif word is not None:
            pieces.append(b"<" + name + b" class=" + word + b">")
            position = _end_of(body, name, end)
        else:
            pieces.append(b"<" + name + b">" + PERSON)
            position = _end_of(body, name, end)
        scan = position
    return b"".join([*pieces, body[position:]]) if pieces else body


def _tag_around(body: bytes, match: re.Match[bytes], least: int) -> tuple[int, int, bytes] | None:
    """Return where the tag around a match begins and ends, and its name; None for one in running text."""
    at = match.start()
    start = body.rfind(b"<", max(least, at - _LONGEST_TAG), at)
    named = _TAG_NAME.match(body, start) if start >= 0 else None
    if named is None:
        return None
    before = body[start:at]
    if b">" in before and before.count(b'"') % 2 == 0 and before.count(b"'") % 2 == 0:
        return None
    end = body.find(b">", match.end())
    return start, len(body) if end < 0 else end + 1, named.group(1).lower()


def _stands_alone(lowered: bytes, match: re.Match[bytes]) -> bool:
    before, after = lowered[match.start() - 1 : match.start()], lowered[match.end() : match.end() + 1]
    return not (before and before[0] in _IN_WORDS) and not (after and after[0] in _IN_WORDS)


def _is_class(word: bytes, tag: bytes) -> bool:
    classes = _CLASS.search(tag)
    return classes is not None and word in classes.group(1)


def _end_of(body: bytes, tag: bytes, start: int) -> int:
    """Return where the closing tag of an element begins, or the end of the body where there is none."""
    if tag in _CLOSED_BY_OTHERS:
        closing = _BLOCK.search(body, start)
        return closing.start() if closing else len(body)
    depth = 1
    for match in re.compile(rb"<(/?)" + re.escape(tag) + rb"\b", re.IGNORECASE).finditer(body, start):
        depth += -1 if match.group(1) else 1
        if depth == 0:
            return match.start()
    return len(body)


def _without_named_fields(body: bytes) -> bytes:
    """Empty the value of a custom field whose name, as readers see it, says that it holds people."""
    pieces: list[bytes] = []
    position = 0
    for match in _FIELD_NAME.finditer(body):
        names = [name.decode("utf-8", "replace").strip() for name in _ANY_TAG.split(match.group(1))]
        if match.start() < position or not any(map(names_people, names)):
            continue
        value = _FIELD_VALUE.search(body, match.end(), match.end() + _NEAR)
        if value is None:
            continue
        pieces.append(body[position : value.end()])
        position = _end_of(body, value.group(1), value.end())
    return b"".join([*pieces, body[position:]]) if pieces else body


def _from_json(body: bytes) -> bytes:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _from_broken_json(body)
    cleaned, changed = _walk(data)
    return orjson.dumps(cleaned) if changed else body


def _walk(value: Any) -> tuple[Any, bool]:
    """Return a JSON value without people, and whether there were any."""
    if isinstance(value, str):
        if "<" not in value and "/user/" not in value:
            return value, False
        markup = value.encode("utf-8", "surrogatepass")
        cleaned = _from_markup(markup)
        return (cleaned.decode("utf-8", "replace"), True) if cleaned != markup else (value, False)
    if isinstance(value, list):
        walked = [_walk(item) for item in value]
        return [item for item, _ in walked], any(changed for _, changed in walked)
    if isinstance(value, dict):
        return _walk_object(value)
    return value, False


def _walk_object(value: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return an object without people; a custom field about people loses its value."""
    cleaned: dict[str, Any] = {}
    changed = False
    about_people = "shortname" in value and (_says_people(value.get("shortname")) or _says_people(value.get("name")))
    for key, item in value.items():
        name = key.lower()
        if about_people and name in {"value", "valueraw"}:
            cleaned[key] = None
            changed = changed or item is not None
            continue
        if name in _LISTS_OF_PEOPLE:
            cleaned[key] = []
            changed = changed or bool(item)
        elif name in _FIELDS_OF_PEOPLE:
            cleaned[key] = None
            changed = changed or item is not None
        else:
            cleaned[key], inner = _walk(item)
            changed = changed or inner
    return cleaned, changed


def _says_people(name: object) -> bool:
    return isinstance(name, str) and names_people(name)


def _from_broken_json(body: bytes) -> bytes:
    """Take lists of people out of JSON that cannot be read; what is cut off inside one goes to the end."""
    pieces, position = [], 0
    while match := _JSON_PEOPLE.search(body, position):
        pieces.append(body[position : match.end()])
        position = _closing_bracket(body, match.end())
    whole = b"".join([*pieces, body[position:]]) if pieces else body
    return _from_markup(_without_open_tag(whole))


def _closing_bracket(body: bytes, start: int) -> int:
    """Return where the bracket that was just opened closes, strings respected, or the end of the body."""
    depth = 1
    for match in re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL).finditer(body, start):
        token = match.group()
        if token in {b"[", b"{"}:
            depth += 1
        elif token in {b"]", b"}"}:
            depth -= 1
            if depth == 0:
                return match.start()
    return len(body)
