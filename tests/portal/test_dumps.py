"""Dumps hold what the log says, a delta turns one into the next, and nothing leaves that must not."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import orjson
import pyoxigraph as ox
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from lxml import etree
from starlette.testclient import TestClient

from config.messages import CodedError
from config.settings import Settings
from crosswalks.descriptor.rdf import from_rdf
from crosswalks.descriptor.serialise import dump, load
from crosswalks.elm.check.report import check_file
from harvester.workplace import Workplace
from portal.application import application
from portal.dumps.building import build
from portal.dumps.keeping import KEPT, Dumps
from portal.dumps.manifest import Manifest
from portal.partners.log import PublicationLog
from tests.cli.calling import Caller
from tests.portal.publishing import BASE, Publisher, iri

LINES = ("descriptor.ndjson", "descriptor.nq", "elm.nq", "elm.jsonl", "records.csv")


def built(place: Workplace, **changes: Any) -> Manifest:
    chosen = place.settings.model_copy(update=changes)
    return build(PublicationLog(place.database, chosen.base), chosen)[0]


def content(place: Workplace, manifest: Manifest, name: str) -> bytes:
    path = Dumps(place.settings.home).path(manifest.version, f"{name}.gz")
    assert path is not None, name
    return gzip.decompress(path.read_bytes())


def by_record(name: str, data: bytes) -> dict[str, list[bytes]]:
    """The lines of a file by the record each is of, read as somebody else would."""
    found: dict[str, list[bytes]] = {}
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if name == "records.csv":
            if number == 0:
                continue
            key = next(csv.reader([line.decode()]))[0]
        elif name.endswith(".nq"):
            key = str(next(iter(ox.parse(line, ox.RdfFormat.N_QUADS))).graph_name)[1:-1]
        else:
            told = orjson.loads(line)
            key = told["id"] if "id" in told else told["@graph"][0]["id"]
        found.setdefault(key, []).append(line)
    return {key: sorted(value) for key, value in found.items()}


def applied(place: Workplace, old: dict[str, list[bytes]], name: str, manifest: Manifest) -> dict[str, list[bytes]]:
    """An earlier file brought up to date: what changed goes, what the delta holds comes."""
    changes = [orjson.loads(line) for line in content(place, manifest, "delta.changes.ndjson").splitlines()]
    touched = {one["id"] for one in changes}
    fresh = by_record(name, content(place, manifest, f"delta.{name}"))
    assert fresh.keys() <= {one["id"] for one in changes if one["op"] != "DEL"}
    return {key: lines for key, lines in old.items() if key not in touched} | fresh


class Dumping(RuleBasedStateMachine):
    """A registry that publishes, changes, withdraws and brings back; a partner who has only the first dump."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.place = Workplace.of(Settings(home=Path(self.folder.name)))
        self.publisher = Publisher(self.place)
        self.publisher.publish(1)
        self.live, self.gone, self.unused, self.edits = [1], list[int](), iter(range(2, 1000)), 0
        self.replica = self.whole(built(self.place))

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.dump_and_apply()
            self.place.database.close()
            self.folder.cleanup()

    def whole(self, manifest: Manifest) -> dict[str, dict[str, list[bytes]]]:
        return {name: by_record(name, content(self.place, manifest, name)) for name in LINES}

    @rule(count=st.integers(1, 2), elm=st.booleans())
    def publish(self, count: int, elm: bool) -> None:  # noqa: FBT001
        numbers = [next(self.unused) for _ in range(count)]
        without: dict[str, Any] = {} if elm else {"issuer": None}
        self.publisher.publish(*numbers, **without)
        self.live += numbers

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def update(self, data: st.DataObject) -> None:
        self.edits += 1
        self.publisher.update(data.draw(st.sampled_from(self.live)), f"改訂 {self.edits}")

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.live))
        self.publisher.delete(number)
        self.live.remove(number)
        self.gone.append(number)

    @precondition(lambda self: self.gone)
    @rule()
    def bring_back(self) -> None:
        self.publisher.bring_back(self.gone[-1])
        self.live.append(self.gone.pop())

    @rule()
    def dump_and_apply(self) -> None:
        manifest, fresh = build(PublicationLog(self.place.database, BASE), self.place.settings)
        if fresh:
            assert manifest.delta is not None
            self.replica = {name: applied(self.place, self.replica[name], name, manifest) for name in LINES}
        assert self.replica == self.whole(manifest)
        assert set(self.replica["descriptor.ndjson"]) == {iri("jmicro", number) for number in self.live}


