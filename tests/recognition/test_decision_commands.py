"""The commands of decisions from start to end, in both languages, with one JSON document each and coded errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.workplace import Workplace
from tests.cli.calling import Caller, Outcome
from tests.cli.test_machine_output import documented
from tests.portal.publishing import name
from tests.recognition.decided import FOREIGN, HOME, publish

AS_A, AS_B = ("--as", "委員 一号"), ("--as", "委員 二号")
WHY = ("--why", "理由")


@pytest.fixture
def call(place: Workplace, tmp_path: Path) -> Caller:
    """The command line in the home of a deployment with one home listing and one foreign record."""
    publish(place, HOME)
    publish(place, FOREIGN)
    return Caller(place.settings.home, tmp_path)


def good(done: Outcome) -> Outcome:
    assert (done.status, done.err) == (0, ""), done.text
    return done


def recognise(call: Caller) -> None:
    good(call("decide", "open", name(HOME, 1), *WHY, *AS_A))
    good(call("decide", "submit", "1", "--member-class", "ordinary", *WHY, *AS_A))
    good(call("decide", "review", "1", *WHY, *AS_A))
    good(call("decide", "propose", "1", "recognise", "--mark", "--until", "2099-03-31", *WHY, *AS_A))
    assert call("decide", "approve", "1", *WHY, *AS_A, "--json").code == "decision_same_person"
    good(call("decide", "approve", "1", *WHY, *AS_B))


def test_a_home_listing_from_application_to_proof(call: Caller) -> None:
    recognise(call)
    shown = good(call("decide", "show", "1", "--json"))
    assert set(shown.document) == documented(call, "decide", "show")
    assert shown.document["standing"]["mark"]
    assert good(call("decisions", "--json")).document["decisions"] == [shown.document]
    assert set(good(call("decisions", "--json")).document) == documented(call, "decisions")
    wide = call.with_(COLUMNS="160")
    for language, words in (
        ("ja", ("認証マーク: 表示できます", "可決", "委員 二号", "2099-03-31")),
        ("en", ("Certification mark: may be shown", "approved", "Recognised")),
    ):
        told = good(wide("decide", "show", "1", "--lang", language)).text
        assert all(word in told for word in words), told
    assert "1" in good(call("decisions", "--state", "recognised")).text
    assert "決定はありません" in good(call("decisions", "--due", "10", "--lang", "ja")).text
    made = good(call("proof", "make", "1", *AS_A, "--json"))
    assert set(made.document) == documented(call, "proof", "show")
    proof = made.document["name"]
    (call.folder / "proof.jws").write_text(made.document["document"])
    for order in (("proof",), ("proof", "--decision", "1"), ("proof", "show", proof, "--qr", "code.svg"),
                  ("proof", "verify", "proof.jws"), ("proof", "keys")):  # fmt: skip
        good(call(*order))
    assert (call.folder / "code.svg").read_text().startswith("<svg")
    assert good(call("proof", "rotate", *WHY, *AS_A, "--json")).document["algorithm"] == "ES256"
    assert len(good(call("proof", "keys", "--json")).document["keys"]) == 2
    (call.folder / "bad.jws").write_text(made.document["document"][:-4] + "AAAA")
    assert call("proof", "verify", "bad.jws", "--json").code == "proof_invalid"
    (call.folder / "bad.jws").write_bytes(b"\xff\xfe\x00")
    assert call("proof", "verify", "bad.jws", "--json").code == "proof_invalid"
    assert call("proof", "verify", "none.jws", "--json").code == "file_unreadable"


def test_a_foreign_credential_from_question_to_its_end(call: Caller) -> None:
    order = ("decide", "open", name(FOREIGN, 1), "--purpose", "credit", "--receiving", "架空大学[x]", *WHY, *AS_A)
    assert good(call(*order, "--json")).document["standing"]["outcome"] == "undecided"
    assert call("decide", "propose", "1", "partial", *WHY, *AS_A, "--json").code == "decision_terms_missing"
    good(call("decide", "propose", "1", "conditional", "--condition", "面接[1]", *WHY, *AS_A))
    good(call("decide", "refuse", "1", *WHY, *AS_B))
    good(call("decide", "propose", "1", "conditional", "--condition", "面接[1]", *WHY, *AS_A))
    told = good(call("decide", "approve", "1", *WHY, *AS_B, "--lang", "ja")).text
    assert "条件付きの承認" in told
    assert "面接[1]" in told
    assert "架空大学[x]" in told
    later = good(call("decide", "supersede", "1", *WHY, *AS_A, "--json")).document
    assert (later["opened"]["supersedes"], later["opened"]["receiving"]) == (1, "架空大学[x]")
    assert good(call("decide", "withdraw", "1", *WHY, *AS_A, "--json")).document["standing"]["outcome"] is None
    assert good(call("decide", "check", "--json")).document == {"reopened": []}
    assert call("decide", "review", "2", *WHY, *AS_A, "--json").code == "decision_act_unknown"
    assert call("decide", "show", "9", "--json").code == "decision_unknown"


def test_marks_are_set_and_shown(call: Caller) -> None:
    order = ("dossier", name(HOME, 1), "--purpose", "credit", "--receiving", "架空大学", "--keep", *AS_A)
    key = good(call(*order, "--json")).document["key"]
    good(call("mark", "set", key, "elements", "outcomes", "met", *WHY, *AS_A))
    shown = good(call("mark", "show", key, "--json"))
    assert set(shown.document) == documented(call, "mark", "show")
    for language, words in (("ja", ("満たす", "委員 一号", "理由")), ("en", ("met", "委員 一号"))):
        told = good(call.with_(COLUMNS="160")("mark", "show", key, "--lang", language)).text
        assert all(word in told for word in words)
    cleared = good(call("mark", "clear", key, "elements", "outcomes", *WHY, *AS_B, "--json")).document
    assert [one["grade"] for one in cleared["history"]] == ["met", None]
    assert call("mark", "set", "none", "elements", "outcomes", "met", *WHY, "--json").code == "dossier_unknown"


def test_agreements_are_recorded_and_asked(call: Caller) -> None:
    order = ("agreements", "add", "架空協定", "--party", "JMICRO=jmicro", "--party", "Example Agency", "--document",
             "第2条", "--from", "2026-04-01", "--kind", "stand_alone", "--level", "EQF:6", *WHY, *AS_A)  # fmt: skip
    made = good(call(*order, "--json"))
    assert set(made.document) == documented(call, "agreements", "add")
    listed = good(call("agreements", "--json"))
    assert listed.document["agreements"] == [made.document]
    asked = good(call("agreements", "--record", name(HOME, 1), "--on", "2026-05-01", "--json"))
    (said,) = asked.document["coverage"]
    assert said["covering"] in {"cannot_tell", "outside"}
    assert set(listed.document) | set(made.document) | set(asked.document) | set(said) == documented(call, "agreements")
    assert "決定ではありません" in good(call("agreements", "--record", name(HOME, 1), "--lang", "ja")).text
    assert "第2条" in good(call.with_(COLUMNS="160")("agreements")).text
    good(call("agreements", "end", "1", *WHY, *AS_B))
    assert call("agreements", "end", "1", *WHY, "--json").code == "agreement_ended"
    bad = (*order[:3], "--party", "A", "--document", "x", "--from", "2026-04-01", *WHY, "--json")
    assert call(*bad).code == "agreement_incomplete"


def test_the_audit_log_is_listed_and_checked(call: Caller, place: Workplace) -> None:
    recognise(call)
    listed = good(call("audit", "--action", "decision", "--json"))
    assert set(listed.document) | set(listed.document["events"][0]) == documented(call, "audit")
    assert listed.document["events"][0]["action"] == "decision approve"
    assert len(good(call("audit", "--by", "委員 二号", "--json")).document["events"]) == 1
    assert good(call("audit", "--since", "2199-01-01", "--json")).document == {"events": []}
    assert "decision 1" in good(call("audit", "--subject", "decision 1", "--limit", "2")).text
    sound = good(call("audit", "verify", "--json"))
    assert set(sound.document) == documented(call, "audit", "verify")
    head = sound.document["head"]
    for language, word in (("ja", "監査記録は正しく"), ("en", "The audit log is whole")):
        assert word in good(call("audit", "verify", "--head", head, "--lang", language)).text
    lost = call("audit", "verify", "--head", "f" * 64, "--json")
    assert (lost.status, lost.code) == (3, "audit_chain_head_missing")
    with place.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_no_update")
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'X' WHERE id = 3")
    touched = call("audit", "verify", "--json")
    assert (touched.status, touched.document["bad"], touched.document["sound"]) == (3, 3, False)
    assert [issue["code"] for issue in touched.document["error"]] == ["audit_chain_altered"]
    assert "監査記録の 3 番" in call("audit", "verify", "--lang", "ja").err
