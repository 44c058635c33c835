"""Pending, accepted, refused: nobody is asked for anything before a person said so, and not after one took it back."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from alembic import command
from sqlalchemy import insert, text

from config.messages import CodedError
from config.settings import Settings
from connectors.discovery import registry
from harvester.accepting import accept_all, accepted_registries, decide_on, require_accepted
from harvester.scheduling.execution import execute
from harvester.scheduling.ticking import run_now, tick, views
from harvester.scheduling.timetable import zone_of
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.acceptances import standing_verdicts, verdicts_on
from store.clock import now
from store.queue import claim
from store.runs import audit_events, issues_of, run
from store.schema import alembic_config, migrate
from store.tables import Registry, Run, sql
from tests.cli.calling import Caller
from tests.harvester.scripted import script
from tests.harvester.situations import contents, rows


@pytest.fixture
def listed(throwaway: None, tmp_path: Path) -> Path:
    """A registry list with one registry in a folder, and one that is switched off."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "list.json").write_bytes(script(["Kursus Contoh"]))
    row = {"connector": "plain", "options": {"folder": str(source)}}
    file = tmp_path / "registries.yaml"
    file.write_text(yaml.safe_dump({"contoh": row, "mati": {**row, "active": False}}))
    return file


@pytest.fixture
def call(listed: Path, tmp_path: Path) -> Caller:
    return Caller(tmp_path / "home", tmp_path, {"KAKEHASHI_REGISTRIES_FILE": str(listed)})


def place_of(call: Caller) -> Workplace:
    return Workplace.of(Settings(home=call.home, registries_file=Path(call.changes["KAKEHASHI_REGISTRIES_FILE"])))


def codes_of(told: pytest.ExceptionInfo[CodedError]) -> list[str]:
    return [issue.code for issue in told.value.issues]


def test_a_pending_registry_can_be_previewed_and_nothing_else(call: Caller) -> None:
    states = {row["registry"]: row["state"] for row in call("registries", "--json").document["registries"]}
    assert states["contoh"] == states["mati"] == states["joined"] == "pending"
    before = contents(place_of(call))
    assert call("harvest", "contoh", "--preview", "3", "--json").document["state"] == "succeeded"
    for line in ("harvest contoh", "schedule run-now contoh", "schedule pause contoh"):
        done = call(*line.split(), "--json")
        assert (done.status, done.code) == (1, "registry_pending")
        assert "kakehashi registry accept contoh" in done.document["error"][0]["fix"]["en"]
    assert call("schedule", "--json").document["schedules"] == []
    assert contents(place_of(call)) == before


def test_acceptance_opens_the_door_and_refusal_shuts_it_with_who_when_and_why(call: Caller) -> None:
    done = call("registry", "accept", "contoh", "--why", "規約を確認", "--as", "委員 一号", "--json")
    (told,) = done.document["registries"]
    assert (told["state"], told["actor"], told["why"]) == ("active", "委員 一号", "規約を確認")
    assert [row["registry"] for row in call("schedule", "--json").document["schedules"]] == ["contoh"]
    assert call("harvest", "contoh", "--json").document["state"].startswith("succeeded")
    assert call("registry", "accept", "contoh", "--why", "again", "--json").code == "registry_accepted_already"
    assert call("registry", "refuse", "contoh", "--why", " ", "--json").code == "reason_missing"
    assert call("registry", "refuse", "contoh", "--why", "asked to wait", "--as", "B").status == 0
    for line in ("harvest contoh", "retry 1"):
        refused = call(*line.split(), "--json")
        assert (refused.status, refused.code) == (1, "registry_refused")
        assert "asked to wait" in refused.document["error"][0]["text"]["en"]
    assert call("schedule", "--json").document["schedules"] == []
    assert call("registries", "--json").document["registries"][0]["records"] == 1, "what is public stays"
    history = call("registry", "history", "contoh", "--json").document
    assert [(row["verdict"], row["actor"]) for row in history["decisions"]] == [
        ("accepted", "委員 一号"),
        ("refused", "B"),
    ]
    acts = [event["action"] for event in audit_events(place_of(call).database)]
    assert (acts.count("registry_accepted"), acts.count("registry_refused")) == (1, 1)


def test_a_row_that_is_not_active_stays_off_after_acceptance_and_a_connector_without_a_row_goes_on(
    call: Caller,
) -> None:
    place = place_of(call)
    assert call("registry", "accept", "mati", "joined", "--why", "both looked at").status == 0
    assert call("harvest", "mati", "--json").code == "registry_off"
    require_accepted(place, registry("joined", place.settings.registries_file))
    states = {row["registry"]: row["state"] for row in views(place, now(), zone_of("UTC"))}
    assert states == {"joined": "no_address", "mati": "off"}
    assert set(accepted_registries(place)) == {"joined", "mati"}


def test_either_all_registries_of_an_order_are_judged_or_none(call: Caller) -> None:
    place = place_of(call)
    with pytest.raises(CodedError) as told:
        decide_on(place, "A", ["contoh", "nowhere"], "accepted", "both")
    assert codes_of(told) == ["registry_unknown"]
    assert standing_verdicts(place.database) == {}
    accept_all(place, "A", [registry("contoh", place.settings.registries_file)], "first")
    accept_all(place, "A", [registry("contoh", place.settings.registries_file)], "second")
    assert [row["reason"] for row in verdicts_on(place.database, "contoh")] == ["first"]


def test_runs_that_wait_when_their_registry_is_refused_are_cancelled_and_a_claimed_one_asks_nothing(
    call: Caller,
) -> None:
    place = place_of(call)
    decide_on(place, "A", ["contoh"], "accepted", "yes")
    waiting = run_now(place, "A", "contoh")
    decide_on(place, "A", ["contoh"], "refused", "no")
    assert run(place.database, waiting)["state"] == "cancelled"
    assert tick(place, now()).runs == []
    decide_on(place, "A", ["contoh"], "accepted", "yes after all")
    claimed = claim(place.database, "worker", run_now(place, "A", "contoh"))
    assert claimed
    decide_on(place, "A", ["contoh"], "refused", "no after all")
    assert execute(place, claimed, Diary(), lambda: None) is None
    assert run(place.database, claimed.run_id)["state"] == "failed"
    assert [issue.code for issue in issues_of(place.database, claimed.run_id)] == ["registry_refused"]
    assert rows(place, "fetch") == []


def test_the_migration_accepts_what_was_harvested_before(any_place: Workplace) -> None:
    database = any_place.database
    config = alembic_config(database)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0010")
        connection.commit()
        connection.execute(insert(sql(Registry)).values([{"id": name, "connector": "mqa"} for name in ("old", "new")]))
        values = {"registry_id": "old", "state": "failed", "actor": "A", "address": "", "fingerprint": "",
                  "queued_at": now(), "attempt": 1, "counts": {}, "findings": {}}  # fmt: skip
        connection.execute(insert(sql(Run)).values(values))
        connection.commit()
    migrate(database)
    standing = standing_verdicts(database)
    assert {name: row["verdict"] for name, row in standing.items()} == {"old": "accepted"}
    assert standing["old"]["at"].tzinfo is not None
    with database.reading() as connection:
        assert connection.execute(text("SELECT run_id, state, told FROM notice_look")).all() == [(1, "failed", None)]