TestDumping = pytest.mark.slow(Dumping.TestCase)
TestDumping.settings = settings(
    max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def filled(place: Workplace) -> Publisher:
    """Records of the home registry, of a foreign one with rights, and of one that lets out facts only."""
    publisher = Publisher(place)
    publisher.publish(1, 2, 3)
    Publisher(place, registry="europass", truth=publisher.truth).publish(11, 12)
    source = {"registry": "mqa", "source_id": "n21", "url": "https://list.example/1", "rights": "facts_only",
              "attribution": "MQA"}  # fmt: skip
    mqa = Publisher(place, registry="mqa", truth=publisher.truth)
    mqa.publish(21, source_record=source, description={"en": "SECRETPROSE"})
    publisher.delete(3)
    return publisher


def test_every_form_holds_what_stands(filled: Publisher) -> None:
    place = filled.place
    manifest = built(place)
    living = {load(line).id for line in content(place, manifest, "descriptor.ndjson").splitlines()}
    assert living == {iri("jmicro", 1), iri("jmicro", 2), iri("europass", 11), iri("europass", 12), iri("mqa", 21)}
    lines = {dump(one) for one in from_rdf(content(place, manifest, "descriptor.nq"), ox.RdfFormat.N_QUADS)}
    assert lines == set(content(place, manifest, "descriptor.ndjson").splitlines())
    assert {
        str(one.graph_name)[1:-1] for one in ox.parse(content(place, manifest, "descriptor.nq"), ox.RdfFormat.N_QUADS)
    } == living
    conforming = living - {iri("mqa", 21)}
    quads = list(ox.parse(content(place, manifest, "elm.nq"), ox.RdfFormat.N_QUADS))
    assert {str(one.graph_name)[1:-1] for one in quads} == conforming
    statements = {str(one.triple) for one in quads}
    turtle = {str(one) for one in ox.parse(content(place, manifest, "elm.ttl"), ox.RdfFormat.TURTLE)}
    assert {one.lower() for one in turtle} == {one.lower() for one in statements}
    assert len(etree.fromstring(content(place, manifest, "elm.xml")).findall(".//{*}learningOpportunity[@id]")) == 4
    rows = list(csv.DictReader(io.StringIO(content(place, manifest, "records.csv").decode())))
    assert {row["id"] for row in rows} == living
    assert manifest.records == 5
    assert sum(manifest.withheld.values()) == 1
    (held,) = content(place, manifest, "elm.withheld.ndjson").splitlines()
    assert orjson.loads(held)["id"] == iri("mqa", 21)


def test_a_line_of_json_ld_is_a_document_of_its_own(filled: Publisher, client: TestClient) -> None:
    manifest = built(filled.place)
    lines = content(filled.place, manifest, "elm.jsonl").splitlines()
    assert len(lines) == 4
    read = set[str]()
    for line in lines:
        document = orjson.loads(line)
        context = client.get(document["@context"]).json()
        read |= {str(one.triple) for one in ox.parse(orjson.dumps({**document, **context}), ox.RdfFormat.JSON_LD)}
    assert read == {
        str(one.triple) for one in ox.parse(content(filled.place, manifest, "elm.nq"), ox.RdfFormat.N_QUADS)
    }


def test_the_rights_policy_binds_every_file(filled: Publisher) -> None:
    manifest = built(filled.place)
    folder = Dumps(filled.place.settings.home).folder / manifest.version
    for path in folder.glob("*.gz"):
        assert b"SECRETPROSE" not in gzip.decompress(path.read_bytes()), path.name
    (mqa,) = [one for one in manifest.sources if one.registry == "mqa"]
    assert (mqa.rights, mqa.attribution) == ("facts_only", "MQA")


def test_the_manifest_names_every_file_with_its_hash(filled: Publisher) -> None:
    manifest = built(filled.place)
    filled.update(1, "改訂")
    manifest = built(filled.place)
    folder = Dumps(filled.place.settings.home).folder / manifest.version
    changed = manifest.delta.files if manifest.delta else ()
    every = (*manifest.files, *manifest.europe, *manifest.resources, *changed)
    listed = {one.name: one for one in every}
    assert {path.name for path in folder.iterdir()} == {*listed, "manifest.json"}
    for name, entry in listed.items():
        data = (folder / name).read_bytes()
        assert (entry.size, entry.sha256) == (len(data), sha256(data).hexdigest())
    assert manifest.delta is not None
    assert (manifest.delta.added, manifest.delta.modified, manifest.delta.deleted) == (0, 1, 0)


def test_the_same_records_give_the_same_bytes_and_no_second_dump(filled: Publisher) -> None:
    place = filled.place
    first = built(place)
    assert build(PublicationLog(place.database, BASE), place.settings) == (first, False)
    dumps = Dumps(place.settings.home)
    before = {path.name: path.read_bytes() for path in (dumps.folder / first.version).iterdir()}
    (dumps.folder / first.version).rename(dumps.folder / ".aside")
    assert built(place) == first
    assert {path.name: path.read_bytes() for path in (dumps.folder / first.version).iterdir()} == before


def test_other_rules_give_another_dump_without_a_delta(filled: Publisher) -> None:
    first = built(filled.place)
    second = built(filled.place, elm_namespace="elm-3.3")
    assert (first.no_delta, second.no_delta, second.delta) == ("first", "rules_changed", None)
    assert first.version != second.version


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "＝1", " =1", "\t=1", "a\r\n=1"])
def test_no_cell_of_the_table_is_a_formula(place: Workplace, cell: str) -> None:
    publisher = Publisher(place)
    publisher.publish(1, title={"en": cell, "fr": "-x"})
    data = content(place, built(place), "records.csv").decode()
    (row,) = csv.DictReader(io.StringIO(data))
    assert not any(value.lstrip().startswith(("=", "+", "-", "@", "＝")) for value in row.values())
    assert len(data.splitlines()) == 2


