"""Statements put into words once say what SQLAlchemy says, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, select

from config.messages import CodedError
from config.settings import Settings
from harvester.workplace import Workplace
from store.database import Database
from store.prepared import Prepared
from store.publications import latest, standing_body, standing_row
from store.renditions import Rendition, keep_renditions
from store.tables import Publication, sql
from tests.portal.publishing import Publisher, name

LOG = sql(Publication)
OF_RECORD = select(LOG).where(LOG.c.record_id == bindparam("record")).order_by(LOG.c.seq.desc()).limit(1)


def test_values_are_read_as_sqlalchemy_reads_them(any_place: Workplace) -> None:
    publisher = Publisher(any_place)
    publisher.publish(1, 2)
    publisher.delete(2, reason="merged", successor=name("jmicro", 1))
    for number in (1, 2, 3):
        record = name("jmicro", number)
        with any_place.database.reading() as connection:
            known = connection.execute(OF_RECORD, {"record": record}).first()
        found = Prepared(OF_RECORD).first(any_place.database, record=record)
        assert found == (None if known is None else list(known))
    row = standing_row(any_place.database, name("jmicro", 2))
    assert row is not None
    assert (row.seq, row.published_at) == latest(any_place.database)
    assert row.published_at.tzinfo is not None


def test_a_body_comes_with_its_row_only_in_the_edition_that_is_asked_for(any_place: Workplace) -> None:
    Publisher(any_place).publish(1)
    record, database = name("jmicro", 1), any_place.database
    row = standing_row(database, record)
    assert row is not None
    keep_renditions(database, [Rendition(row.seq, "json", "tag", b"{}")], "now")
    assert standing_body(database, record, "json", "now") == (row, b"{}")
    assert standing_body(database, record, "json", "before") == (row, None)
    assert standing_body(database, record, "turtle", "now") == (row, None)
    assert standing_body(database, "nobody", "json", "now") is None


def test_a_database_that_cannot_be_asked_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty")
    for address in (Settings(home=empty).database, "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        database = Database(address)
        with pytest.raises(CodedError) as told:
            latest(database)
        assert told.value.issues[0].code == "database_unreachable"
        database.close()
