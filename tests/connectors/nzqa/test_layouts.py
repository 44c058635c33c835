"""A record's page is read by its labels, in every layout a page may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.yaml_files import load_yaml
from connectors.contract import Extract, Payload, StructureBroken
from connectors.nzqa.detail import parse_record
from crosswalks.nzqa.model import NzqaListing

HEADS = "<html lang='en'><head><title>x</title></head><body><h1>Site</h1>"


def extract(body: str, **about: str) -> Extract:
    url = "https://register.example/nzqf/search/viewQualification.do?selectedItemKey=4000"
    page = body if "<html" in body else f"{HEADS}{body}</body></html>"
    return parse_record(Payload("record", url, page.encode(), "text/html", "0" * 40, "utf-8", about))


def read(body: str, **about: str) -> NzqaListing:
    (found,) = extract(body, **about).found
    assert isinstance(found.listing, NzqaListing)
    return found.listing


PAGES = load_yaml(Path(__file__).parent / "pages.yaml")


@pytest.mark.parametrize("body", PAGES["level_and_credits"].values(), ids=PAGES["level_and_credits"])
def test_labels_are_found_in_every_layout(body: str) -> None:
    page = extract(body)
    (found,) = page.found
    listing = found.listing
    assert isinstance(listing, NzqaListing)
    assert (listing.number, listing.level, listing.credits, listing.others) == ("4000", "3", "10", {})
    assert page.issues == []
    assert set(found.places["fields"]) >= {"level", "credits"}


@pytest.mark.parametrize("body", PAGES["level_and_unknown_iwi"].values(), ids=PAGES["level_and_unknown_iwi"])
def test_unknown_labels_are_kept_and_told(body: str) -> None:
    page = extract(body)
    (found,) = page.found
    assert found.listing.others == {"Iwi": "Example"}  # type: ignore[attr-defined]
    assert found.listing.level == "3"  # type: ignore[attr-defined]
    assert [(issue.code, issue.params) for issue in page.issues] == [("unknown_label", {"label": "Iwi"})]


def test_emphasis_and_colons_in_prose_are_no_labels() -> None:
    listing = read(
        "<h3>Purpose</h3><p><strong>Ākonga</strong> will learn this: how to <b>listen</b>.</p>"
        "<p>Note: it is short.</p><h3>Level</h3><p>3</p>"
    )
    assert listing.purpose == "Ākonga\nwill learn this: how to listen.\nNote: it is short."
    assert listing.others == {}


def test_items_are_outcomes_and_running_text_is_not() -> None:
    itemised = read("<h3>Outcome statement</h3><p>They can</p><ul><li>weave</li><li>dye</li></ul><p>and more.</p>")
    assert [outcome.text for outcome in itemised.outcomes] == ["weave", "dye"]
    assert itemised.outcome_statement == "They can\nand more."
    running = read("<h3>Graduate profile</h3><p>They can weave. They can dye.</p>")
    assert (running.outcomes, running.outcome_statement) == ((), "They can weave. They can dye.")


@pytest.mark.parametrize("sign", ["•", "-", "–", "*", "1.", "(a)"])
def test_signs_of_items_count_as_items(sign: str) -> None:
    other = {"1.": "2.", "(a)": "(b)"}.get(sign, sign)
    listing = read(f"<p><strong>Outcome statement</strong><br>They can<br>{sign} weave<br>{other} dye</p>")
    assert [outcome.text for outcome in listing.outcomes] == ["weave", "dye"]
    assert listing.outcome_statement == "They can"


def test_headings_of_outcome_lists_are_kept() -> None:
    listing = read(
        "<h3>Outcome statement</h3><h4>Knowledge</h4><ul><li>know</li></ul>"
        "<h4>Skills</h4><ul><li>do</li></ul><h4>Attributes</h4><p>care</p>"
    )
    assert [(outcome.heading, outcome.text) for outcome in listing.outcomes] == [
        ("Knowledge", "know"),
        ("Skills", "do"),
    ]
    assert listing.outcome_statement == "Attributes: care"


def test_providers_are_read_from_links_items_and_rows() -> None:
    linked = read(
        "<h3>Providers accredited to offer</h3><ul><li>"
        "<a href='/providers/details.do?providerId=000300001'>Example Academy</a>, Exampleton</li></ul>"
    )
    assert [(one.name, one.provider_ids) for one in linked.providers] == [("Example Academy", ("000300001",))]
    listed = read("<dl><dt>Accredited providers</dt><dd>Example Academy; Te Wānanga Tauira</dd></dl>")
    assert [one.name for one in listed.providers] == ["Example Academy", "Te Wānanga Tauira"]
    rows = "<tr><th>Provider</th><th>Town</th></tr><tr><td>Example Academy</td><td>Exampleton</td></tr>"
    table = read(f"<h3>Level</h3><p>3</p><h3>Providers accredited</h3><table>{rows}</table>")
    assert [one.name for one in table.providers] == ["Example Academy"]


def test_standards_are_read_one_by_one() -> None:
    assert read("<p>Level: 3</p><p>Standards: 10001, 20002; 30003</p>").standards == (
        "10001",
        "20002",
        "30003",
    )
    assert read("<dl><dt>Standards</dt><dd><ul><li>1 A, B</li></ul></dd></dl>").standards == ("1 A, B",)


def test_a_second_value_of_one_label_is_not_lost() -> None:
    page = extract("<dl><dt>Level</dt><dd>3</dd><dt>Level</dt><dd>4</dd><dt>Level</dt><dd>5</dd></dl>")
    (found,) = page.found
    assert found.listing.level == "3"  # type: ignore[attr-defined]
    assert found.listing.others == {"Level": "4", "Level (2)": "5"}  # type: ignore[attr-defined]
    assert [issue.code for issue in page.issues] == ["unknown_label", "unknown_label"]


def test_languages_are_those_marked_on_the_text_itself() -> None:
    listing = read(
        "<dl><dt>Title</dt><dd lang='mi'>Toi Māori</dd><dt>Purpose</dt><dd>For <i lang='mi'>whānau</i></dd></dl>"
    )
    assert listing.languages == {"title": "mi"}


def test_menus_and_footers_are_no_content() -> None:
    listing = read("<nav><p>Level: 9</p></nav><dl><dt>Level</dt><dd>3</dd></dl><footer><p>Credits: 99</p></footer>")
    assert (listing.level, listing.credits) == ("3", None)


def test_what_stands_under_labels_about_people_is_never_taken() -> None:
    listing = read(
        "<dl><dt>Level</dt><dd>3</dd><dt>Contact Details</dt><dd>Kiri Tauira</dd>"
        "<dt>Programme leader</dt><dd>Hemi Tauira</dd><dt>Contact hours</dt><dd>20</dd></dl>"
    )
    assert listing.others == {"Contact hours": "20"}
    assert "Tauira" not in listing.model_dump_json()


def test_the_number_asked_for_settles_the_number() -> None:
    assert read("<p>Level: 3</p>", number="4000").number == "4000"
    assert read("<p>Number: 4000 version 2</p>", number="4000").others == {"Number": "4000 version 2"}
    other = extract("<p>Number: 4001</p><p>Level: 3</p>", number="4000")
    assert list(other.found) == []
    assert [issue.code for issue in other.issues] == ["page_of_another_record"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<p>Nothing here</p>", "structure_changed"),
        ("<h1>Page not found</h1>", "soft_missing"),
        ("<p>The site is down for maintenance</p>", "maintenance_page"),
        ("<form><input type='password'></form>", "needs_access"),
        ("<html><body><table><tr><th>Level</th><td>3", "page_truncated"),
    ],
)
def test_a_page_without_labels_breaks_the_run(body: str, code: str) -> None:
    with pytest.raises(StructureBroken) as caught:
        extract(body)
    assert [issue.code for issue in caught.value.issues] == [code]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Level", "Colour", "Purpose", "Skills"]), st.text("abÅ: •\n", max_size=30)),
        max_size=5,
    )
)
def test_every_word_under_a_label_is_kept_somewhere(fields: list[tuple[str, str]]) -> None:
    rows = "".join(f"<tr><th>{label}</th><td>{text}</td></tr>" for label, text in fields)
    listing = read(f"<table><tr><th>Status</th><td>Current</td></tr>{rows}</table>")
    told = listing.model_dump_json()
    words = {word for _, text in fields for word in text.split() if word.strip(":•")}
    assert not [word for word in words if word.strip(":•") not in told]