def test_a_failure_leaves_the_last_dump_and_is_told(
    filled: Publisher, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = filled.place
    first = built(place)
    filled.update(1, "改訂")

    def broken(*arguments: object) -> Iterator[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.dumps.building.records", broken)
    with pytest.raises(CodedError, match="home_unwritable"):
        built(place)
    told = client.get("/dumps").json()
    assert (told["last_attempt"]["result"], [one["version"] for one in told["dumps"]]) == ("failure", [first.version])
    assert {path.name for path in Dumps(place.settings.home).folder.iterdir()} == {first.version, "last.json"}


def test_what_a_killed_build_left_behind_goes_and_is_never_served(filled: Publisher, client: TestClient) -> None:
    folder = Dumps(filled.place.settings.home).folder
    for name, age in ((".building-old", 2 * 24 * 3600), (".building-fresh", 0)):
        (folder / name).mkdir(parents=True)
        (folder / name / "manifest.json").write_text("{}")
        os.utime(folder / name, (time.time() - age,) * 2)
    version = built(filled.place).version
    assert {path.name for path in folder.iterdir()} == {".building-fresh", version, "last.json"}
    assert client.get("/dumps/.building-fresh/manifest.json").status_code == 404
    assert [one["version"] for one in client.get("/dumps").json()["dumps"]] == [version]


def test_nothing_published_is_no_dump(place: Workplace, client: TestClient) -> None:
    with pytest.raises(CodedError, match="nothing_published"):
        built(place)
    assert client.get("/dumps").json()["dumps"] == []
    for address in ("/dumps/latest", "/elm/latest/elm-3.2.ttl", "/dumps/x/manifest.json"):
        assert client.get(address).status_code == 404, address


def test_dumps_are_served_as_they_lie(filled: Publisher, client: TestClient) -> None:
    manifest = built(filled.place)
    latest = client.get("/dumps/latest/descriptor.ndjson.gz")
    assert latest.status_code == 302
    found = client.get(latest.headers["location"])
    entry = manifest.file("descriptor.ndjson.gz")
    assert entry is not None
    assert sha256(found.content).hexdigest() == entry.sha256
    assert found.headers["repr-digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(entry.sha256)).decode()}:"
    assert "immutable" in found.headers["cache-control"]
    assert client.get(latest.headers["location"], headers={"if-none-match": found.headers["etag"]}).status_code == 304
    part = client.get(latest.headers["location"], headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, found.content[:10])
    assert client.get(client.get("/dumps/latest").headers["location"]).json()["version"] == manifest.version


@pytest.mark.parametrize("name", ["%2e%2e", "..%2Flast.json", ".aside", "last.json", "x%00y"])
def test_no_name_leads_out_of_the_dumps(filled: Publisher, client: TestClient, name: str) -> None:
    version = built(filled.place).version
    for address in (f"/dumps/{version}/{name}", f"/dumps/{name}/manifest.json", f"/elm/latest/{name}"):
        assert client.get(address).status_code == 404, address


def test_the_european_dataset_holds_the_home_registry_only(filled: Publisher, client: TestClient) -> None:
    built(filled.place)
    mine = {iri("jmicro", 1), iri("jmicro", 2)}
    for generation, namespace in (("elm-3.2", "elm"), ("elm-3.3", "ontology")):
        turtle = client.get(f"/elm/latest/{generation}.ttl", headers={"accept-encoding": "identity"})
        assert turtle.content == client.get(f"/elm/latest/{generation}.ttl").content
        term = f"<http://data.europa.eu/snb/model/{namespace}/LearningOpportunity>"
        found = list(ox.parse(turtle.content, ox.RdfFormat.TURTLE))
        assert {str(one.subject)[1:-1] for one in found if str(one.object) == term} == mine
        rdf = client.get(f"/elm/latest/{generation}.rdf").content
        assert len(set(map(str, ox.parse(rdf, ox.RdfFormat.RDF_XML)))) == len(set(map(str, found)))
        for suffix in ("ttl", "rdf", "xml"):
            data = client.get(f"/elm/latest/{generation}.{suffix}").content
            assert check_file(data, f"x.{suffix}").passed, suffix
            assert b"europass" not in data
    report = client.get("/elm/latest/conformance.json").json()["distributions"]
    assert len(report) == 6
    assert all(one["conforms"] and one["records"] == 2 and one["focus_nodes"] for one in report)
    judged = {(one["distribution"][:7], "mapping its namespaces back" in one["judged"]) for one in report}
    assert judged == {("elm-3.2", False), ("elm-3.3", True)}


def test_an_address_that_is_polled_says_when_nothing_changed(filled: Publisher, client: TestClient) -> None:
    built(filled.place)
    found = client.get("/elm/latest/elm-3.2.xml")
    assert found.status_code == 200
    assert client.get("/elm/latest/elm-3.2.xml", headers={"if-none-match": found.headers["etag"]}).status_code == 304
    Publisher(filled.place, registry="europass").publish(13)
    built(filled.place)
    again = client.get("/elm/latest/elm-3.2.xml", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304, "what was harvested elsewhere changes nothing here"


@pytest.fixture
def key(tmp_path: Path) -> Callable[[], tuple[Path, Path]]:
    def made() -> tuple[Path, Path]:
        private = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Contoh")])
        begins = datetime(2026, 1, 1, tzinfo=UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        dated = builder.not_valid_before(begins).not_valid_after(begins + timedelta(days=900))
        certificate = dated.public_key(private.public_key()).sign(private, hashes.SHA256())
        number = len(os.listdir(tmp_path))  # noqa: PTH208  a name that is not taken
        pem, cert = tmp_path / f"key{number}.pem", tmp_path / f"cert{number}.pem"
        pem.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                              serialization.NoEncryption()))  # fmt: skip
        cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return pem, cert

    return made


def test_a_seal_holds_for_the_manifest_and_for_nothing_else(
    filled: Publisher, key: Callable[[], tuple[Path, Path]]
) -> None:
    pem, certificate = key()
    manifest = built(filled.place, seal_key=pem, seal_certificate=certificate)
    chosen = filled.place.settings.model_copy(update={"seal_key": pem})
    client = TestClient(application(chosen, filled.place.database), base_url=BASE)
    content_ = client.get(f"/dumps/{manifest.version}/manifest.json").content
    seal = client.get(f"/dumps/{manifest.version}/manifest.jws").text.strip()
    (told,) = client.get("/dumps/seal.jwks.json").json()["keys"]
    assert "d" not in told

    def check(data: bytes) -> Any:
        head, _, signature = seal.split(".")
        whole = f"{head}.{base64.urlsafe_b64encode(data).decode().rstrip('=')}.{signature}"
        return jwt.PyJWS().decode_complete(whole, key=jwt.PyJWK(told).key, algorithms=["ES256"])

    header = check(content_)["header"]
    assert header["kid"] == told["kid"]
    assert x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0])).serial_number == 1
    with pytest.raises(jwt.InvalidSignatureError):
        check(content_ + b" ")


