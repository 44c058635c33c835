"""`kakehashi doctor`: each thing that can be wrong is found, said with its fix, and shown without its secrets."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from config.messages import Issue
from connectors.contract import Registry
from connectors.discovery import registry
from harvester.crawling.asking import Asking, shape_trouble
from harvester.workplace import Workplace
from store.runs import open_run
from tests.cli.calling import Caller
from tests.harvester.loopback import Loopback, answer
from tests.harvester.situations import server

__all__ = ["server"]
SECRET = "a-password-that-nobody-may-see"


def findings(caller: Caller, *arguments: str) -> dict[str, dict[str, Any]]:
    told = caller("doctor", "--json", *arguments)
    document = told.document
    assert told.status == (0 if document["good"] else 3)
    assert document["good"] is not any(one["severity"] in {"error", "stop"} for one in document["findings"])
    assert all(one["fix"]["ja"] and one["fix"]["en"] for one in document["findings"])
    return {one["code"]: one for one in document["findings"]}


def test_an_empty_deployment_is_told_what_to_set_and_nothing_is_made(fresh: Caller) -> None:
    found = findings(fresh)
    assert {"setting_is_example", "doctor_no_database", "address_unset", "doctor_address"} <= found.keys()
    assert not fresh.home.exists()


def test_people_read_marks_parts_and_fixes_in_their_language(fresh: Caller) -> None:
    told = fresh("doctor", "--lang", "ja")
    assert told.status == 0
    assert "データベースはまだありません" in told.text
    assert "→ 実際の公開アドレスと連絡先を設定してください" in told.text
    assert "1 to mend" in fresh.with_(KAKEHASHI_DATABASE_URL="mysql://x")("doctor").text
    assert "0 to mend" in fresh("doctor").text


def test_secrets_are_never_shown(fresh: Caller, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET)
    file.chmod(0o644)
    caller = fresh.with_(
        KAKEHASHI_DATABASE_URL=f"postgresql://kakehashi:{SECRET}@127.0.0.1:9/kakehashi?password={SECRET}",
        KAKEHASHI_TOKEN_KEY=SECRET,
        KAKEHASHI_WEBHOOK_SECRET_FILE=str(file),
    )
    for told in (caller("doctor"), caller("doctor", "--json")):
        assert SECRET not in told.text + told.err
        assert told.status == 3
    found = findings(caller)
    assert found["database_unreachable"]["part"] == "database"
    assert found["secret_open"]["params"] == {"file": str(file), "mode": "644"}
    assert str(file) in found["doctor_secret"]["params"]["source"]


def test_a_misspelt_setting_is_found_with_the_nearest_name(fresh: Caller) -> None:
    told = findings(fresh.with_(KAKEHASHI_REGISTRY_FILE="x"))["setting_unknown"]
    assert told["params"] == {"name": "KAKEHASHI_REGISTRY_FILE", "near": "KAKEHASHI_REGISTRIES_FILE"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"KAKEHASHI_OAI_PAGE_SIZE": "many"}, "setting_invalid"),
        ({"KAKEHASHI_HOME": "/proc/kakehashi"}, "home_unwritable"),
        ({"KAKEHASHI_SMTP_HOST": "mail.example", "KAKEHASHI_SMTP_USER": "me"}, "secret_unset"),
        ({"KAKEHASHI_NOTIFY_WEBHOOK": "https://hook.example/"}, "secret_unset"),
        ({"KAKEHASHI_REGISTRIES_FILE": "/nowhere/registries.yaml"}, "registry_file_invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_thing_that_is_wrong_is_found(fresh: Caller, changes: dict[str, str], code: str) -> None:
    assert code in findings(fresh.with_(**changes))


def test_a_standing_database_is_looked_at_and_left_as_it_is(place: Workplace, fresh: Caller) -> None:
    caller = fresh.with_(KAKEHASHI_HOME=str(place.settings.home))
    assert findings(caller)["doctor_database"]["params"]["standing"] == "current"
    file = place.settings.home / "kakehashi.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '0005'")
    assert findings(caller)["doctor_database"]["params"]["standing"] == "behind"
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0005",)
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert findings(caller)["schema_not_current"]["severity"] == "error"


def test_a_clock_that_is_behind_what_the_database_holds_is_found(place: Workplace, fresh: Caller) -> None:
    open_run(place.database, registry="mqa", connector="mqa", actor="test", address="", fingerprint="")
    with sqlite3.connect(place.settings.home / "kakehashi.sqlite") as database:
        database.execute("UPDATE run SET queued_at = '2199-01-01 00:00:00.000000'")
    found = findings(fresh.with_(KAKEHASHI_HOME=str(place.settings.home)))
    assert found["clock_behind"]["part"] == "clock"


@pytest.mark.postgres
def test_postgresql_is_asked_for_version_encoding_clock_and_its_tools(postgres_address: str, fresh: Caller) -> None:
    found = findings(fresh.with_(KAKEHASHI_DATABASE_URL=postgres_address))
    assert found["doctor_database"]["params"]["engine"] == "PostgreSQL"
    assert found["doctor_database"]["params"]["standing"] == "empty"
    assert "doctor_clock" in found
    assert {"doctor_tool", "database_tool_missing", "dump_tool_old"} & found.keys()


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://registry.example/list", True), ("http://registry.example:80/", True),
        ("https://[2001:4860::1]/", True),
        ("ftp://registry.example/", False), ("registry.example", False), ("https://registry.example:8443/", False),
        ("https://me:word@registry.example/", False), ("http://127.0.0.1/", False), ("http://localhost/", False),
        ("http://0x7f.1/", False), ("http://2130706433/", False), ("http://[::1]/", False), ("http://10.0.0.8/", False),
        ("http://[::ffff:169.254.169.254]/", False), ("http://registry.example:port/", False),
    ],
)  # fmt: skip
def test_addresses_are_looked_at_as_they_are_written(url: str, fine: bool) -> None:  # noqa: FBT001
    assert (shape_trouble(url) is None) is fine


def asked(server: Loopback, *, allow_loopback: bool = True, path: str = "/list") -> Issue:
    plain = registry("mqa")
    polite = plain.manifest.politeness.model_copy(update={"delay": 0.2})
    manifest = plain.manifest.model_copy(update={"address": server.url(path), "politeness": polite})
    return Asking("Kakehashi/test", allow_loopback).ask(Registry("mqa", "mqa", manifest))


def test_an_address_is_asked_politely_and_once(server: Loopback) -> None:
    server.routes |= {"/robots.txt": answer("User-agent: *\nCrawl-delay: 0.5\n"), "/list": answer("")}
    told = asked(server)
    assert (told.code, told.params["status"]) == ("doctor_asked", 200)
    assert [(one.method, one.path) for one in server.asked] == [("GET", "/robots.txt"), ("HEAD", "/list")]
    assert server.asked[1].at - server.asked[0].at >= 0.5
    assert {one.headers.get("user-agent", one.headers.get("User-Agent")) for one in server.asked} == {"Kakehashi/test"}


def test_what_robots_forbid_is_not_asked(server: Loopback) -> None:
    server.routes["/robots.txt"] = answer("User-agent: *\nDisallow: /\n")
    assert asked(server).code == "robots_refused"
    server.routes["/robots.txt"] = answer("", 503)
    assert asked(server).code == "robots_refused"
    assert server.paths() == []


def test_an_address_that_is_not_public_is_never_connected_to(server: Loopback) -> None:
    assert asked(server, allow_loopback=False).code == "address_not_public"
    assert server.connections == 0


def test_redirects_are_told_and_not_followed_and_trouble_is_told(server: Loopback) -> None:
    server.routes |= {"/robots.txt": answer("", 404), "/list": answer("", 302, Location="/elsewhere")}
    assert asked(server).params["status"] == 302
    assert "/elsewhere" not in server.paths()
    assert asked(server, path="/gone").code == "address_unanswered"


def test_asking_is_a_part_of_the_command(fresh: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def ask(self: Asking, source: Registry) -> Issue:
        told.append(source.id)
        return Issue("doctor_asked", {"registry": source.id, "url": "-", "status": 200, "seconds": 0.1})

    monkeypatch.setattr(Asking, "ask", ask)
    assert "doctor_asked" not in findings(fresh)
    assert "doctor_asked" in findings(fresh, "--ask")
    assert told == ["europass", "nzqa"]
