"""Models that a deployment may add: read from real files, asked over a real connection, always called machines."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from config.messages import CodedError
from config.settings import Settings
from crosswalks.descriptor.model import Outcome
from harvester.crawling.fetching import posted
from harvester.watching.doctor import examine
from harvester.workplace import Workplace
from portal.application import application
from recognition.comparison import compare
from recognition.models.translator import drafted
from recognition.models.vectors import vector_model
from recognition.outcomes.align import align
from recognition.outcomes.suggesting import suggest
from recognition.translating import draft_translation
from tests.cli.calling import Caller
from tests.portal.committee import members
from tests.portal.publishing import BASE, Publisher, name
from tests.recognition.models import ABOUT, tensor, tiny_model
from tests.recognition.test_goldens import subjects


def said(**texts: str) -> Outcome:
    return Outcome(text=texts)


def code_of(folder: Path) -> tuple[str, str]:
    with pytest.raises(CodedError) as told:
        vector_model(folder)
    issue = told.value.issues[0]
    return issue.code, str(issue.params["detail"])


@pytest.mark.parametrize("code", ["F32", "F16"])
def test_a_model_is_read_from_its_folder_and_brings_languages_near(tmp_path: Path, code: str) -> None:
    model = vector_model(tiny_model(tmp_path / code, code))
    assert model.size == (14, 4)
    assert model.nearness(said(en="Prune the trees."), said(ms="Memangkas pokok.")) == pytest.approx(1)
    assert model.nearness(said(en="Pruning trees"), said(ja="果樹園の剪定ができる。")) == pytest.approx(1)
    assert model.nearness(said(en="Prune the trees."), said(ms="Membaiki bumbung buku")) == pytest.approx(0)
    half = model.nearness(said(en="Prune the trees."), said(ja="果樹と帳簿"))
    assert half == pytest.approx(0.5)
    for unknown in (said(en="Weld thick steel plates on trees"), said(und="Memangkas pokok"), said(de="Bäume")):
        assert model.nearness(unknown, said(ms="Memangkas pokok.")) is None
    whole = hashlib.sha256()
    for file in sorted((tmp_path / code).iterdir()):
        whole.update(file.read_bytes())
    assert model.maker.model_dump() == {"name": "contoh-4", "digest": whole.hexdigest(), "dated": "2026-04-01"}


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({"model": None}, "model.yaml: No such file"), ({"words": None}, "words.tsv: No such file"),
        ({"vectors": None}, "vectors.safetensors: No such file"), ({"model": b"name: [x"}, "while parsing"),
        ({"model": ABOUT.replace("0.8", "1.5").encode()}, "near"), ({"model": b"name: x\n"}, "dated"),
        ({"model": ABOUT.encode() + b"more: 1\n"}, "more"), ({"words": b"en\tprune\n"}, "1 words, but 14 vectors"),
        ({"words": b"prune\n"}, "line 1"), ({"words": b"en\tprune\nen\tPrune\n"}, "line 2"),
        ({"words": b"\xff\xfe"}, "utf-8"), ({"vectors": b""}, "no header"), ({"vectors": b"\xff" * 40}, "no header"),
        ({"vectors": (2).to_bytes(8, "little") + b"{}"}, "no tensor"),
        ({"vectors": tensor([(1, 0)], name="other")}, "no tensor"),
        ({"vectors": tensor([(1, 0, 0, 0)])[:-1]}, "does not fit"),
        ({"vectors": tensor([(1.0,)]).replace(b"F32", b"I64")}, "no tensor"),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_model_says_what_is_wrong(
    tmp_path: Path, files: dict[str, bytes | None], detail: str
) -> None:
    code, told = code_of(tiny_model(tmp_path / "model", **files))
    assert code == "outcome_model_unreadable"
    assert detail in told


def test_a_suggestion_is_no_link_and_is_made_only_where_there_is_none(tmp_path: Path) -> None:
    model = vector_model(tiny_model(tmp_path / "model"))
    lefts = [said(ms="Memangkas pokok."), said(en="Mend the roofs."), said(ms="Bumbung buku")]
    rights = [said(en="Prune the trees."), said(en="Mend roofs"), said(ja="帳簿をつける")]
    alignment = align(lefts, rights)
    assert [(one.left, one.right) for one in alignment.links] == [(1, 1)]
    found = suggest(alignment, lefts, rights, model)
    assert [(one.left, one.right) for one in found] == [(0, 0)]
    assert all(one.machine_made and one.by == model.maker for one in found)
    assert align(lefts, rights) == alignment
    plain, with_model = compare(subjects()), compare(subjects(), model)
    assert with_model.model_copy(update={"suggested": ()}) == plain
    assert plain.suggested == ()


@pytest.fixture
def two(place: Workplace) -> tuple[str, str]:
    Publisher(place, "mqa").publish(1, learning_outcomes=[{"text": {"ms": "Memangkas pokok."}}])
    Publisher(place, "nzqa").publish(1, learning_outcomes=[{"text": {"en": "Prune the trees."}}])
    return name("mqa", 1), name("nzqa", 1)


def test_what_a_model_suggests_is_called_machine_made_in_every_form(
    place: Workplace, two: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_model(tmp_path / "model")
    digest = vector_model(folder).digest
    monkeypatch.setattr("portal.public.beside.pdf", lambda sheet, _base: sheet)
    asked = f"compare{{}}?ids={','.join(two)}"
    for settings in (place.settings, place.settings.model_copy(update={"outcome_model": folder})):
        on = settings.outcome_model is not None
        with TestClient(application(settings, place.database), base_url=BASE) as client:
            told = client.get("/en/" + asked.format(".json")).json()
            assert [(one["by"]["digest"], one["machine_made"]) for one in told["machine_made"]] == [(digest, True)] * on
            assert told["alignments"][0]["links"] == []
            assert told["alignments"][0]["not_compared"] == 1
            book = load_workbook(io.BytesIO(client.get("/en/" + asked.format(".xlsx")).content))
            rows = [[str(cell.value) for cell in row] for row in book.worksheets[2].iter_rows()]
            sheet = [text for row in rows if "Memangkas pokok." in row for text in row]
            for way in (
                client.get("/en/" + asked.format("")).text, client.get("/en/" + asked.format(".pdf")).text,
                "".join(sheet),
            ):  # fmt: skip
                assert (f"machine-made: contoh-4 (2026-04-01, SHA-256 {digest})" in way) is on
            assert ("機械による推定：contoh-4" in client.get("/ja/" + asked.format("")).text) is on


def test_a_comparison_is_made_without_a_model_that_cannot_be_read(
    place: Workplace, two: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_model(tmp_path / "model", words=None)
    settings = place.settings.model_copy(update={"outcome_model": folder})
    with TestClient(application(settings, place.database), base_url=BASE) as client:
        shown = client.get(f"/en/compare?ids={','.join(two)}")
        assert shown.status_code == 200
        assert "cannot be read: words.tsv" in shown.text
    monkeypatch.setenv("KAKEHASHI_OUTCOME_MODEL", str(folder))
    call = Caller(place.settings.home, tmp_path)
    told = call.with_(KAKEHASHI_OUTCOME_MODEL=str(folder))("compare", *two, "--json").document
    assert (told["suggested"], told["issues"][0]["code"]) == ([], "outcome_model_unreadable")
    findings = {one.told.code: one for one in examine() if one.part == "models"}
    assert findings["outcome_model_unreadable"].grave
    good = str(tiny_model(tmp_path / "good"))
    monkeypatch.setenv("KAKEHASHI_OUTCOME_MODEL", good)
    shown_here = call.with_(KAKEHASHI_OUTCOME_MODEL=good)("compare", *two, "--lang", "en").text
    assert "machine-made" in shown_here
    assert "contoh-4" in shown_here
    assert [one.told.code for one in examine() if one.part == "models"] == ["doctor_outcome_model"]


class Service(BaseHTTPRequestHandler):
    """Answers as LibreTranslate does; `answers` of the server says with what, `asked` keeps what came."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server: Any = self.server
        server.asked.append((self.path, json.loads(body)))
        status, answer = server.answer
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if server.drips:
            with suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
        with suppress(OSError):
            self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def service() -> Iterator[Any]:
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        found: Any = server
        found.drips = False
        found.asked, found.answer = [], (200, '{"translatedText": " 果樹を剪定する。 "}'.encode())
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join(10)


