"""Going on where the run before was broken off, instead of asking the same again.

Only a run that was lost, whose crawl was killed or whose disk was full is gone on with, and only while that is one
harvest and not two: the same address, the same rules, begun within a day. A run that a source's structure or a person
stopped is not.
"""

from __future__ import annotations

from datetime import timedelta

from config.messages import Issue
from harvester.crawling.crawlspec import CrawlSpec
from harvester.workplace import Workplace
from store.clock import now
from store.runs import unfinished_run
from store.takeover import Terms, take_over

RUN_CONTINUES = "run_continues"
FRESH = timedelta(hours=24)
_BROKEN_OFF = ("crawl_failed", "crawl_timeout", "payload_unwritable")


def go_on(place: Workplace, spec: CrawlSpec, address: str, rules: str) -> Issue | None:
    """Begin a run's frontier with that of the run before, and say so; None when there is none to go on with."""
    since = now() - FRESH
    before = unfinished_run(place.database, spec.run_id, _BROKEN_OFF)
    if before is None or (before["address"], before["fingerprint"]) != (address, rules) or before["started_at"] < since:
        return None
    terms = Terms(since, lambda digest: place.payloads.path(digest).is_file(), confirmed=spec.last_good is not None)
    number = take_over(place.database, spec.run_id, before["id"], terms)
    return Issue(RUN_CONTINUES, {"run": before["id"], "number": number}) if number else None
