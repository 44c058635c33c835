"""Dumps over HTTP: a list of them, each file for ever, the latest by redirection, and the European dataset."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from config.messages import Issue
from config.settings import Settings
from portal.answers import CACHED, FOR_EVER, answer, knows, packs, problem, redirect
from portal.dumps.europe import PREFIX, REPORT, distributions
from portal.dumps.keeping import Dumps
from portal.dumps.manifest import MANIFEST, SEAL, FileEntry, Manifest
from portal.dumps.seal import public_keys
from portal.partners.making import tag_of
from portal.routing import Router

_JSON = "application/json"
_PACKED = "application/gzip"
_ZIP = "application/zip"
_CHUNK = 2**16
_LATEST = "latest"


class DumpPages:
    """Answers at the addresses of dumps."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = settings.base
        self._dumps = Dumps(settings.home)

    def index(self, request: Request) -> Response:
        """List the dumps, the newest first, and say what became of the last attempt to make one."""
        versions = self._dumps.versions()[::-1]
        told = {
            "latest": self._address(versions[0], MANIFEST) if versions else None,
            "last_attempt": self._dumps.last_attempt(),
            "dumps": [
                {
                    "version": one.version,
                    "published_at": one.published_at,
                    "horizon": one.horizon,
                    "records": one.records,
                    "manifest": self._address(one, MANIFEST),
                }
                for one in versions
            ],
        }
        body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
        return answer(request, body, _JSON, tag=tag_of(body, _JSON))

    def latest(self, request: Request, name: str = MANIFEST) -> Response:
        """Send on to a file of the newest dump."""
        found = self._dumps.latest()
        if found is None:
            return _nothing(request)
        return redirect(self._address(found, name), 302, {"Cache-Control": "no-cache"})

    def keys(self, request: Request) -> Response:
        """Give the keys that seals can be checked with."""
        body = orjson.dumps(public_keys(self._settings))
        return answer(request, body, "application/jwk-set+json", tag=tag_of(body, _JSON))

    def file(self, request: Request, version: str, name: str) -> Response:
        """Give one file of a dump, or a part of it; it never changes."""
        if version == _LATEST:
            return self.latest(request, name)
        manifest, path = self._dumps.manifest(version), self._dumps.path(version, name)
        if manifest is None or path is None:
            return _nothing(request)
        if name in {MANIFEST, SEAL}:
            kind = _JSON if name == MANIFEST else "application/jose"
            body = path.read_bytes()
            return answer(
                request, body, kind, tag=tag_of(body, kind), changed=manifest.published_at, cache=FOR_EVER
            )  # fmt: skip
        entry = manifest.file(name)
        if entry is None:
            return _nothing(request)
        headers = _headers(entry, manifest, entry.sha256[:24], FOR_EVER)
        if knows(request, entry.sha256[:24], manifest.published_at):
            return Response(status_code=304, headers=headers)
        kind = _ZIP if entry.media_type == _ZIP else _PACKED
        return FileResponse(path, media_type=kind, headers=headers)

    def european(self, request: Request) -> Response:
        """Say which distributions the European dataset has, as of which dump."""
        found = self._dumps.latest()
        told = {
            "version": found.version if found else None,
            "published_at": found.published_at if found else None,
            "distributions": [
                {"namespace": generation, "href": f"{self._base}/elm/latest/{name}", "type": kind}
                for generation, name, kind in distributions()
            ],
            "conformance": f"{self._base}/elm/latest/{REPORT}",
            "manifest": self._address(found, MANIFEST) if found else None,
        }
        body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
        return answer(request, body, _JSON, tag=tag_of(body, _JSON))

    def european_file(self, request: Request, name: str) -> Response:
        """Give a distribution of the European dataset as it stands, at an address that stays."""
        manifest = self._dumps.latest()
        entry = manifest.file(f"{PREFIX}{name}.gz") if manifest else None
        path = self._dumps.path(manifest.version, entry.name) if manifest and entry else None
        if manifest is None or entry is None or path is None:
            return _nothing(request)
        packed = packs(request)
        tag = entry.sha256[:24] + ("-gzip" if packed else "")
        headers = _headers(entry, manifest, tag, CACHED)
        headers["Vary"] = "Accept-Encoding"
        headers["Link"] = (
            f'<{self._address(manifest, MANIFEST)}>; rel="describedby", '
            f'<{self._base}/elm/latest/{REPORT}>; rel="related"; title="conformance"'
        )
        if knows(request, tag, manifest.published_at):
            return Response(status_code=304, headers=headers)
        kind = f"{entry.media_type}; charset=utf-8" if entry.media_type.startswith("text/") else entry.media_type
        if packed:
            return FileResponse(path, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
        del headers["Repr-Digest"]
        return StreamingResponse(_unpacked(path), media_type=kind, headers=headers)

    def _address(self, manifest: Manifest, name: str) -> str:
        return f"{self._base}/dumps/{manifest.version}/{name}"


def _headers(entry: FileEntry, manifest: Manifest, tag: str, cache: str) -> dict[str, str]:
    digest = base64.b64encode(bytes.fromhex(entry.sha256)).decode()
    return {
        "ETag": f'"{tag}"',
        "Last-Modified": format_datetime(manifest.published_at.replace(microsecond=0), usegmt=True),
        "Cache-Control": cache,
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
        "Repr-Digest": f"sha-256=:{digest}:",
    }


def _unpacked(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _nothing(request: Request) -> Response:
    return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)


def dumps_router(settings: Settings) -> Router:
    """Return the addresses of dumps."""
    pages, router = DumpPages(settings), Router()
    for path, endpoint in (
        ("/dumps", pages.index),
        ("/dumps/seal.jwks.json", pages.keys),
        ("/dumps/latest", pages.latest),
        ("/dumps/{version}/{name}", pages.file),
        ("/elm/latest", pages.european),
        ("/elm/latest/{name}", pages.european_file),
    ):
        router.add(path, endpoint)
    return router