def settings_for(service: Any, **more: Any) -> Settings:
    address = f"http://127.0.0.1:{service.server_address[1]}/translate"
    return Settings(translation_service=address, translation_model="contoh-mt 1", **more)


def test_a_service_drafts_one_text_and_is_named_beside_it(service: Any) -> None:
    made = drafted(settings_for(service, translation_key="k" * 20), "Prune trees.", "en-NZ", "ja")
    assert made.text == "果樹を剪定する。"
    assert made.note.startswith("contoh-mt 1 · 127.0.0.1 · 20")
    assert service.asked == [
        ("/translate", {"q": "Prune trees.", "source": "en", "target": "ja", "format": "text", "api_key": "k" * 20})
    ]
    drafted(settings_for(service), "Memangkas.", "und", "ja")
    assert service.asked[-1][1]["source"] == "auto"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((400, b'{"error": "mi is not supported"}'), "page_missing"), ((302, b""), "page_missing"),
        ((200, b"<html>"), "translation_service_odd"), ((200, b'{"translatedText": ""}'), "translation_service_odd"),
        ((200, b"[]"), "translation_service_odd"), ((200, b" " * (2**20 + 1)), "answer_too_large"),
    ],
)  # fmt: skip
def test_a_service_that_answers_badly_is_told(service: Any, answer: tuple[int, bytes], code: str) -> None:
    service.answer = answer
    with pytest.raises(CodedError) as told:
        drafted(settings_for(service), "Prune trees.", "en", "ja")
    assert told.value.issues[0].code == code
    assert len(service.asked) == 1


