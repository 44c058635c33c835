"""The policy on accessibility and the results of its tests, out of one file of data.

What stands there is what the tests of this project do: a test compares the criteria, the rules and the pages with what
axe runs and where (tests/portal/test_accessibility.py). What needs a person is told as not tested by one.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from config.messages import Language
from config.yaml_files import load_yaml
from portal.public.site import page

Result = Literal["machine", "person", "absent", "failed"]
"""Tested by machine without a violation; waits for a person; nothing it applies to; not met."""
Said = dict[Language, str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Part):
    """A success criterion: whether JIS X 8341-3:2016 has it too, what was found, and by which rules of axe."""

    level: Literal["A", "AA"]
    jis: bool
    result: Result
    ja: str
    en: str
    rules: tuple[str, ...] = ()
    note: Said


class Looked(_Part):
    """A kind of page that the tests look at."""

    ja: str
    en: str
    template: str


class Tests(_Part):
    """What was tested, when and with what."""

    day: date
    method: Said
    tools: dict[str, str]
    widths: tuple[int, ...]
    rules: tuple[str, ...]
    pages: dict[str, tuple[Looked, ...]]


class Policy(_Part):
    """What is aimed at, and where it stands."""

    target: Said
    scope: Said
    when: Said
    standing: Said
    done: tuple[Said, ...]
    known: tuple[Said, ...]
    exceptions: tuple[Said, ...]
    contact: Said


class Accessibility(_Part):
    """The whole."""

    policy: Policy
    tests: Tests
    criteria: dict[str, Criterion]


@cache
def accessibility() -> Accessibility:
    """Return what is said of accessibility. Raises `ValidationError` when the file is not of its form."""
    return Accessibility.model_validate(load_yaml(Path(__file__).parent / "accessibility.yaml"))


def policy(request: Request, language: Language) -> Response:
    """Answer with the policy."""
    return page(request, "accessibility.html", language, found=accessibility())


def results(request: Request, language: Language) -> Response:
    """Answer with the results of the tests, criterion by criterion."""
    found = accessibility()
    counts = Counter(one.result for one in found.criteria.values())
    return page(request, "accessibility_results.html", language, found=found, counts=counts)
