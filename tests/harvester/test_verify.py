"""`kakehashi verify` finds what was changed, each time, and nothing where nothing was."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, update

from harvester.keeping.verifying import verify
from harvester.workplace import Workplace
from store.audit import audit
from store.tables import DescriptorVersion, ListingVersion, Payload, Publication, Record, sql
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, rows

SEED = 20261121
MANY = 100


def quietly(name: str, done: int) -> None:
    pass


def found(place: Workplace) -> list[str]:
    return [issue.code for issue in verify(place, quietly)[1]]


@pytest.fixture
def filled(harvest_files: HarvestScript, place: Workplace) -> Workplace:
    """A home with a hundred answers, of which the second run found some changed, some new and one gone."""
    titles = [f"Kursus Contoh {number:03}" for number in range(MANY)]
    first = [script([title]) for title in titles]
    harvest_files(*first)
    then = [script([{"title": title, "programme": "Program Contoh"}]) for title in titles[:3]]
    harvest_files(*then, *first[3:-1], script(["Kursus Contoh lain"]))
    return place


def test_a_sound_home_is_sound_and_everything_was_looked_at(filled: Workplace) -> None:
    audit(filled.database, "A", "look", "nothing")
    looked, issues = verify(filled, quietly)
    assert issues == []
    assert looked["payloads"] == len(rows(filled, "payload")) >= MANY
    assert looked["publications"] == len(rows(filled, "publication")) >= MANY
    assert looked["versions"] == sum(row["state"] == "live" for row in rows(filled, "record"))
    assert looked["audit_events"] == len(rows(filled, "audit_event")) > 0


def test_a_bit_flipped_in_a_hundred_payloads_is_found_a_hundred_times(filled: Workplace) -> None:
    chance = random.Random(SEED)  # noqa: S311  chance that can be repeated
    hashes = chance.sample([row["hash"] for row in rows(filled, "payload")], MANY)
    for number, digest in enumerate(hashes):
        path = filled.payloads.path(digest)
        body = bytearray(path.read_bytes())
        at = number % 10 if number < 40 else chance.randrange(len(body))
        body[at] ^= 1 << chance.randrange(8)
        path.write_bytes(body)
    _, issues = verify(filled, quietly)
    assert {issue.code for issue in issues} == {"payload_damaged"}
    assert {issue.params["payload"] for issue in issues} == set(hashes), f"seed {SEED}"
    assert len(issues) == MANY
    assert all(issue.params["file"].startswith("payloads/") for issue in issues)


def test_every_bit_of_a_payload_counts_also_one_that_unpacking_overlooks(filled: Workplace) -> None:
    path = filled.payloads.path(rows(filled, "payload")[0]["hash"])
    whole = path.read_bytes()
    for at in range(8 * len(whole)):
        body = bytearray(whole)
        body[at // 8] ^= 1 << at % 8
        path.write_bytes(body)
        row = next(one for one in rows(filled, "payload") if one["hash"] == path.name.removesuffix(".gz"))
        assert filled.payloads.packed_hash(row["hash"]) != row["packed_hash"]


def test_payloads_that_are_gone_cut_or_unknown_are_told(filled: Workplace) -> None:
    first, second, third = (row["hash"] for row in rows(filled, "payload")[:3])
    filled.payloads.path(first).unlink()
    filled.payloads.path(second).write_bytes(filled.payloads.path(second).read_bytes()[:-9])
    with filled.database.writing() as connection:
        connection.execute(update(sql(Payload)).where(sql(Payload).c.hash == third).values(packed_hash=None))
    assert sorted(found(filled)) == ["payload_damaged", "payload_missing"], "one without a noted hash is unpacked"
    filled.payloads.path(third).write_bytes(filled.payloads.path(third).read_bytes()[:-9])
    assert sorted(found(filled)) == ["payload_damaged", "payload_damaged", "payload_missing"]
    with filled.database.writing() as connection:
        connection.execute(delete(sql(Payload)))
    assert set(found(filled)) == {"payload_unknown"}


RECORD, LOG = sql(Record), sql(Publication)
LISTING, DESCRIPTOR = sql(ListingVersion), sql(DescriptorVersion)
CHANGED = select(LOG.c.record_id).where(LOG.c.op == "update")
TAMPERED = {
    "a record turned": (update(RECORD).values(state="retired"), {"log_differs"}),
    "a version counted up": (update(RECORD).values(version=RECORD.c.version + 1), {"log_differs"}),
    "a descriptor rewritten": (
        update(DESCRIPTOR).values(content=text("replace(content, 'Kursus', 'Kursos')")), {"content_damaged"},
    ),
    "a hash": (update(DESCRIPTOR).values(content_hash="0" * 32), {"content_damaged", "log_differs"}),
    "a listing rewritten": (update(LISTING).values(content=text("content || ' '")), {"content_damaged"}),
    "a counter": (update(DESCRIPTOR).values(mapped=DESCRIPTOR.c.mapped + 1), {"ledger_miscounted"}),
    "a ledger emptied": (update(DESCRIPTOR).values(ledger="{}"), {"ledger_miscounted"}),
    "a log's content": (update(LOG).values(content_hash="0" * 32), {"log_differs"}),
    "a log's order": (update(LOG).where(LOG.c.op == "update").values(op="create"), {"log_broken"}),
    "a first row of the log": (delete(LOG).where(LOG.c.op == "create", LOG.c.record_id.in_(CHANGED)), {"log_broken"}),
    "an only row of the log": (
        delete(LOG).where(LOG.c.op == "create", LOG.c.record_id.not_in(CHANGED)), {"log_differs"},
    ),
    "a date": (update(LOG).where(LOG.c.seq == 1).values(published_at=text("'2099-01-01 00:00:00'")), {"log_broken"}),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(TAMPERED))
def test_what_was_changed_by_hand_in_the_database_is_found(filled: Workplace, what: str) -> None:
    statement, codes = TAMPERED[what]
    with filled.database.writing() as connection:
        assert connection.execute(statement).rowcount
    assert set(found(filled)) == codes


def test_an_audit_event_changed_by_hand_is_found(filled: Workplace) -> None:
    with filled.database.writing() as connection:
        for name in ("audit_event_no_update", "audit_event_no_delete"):
            connection.execute(text(f"DROP TRIGGER {name}"))
    assert found(filled) == ["audit_broken"], "nothing guards it any more"
    with filled.database.writing() as connection:
        connection.execute(text("UPDATE audit_event SET actor = 'somebody else' WHERE id = 1"))
    (issue,) = verify(filled, quietly)[1]
    assert (issue.params["number"], issue.params["fault"]) == (1, "altered")


@pytest.mark.slow
def test_every_stand_in_verifies_after_changes_and_returns(
    harvest_standin: Callable[..., object], place: Workplace
) -> None:
    for name, variant in (("mqa", "full"), ("nzqa", "full"), ("mqa", "full"), ("europass", "full")):
        harvest_standin(name, variant)
    assert found(place) == []
