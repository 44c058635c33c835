"""Filled workbooks in the home registry's folder: read, planned and published like any harvest, without people."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from connectors.contract import Payload, Registry
from connectors.discovery import registry
from connectors.jmicro import connector
from connectors.jmicro.workbooks import without_people
from connectors.redaction import MASKED
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor
from crosswalks.spreadsheet.dump import examples
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.records import current_records
from tests.crosswalks.spreadsheet.filling import filled, saved

ADDRESS = "madeup.person@contact.example"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def payload(body: bytes, name: str = "架空.xlsx") -> Payload:
    return Payload("list", f"folder:{name}", connector.redact(body, XLSX), XLSX, "0" * 32)


def with_people() -> bytes:
    book = filled()
    page = book["一覧 Listings"]
    wide = page.max_column + 1
    page.cell(1, wide, "担当者氏名")
    page.cell(4, wide, "架空花子")
    page.cell(5, wide, 312345678)
    page["D4"] = f"質問は {ADDRESS} まで。"
    page["B4"].comment = Comment("架空花子が確認", "架空太郎")
    book.properties.creator = "架空太郎"
    book.properties.lastModifiedBy = "架空次郎"
    return saved(book)


def test_people_are_taken_out_before_anything_is_kept() -> None:
    kept = without_people(with_people())
    with zipfile.ZipFile(io.BytesIO(kept)) as package:
        everything = b"\n".join(package.read(name) for name in package.namelist())
    for word in ("架空花子", "架空太郎", "架空次郎", ADDRESS, "312345678"):
        assert word.encode() not in everything
    assert MASKED in everything
    assert openpyxl.load_workbook(io.BytesIO(kept))["一覧 Listings"]["B4"].value == "架空データ活用入門"
    assert without_people(kept) == without_people(without_people(kept))
    extract = connector.parse(payload(with_people()), registry("jmicro"))
    assert len(list(extract.found)) == 2
    assert "column_personal" in {issue.code for issue in extract.issues}


def test_listings_have_their_place_and_keep_their_key() -> None:
    extract = connector.parse(payload(saved(filled())), registry("jmicro"))
    found = list(extract.found)
    assert [one.places["at"] for one in found] == ["一覧 Listings!4", "一覧 Listings!5"]
    assert (extract.rows, extract.stated, extract.issues) == (2, None, [])
    key = crosswalk_for("jmicro").key
    assert [key(one.listing) for one in found] == [
        "ror:https://ror.example/000000000 | 1", "架空ほしぞら学習協会 | 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "workbook_old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_protected"),
        (b"PK\x03\x04 cut off", "workbook_unreadable"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_told_and_makes_the_run_incomplete(body: bytes, code: str) -> None:
    extract = connector.parse(payload(body), registry("jmicro"))
    assert [(issue.code, issue.place) for issue in extract.issues] == [(code, "架空.xlsx")]
    assert (extract.stated, extract.rows, list(extract.found)) == (1, 0, [])


def test_a_folder_of_workbooks_is_harvested_and_published(place: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "hibari.xlsx").write_bytes(saved(filled(examples()[:1])))
    (folder / "hoshizora.xlsx").write_bytes(saved(filled(examples()[1:])))
    (folder / "~$hibari.xlsx").write_bytes("架空太郎".encode())
    source = registry("jmicro")
    manifest = source.manifest.model_copy(update={"options": {**source.manifest.options, "folder": str(folder)}})
    report = harvest(place, Order(Registry("jmicro", "jmicro", manifest), "test"))
    assert (report.published.created, report.reading.rejected) == (2, 0), report.issues
    held = [Descriptor.model_validate_json(one.content) for one in current_records(place.database)]
    assert sorted(one.title["ja"] for one in held) == ["架空データ活用入門", "架空介護コミュニケーション"]
    assert {one.source_record.rights for one in held} == {"reuse_with_attribution"}
    again = harvest(place, Order(Registry("jmicro", "jmicro", manifest), "test"))
    assert (again.reading.unchanged, again.published.created) == (2, 0)
