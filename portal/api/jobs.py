"""What is done with files of strangers, in a confined process: converting and checking them. Answers are JSON."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import orjson

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from harvester.converting import Account, Converted, carried, guess, write_records
from harvester.crawling.fetching import fetched
from harvester.validating import validated
from portal.confinement import without_network

_ENDINGS = {
    "text/turtle": "ttl", "application/ld+json": "jsonld", "application/rdf+xml": "rdf", "application/xml": "xml",
    "text/xml": "xml", "application/n-triples": "nt", "application/n-quads": "nq", "application/json": "json",
    "application/x-ndjson": "jsonl", "text/html": "html", "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
_LONGEST = 120


def named(name: str, media_type: str) -> str:
    """Return the name of a file with an ending: its own, or the one that its media type has."""
    plain = PurePosixPath(name.replace("\\", "/")).name[-_LONGEST:]
    plain = "".join(sign for sign in plain if sign.isprintable()) or "posted"
    ending = _ENDINGS.get(media_type.partition(";")[0].strip().lower())
    return plain if "." in plain or ending is None else f"{plain}.{ending}"


def validate(data: bytes, name: str, schema: str | None) -> bytes:
    """Check a file. Raises as `validated` does."""
    without_network()
    return orjson.dumps(validated(data, name, schema).as_json())


def validate_address(address: str, schema: str | None, agent: str, most: int, allow_loopback: bool) -> bytes:  # noqa: FBT001
    """Fetch a file and check it. Raises as `fetched` and `validated` do."""
    found = fetched(address, agent, most, allow_loopback=allow_loopback)
    last = unquote(urlsplit(found.url).path).rpartition("/")[2]
    return validate(found.body, named(last, found.media_type), schema)


def convert(
    data: bytes, name: str, source: str | None, target: str, syntax: str | None, options: dict[str, str]
) -> bytes:
    """Convert a file. Raises as `carried` does, or `CodedError` with `schema_not_guessed` or `syntax_unknown`."""
    without_network()
    formats = crosswalk_for(target).formats
    form = syntax or next(iter(formats), "")
    if syntax and syntax not in formats:
        raise CodedError.of("syntax_unknown", syntax=syntax, known=", ".join(formats))
    account = Account(source or guess(data, name), target)
    out = BytesIO()
    records: list[Converted] = list(carried([(name, data)], account))
    write_records(account, records, form, out, **options)
    text, encoding = _as_text(out.getvalue())
    return orjson.dumps({
        "from": account.source, "to": account.target, "format": form, "encoding": encoding,
        "records": account.read, "written": account.written, "result": text if account.written else None,
        "losses": [dict(zip(("way", "field", "reason", "count"), row, strict=True)) for row in account.losses()],
        "ledger": [one.as_json() for one in records],
        "issues": [issue.as_json() for issue in account.issues],
    }, default=str)  # fmt: skip


def _as_text(data: bytes) -> tuple[str, str]:
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), "base64"
