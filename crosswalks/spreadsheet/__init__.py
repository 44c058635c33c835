"""The workbook in which institutions list their micro-credentials, in Japanese and English (XLSX)."""

from crosswalks.contract import Crosswalk
from crosswalks.mapping import field_paths
from crosswalks.spreadsheet.dump import FORMATS, dump
from crosswalks.spreadsheet.load import load
from crosswalks.spreadsheet.marked import marked
from crosswalks.spreadsheet.model import SpreadsheetListing
from crosswalks.spreadsheet.read import natural_key, own_iri, read
from crosswalks.spreadsheet.write import write

crosswalk = Crosswalk(
    schema="spreadsheet",
    title={"ja": "記入用の表計算ファイル（XLSX）", "en": "Workbook to fill (XLSX)"},
    load=load,
    read=read,
    key=natural_key,
    fields=lambda: frozenset(path for path in field_paths(SpreadsheetListing) if not path.startswith("findings.")),
    iri=own_iri,
    write=write,
    formats=FORMATS,
    dump=dump,
    marked=marked,
)
