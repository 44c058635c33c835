"""One harvest, start to end: crawl in a child process (or read a folder), account, read, plan, publish.

A run is a proposal: the plan is written before anything changes, and published in one transaction. When anything
about the source's structure is broken the run fails, its issues are kept, and what is public stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from time import monotonic
from typing import Any

import orjson

from config.messages import CodedError, Issue, Severity
from connectors.contract import Payload, Registry, StructureBroken
from connectors.discovery import connector, fingerprint
from crosswalks.contract import crosswalk_for
from harvester.collecting import rare_collection
from harvester.crawling.budget import REQUESTS_BUDGET
from harvester.crawling.conditions import last_good_run
from harvester.crawling.continuing import RUN_CONTINUES, go_on
from harvester.crawling.crawlspec import CrawlSpec
from harvester.crawling.desk import payload_of
from harvester.crawling.folder import door_of, folder_of, read_folder
from harvester.crawling.patience import is_unreachable
from harvester.crawling.process import run_crawl
from harvester.running.drift import drifts
from harvester.running.gates import Counts, held, judge
from harvester.running.presence import bury_dead, present
from harvester.running.profile import Before
from harvester.running.reading import Reader, Source
from harvester.running.repeats import repeated
from harvester.running.report import RunReport, findings_of
from harvester.watching.tracing import span
from harvester.workplace import Workplace, scratch
from store.clock import now
from store.corrections import standing_corrections
from store.frontier import Fetched, Frontier
from store.plans import (
    Proposal,
    confirm_unchanged,
    known_records,
    plan_sizes,
    publish,
    stood_at,
    take_out_clashes,
    write_absences,
    write_proposals,
)
from store.records import descriptor_json
from store.retirement import Patience
from store.runs import (
    beat,
    close_run,
    is_stopped,
    issues_of,
    note_issues,
    open_run,
    overtake,
    registry_state,
    run,
    take_up,
)

_BEAT = 10.0
_TELL = 0.25
_BATCH = 500
_PASSING = ("server_error", "download_failed", REQUESTS_BUDGET)
"""Troubles that may be over on the next day."""
_ONLY_PRACTICAL = {
    "title", "homepage", "address", "hosts", "schedule", "politeness", "limits", "expectations", "notify",
}  # fmt: skip
"""What a registry's row may change without any record being read differently."""

Progress = Callable[[str, dict[str, int]], None]
"""Called with the stage (`fetch`, `read`, `publish`) and its figures."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be harvested, by whom and how.

    `connect` maps a public origin to the one really connected to (stand-ins). `preview` is a number of listings: the
    real code runs against what is published, and nothing is kept. `replay` names an earlier run whose kept answers are
    read again by today's rules, instead of asking anybody; `keep` off shows what would change and keeps nothing.
    `run_id` is a queued run that was claimed: it is begun, or gone on with, instead of opening another. `until` is when
    its registry's window closes: what is not answered by then is left for another time.
    """

    registry: Registry
    actor: str
    allow_loopback: bool = False
    connect: dict[str, str] = field(default_factory=dict)
    preview: int | None = None
    replay: int | None = None
    keep: bool = True
    run_id: int | None = None
    until: datetime | None = None

    @property
    def trial(self) -> bool:
        """Whether nothing is kept."""
        return self.preview is not None or not self.keep


def harvest(place: Workplace, order: Order, progress: Progress | None = None) -> RunReport:
    """Harvest one registry, or read its kept answers again, and return what happened.

    Raises `CodedError` only when the run could not begin.
    """
    if not order.replay and not door_of(order.registry.manifest):
        raise CodedError.of("address_missing", registry=order.registry.id)
    if order.trial:
        with scratch(place.settings) as temporary:
            return _Harvest(temporary, order, progress, published=place).run()
    return _Harvest(place, order, progress, published=place).run()


