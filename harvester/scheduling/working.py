"""Working on its own: watching the schedules, looking after lost runs, and keeping a crew of workers.

Any number of these may run on one database, on one machine or several. One of them watches the schedules; all have
workers. APScheduler only ticks: its single job asks the schedule table what is due.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from config.messages import CodedError, Issue
from harvester.running.presence import bury_dead
from harvester.scheduling.crew import Crew, own_name
from harvester.scheduling.queues import QueueName, queue_of
from harvester.scheduling.rounds import Ahead, Rounds
from harvester.scheduling.ticking import tick
from harvester.watching.diary import Diary
from harvester.watching.health import Pulse
from harvester.watching.posting import post_round
from harvester.workplace import Workplace
from store.clock import now
from store.queue import PutBack, put_back, queued_count, runs_of_worker, silent_runs, waiting_runs
from store.turns import turn

_ROUND = 10.0
_LOOK = 0.25
_SUSPICION = 15.0
_JUMP = 5.0
_LONGEST_STOP = 25
"""Seconds: the patience with workers, and what ending them and putting their runs back may take."""
_JOB = "round"
_POST = "post"
_AHEAD = "ahead"


class Watch:
    """The rounds of a process: whose turn it is, what is due, which runs have lost their worker."""

    def __init__(
        self,
        place: Workplace,
        queue: QueueName,
        diary: Diary,
        clock: Callable[[], datetime] = now,
        pulse: Pulse | None = None,
    ) -> None:
        self._place, self._diary, self._clock = place, diary, clock
        self._pulse = pulse or Pulse()
        self._holder = own_name()
        self._turn = turn(place.database, "schedules", self._holder, clock)
        self._queue = queue_of(queue, place, diary, self._holder)
        self._rounds = Rounds(place)
        self._ahead = Ahead(place)
        self._had_turn: bool | None = None
        self._suspects: dict[int, tuple[datetime, float]] = {}
        self._told: set[str] = set()

    def round(self) -> list[int]:
        """Do what is due if it is this process's turn, and return the runs that were queued.

        Faults are told, once until they are over, and left to the next round.
        """
        try:
            return self._round()
        except CodedError as error:
            self._tell_once(error.issues[0])
            return []

    def _round(self) -> list[int]:
        mine = self._turn.held()
        self._pulse.went_round(watches=mine)
        if mine is not self._had_turn:
            self._had_turn = mine
            told = {"holder": self._holder} if mine else {}
            self._diary.tell("turn_taken" if mine else "turn_elsewhere", **told)
        if not mine:
            self._suspects = {}
            return []
        bury_dead(self._place)
        ticked = tick(self._place, self._clock())
        for issue in ticked.notes:
            self._tell_once(issue) if issue.code == "schedule_invalid" else self._diary.note(issue)
        for run_id in ticked.runs:
            self._queue.enqueue(run_id)
        self._find_lost()
        self._queue.sweep(waiting_runs(self._place.database))
        for issue in self._rounds.go():
            self._diary.note(issue)
        self._told &= {issue.text("en") for issue in ticked.notes}
        return ticked.runs

    def work_ahead(self, stopping: Callable[[], bool]) -> None:
        """Do what nobody waits for, if it is this process's turn. Faults are told, and left to the next time."""
        if not self._had_turn:
            return
        try:
            for issue in self._ahead.go(stopping):
                self._diary.note(issue)
        except CodedError as error:
            self._tell_once(error.issues[0])

    def announce(self, back: list[PutBack], *, stopped: bool = False) -> None:
        """Tell what became of runs whose worker is gone, and hand out again those that wait."""
        for one in back:
            self._diary.note(_told_of(one, stopped=stopped))
            if one.state == "queued" and not stopped:
                try:
                    self._queue.enqueue(one.run_id)
                except CodedError as error:
                    self._tell_once(error.issues[0])

    def release(self) -> None:
        """Let another process watch."""
        self._turn.release()

    def _find_lost(self) -> None:
        """Put back runs without a heartbeat for a minute that have still none a little later.

        The second look spares runs that could not beat because the database was busy, or that a jump of the clock
        made look old.
        """
        silent = silent_runs(self._place.database, self._clock())
        moment = time.monotonic()
        known = {run: (beat, since) for run, (beat, since) in self._suspects.items() if silent.get(run) == beat}
        self._suspects = {run: known.get(run, (beat, moment)) for run, beat in silent.items()}
        for run, (beat, since) in list(self._suspects.items()):
            if moment - since >= _SUSPICION and (back := put_back(self._place.database, run, beat=beat)):
                self.announce([back])

    def _tell_once(self, issue: Issue) -> None:
        if (text := issue.text("en")) not in self._told:
            self._told.add(text)
            self._diary.note(issue)


