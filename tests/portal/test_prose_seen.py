"""What was read out of prose says so wherever people meet it: on the page of a record, and on the command line."""

from __future__ import annotations

import orjson
import pytest
from starlette.testclient import TestClient

from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import SourceRecord
from crosswalks.descriptor.serialise import content_hash, dump
from harvester.running.report import findings_of, grouped
from harvester.terminal.console import Console
from harvester.terminal.screens import show_groups, show_record
from harvester.terminal.views import record_view
from harvester.workplace import Workplace
from store.clock import now
from store.plans import Proposal, publish, write_proposals
from store.runs import close_run, open_run
from tests.portal.publishing import iri, name

PLAIN = "総学習時間は30時間です。"
DOUBTFUL = "講義は8時間程度です。"
BADGE = {
    "@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "@language": "ja", "name": "架空のバッジ",
    "description": f"{PLAIN}開講期間は四週間以上です。",
    "criteria": {"narrative": f"{DOUBTFUL}成績は小テストで評価します。"},
}  # fmt: skip


@pytest.fixture(params=["reuse_with_attribution", "facts_only"])
def rights(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def record(place: Workplace, rights: str) -> str:
    """A published badge whose texts say some things plainly and others not; and its id."""
    schema = crosswalk_for("openbadges")
    badge = next(iter(schema.load(orjson.dumps(BADGE), "badge.json")))
    source = SourceRecord(registry="jmicro", source_id="n1", rights=rights)
    crossing = schema.read(badge, iri("jmicro", 1), source)
    told = [{"code": one.code, "place": one.place, "params": one.params} for one in crossing.issues]
    digest = content_hash(crossing.value)
    run = open_run(place.database, registry="jmicro", connector="jmicro", actor="t", address="", fingerprint="")
    write_proposals(place.database, run, [Proposal(
        record_id=name("jmicro", 1), key="n1", iri=crossing.value.id, op="new", listing="{}", listing_hash=digest,
        payload_hash="p", places="{}", retrieved_at=now(), descriptor=dump(crossing.value).decode(),
        descriptor_hash=digest, ledger=crossing.ledger.dump(), issues=orjson.dumps(told).decode(), outcomes={},
    )])  # fmt: skip
    publish(place.database, run, "jmicro", complete=False, digest=None)
    close_run(place.database, run, "succeeded")
    return name("jmicro", 1)


def test_the_page_of_a_record_tells_derived_quotation_and_language(
    client: TestClient, record: str, rights: str
) -> None:
    page = client.get(f"/en/mc/{record}").text
    free = rights == "reuse_with_attribution"
    assert "derived" in page
    assert "hours read out of prose" in page
    assert "Passages for a person to look at" in page
    assert (f'<q lang="ja">{DOUBTFUL}</q>' in page) == free
    assert (f'<q lang="ja">{PLAIN}</q>' in page) == free
    assert ("quotation is not shown" in page) != free
    assert "人が確かめる記述" in client.get(f"/ja/mc/{record}").text


def test_the_command_line_tells_derived_quotation_and_language(
    place: Workplace, record: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    console = Console("en", as_json=False, actor="t")
    show_record(console, record_view(place.database, record))
    show_groups(console, grouped([], findings_of(place.database, "jmicro")))
    told = capsys.readouterr().out
    assert f"description · derived · hours_in_prose · «{PLAIN}»" in told
    assert f"{record} · criteria.narrative · ja: «{DOUBTFUL}»" in told
