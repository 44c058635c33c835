"""Whatever is wrong with a call, its files or surroundings: a code, two languages, a fix, a status, never a trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from config.messages import catalogue
from harvester import cli
from tests.cli.calling import Caller, Outcome

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
CALLS: dict[str, tuple[int, str, list[str]]] = {
    "no such command": (2, "command_unknown", ["nope"]),
    "no such part of a command": (2, "command_unknown", ["export", "nope"]),
    "no such option": (2, "option_unknown", ["runs", "--nope"]),
    "an argument too many": (2, "usage_wrong", ["runs", "1", "2"]),
    "an argument too few": (2, "argument_missing", ["harvest"]),
    "an option too few": (2, "argument_missing", ["export", "elm"]),
    "an option without its value": (2, "usage_wrong", ["export", "elm", "-o"]),
    "a number that is none": (2, "argument_invalid", ["runs", "abc"]),
    "a number beyond any database": (2, "argument_invalid", ["runs", "99999999999999999999"]),
    "a number out of its range": (2, "argument_invalid", ["harvest", "mqa", "--preview", "0"]),
    "a language we do not speak": (2, "argument_invalid", ["--lang", "fr", "runs"]),
    "a run that is not": (1, "run_unknown", ["runs", "4711"]),
    "runs of no registry": (1, "registry_unknown", ["runs", "--registry", "nope"]),
    "a record that is not": (1, "record_unknown", ["show", "nope"]),
    "a record of wild cards": (1, "record_unknown", ["show", "%"]),
    "a record of quotes": (1, "record_unknown", ["show", "' OR 1=1 --"]),
    "half a record": (1, "record_ambiguous", ["show", "jmicro-"]),
    "no registry": (1, "registry_unknown", ["harvest", "nope"]),
    "a registry without an address": (1, "address_missing", ["harvest", "mqa"]),
    "an address of another kind": (1, "address_invalid", ["harvest", "mqa", "--address", "ftp://a.example/"]),
    "an address that is none": (1, "address_invalid", ["harvest", "mqa", "--address", "nowhere"]),
    "an address of no port": (1, "address_invalid", ["harvest", "mqa", "--address", "http://a.example:x/"]),
    "this machine": (1, "loopback_refused", ["harvest", "mqa", "--address", "http://127.0.0.1:1/list"]),
    "this machine by name": (1, "loopback_refused", ["harvest", "mqa", "--address", "http://localhost/list"]),
    "this machine in IPv6": (1, "loopback_refused", ["harvest", "mqa", "--address", "http://[::1]/list"]),
    "an option of no form": (1, "option_invalid", ["harvest", "mqa", "--option", "transport"]),
    "a stand-in of nobody": (1, "connector_unknown", ["standins", "--only", "nope"]),
    "export of no registry": (1, "registry_unknown", ["export", "jmicro", "-o", "x", "--registry", "nope"]),
    "export to no format": (1, "syntax_unknown", ["export", "elm", "-o", "x", "--format", "word"]),
    "export to a folder": (1, "output_unwritable", ["export", "elm", "-o", "folder"]),
    "export below a file": (1, "output_unwritable", ["export", "jmicro", "-o", "empty.ttl/x"]),
    "export to where nobody may": (1, "output_unwritable", ["export", "jmicro", "-o", "/proc/x/y"]),
    "export to a full disk": (1, "output_unwritable", ["export", "jmicro", "-o", "/dev/full"]),
    "convert what is not there": (1, "file_unreadable", ["convert", "gone", "--from", "elm", "--to", "jmicro"]),
    "convert a folder": (1, "file_unreadable", ["convert", "folder", "--from", "elm", "--to", "jmicro"]),
    "convert from no schema": (1, "schema_unknown", ["convert", "empty.ttl", "--from", "nope", "--to", "jmicro"]),
    "convert to no schema": (1, "schema_unknown", ["convert", "empty.ttl", "--from", "elm", "--to", "nope"]),
    "convert to what is only read": (1, "schema_not_written", ["convert", "empty.ttl", "--from", "elm", "--to", "edc"]),
    "convert an empty file": (1, "file_empty", ["convert", "empty.ttl", "--from", "nzqa", "--to", "jmicro"]),
    "convert an empty graph": (1, "elm_nothing_found", ["convert", "empty.ttl", "--from", "elm", "--to", "jmicro"]),
    "convert bytes as Turtle": (1, "elm_not_parsed", ["convert", "bytes.ttl", "--from", "elm", "--to", "jmicro"]),
    "convert bytes as XML": (1, "elm_syntax_unknown", ["convert", "bytes.xml", "--from", "elm", "--to", "jmicro"]),
    "convert bytes as rows": (1, "file_not_schema", ["convert", "bytes.json", "--from", "mqa", "--to", "jmicro"]),
    "convert bytes as lines": (1, "row_invalid", ["convert", "bytes.jsonl", "--from", "jmicro", "--to", "elm"]),
    "convert bytes as a page": (1, "charset_unreadable", ["convert", "bytes.html", "--from", "mqa", "--to", "jmicro"]),
    "convert a page of no registry":
        (1, "schema_without_pages", ["convert", "page.html", "--from", "edc", "--to", "jmicro"]),
    "convert to no format":
        (1, "syntax_unknown", ["convert", "empty.ttl", "--from", "elm", "--to", "elm", "--format", "word"]),
    "validate what is not there": (1, "file_unreadable", ["validate", "gone"]),
    "validate a folder": (1, "file_unreadable", ["validate", "folder"]),
    "validate with no shapes": (1, "elm_official_missing", ["validate", "empty.ttl", "--shapes", "folder"]),
}  # fmt: skip
SURROUNDINGS = {
    "a database of another kind": ("setting_invalid", {"KAKEHASHI_DATABASE_URL": "mysql://localhost/x"}),
    "a database address that is none": ("database_unreachable", {"KAKEHASHI_DATABASE_URL": "postgresql:x"}),
    "a database that is down": ("database_unreachable", {"KAKEHASHI_DATABASE_URL": "postgresql://127.0.0.1:1/x"}),
    "a database of bytes": ("database_unreachable", {"KAKEHASHI_DATABASE_URL": "sqlite:///bytes.ttl"}),
    "a database nobody may make": ("database_unreachable", {"KAKEHASHI_DATABASE_URL": "sqlite:////proc/x/y.sqlite"}),
    "a home that is a file": ("home_unwritable", {"KAKEHASHI_HOME": "bytes.ttl"}),
    "a home nobody may make": ("home_unwritable", {"KAKEHASHI_HOME": "/proc/x"}),
    "a list of registries that is not there": ("registry_file_invalid", {"KAKEHASHI_REGISTRIES_FILE": "gone.yaml"}),
    "a list of registries of bytes": ("registry_file_invalid", {"KAKEHASHI_REGISTRIES_FILE": "bytes.ttl"}),
    "settings that are not there": ("setting_invalid", {"KAKEHASHI_SETTINGS": "gone.yaml"}),
    "settings of bytes": ("setting_invalid", {"KAKEHASHI_SETTINGS": "bytes.ttl"}),
    "settings that are a list": ("setting_invalid", {"KAKEHASHI_SETTINGS": "list.yaml"}),
    "a public address that is none": ("setting_invalid", {"KAKEHASHI_PUBLIC_BASE": "nowhere"}),
}


@pytest.fixture
def spoilt(call: Caller) -> Caller:
    """A working folder with an empty file, a folder, a page, and bytes under every name."""
    (call.folder / "folder").mkdir()
    (call.folder / "empty.ttl").touch()
    (call.folder / "page.html").write_text("<p>Contoh</p>")
    (call.folder / "list.yaml").write_text("- a\n- b\n")
    for ending in ("ttl", "xml", "json", "jsonl", "html"):
        (call.folder / f"bytes.{ending}").write_bytes(b"\x80\x81" + bytes(range(255, 0, -1)) * 9)
    return call


def check_told(say: Callable[..., Outcome], code: str, status: int) -> None:
    """In English and Japanese on standard error, and as one JSON document."""
    message = catalogue()[code]
    told = {language: say("--lang", language) for language in ("en", "ja")}
    for language, done in told.items():
        assert done.status == status, done.err
        assert done.out == b""
        assert code in done.err
        assert "Traceback" not in done.err
        assert _fixed(message.fix[language]) in re.sub(r"\s", "", done.err)
    assert JAPANESE.search(told["ja"].err)
    machine = say("--json")
    assert (machine.status, machine.code) == (status, code)
    assert set(machine.document) == {"error"}
    assert set(machine.document["error"][0]) == {"code", "severity", "record", "place", "params", "text", "fix"}
    assert "{" not in "".join(machine.document["error"][0]["text"].values())
    assert "{" not in "".join(machine.document["error"][0]["fix"].values())


def _fixed(text: str) -> str:
    """The longest part of a text that no parameter fills, without spaces."""
    return max((re.sub(r"\s", "", part) for part in re.split(r"\{\w+\}", text)), key=len)


@pytest.mark.parametrize("name", CALLS)
def test_a_bad_call_is_told_in_both_languages(spoilt: Caller, name: str) -> None:
    status, code, arguments = CALLS[name]
    if code not in {"usage_wrong", "command_unknown"} and arguments[0] != "--lang":
        check_told(lambda *options: spoilt(*arguments, *options), code, status)
        return
    for language in ("en", "ja"):
        done = spoilt.with_(LANG="ja_JP.UTF-8" if language == "ja" else "en_US.UTF-8")(*arguments)
        assert (done.status, done.out) == (status, b"")
        assert code in done.err
        assert bool(JAPANESE.search(done.err)) == (language == "ja")


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_bad_surroundings_are_told_in_both_languages(spoilt: Caller, name: str) -> None:
    code, changes = SURROUNDINGS[name]
    elsewhere = spoilt.with_(**changes)
    check_told(lambda *options: elsewhere("registries", *options), code, 1)


def test_a_database_of_the_future_is_left_alone(fresh: Caller) -> None:
    import sqlite3  # noqa: PLC0415

    assert fresh("runs").status == 0
    database = sqlite3.connect(fresh.home / "kakehashi.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    assert fresh("runs", "--json").code == "database_newer"


def test_a_fault_of_the_program_keeps_its_trace_for_a_report(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(cli.cli, "main", broken)
    done = call("runs", "--json")
    assert (done.status, done.code) == (4, "unexpected")
    assert "Traceback" not in done.err
    trace = Path(done.document["error"][0]["params"]["file"])
    assert "by design" in trace.read_text()
    trace.unlink()


def test_interrupting_has_a_status_of_its_own(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cli, "main", interrupted)
    done = call("runs")
    assert (done.status, done.out) == (130, b"")
    assert "interrupted" in done.err


@pytest.mark.slow
def test_an_address_that_does_not_answer_fails_the_run(fresh: Caller) -> None:
    assert fresh("registry", "accept", "mqa", "--why", "a test").status == 0
    done = fresh("harvest", "mqa", "--address", "http://127.0.0.1:1/list", "--allow-loopback", "--json")
    assert done.status == 3
    assert done.document["state"] == "failed"
    assert "download_failed" in {group["code"] for group in done.document["issues"]}
    told = fresh("runs", "1", "--lang", "ja")
    assert told.status == 0
    assert "download_failed" in told.text
    assert JAPANESE.search(told.text)
    assert "Traceback" not in done.err + told.err
