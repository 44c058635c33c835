"""A list harvested with Scrapy as its tutorial shows: default settings, CSS selectors, an item per row, a pipeline.

`python -m benchmarks.naive.spider ADDRESS DATABASE LOG [--descriptors]`; the pipeline keeps each row as an SQLModel
object when it arrives, with a commit of its own, as the pipelines of Scrapy's documentation write theirs. With
`--descriptors` it does the job that ours does: it keeps the pages, carries each row to the descriptor, masks people,
checks it, keeps it with its hash, ledger and findings, and logs its publication. Scrapy's settings are its own (the log
goes to a file instead of the screen); SQLite runs with the same journal as ours, or each commit would wait for the
disk.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine

from crosswalks.descriptor.checks import check
from crosswalks.descriptor.identity import record_id
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.privacy import protect
from crosswalks.descriptor.serialise import content_hash, dump
from crosswalks.ledger import Crossing
from crosswalks.mqa.model import MqaListing
from crosswalks.mqa.read import natural_key, read

_PAGE = 50


class RowItem(scrapy.Item):
    """One row of the list."""

    title = scrapy.Field()
    programme = scrapy.Field()
    reference = scrapy.Field()
    provider = scrapy.Field()
    url = scrapy.Field()


class ListingRow(SQLModel, table=True):
    """One row, kept."""

    id: int | None = Field(default=None, primary_key=True)
    title: str
    programme: str | None
    reference: str | None
    provider: str | None
    url: str


class DescriptorRow(SQLModel, table=True):
    """One descriptor, kept with its hash, ledger and findings."""

    id: str = Field(primary_key=True)
    content: str
    content_hash: str
    ledger: str
    issues: str


class PublicationRow(SQLModel, table=True):
    """One change of a record, published."""

    id: int | None = Field(default=None, primary_key=True)
    record_id: str
    version: int
    op: str
    published_at: str
    content_hash: str


class ListSpider(scrapy.Spider):
    """Reads the first page, and all others that its count promises. With a folder it keeps the pages there."""

    name = "list"
    pages: Path | None = None

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Yield the rows of a page; from the first one, the further pages."""
        if self.pages:
            keep_page(self.pages, response.body)
        for row in response.css("table#senarai tbody tr"):
            title = row.css("td:nth-child(2)::text").get()
            if title:
                yield RowItem(
                    title=title.strip(),
                    programme=row.css("td:nth-child(3)::text").get(),
                    reference=row.css("td:nth-child(4)::text").get(),
                    provider=row.css("td:nth-child(5)::text").get(),
                    url=response.url,
                )
        if "StartRow" not in response.url:
            stated = re.search(r"dari (\d+) rekod", response.text)
            for start in range(_PAGE + 1, int(stated.group(1)) + 1 if stated else 0, _PAGE):
                yield response.follow(f"?StartRow={start}")


class ListingPipeline:
    """Keeps rows, each when it arrives."""

    database = ""
    descriptors = False

    def open_spider(self) -> None:
        """Open the database."""
        engine = create_engine(self.database)
        event.listen(engine, "connect", lightly_synchronous)
        SQLModel.metadata.create_all(
            engine, tables=[table(kind) for kind in (ListingRow, DescriptorRow, PublicationRow)]
        )
        self.session = Session(engine)

    def process_item(self, item: RowItem) -> RowItem:
        """Keep one row."""
        self.session.add(ListingRow(**item))
        if self.descriptors:
            self.session.add_all(published(_crossed(item)))
        self.session.commit()
        return item

    def close_spider(self) -> None:
        """Close the database."""
        self.session.close()


def lightly_synchronous(connection: Any, record: object) -> None:  # noqa: ARG001
    """Set SQLite up as our own store is."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _crossed(item: RowItem) -> Crossing[Descriptor]:
    listing = MqaListing(**{name: item[name] for name in ("title", "programme", "reference", "provider")})
    key = natural_key(listing)
    source = SourceRecord(
        registry="mqa", source_id=key, url=item["url"], retrieved_at=datetime.now(UTC).replace(microsecond=0),
        rights="facts_only", attribution="Malaysian Qualifications Agency (MQA)",
    )  # fmt: skip
    return read(listing, f"https://kakehashi.example/id/mc/{record_id('mqa', key)}", source)


def published(crossing: Crossing[Descriptor]) -> tuple[DescriptorRow, PublicationRow]:
    """Return what is kept of a record that was carried: people masked, checked, and logged as published."""
    descriptor, masked = protect(crossing.value)
    issues = [
        {"code": issue.code, "place": issue.place, "params": issue.params}
        for issue in (*crossing.issues, *masked, *check(descriptor))
    ]
    name, digest = descriptor.id.rpartition("/")[2], content_hash(descriptor)
    row = DescriptorRow(
        id=name, content=dump(descriptor).decode(), content_hash=digest,
        ledger=orjson.dumps(crossing.ledger.as_json()).decode(), issues=orjson.dumps(issues).decode(),
    )  # fmt: skip
    moment = datetime.now(UTC).isoformat()
    return row, PublicationRow(record_id=name, version=1, op="create", published_at=moment, content_hash=digest)


def keep_page(folder: Path, body: bytes) -> None:
    """Keep the bytes of a page under their hash."""
    (folder / f"{blake2b(body, digest_size=20).hexdigest()}.gz").write_bytes(gzip.compress(body))


def table(model: type[SQLModel]) -> Any:
    """Return the table of a class."""
    return model.__table__  # type: ignore[attr-defined]


def crawl(address: str, database: str, log: str, *, descriptors: bool) -> None:
    """Harvest the list at an address into a database."""
    ListingPipeline.database, ListingPipeline.descriptors = database, descriptors
    if descriptors:
        ListSpider.pages = Path(log).with_suffix(".pages")
        ListSpider.pages.mkdir()
    process = CrawlerProcess({"ITEM_PIPELINES": {ListingPipeline: 300}, "LOG_FILE": log})
    process.crawl(ListSpider, start_urls=[address])
    process.start()


if __name__ == "__main__":
    crawl(sys.argv[1], sys.argv[2], sys.argv[3], descriptors="--descriptors" in sys.argv)