def test_a_service_that_never_ends_is_left(service: Any) -> None:
    service.drips = True
    address = f"http://127.0.0.1:{service.server_address[1]}/translate"
    with pytest.raises(CodedError) as told:
        posted(address, b"{}", "application/json", "test", 2**20, seconds=0.3, allow_loopback=True)
    assert told.value.issues[0].params["detail"] == "it took too long"


def test_a_service_elsewhere_stands_under_the_guard() -> None:
    for address in ("http://10.0.0.1/translate", "http://169.254.169.254/", "http://93.184.216.34:5000/"):
        with pytest.raises(CodedError) as told:
            drafted(Settings(translation_service=address), "x", "en", "ja")  # type: ignore[arg-type]  # as settings read it
        assert told.value.issues[0].code == "address_closed"
    with pytest.raises(CodedError) as told:
        posted("http://127.0.0.1:9/", b"", "text/plain", "test", 10, seconds=1)
    assert told.value.issues[0].code == "address_closed"
    with pytest.raises(CodedError) as told:
        drafted(Settings(), "x", "en", "ja")
    assert told.value.issues[0].code == "translation_service_unset"


def test_a_draft_is_nobodys_translation_until_a_second_person_approves_it(
    place: Workplace, two: tuple[str, str], service: Any
) -> None:
    plain = replace(place, settings=place.settings.model_copy(update={"translation_service": None}))
    record, room = two[1], "/ja/committee/translations"
    field, page = "learning_outcomes.0.text", f"/ja/mc/{two[1]}"
    with members(plain, "ichiko") as (one,):
        assert "/draft" not in one.get(f"{room}/{record}").text
        assert one.refused(f"{room}/{record}/draft", field=field, language="ja") == "translation_service_unset"
    chosen = settings_for(service)
    update = {"translation_service": chosen.translation_service, "translation_model": chosen.translation_model}
    with_service = replace(place, settings=place.settings.model_copy(update=update))
    with members(with_service, "futaba", "mitsuko") as (one, other):
        assert f'action="{room}/{record}/draft"' in one.get(f"{room}/{record}").text
        assert one.refused(f"{room}/{record}/draft", field="title", language="de") == "translation_place_unknown"
        one.done(f"{room}/{record}/draft", field=field, language="ja")
        assert [asked["q"] for _, asked in service.asked] == ["Prune the trees."]
        drafted_page = one.get(f"{room}/{record}").text
        assert "機械翻訳" in drafted_page
        assert "機械翻訳" in other.get(room).text.partition('id="waiting"')[2]
        assert "contoh-mt 1 · 127.0.0.1" in drafted_page
        assert "果樹を剪定する" not in one.get(page).text
        assert one.refused(f"{room}/1/approve", why="x") == "translation_same_person"
        other.done(f"{room}/1/approve", why="読み比べた。")
        shown = one.get(page).text
        assert "果樹を剪定する" in shown
        assert "機械翻訳（確認済み、原文：英語）" in shown
        assert "contoh-mt 1 · 127.0.0.1" in shown
        told = one.get(f"/ja/compare.json?ids={','.join(two)}").json()
        rows = {row["code"]: row for heading in told["headings"] for row in heading["rows"]}
        (laid,) = rows["learning_outcomes"]["cells"][1]["values"][0]["reviewed"]
        assert laid["machine"] is True
        service.answer = (200, '{"translatedText": "担当：山田 太郎"}'.encode())
        assert one.refused(f"{room}/{two[0]}/draft", field=field, language="ja") == "translation_names_people"


def test_what_a_registry_does_not_release_is_not_sent_to_a_service(place: Workplace, service: Any) -> None:
    held = {"registry": "nzqa", "source_id": "n1", "url": "https://list.example/1", "rights": "facts_only"}
    outcomes = [{"text": {"en": "Prune the trees."}}]
    Publisher(place, "nzqa").publish(1, learning_outcomes=outcomes, source_record=held)
    with_service = replace(place, settings=place.settings.model_copy(update={
        "translation_service": settings_for(service).translation_service,
    }))  # fmt: skip
    with pytest.raises(CodedError) as told:
        draft_translation(with_service, "A. Member", name("nzqa", 1), "learning_outcomes.0.text", "ja")
    assert told.value.issues[0].code == "translation_not_released"
    assert service.asked == []
