"""The connectors for other registries: every variant of their stand-ins, and what each says of what is gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors import ldes, oaipmh
from connectors.contract import Answer, Ask, Connector, Payload, Question, Registry, StructureBroken
from connectors.discovery import registry
from connectors.faults import COMMON
from connectors.ldes.standin import iri
from connectors.oaipmh.standin import BASE
from connectors.oaipmh.standin import name as name_of
from connectors.standins import Listening, entry_url
from crosswalks.contract import crosswalk_for
from harvester.deciding import publish_held
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.terminal.views import plan_view
from harvester.workplace import Workplace
from store.publications import rows_after
from store.retirement import WITHDRAWN

KINDS: dict[str, Connector] = {"oaipmh": oaipmh.connector, "ldes": ldes.connector}
LISTINGS = 60
LATER = {"oaipmh": "withdrawn", "ldes": "later"}


def source(name: str, address: str, **gates: float) -> Registry:
    plain = registry(name)
    update = {"address": address, "gates": plain.manifest.gates.model_copy(update=gates)}
    return Registry(plain.id, plain.connector, plain.manifest.model_copy(update=update))


def payloads(name: str, variant: str) -> Iterator[Payload]:
    """Every answer of a harvest, without a network."""
    standin = KINDS[name].standin
    base = f"https://registry.example/{variant}/"
    spider = KINDS[name].spider(source(name, base + standin.entry))
    waiting: list[Ask] = list(spider.start())
    seen: set[str] = set()
    while waiting:
        ask = waiting.pop(0)
        if ask.key in seen:
            continue
        seen.add(ask.key)
        path, _, query = ask.url.removeprefix(base).partition("?")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        found = standin.answer(Question(variant, path, pairs, base), LISTINGS)
        assert isinstance(found, Answer), ask.url
        kept = KINDS[name].redact(found.body, found.media_type)
        payload = Payload(ask.kind, ask.url, kept, found.media_type.partition(";")[0], ask.url, "utf-8")
        yield payload
        waiting += spider.follow(payload)


def read(name: str, variant: str) -> tuple[list[str], dict[str, int], list[str], int | None]:
    keys, gone, codes, stated = [], dict[str, int](), [], None
    for payload in payloads(name, variant):
        extract = KINDS[name].parse(payload, source(name, "https://registry.example/"))
        keys += [crosswalk_for("jmicro").key(one.listing) for one in extract.found]
        gone |= extract.withdrawn
        codes += [issue.code for issue in extract.issues]
        stated = extract.stated or stated
    return keys, gone, codes, stated


def test_a_healthy_source_gives_every_record() -> None:
    keys, gone, codes, stated = read("oaipmh", "full")
    assert keys == [f"{BASE}/id/mc/{name_of(number)}" for number in range(LISTINGS)]
    assert (gone, codes, stated) == ({}, [], LISTINGS)
    keys, gone, codes, _ = read("ldes", "full")
    assert keys == [iri(number) for number in range(LISTINGS)]
    assert (gone, codes) == ({}, [])


def test_what_is_gone_is_said_by_name_and_place() -> None:
    keys, gone, codes, _ = read("oaipmh", "withdrawn")
    assert set(gone) == {f"oai:registry.example:{name_of(number)}" for number in range(0, LISTINGS, 5)}
    assert (len(keys), codes) == (48, [])
    keys, gone, codes, _ = read("ldes", "later")
    assert set(gone) == {iri(number) for number in range(0, LISTINGS, 5)}
    assert keys.count(iri(0)) == 2
    assert keys.count(iri(1)) == 2
    assert codes == []


def test_one_bad_record_is_told_and_passed_over() -> None:
    keys, _, codes, stated = read("oaipmh", "one-bad")
    assert (len(keys), len(codes), stated) == (LISTINGS - 1, 1, LISTINGS)
    assert read("oaipmh", "nothing")[0] == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("variant", sorted(set(COMMON) - {"mojibake", "server-error"}))
def test_what_is_no_answer_stops_the_run(name: str, variant: str) -> None:
    with pytest.raises(StructureBroken):
        list(payloads(name, variant))


@pytest.mark.parametrize(
    ("name", "variant", "code"),
    [("oaipmh", "circle", "list_endless"), ("oaipmh", "bad-token", "oai_refused"),
     ("ldes", "no-position", "structure_changed")],
)  # fmt: skip
def test_a_list_that_is_not_whole_stops_the_run(name: str, variant: str, code: str) -> None:
    with pytest.raises(StructureBroken) as told:
        read(name, variant)
    assert told.value.issues[0].code == code


@pytest.mark.parametrize("bomb", [b"<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>", b"<a><b></a>", b"[1]", b"\x00\xff"])
@pytest.mark.parametrize("name", KINDS)
def test_hostile_bytes_stop_the_run(name: str, bomb: bytes) -> None:
    for kind in ("text/xml", "text/turtle", "application/ld+json", "text/html"):
        with pytest.raises(StructureBroken):
            KINDS[name].parse(
                Payload("page", "https://r.example/", bomb, kind, "p"), source(name, "https://r.example/")
            )


def test_people_go_before_answers_are_kept() -> None:
    made_up = b'<d:email xmlns:d="x">taro at example</d:email><title>x a@b.example</title>'
    assert oaipmh.connector.redact(made_up, "text/xml") == (
        b'<d:email xmlns:d="x">masked-address</d:email><title>x masked-address</title>'
    )
    made_up = b'<urn:a> <http://x.example/#phone> "03 0000 0000" ; <http://x.example/title> "phone" .'
    assert ldes.connector.redact(made_up, "text/turtle") == made_up.replace(b"03 0000 0000", b"masked-address")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_withdrawals_are_published_at_once_and_may_come_back(
    place: Workplace, standins: dict[str, Listening], name: str
) -> None:
    def run(variant: str, **gates: float) -> RunReport:
        address = entry_url(KINDS[name].standin, standins[name].address, variant)
        return harvest(place, Order(source(name, address, changes=1.0, **gates), "test", allow_loopback=True))

    first = run("full")
    assert (first.state, first.published.created) == ("succeeded", LISTINGS), first.issues
    held = run(LATER[name])
    gone = 12 if name == "oaipmh" else 11
    assert (held.state, plan_view(place.database, held.run_id)["withdrawn"]) == ("held", gone)
    done = publish_held(place, "N. Operator", held.run_id, "they said so themselves")
    assert (done["retired"], done["gone"]) == (gone, 0)
    assert done["changed"] == (0 if name == "oaipmh" else 12)
    tombstones = [row for row in rows_after(place.database, LISTINGS, 1000) if row.deleted]
    assert [row.reason for row in tombstones] == [WITHDRAWN] * gone
    assert run(LATER[name], removals=1.0).published.retired == []
    back = run("full")
    assert (back.published.returned, len(back.published.retired)) == (gone, 0)
