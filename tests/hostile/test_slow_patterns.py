"""Texts made to keep a regular expression busy: every pattern of the crosswalks and connectors is soon through."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from inspect import signature
from itertools import product
from pathlib import Path
from time import process_time
from types import FrameType, ModuleType
from typing import Any

import pytest

import connectors
import crosswalks
from connectors.discovery import connector, connector_names

LENGTH = 100_000
SHORTER = 40_000
SOON = 3.0
"""Seconds of work for one text of 100 000 characters; most take a thousandth of that."""
ROOTS = [Path(root) for package in (crosswalks, connectors) for root in package.__path__]
ALPHABET = "aA0 \n-_.,:;<>/\"'([{@&%=\\é%～あ。｜"
MOST_LETTERS = 3


def modules() -> Iterator[ModuleType]:
    for package in (crosswalks, connectors):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "standin" not in found.name and "goldens" not in found.name:
                yield importlib.import_module(found.name)


def patterns_in(value: Any, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from (found for item in value.values() for found in patterns_in(item, depth - 1))
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        yield from (found for item in value for found in patterns_in(item, depth - 1))


SOURCE = "".join(path.read_text(encoding="utf-8") for root in ROOTS for path in root.rglob("*.py"))
OF = r"\b(\w+)(?:\[[^\]\n]{1,40}\])?\.(?:"
SEARCHED = set(re.findall(OF + r"search|sub|subn|findall|finditer|split|scanner)\b", SOURCE))
TRIED = re.findall(r"\b(\w+) = re\.compile\(|" + OF + r"match|fullmatch)\b", SOURCE)
AT_THE_START = {name for pair in TRIED for name in pair if name} - SEARCHED
"""Names of patterns that are only ever tried at the start of a text."""


def compiled() -> dict[str, re.Pattern[Any]]:
    """Every pattern that a module holds, or that a function of it without arguments makes once."""
    found: dict[re.Pattern[Any], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            made = value
            if hasattr(value, "cache_info"):
                made = None if signature(value).parameters or value.__module__ != module.__name__ else value()
            for number, pattern in enumerate(patterns_in(made)):
                found.setdefault(pattern, f"{module.__name__}.{name}" + (f"[{number}]" if number else ""))
    return {name: pattern for pattern, name in found.items()}


PATTERNS = compiled()


def letters_of(pattern: re.Pattern[Any]) -> list[str]:
    """The letters that a pattern itself is about, and one that it is surely not."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    plain = re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z:=!<]{1,2}|\{[0-9,]{1,9}\}", "", source)
    own = [letter for letter in dict.fromkeys(plain) if letter not in "()[]{}|?*+^$\\"]
    return [*own[:MOST_LETTERS], "a", " ", "1"]


def texts_for(pattern: re.Pattern[Any]) -> Iterable[str]:
    letters = letters_of(pattern)
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = re.findall(r"[A-Za-z:</\"@ ]{2,20}", source)[:6]
    yield from (letter * LENGTH for letter in ALPHABET)
    yield from ((first + second) * (SHORTER // 2) for first, second in product(letters, repeat=2) if first != second)
    yield from (f"{word}{letter * 200}" * (SHORTER // 210) for word in words for letter in (" ", "a", "<"))
    yield from (word * (LENGTH // len(word)) + "\0" for word in words)


class TooSlow(Exception):
    pass


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what takes longer: the engine looks for signals while it works."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_there_are_patterns_to_try() -> None:
    assert len(PATTERNS) > 60
    assert {name.split(".")[1] for name in PATTERNS} >= {"elm", "mqa", "nzqa", "jvcampus", "europass", "jmicro"}


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_no_text_keeps_a_pattern_busy(name: str) -> None:
    pattern = PATTERNS[name]
    at_the_start = name.rpartition(".")[2].partition("[")[0] in AT_THE_START
    for text in texts_for(pattern):
        subject = text if isinstance(pattern.pattern, str) else text.encode()
        try:
            with at_most(SOON):
                if at_the_start:
                    pattern.match(subject)
                    pattern.fullmatch(subject)
                else:
                    for _ in pattern.finditer(subject):
                        pass
        except TooSlow:
            pytest.fail(f"{pattern.pattern!r} on {text[:40]!r}…")


TAGS = ("<", "<a ", '<a class="', "<!--", "<td>", "<table>", "</table>", "<b>Contact:</b>", "<li>", "<dt>Contact</dt>",
        '<ul class="teachers">', "Contact: ", "teacher: A", '"contacts":[', '{"email":"', "a@", "@a.", "a@a.a",
        "tel:0", "tel: 0", "&#64;", "\\u0040", ':"', "a ContactPoint;", " a :ContactPoint ; ", "[ ", '"""', '"\\',
        "<contactPoint>", "<customfieldname>", '<span class="customfieldname">', "/user/profile.php?", "%40",
        "\xff", "é", "\n", " .\n", "{", "[", '{"a":', "'")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", connector_names())
@pytest.mark.parametrize("media_type", ["text/html", "application/json", "text/turtle"])
def test_people_are_taken_out_soon_whatever_stands_there(name: str, media_type: str) -> None:
    redact = connector(name).redact
    for tag in TAGS:
        body = (tag * (LENGTH // len(tag))).encode("latin-1")
        began = process_time()
        try:
            with at_most(4 * SOON):
                redact(body, media_type)
        except TooSlow:
            pytest.fail(f"{tag!r} again and again: more than {process_time() - began:.0f} s")
