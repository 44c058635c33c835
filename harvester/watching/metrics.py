"""Metrics in the words of Prometheus: counted in the database at each look, beside a few of this process's own.

Every process that works on one database tells the same of it; whoever watches several takes one of them, or the
maximum. Registries that were accepted and never had a good run are as old as can be.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from config.messages import CodedError
from harvester.accepting import accepted_registries
from harvester.watching.health import Pulse
from harvester.workplace import Workplace
from store.clock import now
from store.figures import OUTCOMES, Figures, figures
from store.tables import RUN_STATES

_NEVER = float("inf")
_RECORD_STATES = ("live", "missing", "retired")
_OUTBOX_STATES = ("waiting", "sent", "given_up")


class Metrics:
    """The metrics of a working process."""

    def __init__(self, place: Workplace, pulse: Pulse) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Told(place, pulse))
        ProcessCollector(namespace="kakehashi", registry=self._registry)

    def exposed(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics in the form that an asker accepts, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


class _Told(Collector):
    """Gathers everything anew each time."""

    def __init__(self, place: Workplace, pulse: Pulse) -> None:
        self._place, self._pulse = place, pulse

    def collect(self) -> Iterable[Metric]:
        yield from _of_process(self._pulse)
        with suppress(OSError):
            free = shutil.disk_usage(self._place.settings.home).free
            yield _gauge("kakehashi_home_free_bytes", "Room on the disk of the home.", free)
        try:
            registries = sorted(accepted_registries(self._place))
            found = figures(self._place.database)
        except CodedError:
            yield _gauge("kakehashi_database_up", "Whether the database could be asked.", 0)
            return
        yield _gauge("kakehashi_database_up", "Whether the database could be asked.", 1)
        yield from _of_runs(found, registries, now())
        yield from _of_records(found)
        yield from _of_outbox(found, now())


def _of_process(pulse: Pulse) -> Iterator[Metric]:
    yield _gauge("kakehashi_watches_schedules", "Whether this process has the turn to watch schedules.", pulse.watches)
    yield _gauge("kakehashi_round_age_seconds", "Time since this process's last round.", pulse.round_age)
    yield _gauge("kakehashi_workers", "Worker processes of this process.", pulse.workers())
    yield _gauge("kakehashi_workers_wanted", "Worker processes that it should have.", pulse.wanted_workers)


def _of_runs(found: Figures, registries: list[str], moment: datetime) -> Iterator[Metric]:
    runs = GaugeMetricFamily("kakehashi_runs", "Runs by registry and state.", labels=("registry", "state"))
    names = sorted({*registries, *(name for name, _ in found.runs)})
    for name in names:
        for state in RUN_STATES:
            runs.add_metric((name, state), found.runs.get((name, state), 0))
    yield runs
    age = GaugeMetricFamily(
        "kakehashi_last_good_run_age_seconds", "Time since a complete run of the registry was published or found "
        "everything unchanged; +Inf for one that never had any.", labels=("registry",)
    )  # fmt: skip
    for name in registries:
        age.add_metric((name,), _age(found.last_good.get(name), moment, _NEVER))
    yield age
    depth = sum(number for (_, state), number in found.runs.items() if state == "queued")
    yield _gauge("kakehashi_queue_depth", "Runs that wait.", depth)
    queued = _age(found.queued_since, moment, 0)
    yield _gauge("kakehashi_queue_age_seconds", "How long the first of them has waited; 0 without any.", queued)
    beat = _age(found.quietest_beat, moment, 0)
    yield _gauge(
        "kakehashi_heartbeat_age_seconds", "Age of the oldest heartbeat of a running run; 0 without any.", beat
    )
    trips = CounterMetricFamily("kakehashi_gate_trips", "Gates that held a run.", labels=("registry", "gate"))
    for (name, gate), number in sorted(found.gates.items()):
        trips.add_metric((name, gate), number)
    yield trips
    missed = CounterMetricFamily("kakehashi_missed_slots", "Slots that passed without a run.", labels=("registry",))
    for name in names:
        missed.add_metric((name,), found.missed.get(name, 0))
    yield missed


def _of_records(found: Figures) -> Iterator[Metric]:
    records = GaugeMetricFamily("kakehashi_records", "Records by state.", labels=("registry", "state"))
    for name in sorted({name for name, _ in found.records}):
        for state in _RECORD_STATES:
            records.add_metric((name, state), found.records.get((name, state), 0))
    yield records
    outcomes = CounterMetricFamily(
        "kakehashi_run_records", "What became of records in good runs.", labels=("registry", "outcome")
    )
    for name in sorted({name for name, _ in found.outcomes}):
        for outcome in OUTCOMES:
            outcomes.add_metric((name, outcome), found.outcomes.get((name, outcome), 0))
    yield outcomes
    yield _gauge("kakehashi_publication_sequence", "Number of the last publication.", found.sequence)


def _of_outbox(found: Figures, moment: datetime) -> Iterator[Metric]:
    outbox = GaugeMetricFamily("kakehashi_outbox", "Notices by state.", labels=("state",))
    for state in _OUTBOX_STATES:
        outbox.add_metric((state,), found.outbox.get(state, 0))
    yield outbox
    waits = _age(found.outbox_since, moment, 0)
    yield _gauge("kakehashi_outbox_age_seconds", "How long the oldest unsent notice has waited; 0 without any.", waits)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=float(value))


def _age(since: datetime | None, moment: datetime, without: float) -> float:
    return without if since is None else max((moment - since).total_seconds(), 0.0)