def test_a_key_that_cannot_seal_stops_the_dump(filled: Publisher, key: Callable[[], tuple[Path, Path]]) -> None:
    (pem, _), (_, other) = key(), key()
    for changes in (
        {"seal_key": other},
        {"seal_key": pem.with_name("none")},
        {"seal_key": pem, "seal_certificate": other},
    ):
        with pytest.raises(CodedError, match="seal_key_bad"):
            built(filled.place, **changes)
    assert Dumps(filled.place.settings.home).versions() == []


def test_old_dumps_go_but_one_a_month_stays(filled: Publisher) -> None:
    place = filled.place
    made = built(place)
    dumps = Dumps(place.settings.home)
    source = dumps.folder / made.version
    for day in range(60):
        moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day)
        copied = made.model_copy(update={"version": f"v{day:03}", "horizon": -100 + day, "published_at": moment})
        (dumps.folder / copied.version).mkdir()
        (dumps.folder / copied.version / "manifest.json").write_bytes(copied.as_json())
    dumps = Dumps(place.settings.home)
    gone = dumps.retire()
    kept = [one.version for one in dumps.versions()]
    assert len(gone) + len(kept) == 61
    assert kept == [
        "v000",
        *(["v031"] if 61 - KEPT > 31 else []),
        *[f"v{day:03}" for day in range(61 - KEPT, 60)],
        source.name,
    ]


