"""The file itself: what other programs find in it, that no text of ours is a formula, and that bytes are stable."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crosswalks.mapping import field_paths
from crosswalks.spreadsheet.cells import LONGEST, folded, unfolded
from crosswalks.spreadsheet.dump import dump, examples, template
from crosswalks.spreadsheet.layout import codes_named, lists_used, sheets
from crosswalks.spreadsheet.load import read_workbook
from crosswalks.spreadsheet.model import SpreadsheetListing
from crosswalks.spreadsheet.parts import PARTS
from tests.cli.calling import Caller
from tests.crosswalks.spreadsheet.filling import filled, put, saved, spoilt

RISKY = [
    "=1+1",
    "+81 00",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("https://x.example")',
    "_x0041_",
    "'quoted",
    "=cmd|' /C calc'!A0",
]


def written(listings: list[SpreadsheetListing]) -> bytes:
    out = io.BytesIO()
    dump(listings, "xlsx", out, {})
    return out.getvalue()


def empty() -> bytes:
    out = io.BytesIO()
    template(out)
    return out.getvalue()


def office(program: str, file: Path, folder: Path, form: str) -> None:
    subprocess.run(
        [program, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form,
         "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def test_every_column_is_a_field_of_the_model_and_every_field_has_a_column() -> None:
    columns = set()
    for sheet in sheets():
        if sheet.key == "translations":
            continue
        own = {column.field for column in sheet.columns if sheet.key == "listing" or column.key != "number"}
        model = SpreadsheetListing if sheet.key == "listing" else PARTS[sheet.key]
        fields = {path for path in field_paths(model) if not path.endswith((".scheme", ".value")) or path in own}
        assert own <= fields, own - fields
        columns |= {f"{sheet.parts}.{field}" if sheet.parts else field for field in own}
    every = set(field_paths(SpreadsheetListing)) - {"ordinal", "others"}
    whole = {"issuer", "volume", "certificate", "fee", *(sheet.parts for sheet in sheets())}
    bare = {path for path in every - columns - whole if not path.startswith("findings")}
    assert {path for path in bare if path.rpartition(".")[0] not in columns} == set()


def test_openpyxl_finds_heads_lists_checks_and_protection() -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty()))
    assert book.sheetnames == ["はじめに Guide", *(sheet.title for sheet in sheets()), "コード表 Codes"]
    for sheet in sheets():
        page = book[sheet.title]
        assert [cell.value for cell in page[1]] == [column.heading for column in sheet.columns]
        assert page.freeze_panes.endswith("4")
        assert page.protection.sheet
        assert page["A1"].protection.locked
        assert not page.column_dimensions["B"].protection.locked
        checks = page.data_validations.dataValidation
        assert len(checks) == len(sheet.columns)
        for check, column in zip(checks, sheet.columns, strict=True):
            assert column.write["ja"][:40] in check.prompt
            assert len(check.prompt) <= 255
            assert (check.type == "list") == bool(column.codes or (column.key == "number" and sheet.key != "listing"))
    codes = book["コード表 Codes"]
    for place, name in enumerate(lists_used(), 1):
        cells = [codes.cell(row, place).value for row in range(2, len(codes_named(name).labels) + 2)]
        assert [cell.rpartition("[")[2].rstrip("]") for cell in cells] == list(codes_named(name).labels)


def test_the_guide_explains_every_column() -> None:
    guide = openpyxl.load_workbook(io.BytesIO(empty())).worksheets[0]
    said = {cell.value for row in guide.iter_rows() for cell in row if cell.value}
    for sheet in sheets():
        for column in sheet.columns:
            assert sheet.title in said
            if column.key != "number":
                assert {column.write["ja"], column.write["en"], column.source} <= said


@pytest.mark.parametrize("text", RISKY)
def test_texts_stay_texts_whatever_they_begin_with(text: str) -> None:
    listing = examples()[0].model_copy(update={"number": "1", "title": {"ja": text}, "version": text})
    content = written([listing])
    cell = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1]["B4"]
    assert cell.data_type == "s"
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@"))
    ((read, _),) = read_workbook(content, "x.xlsx").listings
    assert (read.title, read.version) == ({"ja": text}, text)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist() if "worksheets" in name)


def test_equal_listings_give_equal_bytes_without_a_clock() -> None:
    assert written(examples()) == written(examples())
    with zipfile.ZipFile(io.BytesIO(empty())) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-01-01T00:00:00Z</dcterms:modified>" in package.read("docProps/core.xml")


def test_numbers_are_kept_where_they_are_free() -> None:
    listings = [
        one.model_copy(update={"number": number})
        for one, number in zip(examples() * 2, ["2", None, "2", "b"], strict=True)
    ]
    numbers = [one.number for one, _ in read_workbook(written(listings), "x.xlsx").listings]
    assert numbers == ["2", "1", "3", "b"]


@pytest.mark.parametrize("text", ["a: b", "a\\nb", "one\ntwo", "a\\", "http://x.example", "：", "\\:"])
def test_lines_are_folded_and_unfolded(text: str) -> None:
    assert unfolded(folded(text)) == unfolded(folded(text, scheme=True)) == text
    assert "\n" not in folded(text)
    assert LONGEST == 32_767


@pytest.mark.slow
def test_libreoffice_opens_what_we_write_and_we_read_what_it_saves(tmp_path: Path, omit: Callable[[str], None]) -> None:
    program = shutil.which("soffice")
    if program is None:
        omit("LibreOffice (soffice)")
    assert program is not None
    file = tmp_path / "filled.xlsx"
    file.write_bytes(saved(filled()))
    saved_by = tmp_path / "saved"
    saved_by.mkdir()
    office(program, file, saved_by, "xlsx:Calc MS Excel 2007 XML")
    found = read_workbook((saved_by / "filled.xlsx").read_bytes(), "filled.xlsx")
    assert found.issues == []
    assert [one.model_copy(update={"number": f"例{one.number}"}) for one, _ in found.listings] == examples()


def test_from_the_template_to_a_marked_copy_on_the_command_line(tmp_path: Path) -> None:
    fresh = Caller(tmp_path / "home", tmp_path)
    done = fresh("template", "-o", "empty.xlsx")
    assert (done.status, done.err) == (0, "")
    assert (fresh.folder / "empty.xlsx").read_bytes() == empty()
    (fresh.folder / "filled.xlsx").write_bytes(spoilt(put("offer", "starts", "令和8年4月10日")))
    order: list[Any] = [
        "convert",
        "filled.xlsx",
        "--to",
        "jmicro",
        "-o",
        "out.jsonl",
        "--marked",
        "marked.xlsx",
        "--json",
    ]
    done = fresh(*order)
    assert done.status == 0, done.err
    assert (done.document["from"], done.document["written"]) == ("spreadsheet", 2)
    (issue,) = [issue for issue in done.document["issues"] if issue["code"] == "cell_date_era"]
    assert issue["place"] == "開講 Intakes!B4"
    book = openpyxl.load_workbook(fresh.folder / "marked.xlsx")
    assert "令和8年4月10日" in book["開講 Intakes"]["B4"].comment.text
    back = fresh("convert", "out.jsonl", "--from", "jmicro", "--to", "spreadsheet", "-o", "back.xlsx")
    assert back.status == 0
    assert len(read_workbook((fresh.folder / "back.xlsx").read_bytes(), "back.xlsx").listings) == 2
    assert fresh("convert", "out.jsonl", "--to", "elm", "--marked", "x.xlsx").status == 1
