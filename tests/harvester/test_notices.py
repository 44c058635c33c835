"""Notices about runs: which are told, that none is lost or told twice, and that mails and signed posts arrive."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from aiosmtpd.controller import Controller
from sqlalchemy import insert, update

from config.messages import CodedError, Issue
from config.settings import Settings, read_settings
from harvester.watching import posting
from harvester.watching.noticing import kind_of, look_at_runs
from harvester.watching.posting import post_round, send_due, signature
from harvester.workplace import Workplace
from store.clock import now
from store.notices import keep_look, notices, take_due, unseen_runs
from store.runs import close_run, note_issues
from store.tables import Registry, Run, sql
from tests.cli.calling import Caller
from tests.harvester.situations import ROOT

SECRET = "rahsia-contoh-untuk-ujian"


class Mailbox:
    """A mail server on loopback that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusing = False

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802, ARG002  so called
        if self.refusing:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 OK"


class Receiver(BaseHTTPRequestHandler):
    """Keeps every post, and answers as it is told to."""

    posts: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    statuses: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posts.append((dict(self.headers), body))
        self.send_response(self.statuses.pop(0) if self.statuses else 204)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.posts.clear()
    Receiver.statuses.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/notices"
    server.shutdown()
    thread.join()
    server.server_close()


def listed(folder: Path, **notify: Any) -> Path:
    file = folder / "registries.yaml"
    file.write_text(yaml.safe_dump({"contoh": {"connector": "plain", "notify": notify}}), encoding="utf-8")
    return file


PlaceOf = Callable[..., Workplace]


@pytest.fixture
def place_of(throwaway: None, tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[PlaceOf]:
    """Makes a deployment with one registry, its policy, and this test's mail server."""
    made: list[Workplace] = []

    def make(address: str | None = None, **notify: Any) -> Workplace:
        settings = Settings(
            home=tmp_path / "home", database_url=address, registries_file=listed(tmp_path, **notify),
            smtp_host="127.0.0.1", smtp_port=mailbox[1], smtp_security="none", webhook_secret=SECRET,
        )  # fmt: skip
        made.append(Workplace.of(settings))
        return made[-1]

    yield make
    for place in made:
        place.database.close()


def ended(place: Workplace, state: str, *codes: str, **counts: int) -> int:
    """Write down a run that ended so."""
    with place.database.writing() as connection:
        if not connection.execute(sql(Registry).select()).first():
            connection.execute(insert(sql(Registry)).values(id="contoh", connector="plain"))
        values = {"registry_id": "contoh", "state": "running", "actor": "test", "address": "", "fingerprint": "",
                  "queued_at": now(), "counts": {}, "findings": {}}  # fmt: skip
        run_id = connection.execute(insert(sql(Run)).values(values).returning(sql(Run).c.id)).scalar_one()
    note_issues(place.database, run_id, [Issue(code, {"detail": "perubahan"}) for code in codes])
    close_run(place.database, run_id, state, counts=counts)
    return int(run_id)


STORY = [
    "failed",
    "failed",
    "held",
    "lost",
    "succeeded",
    "succeeded*",
    "cancelled",
    "failed",
    "succeeded_with_warnings*",
]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("never", [None] * 9),
        ("on_failure", ["failed", None, "held", None, "recovered", None, None, "failed", "recovered"]),
        ("on_failure_or_change", ["failed", None, "held", None, "recovered", "changed", None, "failed", "recovered"]),
        ("always", ["failed", "failed", "held", "failed", "recovered", "changed", None, "failed", "recovered"]),
    ],
)
def test_the_first_failure_and_the_recovery_are_told_and_not_every_repeat(when: str, told: list[str | None]) -> None:
    looks: list[tuple[str, str | None]] = []
    for step in STORY:
        state = step.rstrip("*")
        looks.insert(0, (state, kind_of(when, state, looks, changed=step.endswith("*"))))
    assert [kind for _, kind in reversed(looks)] == told


