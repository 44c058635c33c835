"""Deployments with published records, and decisions taken on them, for the tests of this room."""

from __future__ import annotations

from datetime import date
from typing import Any

from harvester.workplace import Workplace
from recognition.deciding import Asked, DecisionView, act, approve, open_decision, propose, submit
from recognition.decisions import Terms
from tests.portal.publishing import Publisher, name

HOME, FOREIGN = "jmicro", "nzqa"
WHO, OTHER = "委員 一号", "委員 二号"
LEVEL = [{"scheme": "NZQCF", "value": "7"}]


def publish(place: Workplace, registry: str = HOME, *numbers: int, **changes: Any) -> Publisher:
    publisher = Publisher(place, registry)
    publisher.publish(*(numbers or (1,)), **changes)
    return publisher


def recognised(place: Workplace, nth: int = 1, **terms: Any) -> DecisionView:
    """Take a home listing through to its recognition."""
    view = open_decision(place, WHO, name(HOME, nth), Asked(), "application")
    one = view.opened.id
    submit(place, WHO, one, member_class="ordinary", why="application")
    act(place, WHO, one, "review", why="reviewers found")
    propose(place, WHO, one, Terms(**{"verdict": "recognise", "mark": True, **terms}), why="meets every heading")
    return approve(place, OTHER, one, why="committee of April")


def decided(place: Workplace, verdict: str = "full", nth: int = 1, **terms: Any) -> DecisionView:
    """Decide about a foreign credential."""
    asked = Asked(purpose="credit", receiving="架空大学", framework="EQF")
    one = open_decision(place, WHO, name(FOREIGN, nth), asked, "asked by the faculty").opened.id
    propose(place, WHO, one, Terms(**{"verdict": verdict, **terms}), why="no substantial difference")
    return approve(place, OTHER, one, why="committee of April")


FAR = date(2099, 3, 31)
