"""Lists of providers and of what each offers."""

from __future__ import annotations

import pytest

from connectors.contract import Extract, Found, Payload, StructureBroken
from connectors.nzqa.addresses import own_url, provider_url, providers_url, relative, results_url
from connectors.nzqa.providers import (
    ListedProvider,
    ProviderPage,
    parse_provider,
    parse_providers,
    provider_ids,
)
from connectors.nzqa.results import parse_results, parse_rows, type_key
from crosswalks.nzqa.model import NzqaListing
from tests.connectors.nzqa.walk import HOME, register

ROOT = f"{HOME}/full/"
HEADS = ("", "Title", "Number", "Status", "Type", "Level", "Credits")
HEAD = "<tr>" + "".join(f"<th>{head}</th>" for head in HEADS) + "</tr>"


def payload(kind: str, content: str, url: str = results_url(ROOT, "000100001"), **about: str) -> Payload:
    body = f"<html><body>{content}</body></html>".encode()
    return Payload(kind, url, body, "text/html", "0" * 40, "utf-8", about)


def row(number: str = "4000", title: str = "Example", kind: str = "Micro-credential", level: str = "3") -> str:
    link = f"<a href='/nzqf/search/viewQualification.do?selectedItemKey={number}'>{title}</a>"
    cells = ("", link, number, "Current", kind, level, "10")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def results(content: str) -> tuple[Extract, list[Found]]:
    extract = parse_results(payload("results", content), register())
    return extract, list(extract.found)


def test_the_stated_count_covers_every_type() -> None:
    rows = row() + row("2000", kind="Certificate") + row("4001")
    extract, found = results(f"<p>3 qualifications found</p><table>{HEAD}{rows}</table>")
    assert (extract.stated, extract.rows, len(found)) == (3, 3, 2)
    assert extract.stated_for == "results 000100001"
    assert extract.passed_over == {"passed_over_type": 1}


@pytest.mark.parametrize(
    "sentence", ["0 qualifications found", "No qualifications found", "No qualifications were found"]
)
def test_an_empty_list_is_empty(sentence: str) -> None:
    extract, found = results(f"<p>{sentence}</p>")
    assert (extract.stated, found) == (0, [])


@pytest.mark.parametrize("content", ["<p>2 qualifications found</p>", "<p>Welcome</p>"])
def test_a_list_without_its_table_breaks_the_run(content: str) -> None:
    with pytest.raises(StructureBroken) as caught:
        results(content)
    assert caught.value.issues[0].code == "structure_changed"


def test_other_words_in_headers_fall_back_on_the_order_of_cells() -> None:
    heads = ("-", "Tohu", "Tau", "Mana", "Momo", "Taumata", "Whiwhinga")
    words = "<tr>" + "".join(f"<td>{head}</td>" for head in heads) + "</tr>"
    _, found = results(f"<table>{words}{row()}</table>")
    listing = found[0].listing
    assert isinstance(listing, NzqaListing)
    assert (listing.number, listing.title, listing.type, listing.credits) == (
        "4000",
        "Example",
        "Micro-credential",
        "10",
    )
    assert found[0].places["at"].endswith("//tr[2]")


@pytest.mark.parametrize("kind", ["Micro-credential", "Microcredential", "micro credentials", "TRAINING SCHEME"])
def test_spellings_of_types_count(kind: str) -> None:
    assert len(results(f"<table>{HEAD}{row(kind=kind)}</table>")[1]) == 1


@pytest.mark.parametrize("kind", ["Certificate", "Micro", "Skill standard", "Diploma"])
def test_other_types_do_not(kind: str) -> None:
    assert results(f"<table>{HEAD}{row(kind=kind)}</table>")[1] == []
    assert type_key(kind) not in {type_key("Micro-credential"), type_key("Training Scheme")}


def test_values_that_shifted_break_the_run() -> None:
    shifted = "".join(
        row(str(n)).replace(f"<td>{n}</td><td>Current</td>", f"<td>Current</td><td>{n}</td>")
        for n in (4000, 4001, 4002)
    )
    with pytest.raises(StructureBroken) as caught:
        results(f"<table>{HEAD}{shifted}</table>")
    assert caught.value.issues[0].code == "columns_shifted"


def test_rows_that_are_none_are_counted_or_told() -> None:
    blank = "<tr><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr>"
    extract, found = results(f"<table>{HEAD}{row()}{blank}<tr><td>Total: 1</td></tr>{HEAD}<tr></tr></table>")
    assert (len(found), extract.rows, extract.blank) == (1, 1, 2)
    assert [(issue.code, issue.params["detail"]) for issue in extract.issues] == [("row_invalid", "Total: 1")]