def test_each_run_is_looked_at_once_in_each_state_it_ends_in_on_both_databases(
    any_place: Workplace, throwaway: None, tmp_path: Path
) -> None:
    settings = any_place.settings.model_copy(update={
        "registries_file": listed(tmp_path, mail=["a@contoh.example", "b@contoh.example"])})  # fmt: skip
    place = Workplace(settings, any_place.database, any_place.payloads)
    run_id = ended(place, "held", "structure_changed")
    assert len(look_at_runs(place)) == 2
    assert look_at_runs(place) == []
    row = {"id": run_id, "state": "held", "registry_id": "contoh"}
    assert keep_look(place.database, row, "held", [], "") == [], "another process looked first"
    close_run(place.database, run_id, "succeeded_with_warnings", counts={"new": 1})
    assert [row["state"] for row in unseen_runs(place.database)] == ["succeeded_with_warnings"]
    look_at_runs(place)
    assert sorted(row["kind"] for row in notices(place.database)) == ["held", "held", "recovered", "recovered"]


def test_a_mail_says_in_both_languages_what_happened_why_and_what_to_do(
    place_of: PlaceOf, mailbox: tuple[Mailbox, int]
) -> None:
    place = place_of(mail=["petugas@contoh.example"])
    run_id = ended(place, "held", "structure_changed")
    (done,) = post_round(place)
    assert done.code == "notice_sent"
    (mail,) = mailbox[0].mails
    assert mail["To"] == "petugas@contoh.example"
    assert mail["Subject"] == f"[Kakehashi] contoh: 保留 / held #{run_id}"
    body = mail.get_content()
    for part in (f"kakehashi publish {run_id}", "structure_changed × 1", "保留されています", "is held"):
        assert part in body
    assert body.index("保留されています") < body.index("is held")
    (row,) = notices(place.database)
    assert (row["state"], row["attempts"], mail["Kakehashi-Notice"]) == ("sent", 1, row["id"])
    assert mail["Message-ID"] == f"<{row['id']}@kakehashi.example>"
    assert post_round(place) == []


