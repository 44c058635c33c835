"""Generated listings of the workbook: every field, in the forms that cells can hold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from crosswalks.spreadsheet.cells import LONGEST
from crosswalks.spreadsheet.model import Finding, NoteRow, QualityRow, SpreadsheetListing
from crosswalks.text import clean_lines
from tests.crosswalks.descriptor import strategies as given

S = st.SearchStrategy[Any]

_STATEMENT = {"text": given.lang_text, "body": given.maybe(given.lang_text), "url": given.maybe(given.urls)}
_statements = st.builds(QualityRow, kind=st.sampled_from(["internal", "undivided"]), **_STATEMENT)
_decisions = st.builds(
    QualityRow, kind=st.just("external"), text=given.maybe(given.lang_text), body=given.maybe(given.lang_text),
    url=given.maybe(given.urls), scheme=given.maybe(given.lang_text), object=given.code("QaObject"),
    decision_ref=given.maybe(given.text), valid_from=given.maybe(given.days), valid_until=given.maybe(given.days),
    body_country=given.maybe(given.countries),
)  # fmt: skip
_texts = st.builds(NoteRow, kind=st.sampled_from(["prerequisite", "target_group"]), text=given.lang_text)
_links = st.builds(NoteRow, kind=st.just("link"), text=given.maybe(given.lang_text), url=given.maybe(given.urls))
_findings = st.builds(
    Finding, code=st.sampled_from(["cell_code_unknown", "cell_date_text"]), field=st.just("credit_status"),
    sheet=st.just("一覧 Listings"), cell=st.just("R5"), heading=given.short, value=given.short, hint=given.short,
)  # fmt: skip
_NOT_OURS = {"prerequisites", "target_group", "further_info", "quality_assurance", "recognition", "origins"}
FIELDS: dict[str, S] = {
    **{name: strategy for name, strategy in given.FIELDS.items() if name not in _NOT_OURS},
    "id": given.maybe(given.iris),
    "number": given.maybe(given.short.map(str.strip)),
    "status": given.maybe(given.text),
    "rights": given.maybe(st.sampled_from(["facts_only", "reuse_with_attribution"])),
    "attribution": given.maybe(given.text),
    "quality": given.some(st.one_of(_statements, _decisions), 3),
    "notes": given.some(st.one_of(_texts, _links), 3),
    "others": st.dictionaries(given.names, given.text, max_size=2),
    "findings": given.some(_findings),
    "ordinal": st.integers(1, 3),
}


@st.composite
def listings(draw: st.DrawFn) -> SpreadsheetListing:
    """A listing with some of its fields, as a workbook could have said it."""
    chosen = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=9))
    values = {name: draw(FIELDS[name]) for name in sorted(chosen)}
    return SpreadsheetListing(title=draw(given.lang_text), **values)


def as_cells_hold_it(listing: SpreadsheetListing) -> SpreadsheetListing | None:
    """The listing with its texts as cells hold them; None where nothing of a text would be left."""
    tree = listing.model_dump(mode="json", exclude_defaults=True, exclude={"others", "findings", "ordinal"})
    return SpreadsheetListing.model_validate(kept) if (kept := _cleaned(tree)) is not _NOTHING else None


_NOTHING = object()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        text = clean_lines(value)
        return text if text and len(text) <= LONGEST else _NOTHING
    if isinstance(value, dict):
        done = {name: _cleaned(item) for name, item in value.items()}
        said = {name: item for name, item in done.items() if item not in ({}, [])}
        return _NOTHING if any(item is _NOTHING for item in said.values()) else said
    if isinstance(value, list):
        items = [one for one in (_cleaned(item) for item in value) if one not in ({}, [])]
        return _NOTHING if any(item is _NOTHING for item in items) else items
    return value