def test_rows_lead_to_their_own_pages_and_lists_to_their_next() -> None:
    more = "<a href='results.do?org=000100001&amp;page=2'>Next</a><a href='/elsewhere.do?page=2'>Next</a>"
    rows, following = parse_rows(
        payload("results", f"<table>{HEAD}{row()}{row('2000', kind='Diploma')}</table>{more}"), register()
    )
    assert [(one.number, one.url) for one in rows] == [
        ("4000", f"{ROOT}nzqf/search/viewQualification.do?selectedItemKey=4000")
    ]
    assert following == [f"{ROOT}nzqf/search/results.do?org=000100001&page=2"]


def providers(content: str) -> Extract:
    return parse_providers(payload("providers", content, providers_url(ROOT, "PTE"), type="PTE"))


def site(provider: str, town: str, name: str = "Example Academy") -> str:
    return f"<tr><td><a href='/providers/details.do?providerId={provider}'>{name}</a></td><td>{town}</td></tr>"


@pytest.mark.parametrize("count", [2, 3])
def test_a_count_may_be_of_providers_or_of_sites(count: int) -> None:
    sites = (
        site("000300001", "Exampleton")
        + site("000300001", "Tauira Bay")
        + site("000400001", "Exampleton", "Tauira Example")
    )
    extract = providers(f"<p>There are {count} Education Organisations found.</p><table>{sites}</table>")
    assert (extract.stated, extract.rows) == (count, count)
    assert extract.stated_for == "providers PTE"
    assert extract.lookups == {
        "listed 000300001": ListedProvider(name="Example Academy", towns=("Exampleton", "Tauira Bay")),
        "listed 000400001": ListedProvider(name="Tauira Example", towns=("Exampleton",)),
    }


def test_no_providers_is_an_answer_and_nothing_is_not() -> None:
    none = "<p>There are no providers found using those search criteria</p>"
    assert (providers(none).stated, providers(none).lookups) == (0, {})
    assert provider_ids(payload("providers", none)) == []
    with pytest.raises(StructureBroken):
        providers("<p>Welcome</p>")


def provider(content: str) -> Extract:
    url = provider_url(ROOT, "000300001")
    return parse_provider(payload("provider", content, url, provider="000300001"))


def test_a_provider_page_gives_the_organisation_number() -> None:
    title = "<title>Organisations &gt;&gt; NZQA - Example Academy</title>"
    page = provider(f"{title}<table><tr><td>Education Organisation number</td><td>0003</td></tr></table>")
    assert page.lookups == {"page 000300001": ProviderPage(number="0003", name="Example Academy")}
    assert provider("<p>No provider was found with the given provider ID</p>").lookups == {}
    without = provider("<dl><dt>Provider Category</dt><dd>1</dd></dl>").lookups
    assert without == {"page 000300001": ProviderPage()}
    with pytest.raises(StructureBroken):
        provider("<p>Welcome</p>")


def test_a_page_of_another_provider_gives_nothing() -> None:
    page = provider("<dl><dt>Education Organisation number</dt><dd>0001</dd></dl>")
    assert page.lookups == {}
    (issue,) = page.issues
    assert (issue.code, issue.params) == ("page_of_another_provider", {"asked": "000300001", "found": "0001"})


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/nzqf/search/view.do?selectedItemKey=1", f"{ROOT}nzqf/search/view.do?selectedItemKey=1"),
        ("view.do?selectedItemKey=1", f"{ROOT}nzqf/search/view.do?selectedItemKey=1"),
        ("https://www2.nzqa.example/nzqf/view.do?a=1#top", f"{ROOT}nzqf/view.do?a=1"),
        ("javascript:alert(1)", None),
        ("mailto:kiri@body.example", None),
        ("http://[broken", None),
    ],
)
def test_links_stay_at_home(link: str, expected: str | None) -> None:
    assert own_url(ROOT, results_url(ROOT, "1"), link) == expected


def test_addresses_are_the_registers_own() -> None:
    home = "https://www.nzqa.govt.nz/"
    expected = f"{home}providers/results.do?regionCode=0&typeCode=UNI&category=&copApprovalStatus=&nameQuery="
    assert providers_url(home, "UNI") == expected
    assert results_url(home, "700122001") == f"{home}nzqf/search/results.do?org=700122001"
    assert results_url(home, "700122001", "Current") == f"{home}nzqf/search/results.do?org=700122001&status=Current"
    page = f"{home}nzqf/search/viewQualification.do?selectedItemKey=4000"
    assert relative(results_url(home, "1"), page) == "viewQualification.do?selectedItemKey=4000"
