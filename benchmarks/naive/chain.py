"""The whole way with the usual libraries: Scrapy, SQLModel objects, rdflib, pyshacl.

`python -m benchmarks.naive.chain ADDRESS FOLDER SHAPES` harvests an index of JSON Lines files into `FOLDER/naive.db`
(pages, listings, descriptors, ledgers, publications), reads the descriptors back, builds one graph, validates it with
the shapes files (repaired, as Turtle, in `SHAPES`) and writes `FOLDER/naive.jsonld` and `FOLDER/naive.ttl`. Exit status
1 when the graph does not conform.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyshacl
import rdflib
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine, select

from benchmarks.naive.elm import ElmGraph
from benchmarks.naive.spider import DescriptorRow, PublicationRow, keep_page, lightly_synchronous, published, table
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.jmicro.model import JmicroListing
from crosswalks.jmicro.read import read


class JmicroListingRow(SQLModel, table=True):
    """A listing, kept as it came."""

    id: str = Field(primary_key=True)
    content: str
    url: str


class ListingItem(scrapy.Item):
    """One listing."""

    content = scrapy.Field()
    url = scrapy.Field()


class IndexSpider(scrapy.Spider):
    """Reads an index and the files it names."""

    name = "index"
    pages: Path

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Follow every file."""
        for file in json.loads(response.text)["files"]:
            yield response.follow(file["url"], self.parse_file)

    def parse_file(self, response: Response) -> Iterator[ListingItem]:
        """Yield a listing per line."""
        keep_page(self.pages, response.body)
        for line in response.text.splitlines():
            yield ListingItem(content=json.loads(line), url=response.url)


class StorePipeline:
    """Keeps listings and their descriptors, each when it arrives, as Scrapy's documentation shows."""

    database = ""

    def open_spider(self) -> None:
        """Open the database."""
        engine = create_engine(self.database)
        event.listen(engine, "connect", lightly_synchronous)
        tables = [table(kind) for kind in (JmicroListingRow, DescriptorRow, PublicationRow)]
        SQLModel.metadata.create_all(engine, tables=tables)
        self.session = Session(engine)

    def process_item(self, item: ListingItem) -> ListingItem:
        """Keep one listing."""
        content = item["content"]
        listing = JmicroListing.model_validate(content)
        source = SourceRecord(
            registry="jmicro", source_id=listing.id, url=item["url"],
            retrieved_at=datetime.now(UTC).replace(microsecond=0),
            rights="reuse_with_attribution", attribution="Japan Micro-Credential Organization (JMICRO)",
        )  # fmt: skip
        self.session.add(JmicroListingRow(id=listing.id, content=json.dumps(content), url=item["url"]))
        self.session.add_all(published(read(listing, listing.id, source)))
        self.session.commit()
        return item

    def close_spider(self) -> None:
        """Close the database."""
        self.session.close()


def crawl(address: str, database: str, log: Path) -> None:
    """Harvest into a database."""
    StorePipeline.database = database
    IndexSpider.pages = log.with_suffix(".pages")
    IndexSpider.pages.mkdir()
    process = CrawlerProcess({"ITEM_PIPELINES": {StorePipeline: 300}, "LOG_FILE": str(log)})
    process.crawl(IndexSpider, start_urls=[address])
    process.start()


def graph_from(database: str) -> rdflib.Graph:
    """Return the graph of all descriptors in a database."""
    made = ElmGraph()
    with Session(create_engine(database)) as session:
        moments = {row.record_id: row.published_at for row in session.exec(select(PublicationRow))}
        for row in session.exec(select(DescriptorRow)):
            made.opportunity(Descriptor.model_validate_json(row.content), moments[row.id])
    return made.graph


def main(address: str, folder: Path, shapes: Path) -> int:
    """Go the whole way."""
    database = f"sqlite:///{folder / 'naive.db'}"
    crawl(address, database, folder / "naive.log")
    graph = graph_from(database)
    sound = True
    for path in sorted(shapes.glob("*.ttl")):
        conforms, _, _ = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(path), inference="none")
        sound = sound and conforms
    graph.serialize(folder / "naive.jsonld", format="json-ld")
    graph.serialize(folder / "naive.ttl", format="turtle")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