def work(place: Workplace, queue: QueueName, workers: int, diary: Diary) -> None:
    """Watch the schedules and keep workers until SIGTERM or Ctrl-C. Raises `CodedError` when it cannot begin."""
    crew = Crew(place, queue, 0 if queue == "inline" else workers, diary)
    pulse = Pulse(lambda: len(crew.names), 0 if queue == "inline" else workers)
    watch = Watch(place, queue, diary, pulse=pulse)
    with _told_to_stop() as stopping, ExitStack() as open_port:
        _tell_beginning(place, queue, workers, diary)
        if place.settings.health_port:
            from harvester.watching.lookout import lookout  # noqa: PLC0415  loaded only where it is used

            open_port.enter_context(lookout(place, pulse, diary, place.settings.health_port))
        jobs = {
            _JOB: watch.round,
            _POST: lambda: post_round(place, diary),
            _AHEAD: lambda: watch.work_ahead(stopping),
        }
        scheduler = _ticking(jobs)
        steady = Steady(diary)
        try:
            crew.start()
            while not stopping():
                time.sleep(_LOOK)
                pulse.turned()
                watch.announce(crew.watch())
                if steady.jumped():
                    scheduler.modify_job(_JOB, next_run_time=datetime.now(UTC))
        finally:
            diary.tell("work_stopping", seconds=_LONGEST_STOP)
            scheduler.shutdown(wait=False)
            watch.announce(crew.stop(), stopped=True)
            watch.release()
            diary.tell("work_stopped")


def work_once(place: Workplace, queue: QueueName, workers: int, diary: Diary) -> list[int]:
    """Queue what is due now, execute all that waits, and return the runs; SIGTERM ends it early."""
    watch = Watch(place, queue, diary)
    crew = Crew(place, queue, workers, diary)
    _tell_beginning(place, queue, workers, diary)
    waiting = waiting_runs(place.database)
    with _told_to_stop() as stopping:
        runs = {*waiting, *watch.round()}
        if queue != "inline" and runs:
            crew.start()
            last = time.monotonic()
            try:
                while not stopping() and _under_way(place, crew):
                    time.sleep(_LOOK)
                    watch.announce(crew.watch())
                    if time.monotonic() - last > _ROUND:
                        watch.round()
                        last = time.monotonic()
            finally:
                watch.announce(crew.stop(), stopped=True)
        watch.work_ahead(stopping)
    watch.release()
    post_round(place, diary)
    diary.tell("work_stopped")
    return sorted(runs)


def _under_way(place: Workplace, crew: Crew) -> bool:
    database = place.database
    try:
        return queued_count(database) > 0 or any(runs_of_worker(database, name) for name in crew.names)
    except CodedError:
        return True


def _tell_beginning(place: Workplace, queue: QueueName, workers: int, diary: Diary) -> None:
    database = "SQLite" if place.database.is_sqlite else "PostgreSQL"
    diary.tell("work_started", queue=queue, workers=0 if queue == "inline" else workers, database=database)


def _ticking(jobs: dict[str, Callable[[], object]]) -> BackgroundScheduler:
    """Start APScheduler with its jobs: the round, and the post and the work ahead, which never keep the round up."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=UTC, daemon=True)
    for name, job in jobs.items():
        scheduler.add_job(
            job,
            "interval",
            seconds=_ROUND,
            id=name,
            next_run_time=datetime.now(UTC) + timedelta(milliseconds=1),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler


class Steady:
    """Notices when the wall clock jumps against the one that cannot."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._offset = time.time() - time.monotonic()

    def jumped(self) -> bool:
        """Tell whether it has, since the last call."""
        offset = time.time() - time.monotonic()
        jump, self._offset = offset - self._offset, offset
        if abs(jump) < _JUMP:
            return False
        self._diary.tell("clock_jumped", seconds=round(jump))
        return True


@contextmanager
def _told_to_stop() -> Iterator[Callable[[], bool]]:
    """Give a question whether SIGTERM or SIGINT has come, in place of what they do otherwise."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  as signal handlers are called
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_BACK = {"queued": "run_requeued", "lost": "run_given_up", "succeeded_with_warnings": "run_closed_late"}


def _told_of(back: PutBack, *, stopped: bool) -> Issue:
    code = "run_given_back" if stopped and back.state == "queued" else _BACK[back.state]
    told = {"registry": back.registry, "run": back.run_id, "attempt": back.attempt, "worker": back.worker or "-"}
    return Issue(code, told)
