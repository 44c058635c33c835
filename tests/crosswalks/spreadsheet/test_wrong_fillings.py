"""Workbooks filled wrongly, one way each: what is told, where, and what becomes of the listing."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from config.messages import CodedError, Issue
from crosswalks.spreadsheet.dump import examples, template
from crosswalks.spreadsheet.layout import sheet_named
from crosswalks.spreadsheet.load import read_workbook
from crosswalks.spreadsheet.marked import everything_found, marked
from crosswalks.spreadsheet.model import SpreadsheetListing
from tests.crosswalks.spreadsheet.filling import Spoil, column_of, filled, put, saved, spoilt

LISTING, OUTCOMES, OFFER = "一覧 Listings", "学修成果 Outcomes", "開講 Intakes"


def found(data: bytes) -> tuple[list[SpreadsheetListing], list[Issue]]:
    filled_in = read_workbook(data, "filled.xlsx")
    return [listing for listing, _ in filled_in.listings], everything_found(data, "filled.xlsx")


def at(key: str, row: int | str = 4) -> str:
    """The place of a cell of the listings, by the key of its column."""
    return f"{LISTING}!{get_column_letter(column_of('listing', key))}{row}"


def after_the_last() -> str:
    return f"{LISTING}!{get_column_letter(len(sheet_named('listing').columns) + 1)}"


def title_of(column: str) -> Spoil:
    """Write another heading over the one of a column of the listings, the key below it left alone."""
    return lambda book: book[LISTING].cell(1, column_of("listing", column)).__setattr__("value", "別の見出し")


def nameless(key: str) -> Spoil:
    def change(book: Any) -> None:
        for tag in ("ja", "en"):
            put("listing", f"{key}.{tag}", None)(book)

    return change


def merged(book: Any) -> None:
    book[LISTING].merge_cells("R4:R5")


def hidden(book: Any) -> None:
    book[LISTING].row_dimensions[5].hidden = True


def without_column(book: Any) -> None:
    book[LISTING].delete_cols(column_of("listing", "title.en"))


def without_required(book: Any) -> None:
    book[LISTING].delete_cols(column_of("listing", "volume.total_hours"))


def with_column(book: Any) -> None:
    page = book[LISTING]
    wide = page.max_column + 1
    page.cell(1, wide, "総学習時間数")
    page.cell(4, wide, "45")


def twice(book: Any) -> None:
    page = book[LISTING]
    wide = page.max_column + 1
    for row in (1, 2, 3):
        page.cell(row, wide, page.cell(row, 2).value)
    page.cell(4, wide, "別の名称")


def conflict(book: Any) -> None:
    page = book[LISTING]
    one, other = column_of("listing", "volume.total_hours"), column_of("listing", "volume.contact_hours")
    page.cell(1, one).value = page.cell(1, other).value


def formula_kept(book: Any) -> None:
    put("listing", "volume.total_hours", "=40+5")(book)


def commented(book: Any) -> None:
    book[LISTING]["B4"].comment = Comment("確かめること", "Clerk")


def without_sheet(book: Any) -> None:
    del book[OFFER]


def more_sheets(book: Any) -> None:
    book.create_sheet("メモ")["A1"] = "覚え書き"


def number_only(book: Any) -> None:
    book[LISTING]["A9"] = "7"


def counted_from_1904(book: Any) -> None:
    book.epoch = CALENDAR_MAC_1904
    put("offer", "starts", 44660, number_format="General")(book)


SHARE, CODE = "積み上げ Stackability!F4", "分野 Fields!C4"
LENGTH = put("listing", "volume.total_hours", timedelta(hours=45), number_format="[h]:mm")
STARTS, DAY, SKILL = f"{OFFER}!B4", "2026-04-10", "スキル Skill [skill]"
MISSPELT = put("learning_outcomes", "category", "スキルル")
TURNED = put("listing", "version", datetime(2026, 1, 2))  # noqa: DTZ001  workbooks know no zone
BARE = put("listing", "landing_page", "hibari.example/x")
CASES: list[tuple[str, Spoil, str, str, str]] = [
    ("serial date", put("offer", "starts", 46122, number_format="General"), "cell_date_serial", STARTS, DAY),
    ("slashes", put("offer", "starts", "2026/4/10"), "cell_date_text", STARTS, DAY),
    ("Japanese date", put("offer", "starts", "2026年４月１０日"), "cell_date_text", STARTS, DAY),
    ("era date", put("offer", "starts", "令和8年4月10日"), "cell_date_era", STARTS, DAY),
    ("short era date", put("offer", "starts", "R8.4.10"), "cell_date_era", STARTS, DAY),
    ("first year of an era", put("offer", "starts", "令和元年5月1日"), "cell_date_era", STARTS, "2019-05-01"),
    ("day or month", put("offer", "starts", "4/10/2026"), "cell_date_ambiguous", STARTS, "2026-10-04 / 2026-04-10"),
    ("no such day", put("offer", "starts", "2026-02-30"), "cell_date_wrong", STARTS, "—"),
    ("no date", put("offer", "starts", "未定"), "cell_date_wrong", STARTS, "—"),
    ("serial date since 1904", counted_from_1904, "cell_date_serial", STARTS, DAY),
    ("year alone", put("offer", "starts", 2026), "cell_date_year", STARTS, "2026"),
    ("length of time", LENGTH, "cell_number_time", at("volume.total_hours"), "45"),
    ("time of day", put("listing", "volume.total_hours", time(15)), "cell_number_time", at("volume.total_hours"), "15"),
    ("share above one", put("stackability", "share", 50), "cell_number_range", SHARE, "0 … 1"),
    ("percentage in words", put("stackability", "share", "２５％"), "cell_number_wrong", SHARE, "0.25"),
    ("code as a number", put("field", "code", 542), "cell_code_digits", CODE, "—"),
    ("Japanese for English", put("listing", "title.en", "架空データ"), "cell_language_doubtful", at("title.en"), "—"),
    ("code misspelt", MISSPELT, "cell_code_unknown", f"{OUTCOMES}!D4", SKILL),
    ("no code", put("listing", "credit_status", "あるかも"), "cell_code_unknown", at("credit_status"), "—"),
    (
        "hours with unit",
        put("listing", "volume.total_hours", "45時間"),
        "cell_number_wrong",
        at("volume.total_hours"),
        "45",
    ),
    ("thousands", put("listing", "fee.amount", "12,000"), "cell_number_wrong", at("fee.amount"), "12000"),
    ("zero hours", put("listing", "volume.total_hours", 0), "cell_value_refused", at("volume.total_hours"), "—"),
    ("half a place", put("offer", "capacity", 12.5), "cell_number_range", f"{OFFER}!E4", "0, 1, 2 …"),
    ("formula", formula_kept, "formula_without_value", at("volume.total_hours"), "—"),
    ("error value", put("listing", "volume.total_hours", "#REF!"), "cell_error_value", at("volume.total_hours"), "—"),
    ("text turned date", TURNED, "cell_date_in_text", at("version"), "2026-01-02"),
    ("duration", put("listing", "volume.duration", "半年くらい"), "cell_duration_wrong", at("volume.duration"), "—"),
    ("country in words", put("listing", "issuer.country", "日本"), "cell_form_wrong", at("issuer.country"), "JP"),
    (
        "country in wide letters",
        put("listing", "issuer.country", "ｊｐ"),
        "cell_form_wrong",
        at("issuer.country"),
        "JP",
    ),
    ("address without scheme", BARE, "cell_form_wrong", at("landing_page"), "https://hibari.example/x"),
    (
        "identifier",
        put("listing", "identifiers", "MC-101"),
        "identifier_line_wrong",
        at("identifiers"),
        "course-code: MC-101",
    ),
    ("not for the kind", put("quality", "decision_ref", "77"), "cell_not_for_kind", "質保証 Quality!K4", "—"),
    ("no kind", put("quality", "kind", None), "row_incomplete", "質保証 Quality!C4", "—"),
    ("issuer without name", nameless("issuer.name"), "row_incomplete", at("issuer.country"), "—"),
    ("merged", merged, "cells_merged", f"{LISTING}!R4:R5", "—"),
    ("hidden row", hidden, "row_hidden", f"{LISTING}!5", "—"),
    ("missing column", without_column, "column_missing", LISTING, "—"),
    ("missing required column", without_required, "column_missing_required", LISTING, "—"),
    ("renamed column", title_of("description.ja"), "column_renamed", f"{LISTING}!D", "—"),
    ("extra column", with_column, "spreadsheet_column_unknown", after_the_last(), "総学習時間 Total learning hours"),
    ("column twice", twice, "column_twice", after_the_last(), "—"),
    ("heading against key", conflict, "column_conflict", at("volume.total_hours", ""), "—"),
    ("comment", commented, "comments_not_read", LISTING, "—"),
    ("missing sheet", without_sheet, "sheet_missing", OFFER, "—"),
    ("extra sheet", more_sheets, "sheet_unknown", "メモ", "—"),
    ("number only", number_only, "row_empty", f"{LISTING}!9", "—"),
    ("duplicate number", put("listing", "number", "1", row=5), "number_twice", f"{LISTING}!5", "—"),
    ("row of nobody", put("learning_outcomes", "number", "１1"), "row_without_listing", f"{OUTCOMES}!4", "1"),
    ("no number", put("learning_outcomes", "number", None), "row_without_number", f"{OUTCOMES}!4", "—"),
    ("no title", nameless("title"), "listing_without_title", f"{LISTING}!4", "—"),
    ("required cell empty", put("listing", "education_classification", None), "cell_required", f"{LISTING}!4", "—"),
    ("no outcome", lambda book: book[OUTCOMES].delete_rows(4, 2), "row_wanted", OUTCOMES, "—"),
    (
        "wide number as text",
        put("listing", "volume.total_hours", "４５"),
        "cell_number_text",
        at("volume.total_hours"),
        "—",
    ),
    (
        "duration in words",
        put("listing", "volume.duration", "15週間"),
        "cell_duration_words",
        at("volume.duration"),
        "—",
    ),
]


@pytest.mark.parametrize(("name", "change", "code", "place", "hint"), CASES, ids=[case[0] for case in CASES])
def test_a_wrong_filling_is_told_with_its_place_and_fix(
    name: str, change: Spoil, code: str, place: str, hint: str
) -> None:
    listings, issues = found(spoilt(change))
    (issue,) = [issue for issue in issues if (issue.code, issue.place) == (code, place)]
    for language in ("ja", "en"):
        assert "{" not in issue.text(language) + issue.fix(language)
    assert hint in (issue.params.get("hint", "—"), "—")
    if hint != "—":
        assert hint in issue.fix("ja") + issue.text("ja")
    refused = {"number_twice": 0, "listing_without_title": 1}.get(code, 2)
    assert len(listings) == refused


def test_the_healthy_file_has_nothing_to_tell() -> None:
    listings, issues = found(spoilt())
    assert issues == []
    assert [one.model_copy(update={"number": f"例{one.number}"}) for one in listings] == examples()


def test_what_is_not_understood_is_no_value_and_everything_else_is() -> None:
    (one, _), _ = found(spoilt(put("listing", "volume.total_hours", "45時間")))
    assert one.volume is not None
    assert one.volume.total_hours is None
    assert one.volume.contact_hours == 15
    assert [(finding.field, finding.value) for finding in one.findings] == [("volume.total_hours", "45時間")]


def test_a_listing_without_title_still_has_its_other_errors_told() -> None:
    _, issues = found(spoilt(nameless("title"), put("listing", "volume.total_hours", "45時間")))
    assert {"listing_without_title", "cell_number_wrong"} <= {issue.code for issue in issues}


@pytest.mark.parametrize("text", ["４５", "45", " 45 ", "45.0"])
def test_numbers_typed_as_text_are_plain(text: str) -> None:
    (one, _), _ = found(spoilt(put("listing", "volume.total_hours", text)))
    assert one.volume is not None
    assert one.volume.total_hours == 45


@pytest.mark.parametrize("text", ["skill", "スキル", "Skill", "SKILL", "スキル Skill [skill]", "ｓｋｉｌｌ"])
def test_codes_are_taken_by_any_of_their_names(text: str) -> None:
    (one, _), issues = found(spoilt(put("learning_outcomes", "category", text)))
    assert (one.learning_outcomes[0].category, issues) == ("skill", [])


def test_moved_columns_and_sheets_read_the_same() -> None:
    book = filled()
    page = book[LISTING]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    order = [1, *range(len(cells[0]) - 1, 1, -1), 0]
    for row, values in enumerate(cells, 1):
        for place, source in enumerate(order, 1):
            page.cell(row, place).value = values[source]
            page.cell(row, place).number_format = "General"
    book.move_sheet(LISTING, 8)
    page.title = "うちの一覧"
    listings, issues = found(saved(book))
    assert issues == []
    assert [one.title["ja"] for one in listings] == [one.title["ja"] for one in examples()]
    assert listings[0].volume == examples()[0].volume


def test_without_the_row_of_keys_headings_decide() -> None:
    book = filled()
    for page in book.worksheets[1:-1]:
        page.delete_rows(3)
    listings, issues = found(saved(book))
    assert issues == []
    assert [one.model_copy(update={"number": f"例{one.number}"}) for one in listings] == examples()


def test_a_formula_counts_with_what_it_last_was() -> None:
    data = spoilt(put("listing", "volume.total_hours", "=40+5"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if b"<f>40+5</f>" in content:
                content = content.replace(b"<f>40+5</f><v />", b"<f>40+5</f><v>45</v>")
                content = content.replace(b"<f>40+5</f><v></v>", b"<f>40+5</f><v>45</v>")
            after.writestr(name, content)
    (one, _), issues = found(out.getvalue())
    assert one.volume is not None
    assert one.volume.total_hours == 45
    assert [issue.code for issue in issues] == ["formula_value"]


def test_extra_columns_stay_with_the_listing() -> None:
    (one, _), _ = found(spoilt(with_column))
    assert one.others == {"総学習時間数": "45"}


def test_the_empty_template_has_no_listings_and_nothing_to_tell() -> None:
    out = io.BytesIO()
    template(out)
    assert found(out.getvalue()) == ([], [])


def package(**parts: bytes) -> bytes:
    """The healthy workbook with parts changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(spoilt())) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in [one for one in before.namelist() if one not in parts]:
            after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    return package(**{"xl/media/x.xml": b" " * (260 * 2**20)})


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
WIDE = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x []><x/>'.encode("utf-16")
FILES: list[tuple[str, bytes | Any, str]] = [
    ("old", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_old_format"),
    ("password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_protected"),
    ("macros", lambda: package(**{"xl/vbaProject.bin": b"x"}), "workbook_macros"),
    ("entities", lambda: package(**{"xl/sharedStrings.xml": ENTITY}), "workbook_dangerous"),
    ("entities in wide letters", lambda: package(**{"xl/styles.xml": WIDE}), "workbook_dangerous"),
    ("bomb", bomb, "workbook_too_large"),
    ("cut off", lambda: spoilt()[:3000], "workbook_unreadable"),
    ("no workbook", b"number,title\n1,x\n", "workbook_unreadable"),
    ("nothing", b"", "workbook_unreadable"),
    ("another workbook", lambda: saved(openpyxl.Workbook()), "workbook_not_ours"),
    ("broken sheet", lambda: package(**{"xl/workbook.xml": b"<workbook"}), "workbook_unreadable"),
]


@pytest.mark.parametrize(("name", "data", "code"), FILES, ids=[case[0] for case in FILES])
def test_a_file_that_cannot_be_read_is_refused_with_a_fix(name: str, data: Any, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        read_workbook(data() if callable(data) else data, "架空.xlsx")
    assert [issue.code for issue in caught.value.issues] == [code]
    assert "架空.xlsx" in caught.value.issues[0].text("ja")


def test_errors_are_marked_in_the_cells_and_go_when_they_are_repaired() -> None:
    data = spoilt(put("listing", "volume.total_hours", "45時間"), put("offer", "starts", "令和8年4月10日"))
    copy = marked(data, "filled.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(copy))
    cell = book[OFFER]["B4"]
    assert "2026-04-10" in cell.comment.text
    assert "Japanese era" in cell.comment.text
    assert cell.fill.fgColor.rgb == "00F8CBAD"
    assert book.sheetnames[0] == "確認結果 Findings"
    assert [row[1].value for row in book.worksheets[0].iter_rows(min_row=2)] == [
        at("volume.total_hours"),
        f"{OFFER}!B4",
    ]
    assert [issue.code for issue in found(copy)[1]] == [issue.code for issue in found(data)[1]]
    assert marked(copy, "filled.xlsx") == marked(marked(copy, "filled.xlsx"), "filled.xlsx")
    put("listing", "volume.total_hours", 45)(book)
    put("offer", "starts", "2026-04-10")(book)
    clean = marked(saved(book), "filled.xlsx")
    again = openpyxl.load_workbook(io.BytesIO(clean))
    assert found(clean)[1] == []
    assert again[OFFER]["B4"].comment is None
    assert again[OFFER]["B4"].fill.fill_type is None
    assert again[OFFER].data_validations.dataValidation