def test_a_post_is_signed_over_its_time_and_body_as_the_guide_tells_receivers(place_of: PlaceOf, receiver: str) -> None:
    place = place_of(webhook=receiver, when="on_failure_or_change")
    run_id = ended(place, "succeeded", new=2, changed=1)
    assert [issue.code for issue in post_round(place)] == ["notice_sent"]
    ((headers, body),) = Receiver.posts
    told = json.loads(body)
    assert (told["kind"], told["run"], told["registry"], told["state"]) == ("changed", run_id, "contoh", "succeeded")
    assert (told["counts"]["new"], told["message"]["code"]) == (2, "notice_changed")
    assert told["id"] == headers["Kakehashi-Notice"] == notices(place.database)[0]["id"]
    guide = (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102  the receiver that the guide shows is what is tried
    genuine, moment = names["genuine"], int(headers["Kakehashi-Timestamp"])
    assert genuine(SECRET, headers, body, moment)
    assert not genuine(SECRET, headers, body.replace(b'"new":2', b'"new":3'), moment)
    assert not genuine("another-secret-altogether", headers, body, moment)
    assert not genuine(SECRET, headers, body, moment + 3600), "a post that was kept and sent again later"
    assert not genuine(SECRET, {**headers, "Kakehashi-Timestamp": str(moment + 3600)}, body, moment + 3600)
    assert headers["Kakehashi-Signature"] == f"sha256={signature(SECRET, str(moment), body)}"


def test_what_cannot_be_sent_is_tried_again_under_the_same_id_and_given_up_in_the_end(
    place_of: PlaceOf, receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_of(webhook=receiver)
    ended(place, "failed", "structure_changed")
    Receiver.statuses.extend([500, 302])
    clock = [now() + timedelta(seconds=5)]
    monkeypatch.setattr(posting, "now", lambda: clock[0])
    for attempt in range(2):
        (done,) = post_round(place)
        assert done.code == "notice_undelivered"
        (row,) = notices(place.database)
        assert row["not_before"] >= clock[0] + posting.WAITS[attempt]
        assert post_round(place) == [], "not before its time"
        clock[0] = row["not_before"]
    assert [issue.code for issue in post_round(place)] == ["notice_sent"]
    assert len({json.loads(body)["id"] for _, body in Receiver.posts}) == 1
    assert len(Receiver.posts) == 3, "a redirect is not followed"
    ended(place, "succeeded")
    Receiver.statuses.extend([503] * 20)
    codes: list[str] = []
    while not codes or codes[-1] == "notice_undelivered":
        codes += [issue.code for issue in post_round(place)]
        clock[0] += timedelta(days=1)
    assert codes == ["notice_undelivered"] * len(posting.WAITS) + ["notice_given_up"]
    assert notices(place.database, limit=1)[0]["state"] == "given_up"


def test_a_crash_between_sending_and_noting_it_sends_again_and_never_loses(
    place_of: PlaceOf, receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_of(webhook=receiver)
    ended(place, "failed")

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(posting, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            post_round(place)
    assert take_due(place.database, now()) is None, "it may still be under way elsewhere"
    monkeypatch.setattr(posting, "now", lambda: now() + timedelta(minutes=3))
    assert [issue.code for issue in send_due(place)] == ["notice_sent"]
    first, second = (json.loads(body)["id"] for _, body in Receiver.posts)
    assert first == second


def test_a_mail_server_that_refuses_and_settings_that_lack_something_are_told(
    place_of: PlaceOf, mailbox: tuple[Mailbox, int], receiver: str
) -> None:
    place = place_of(mail=["a@contoh.example"], webhook=receiver)
    mailbox[0].refusing = True
    ended(place, "failed")
    told = {issue.params["address"]: issue for issue in post_round(place)}
    assert "451" in told["a@contoh.example"].params["detail"]
    assert told[receiver].code == "notice_sent"
    bare = Workplace(place.settings.model_copy(update={"smtp_host": None, "webhook_secret": None}), place.database,
                     place.payloads)  # fmt: skip
    with place.database.writing() as connection:
        connection.execute(update(sql(Run)).values(state="succeeded"))
    details = sorted(issue.params["detail"] for issue in post_round(bare))
    assert [detail[:17] for detail in details] == ["No mail server is", "There is no secre"]


def test_a_trial_goes_to_everyone_now_and_the_list_shows_what_became_of_it(
    throwaway: None, tmp_path: Path, mailbox: tuple[Mailbox, int], receiver: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    call = Caller(tmp_path / "home", tmp_path, {
        "KAKEHASHI_REGISTRIES_FILE": str(listed(tmp_path, when="never", webhook=receiver)),
        "KAKEHASHI_SMTP_HOST": "127.0.0.1", "KAKEHASHI_SMTP_PORT": str(mailbox[1]), "KAKEHASHI_SMTP_SECURITY": "none",
        "KAKEHASHI_NOTIFY_MAIL": "a@contoh.example, b@contoh.example", "KAKEHASHI_WEBHOOK_SECRET_FILE": str(secret),
    })  # fmt: skip
    done = call("notify", "test", "contoh", "--json")
    assert done.status == 0, done.err
    assert [result["code"] for result in done.document["results"]] == ["notice_sent"] * 3
    assert {mail["To"] for mail in mailbox[0].mails} == {"a@contoh.example", "b@contoh.example"}
    ((headers, body),) = Receiver.posts
    assert headers["Kakehashi-Signature"] == f"sha256={signature(SECRET, headers['Kakehashi-Timestamp'], body)}"
    shown = call("notify", "--json").document
    assert shown["registries"][0] == {"registry": "contoh", "when": "never", "to": [
        "mail a@contoh.example", "mail b@contoh.example", f"webhook {receiver}"]}  # fmt: skip
    assert [row["state"] for row in shown["notices"]] == ["sent"] * 3
    assert "試し" in call("notify", "--lang", "ja").text
    assert call("notify", "send", "--json").document == {"results": []}
    assert SECRET not in call("notify").text
    mailbox[0].refusing = True
    assert call("notify", "test", "contoh").status == 3
    alone = call.with_(KAKEHASHI_NOTIFY_MAIL="", KAKEHASHI_REGISTRIES_FILE=str(listed(tmp_path)))
    assert alone("notify", "test", "contoh", "--json").code == "notify_nobody"


def test_a_secret_is_read_from_its_file_and_a_file_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text("kata-laluan\n", encoding="utf-8")
    monkeypatch.setenv("KAKEHASHI_SMTP_PASSWORD_FILE", str(file))
    password = read_settings().smtp_password
    assert password is not None
    assert password.get_secret_value() == "kata-laluan"
    assert "kata-laluan" not in repr(read_settings())
    file.unlink()
    with pytest.raises(CodedError) as told:
        read_settings()
    assert "KAKEHASHI_SMTP_PASSWORD_FILE" in told.value.issues[0].params["detail"]