@pytest.mark.slow
def test_the_command_goes_on_until_it_is_told_to_stop(place: Workplace, tmp_path: Path) -> None:
    call = Caller(place.settings.home, tmp_path)
    program = "from harvester.cli import main; main()"
    command = [sys.executable, "-c", program, "dump", "--json", "--every", "0.0001"]
    with subprocess.Popen(
        command, env=call.process_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as going:
        assert going.stdout is not None
        assert going.stderr is not None
        try:
            assert b"nothing_published" in going.stderr.readline()
            Publisher(place).publish(1, 2)
            told = (line for line in going.stdout if b'"fresh"' in line)
            assert [b"true" in next(told), b"true" in next(told)] == [True, False]
        finally:
            going.terminate()
            ended = going.wait(30)
        assert ended == 0
    assert [one.records for one in Dumps(place.settings.home).versions()] == [2]
    assert not list(Dumps(place.settings.home).folder.glob(".building-*"))


def test_the_command_makes_a_dump_once(filled: Publisher, tmp_path: Path) -> None:
    call = Caller(filled.place.settings.home, tmp_path)
    first, second = (orjson.loads(call("dump", "--json").out) for _ in range(2))
    assert (first["fresh"], second["fresh"], first["manifest"]) == (True, False, second["manifest"])
    assert (Path(first["folder"]) / "manifest.json").is_file()
    shown = call("dump")
    assert (shown.status, "records.csv.gz" in shown.text) == (0, True)
    empty = Caller(tmp_path / "empty", tmp_path)("dump")
    assert (empty.status, "nothing_published" in empty.err) == (1, True)
