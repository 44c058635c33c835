"""Signing in with a password, sessions, their ends, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from config.demonstration import demo_accounts, mark_demo_home
from config.messages import CodedError
from config.settings import Settings
from harvester.workplace import Workplace
from portal.accounts import managing
from portal.accounts.rates import Rates
from portal.accounts.secret import Secret
from portal.application import application
from store import clock
from store.account_tables import Account, ApiKey, RateCount, SignIn
from store.audit import events
from store.tables import sql
from tests.portal.signing_in import HERE, PASSWORD, account, mark, mark_in, sign_in

WRONG = "not the password at all"


@pytest.fixture
def browser_of(place: Workplace) -> Iterator[TestClient]:
    app = application(place.settings, place.database)
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client


def cookies(place: Workplace) -> list[str]:
    with place.database.reading() as connection:
        return list(connection.execute(select(sql(SignIn).c.token)).scalars())


def later(monkeypatch: pytest.MonkeyPatch, **ahead: float) -> None:
    moment = clock.now() + timedelta(**ahead)
    for module in ("portal.accounts.sessions", "store.accounts", "store.rates", "portal.accounts.rates"):
        monkeypatch.setattr(f"{module}.now", lambda: moment)


def test_a_session_has_a_cookie_that_is_kept_as_a_hash_only(place: Workplace, browser_of: TestClient) -> None:
    account(place, "operator")
    sign_in(browser_of, "operator")
    token = browser_of.cookies["__Host-kakehashi"]
    assert cookies(place) == [sha256(token.encode()).hexdigest()]
    assert browser_of.get("/en/operators").status_code == 200
    page = browser_of.get("/en/sign-in")
    assert (page.status_code, page.headers["location"]) == (303, "/en/operators")


def test_cookies_are_closed_to_scripts_to_other_sites_and_to_plain_http(
    place: Workplace, browser_of: TestClient
) -> None:
    account(place, "viewer")
    door = browser_of.get("/ja/sign-in")
    sent = {"form": mark_in(door.text), "name": "viewer", "password": PASSWORD, "next": ""}
    done = browser_of.post("/ja/sign-in", data=sent)
    given = door.headers.get_list("set-cookie") + done.headers.get_list("set-cookie")
    assert [one.partition("=")[0] for one in given] == [
        "__Host-kakehashi-door", "__Host-kakehashi", "__Host-kakehashi-door",
    ]  # fmt: skip
    for one in given:
        parts = {part.strip().lower() for part in one.split(";")}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)


@pytest.mark.parametrize(
    ("base", "name"),
    [("http://127.0.0.1:8080", "kakehashi"), ("http://localhost", "kakehashi"),
     ("https://127.0.0.1", "__Host-kakehashi")],
)  # fmt: skip
def test_on_this_machine_plain_http_will_do(place: Workplace, base: str, name: str) -> None:
    account(place, "viewer")
    with TestClient(application(place.settings, place.database), base_url=base, follow_redirects=False) as client:
        sign_in(client, "viewer")
        assert name in client.cookies
        assert client.get("/en/operators").status_code == 200


def test_elsewhere_plain_http_will_not_do(place: Workplace) -> None:
    app = application(place.settings, place.database)
    with TestClient(app, base_url="http://registry.example", follow_redirects=False) as client:
        page = client.get("/en/sign-in")
        assert page.status_code == 403
        assert "https_needed" in page.text
        assert "__Host-" in page.headers["set-cookie"]


def test_signing_in_gives_a_new_session_and_ends_the_one_before(place: Workplace, browser_of: TestClient) -> None:
    account(place, "viewer")
    planted = "planted-by-somebody-else"
    browser_of.cookies.set("__Host-kakehashi", planted, domain="kakehashi.example", path="/")
    sign_in(browser_of, "viewer")
    (first,) = cookies(place)
    assert first != sha256(planted.encode()).hexdigest()
    token = browser_of.cookies["__Host-kakehashi"]
    page = browser_of.get("/en/account")
    again = {"form": mark_in(page.text), "name": "viewer", "password": PASSWORD, "next": ""}
    assert browser_of.post("/en/sign-in", data=again).status_code == 303
    (second,) = cookies(place)
    assert second not in {first, sha256(token.encode()).hexdigest()}


def test_signing_out_ends_the_session_on_the_server(place: Workplace, browser_of: TestClient) -> None:
    account(place, "viewer")
    sign_in(browser_of, "viewer")
    token = browser_of.cookies["__Host-kakehashi"]
    assert browser_of.post("/en/sign-out", data={"form": mark(browser_of)}).status_code == 303
    assert cookies(place) == []
    browser_of.cookies.set("__Host-kakehashi", token, domain="kakehashi.example", path="/")
    assert browser_of.get("/en/operators").status_code == 303


@pytest.mark.parametrize(("minutes", "still"), [(29, True), (31, False)])
def test_a_session_that_nobody_uses_is_over(
    place: Workplace, browser_of: TestClient, monkeypatch: pytest.MonkeyPatch, minutes: int, *, still: bool
) -> None:
    account(place, "viewer")
    sign_in(browser_of, "viewer")
    later(monkeypatch, minutes=minutes)
    assert (browser_of.get("/en/operators").status_code == 200) is still
    assert bool(cookies(place)) is still


def test_a_session_is_over_after_a_day_of_work_however_much_it_is_used(
    place: Workplace, browser_of: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(place, "viewer")
    sign_in(browser_of, "viewer")
    for turn in range(1, 8 * 60 // 25 + 1):
        later(monkeypatch, minutes=25 * turn)
        assert browser_of.get("/en/operators").status_code == 200
    later(monkeypatch, minutes=8 * 60 + 1)
    assert browser_of.get("/en/operators").status_code == 303


def test_a_closed_account_is_out_at_once_and_cannot_come_back(place: Workplace, browser_of: TestClient) -> None:
    account(place, "viewer")
    sign_in(browser_of, "viewer")
    managing.disable(place.database, "test", "viewer", disabled=True)
    assert browser_of.get("/en/operators").status_code == 303
    found = _try(browser_of, "viewer", PASSWORD)
    assert (found.status_code, "sign_in_wrong" in found.text) == (403, True)


def test_a_role_taken_away_holds_from_the_next_page_on(place: Workplace, browser_of: TestClient) -> None:
    account(place, "operator")
    sign_in(browser_of, "operator")
    managing.give_role(place.database, "test", "operator", "partner")
    assert browser_of.get("/en/operators").status_code == 403


def test_wrong_names_and_wrong_passwords_are_told_alike(place: Workplace, browser_of: TestClient) -> None:
    account(place, "viewer")
    managing.add(place.database, "test", "provided", "viewer", email="a@contoh.example")
    pages = []
    for name, password in (("viewer", WRONG), ("nobody", PASSWORD), ("provided", ""), ("provided", PASSWORD)):
        found = _try(browser_of, name, password)
        assert found.status_code == 403
        pages.append(found.text.replace(name, "").replace(mark_in(found.text), ""))
    assert len(set(pages)) == 1


def test_guessing_is_throttled_over_all_processes_and_forgiven_in_time(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(place, "viewer")
    processes = [
        TestClient(application(place.settings, place.database), base_url=HERE, follow_redirects=False) for _ in range(2)
    ]
    for turn in range(5):
        assert _try(processes[turn % 2], "viewer", WRONG).status_code == 403
    for process in processes:
        found = _try(process, "viewer", PASSWORD)
        assert (found.status_code, "sign_in_throttled" in found.text) == (429, True)
    account(place, "operator")
    sign_in(processes[0], "operator")
    later(monkeypatch, minutes=16)
    sign_in(processes[1], "viewer")


def test_what_is_counted_names_nobody(any_place: Workplace) -> None:
    rates = Rates(any_place.database, Secret(any_place.settings))
    assert [rates.hit("2/minute", "sign-in", "hanako", "203.0.113.9") for _ in range(2)] == [0, 0]
    assert 0 < rates.hit("2/minute", "sign-in", "hanako", "203.0.113.9") <= 60
    assert rates.full("2/minute", "sign-in", "hanako", "203.0.113.9") > 0
    assert rates.hit("2/minute", "sign-in", "taro", "203.0.113.9") == 0
    with any_place.database.reading() as connection:
        names = " ".join(connection.execute(select(sql(RateCount).c.name)).scalars())
    assert "hanako" not in names
    assert "203.0.113.9" not in names
    rates.forgive("2/minute", "sign-in", "hanako", "203.0.113.9")
    assert rates.hit("2/minute", "sign-in", "hanako", "203.0.113.9") == 0


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/ja/operators/runs?state=held", "/en/operators/runs?state=held"),
        ("https://elsewhere.example/", "/en/operators"),
        ("//elsewhere.example/en/", "/en/operators"),
        ("/en/\\elsewhere.example", "/en/operators"),
        ("/en//elsewhere.example", "/en/operators"),
        ("/en/x\r\nSet-Cookie: a=b", "/en/operators"),
        ("javascript:alert(1)", "/en/operators"),
        ("/oai", "/en/operators"),
    ],
)
def test_signing_in_leads_only_to_pages_of_the_portal(
    place: Workplace, browser_of: TestClient, asked: str, goes: str
) -> None:
    account(place, "viewer")
    page = browser_of.get("/en/sign-in", params={"next": asked})
    sent = {"form": mark_in(page.text), "name": "viewer", "password": PASSWORD, "next": asked}
    assert browser_of.post("/en/sign-in", data=sent).headers["location"] == goes


def test_a_password_is_changed_by_its_owner_only_with_the_old_one(place: Workplace, browser_of: TestClient) -> None:
    account(place, "viewer")
    sign_in(browser_of, "viewer")
    form = {"form": mark(browser_of)}
    fresh = "another sentence altogether"
    assert "password_wrong" in browser_of.post("/en/account/password", data={**form, "old": WRONG, "new": fresh}).text
    weak = browser_of.post("/en/account/password", data={**form, "old": PASSWORD, "new": "viewer-viewer-1"})
    assert "password_weak" in weak.text
    done = browser_of.post("/en/account/password", data={**form, "old": PASSWORD, "new": fresh})
    assert done.headers["location"] == "/en/sign-in?done=password"
    assert cookies(place) == []
    sign_in(browser_of, "viewer", fresh)


def test_no_secret_is_kept_in_the_open(place: Workplace, browser_of: TestClient) -> None:
    account(place, "viewer")
    sign_in(browser_of, "viewer")
    token = browser_of.cookies["__Host-kakehashi"]
    with place.database.reading() as connection:
        rows = [str(dict(row._mapping)) for table in (Account, SignIn, ApiKey, RateCount)
                for row in connection.execute(select(sql(table)))]  # fmt: skip
    kept = " ".join(rows) + " ".join(map(str, events(place.database)))
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept


def test_the_last_administrator_stays(place: Workplace) -> None:
    account(place, "admin")
    for act in (
        lambda: managing.give_role(place.database, "test", "admin", "viewer"),
        lambda: managing.disable(place.database, "test", "admin", disabled=True),
        lambda: managing.forget(place.database, "test", "admin"),
    ):
        with pytest.raises(CodedError, match="last_admin"):
            act()
    account(place, "admin", "second")
    managing.forget(place.database, "test", "admin")
    assert [row["name"] for row in managing.listed(place.database)] == ["second"]


def test_acts_on_accounts_carry_their_actor(place: Workplace) -> None:
    account(place, "admin")
    account(place, "viewer")
    app = application(place.settings, place.database)
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        sign_in(client, "admin")
        form = {"form": mark(client)}
        assert client.post("/ja/accounts/viewer/role", data={**form, "role": "operator"}).status_code == 303
        assert client.post("/ja/accounts/viewer/disable", data=form).status_code == 303
        assert "account_unknown" in client.post("/ja/accounts/none/enable", data=form).text
    told = [(event.actor, event.action, event.subject) for event in events(place.database)[:2]]
    assert told == [
        ("架空 admin (admin)", "account_disable", "viewer"), ("架空 admin (admin)", "account_role", "viewer"),
    ]  # fmt: skip


def test_accounts_of_the_demonstration_are_there_only(place: Workplace) -> None:
    one = demo_accounts()[0]
    with TestClient(application(place.settings, place.database), base_url="http://127.0.0.1") as client:
        assert one.password not in client.get("/ja/sign-in").text
    mark_demo_home(place.settings.home)
    with TestClient(application(place.settings, place.database), base_url="http://127.0.0.1") as client:
        assert one.password in client.get("/ja/sign-in").text
        client.follow_redirects = False
        sign_in(client, one.name, one.password)
    for leftover in place.settings.home.glob("DEMO*"):
        leftover.unlink()
    with TestClient(application(place.settings, place.database), base_url="http://127.0.0.1") as client:
        found = _try(client, one.name, one.password)
        assert (found.status_code, "sign_in_wrong" in found.text) == (403, True)


def test_a_demonstration_marks_no_other_database(place: Workplace) -> None:
    mark_demo_home(place.settings.home)
    address = f"sqlite:///{place.settings.home / 'kakehashi.sqlite'}"
    application(Settings(home=place.settings.home, database_url=address), place.database)
    assert managing.listed(place.database) == []


def _try(client: TestClient, name: str, password: str) -> Response:
    client.cookies.clear()
    form = mark_in(client.get("/en/sign-in").text)
    return client.post("/en/sign-in", data={"form": form, "name": name, "password": password, "next": ""})