class _Harvest:
    """The steps of one harvest. `place` is written to; `published` is what findings are compared with."""

    def __init__(self, place: Workplace, order: Order, progress: Progress | None, *, published: Workplace) -> None:
        self._place, self._order, self._published = place, order, published
        self._answers = published if order.replay else place
        self._told = progress
        self._registry = order.registry
        self._connector = connector(order.registry.connector)
        self._crosswalk = crosswalk_for(order.registry.manifest.schema_name)
        self._rules = _rules(order.registry, self._crosswalk.schema)
        self._failed_kinds: frozenset[str] = frozenset()
        self._failed_asides: frozenset[str] = frozenset()
        self._stopped = self._paused = False
        self._troubles: list[Issue] = []
        self._begun = self._last_beat = self._last_told = monotonic()

    def run(self) -> RunReport:
        run_id = self._begin()
        with present(self._place.settings.home, run_id), span("run", self._registry.id, run_id):
            return self._run(run_id)

    def _run(self, run_id: int) -> RunReport:
        database = self._place.database
        report = RunReport(run_id, self._registry.id, preview=self._order.trial)
        self._frontier = Frontier(self._answers.database, self._order.replay or run_id)
        try:
            if self._order.replay or self._crawl(run_id):
                self._account(report)
                with rare_collection():
                    self._read_and_publish(report)
        except CodedError as error:
            report.complete = False
            note_issues(database, run_id, error.issues)
            report.state = "cancelled" if self._stopped else "paused" if self._paused else report.state
        finally:
            report.issues = issues_of(database, run_id)
            report.fetches = dict(self._frontier.counts())
            report.seconds = monotonic() - self._begun
            if report.state != "paused":
                close_run(database, run_id, report.state, **report.closing())
        if report.succeeded:
            overtake(database, self._registry.id, run_id)
        return report

    def _begin(self) -> int:
        database, address = self._place.database, door_of(self._registry.manifest) or ""
        if self._order.run_id is not None:
            return take_up(database, self._order.run_id, address=address, fingerprint=self._rules)
        bury_dead(self._place, self._registry.id)
        return open_run(
            database,
            registry=self._registry.id,
            connector=self._registry.connector,
            actor=self._order.actor,
            address=address,
            fingerprint=self._rules,
            replay_of=self._order.replay,
        )

    def _crawl(self, run_id: int) -> bool:
        spec = CrawlSpec(
            run_id=run_id,
            registry_id=self._registry.id,
            connector=self._registry.connector,
            manifest=self._registry.manifest.model_dump(mode="json", by_alias=True),
            database=self._place.database.address,
            payloads=self._place.payloads.folder,
            user_agent=self._place.settings.user_agent,
            connect=self._order.connect,
            allow_loopback=self._order.allow_loopback,
            preview=self._order.preview,
            last_good=self._last_good(),
            paced_in=self._published.database.address if self._order.trial else None,
        )
        if folder := folder_of(self._registry.manifest):
            read_folder(spec, folder, self._place.database, self._place.payloads)
            return True
        self._go_on(spec)
        log = self._place.settings.home / "logs" / f"run-{run_id}.log"
        with span("crawl", self._registry.id, run_id):
            return run_crawl(spec, log, self._place.settings.crawl_timeout, lambda: self._watch(run_id))

    def _go_on(self, spec: CrawlSpec) -> None:
        """Take over what the run before was answered, if it was broken off just now."""
        if self._order.trial or self._frontier.balance()[0]:
            return
        told = go_on(self._place, spec, door_of(self._registry.manifest), self._rules)
        if told is not None:
            note_issues(self._place.database, spec.run_id, [told])

    def _last_good(self) -> int | None:
        if self._order.trial:
            return None
        polite = self._registry.manifest.politeness
        return last_good_run(self._place.database, self._registry.id, self._rules, polite)

    def _watch(self, run_id: int) -> None:
        """Look after a crawl. While the database cannot be reached there is nothing to see; the crawl waits for it."""
        try:
            self._look(run_id)
        except CodedError as error:
            if not is_unreachable(error):
                raise

    def _look(self, run_id: int) -> None:
        moment = monotonic()
        if moment - self._last_beat > _BEAT:
            beat(self._place.database, run_id)
            self._last_beat = moment
        if moment - self._last_told > _TELL:
            self._heed_a_stop(run_id)
            self._heed_the_window()
            self._tell("fetch", dict(self._frontier.counts()))
            self._last_told = moment

    def _heed_a_stop(self, run_id: int) -> None:
        """End here when somebody stopped the run. Raises `CodedError` with `run_stopped`."""
        if is_stopped(self._place.database, run_id):
            self._stopped = True
            raise CodedError.of("run_stopped", run=run_id)

    def _heed_the_window(self) -> None:
        """End the crawl when its window has closed. Raises `CodedError` with `window_closed`."""
        if self._order.until is not None and now() >= self._order.until:
            self._paused = True
            raise CodedError.of("window_closed", registry=self._registry.id)

    def _tell(self, stage: str, figures: dict[str, int]) -> None:
        if self._told is not None:
            self._told(stage, figures)

    def _account(self, report: RunReport) -> None:
        """Check that every request ended somehow, and tell those that did not end well."""
        asked, ended = self._frontier.balance()
        if asked != ended and not report.preview:
            raise CodedError.of("accounting_mismatch", asked=asked, accounted=ended)
        rows = self._frontier.troubles()
        left = sum(row.error == REQUESTS_BUDGET for row in rows)
        budget = self._registry.manifest.politeness.requests_per_run
        troubles = [Issue(REQUESTS_BUDGET, {"limit": budget, "left": left})] if left else []
        for row in rows:
            if row.error == REQUESTS_BUDGET:
                continue
            code, _, detail = str(row.error).partition(": ")
            url = row.final_url or row.url
            troubles.append(Issue(code, {"url": url, "status": row.status or "-", "tries": row.tries, "detail": detail,
                                         "limit": self._registry.manifest.limits.answer_bytes}))  # fmt: skip
        note_issues(self._place.database, report.run_id, troubles)
        self._troubles = troubles
        if stops := sorted({issue.code for issue in troubles if issue.severity is Severity.STOP}):
            raise CodedError.of("run_incomplete", detail=", ".join(stops))
        report.complete = all(_can_do_without(row) for row in rows) and asked == ended
        failed = [row for row in rows if str(row.error).startswith(_PASSING) or _is_missed(row)]
        self._failed_kinds = frozenset(row.kind for row in failed)
        self._failed_asides = frozenset(row.kind for row in failed if row.request.get("aside"))

    def _read_and_publish(self, report: RunReport) -> None:
        answers = sorted(self._frontier.answered(), key=lambda answer: answer.key)
        digest = self._digest(answers)
        state = registry_state(self._published.database, self._registry.id) or {}
        same = state.get("published_digest") == digest and report.complete
        if same and not report.preview and not self._order.replay:
            self._nothing_new(report, state["last_complete_run"])
            return
        with span("read", self._registry.id, report.run_id):
            self._read(report, answers, state)
        self._expect_enough(report)
        if report.preview:
            failed = not report.reading.payloads and report.fetches.get("ok", 0) == 0
            report.state = "failed" if failed else "succeeded"
            return
        if not self._order.replay and self._is_held(report, state, digest):
            return
        with span("publish", self._registry.id, report.run_id):
            self._publish(report, digest)

    def _is_held(self, report: RunReport, state: dict[str, Any], digest: str) -> bool:
        """Put the plan before the gates. A run that one of them stops keeps its plan, and waits for a person."""
        last = state.get("last_complete_run")
        before = Before.of(run(self._published.database, last)["profile"]) if last else None
        plan = plan_sizes(self._place.database, report.run_id)
        counts = Counts(state.get("live", 0) if before is None else before.listings, plan["new"], plan["changed"],
                        plan["gone"], complete=report.complete)  # fmt: skip
        limits = self._registry.manifest.gates
        report.gates = judge(report.reading.profile, before, counts, limits)
        report.drift = drifts(report.reading.profile, before, report.gates)
        report.digest = digest if report.complete else None
        stopped = held(report.gates)
        note_issues(self._place.database, report.run_id, [passage.issue() for passage in stopped])
        if stopped:
            report.state = "held"
        return bool(stopped)

    def _digest(self, answers: list[Fetched]) -> str:
        """Return a hash of all answers of a run and of the rules they are read by."""
        lines = [f"{answer.key} {answer.payload_hash}" for answer in answers]
        return blake2b("\n".join([self._rules, *lines]).encode(), digest_size=16).hexdigest()

    def _nothing_new(self, report: RunReport, last_run: int) -> None:
        last = run(self._place.database, last_run)
        counts = last["counts"]
        report.same_as_run = last_run
        report.findings = last["findings"]
        report.reading.payloads = counts["payloads"]
        report.reading.listings = report.reading.unchanged = counts["listings"]
        report.reading.blank, report.reading.rejected = counts["blank"], counts["rejected"]
        report.reading.passed_over.update(counts["passed_over"])
        report.reading.stated = counts["stated"]
        report.state, report.profile = last["state"], last["profile"]
        told = issues_of(self._place.database, report.run_id)
        theirs = issues_of(self._place.database, last_run)
        again = [issue for issue in theirs if issue not in told and issue.code != RUN_CONTINUES]
        note_issues(self._place.database, report.run_id, again)
        report.published = confirm_unchanged(
            self._place.database, report.run_id, self._registry.id, Patience(*self._registry.manifest.gates.patience)
        )

    def _read(self, report: RunReport, answers: list[Fetched], state: dict[str, object]) -> None:
        last_run = state.get("last_complete_run")
        last_rules = run(self._published.database, last_run)["fingerprint"] if isinstance(last_run, int) else None
        database = self._published.database
        reader = Reader(
            registry=self._registry,
            connector=self._connector,
            crosswalk=self._crosswalk,
            base=self._place.settings.base,
            known=known_records(database, self._registry.id),
            same_rules=last_rules == self._rules and not self._order.replay,
            previous=lambda records: descriptor_json(database, records, self._registry.id),
            most=self._order.preview,
            failed_kinds=self._failed_kinds,
            failed_asides=self._failed_asides,
            corrections=standing_corrections(database, self._registry.id),
            reading=report.reading,
        )
        report.reading.profile.categorical = frozenset(self._registry.manifest.gates.categorical)
        batch: list[Proposal] = []
        try:
            for proposal in reader.proposals(self._sources(answers)):
                batch.append(proposal)
                if self._order.replay:
                    self._compare(report, proposal)
                elif report.preview:
                    report.proposals.append(proposal)
                if len(batch) >= _BATCH:
                    write_proposals(self._place.database, report.run_id, batch)
                    batch = []
                    self._tell("read", {"listings": report.reading.listings})
        finally:
            note_issues(self._place.database, report.run_id, report.reading.issues)
        write_proposals(self._place.database, report.run_id, batch)
        self._tell("read", {"listings": report.reading.listings})
        report.findings = report.reading.findings
        report.complete = report.complete and report.reading.whole
        if not self._order.replay:
            self._frontier.doubt(report.reading.doubted)
        if self._order.replay:
            report.changes.lose(one.record_id for key, one in reader.known.items()
                                if key not in report.reading.seen and not one.absent)  # fmt: skip
        else:
            self._absences(report, reader)

    def _compare(self, report: RunReport, proposal: Proposal) -> None:
        """Note how a record that is read again differs from what is published."""
        before = descriptor_json(self._published.database, [proposal.record_id], self._registry.id)
        report.changes.add(proposal.record_id, before.get(proposal.record_id, (None,))[0], proposal.descriptor)

    def _absences(self, report: RunReport, reader: Reader) -> None:
        """Plan what a run says of missing records: any run can find one again, a complete one also misses some."""
        if report.preview:
            return
        seen = report.reading.seen
        known = [(one.record_id, key, one.absent) for key, one in reader.known.items()]
        gone = [(record, key) for record, key, absent in known if report.complete and key not in seen and not absent]
        back = [(record, key) for record, key, absent in known if absent and key in seen]
        withdrawn = self._withdrawn(report, reader)
        write_absences(self._place.database, report.run_id, gone, back, withdrawn)

    def _withdrawn(self, report: RunReport, reader: Reader) -> list[tuple[str, str]]:
        """Return the known records that the source itself says are gone; it may name them by where they stood."""
        told = report.reading.withdrawn.keys()
        if not told:
            return []
        stood = {} if told <= reader.known.keys() else stood_at(self._published.database, self._registry.id)
        keys = {stood.get(name, name) for name in told} - report.reading.seen
        return [(reader.known[key].record_id, key) for key in sorted(keys & reader.known.keys())]

    def _sources(self, answers: list[Fetched]) -> Iterator[Source]:
        units: defaultdict[str, list[Payload]] = defaultdict(list)
        for answer in answers:
            if unit := answer.request.get("unit"):
                units[unit].append(payload_of(answer, self._answers.payloads))
        doubtful = repeated(answers, self._frontier.answered_before)
        for answer in answers:
            payload = payload_of(answer, self._answers.payloads)
            if unit := answer.request.get("unit"):
                payload = replace(payload, beside=tuple(other for other in units[unit] if other != payload))
            yield Source(payload, answer.fetched_at, answer.key, doubtful.get(answer.key, ""))

    def _expect_enough(self, report: RunReport) -> None:
        least = int(self._registry.manifest.expectations.get("min_listings", 0))
        if not report.reading.payloads and not report.preview:
            raise StructureBroken.of("nothing_answered", codes=", ".join(sorted({one.code for one in self._troubles})))
        if report.reading.listings < least and not report.preview:
            raise StructureBroken.of("too_few_listings", found=report.reading.listings, least=least)

    def _publish(self, report: RunReport, digest: str) -> None:
        self._heed_a_stop(report.run_id)
        self._tell("publish", {"listings": report.reading.listings})
        clashes = take_out_clashes(self._place.database, report.run_id)
        report.reading.rejected += len(clashes)
        taken = [Issue("identifier_taken", {"identifier": iri}, record=record) for record, iri in clashes]
        note_issues(self._place.database, report.run_id, taken)
        observed = report.complete and not self._order.replay
        report.published = publish(
            self._place.database,
            report.run_id,
            self._registry.id,
            complete=observed,
            digest=digest if observed else None,
            patience=Patience(*self._registry.manifest.gates.patience),
        )
        notes = [
            Issue("not_found_at_source", {"since": since.date().isoformat()}, record=record)
            for record, since in report.published.missing
        ]
        report.findings = findings_of(self._place.database, self._registry.id)
        told = issues_of(self._place.database, report.run_id)
        if not report.complete:
            reasons = sorted({issue.code for issue in told if issue.severity is not Severity.INFO})
            notes.append(Issue("run_incomplete", {"detail": ", ".join(reasons)}))
        note_issues(self._place.database, report.run_id, notes)
        troubled = any(issue.severity is not Severity.INFO for issue in (*told, *notes))
        report.state = "succeeded_with_warnings" if troubled else "succeeded"


def _rules(registry: Registry, schema: str) -> str:
    """Return a hash of the code, tables and settings that answers are read by."""
    settings = registry.manifest.model_dump(mode="json", by_alias=True, exclude=_ONLY_PRACTICAL)
    told = orjson.dumps([fingerprint(registry.connector, schema), settings], option=orjson.OPT_SORT_KEYS)
    return blake2b(told, digest_size=16).hexdigest()


def _is_missed(row: Any) -> bool:
    """Tell whether an answer is not there that the run cannot do without: what it said before still stands."""
    return str(row.error).startswith("page_missing") and not _can_do_without(row)


def _can_do_without(row: Any) -> bool:
    return bool(row.request.get("aside")) and str(row.error).startswith("page_missing")
