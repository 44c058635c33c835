"""Keys of machines: scopes, ends, limits; and the commands that make accounts and keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient

from config.messages import CodedError
from config.settings import Settings
from harvester.workplace import Workplace
from portal.accounts.door import TurnedAway, turned_away
from portal.accounts.keys import Caller, listed_keys, make_key, needs_key, revoke_key
from portal.accounts.rates import Rates
from portal.accounts.secret import Secret
from store import clock
from store.api_keys import key_of
from store.audit import events
from tests.cli.calling import Caller as Command


@pytest.fixture
def client(place: Workplace) -> TestClient:
    """An application with one route that needs a key for checking."""
    app = FastAPI()
    app.state.database, app.state.key_rate = place.database, "3/minute"
    app.state.rates = Rates(place.database, Secret(place.settings))
    app.add_exception_handler(TurnedAway, turned_away)

    def who(caller: Annotated[Caller, Depends(needs_key("check"))]) -> str:
        return caller.actor

    app.add_api_route("/who", who)
    return TestClient(app)


def ask(client: TestClient, key: str) -> tuple[int, str]:
    found = client.get("/who", headers={"Authorization": f"Bearer {key}"} if key else {})
    return found.status_code, found.json() if found.status_code == 200 else found.json()["code"]


def test_a_key_opens_what_it_is_for_and_nothing_else(place: Workplace, client: TestClient) -> None:
    key, row = make_key(place.database, "test", "Contoh, nightly", ["check", "read"])
    other, _ = make_key(place.database, "test", "Contoh, copies", ["read"])
    assert ask(client, key) == (200, f"Contoh, nightly (key {row['prefix']})")
    assert ask(client, other) == (403, "scope_refused")
    for wrong in ("", "kk_", key[:-1], key[:-1] + ("A" if key[-1] != "A" else "B"), key.replace("kk_", "KK_")):
        assert ask(client, wrong) == (401, "key_needed")
    asked = client.get("/who", params={"key": key})
    assert asked.status_code == 401
    assert 'scope="check"' in asked.headers["www-authenticate"]
    assert listed_keys(place.database)[-1]["used_at"] is not None


def test_a_key_is_kept_as_a_hash_and_its_acts_are_audited(place: Workplace) -> None:
    key, row = make_key(place.database, "N. Operator", "Contoh", ["read"], days=1)
    kept = key_of(place.database, row["prefix"])
    assert kept is not None
    assert key.rpartition("_")[2] not in str(kept) + str(events(place.database))
    assert "secret" not in row
    assert [(event.actor, event.action) for event in events(place.database)] == [("N. Operator", "key_new")]


def test_a_key_ends_by_time_and_by_being_revoked(
    place: Workplace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    short, _ = make_key(place.database, "test", "short", ["check"], days=1)
    gone, row = make_key(place.database, "test", "gone", ["check"])
    revoke_key(place.database, "test", row["prefix"])
    assert ask(client, gone) == (401, "key_needed")
    assert ask(client, short)[0] == 200
    moment = clock.now() + timedelta(days=1)
    monkeypatch.setattr("portal.accounts.keys.now", lambda: moment)
    assert ask(client, short) == (401, "key_needed")


def test_a_key_may_ask_only_so_often(place: Workplace, client: TestClient) -> None:
    key, _ = make_key(place.database, "test", "eager", ["check"])
    calm, _ = make_key(place.database, "test", "calm", ["check"])
    assert [ask(client, key)[0] for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/who", headers={"Authorization": f"Bearer {key}"})
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert ask(client, calm)[0] == 200


def test_odd_keys_are_not_made(place: Workplace) -> None:
    unknown, title_wrong = "scope_unknown", "key_title_invalid"
    wrong = [("x", ["all"], unknown), ("x", [], unknown), (" ", ["read"], title_wrong), ("a\nb", ["read"], title_wrong)]
    for title, scopes, code in wrong:
        with pytest.raises(CodedError, match=code):
            make_key(place.database, "test", title, scopes)
    with pytest.raises(CodedError, match="key_unknown"):
        revoke_key(place.database, "test", "nobody")


def test_the_commands_make_accounts_and_keys(tmp_path: Path) -> None:
    call = Command(tmp_path / "home", tmp_path)
    made = call("account", "add", "hanako", "--role", "admin", "--shown", "架空 花子", "--as", "初期設定", "--json")
    assert made.document["role"] == "admin"
    assert len(made.document["new_password"]) >= 12
    assert call("account", "disable", "hanako", "--json").code == "last_admin"
    assert call("account", "add", "hanako", "--role", "viewer", "--json").code == "account_exists"
    assert call("account", "add", "taro@contoh.example", "--role", "operator", "--email", "taro@contoh.example",
                "--no-password").status == 0  # fmt: skip
    assert call("account", "role", "taro@contoh.example", "viewer", "--json").document["role"] == "viewer"
    reset = call("account", "reset", "hanako", "--json").document["new_password"]
    assert reset != made.document["new_password"]
    assert "架空 花子" in call("account", "list").text
    key = call("key", "new", "--title", "Contoh", "--scope", "read", "--days", "30", "--json").document
    assert key["key"].startswith(f"kk_{key['prefix']}_")
    assert call("key", "revoke", key["prefix"]).status == 0
    listed = call("key", "list", "--json")
    assert listed.document["keys"][0]["revoked_at"]
    assert key["key"] not in listed.text
    assert call("account", "forget", "taro@contoh.example", "--json").document == {"name": "taro@contoh.example"}
    place = Workplace.of(Settings(home=call.home))
    assert "初期設定" in {event.actor for event in events(place.database)}
    place.database.close()
