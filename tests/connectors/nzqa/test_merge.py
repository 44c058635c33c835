"""Several finds of one number become one listing, in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Found
from connectors.nzqa.merge import join, merge
from connectors.nzqa.providers import ListedProvider, ProviderPage
from crosswalks.nzqa.model import NzqaListing, Provider

words = st.sampled_from(["A", "B", "C"])
provider_ids = st.sampled_from(["000100001", "000200001", "000200002", "X1"])


def row(provider: str, title: str, status: str, level: str, others: dict[str, str]) -> Found:
    listing = NzqaListing(
        number="4000",
        title=title,
        status=status,
        type="Micro-credential",
        level=level,
        others=others,
        providers=(Provider(provider_ids=(provider,)),),
        page=f"view.do?selectedItemKey={level}",
    )
    at = f"//tr[{title}{status}{level}{sorted(others.items())}]"
    return Found(listing, {"at": at, "fields": {"title": "td[2]"}, "payload": f"row {provider}", "kind": "row"})


def page(title: str, level: str, *, heading: bool) -> Found:
    named = (Provider(name="Example Academy"),)
    listing = NzqaListing(number="4000", title=title, level=level, providers=named)
    where = {"at": "/html", "fields": {}, "payload": "page", "kind": "page"}
    return Found(listing, {**where, "heading": True} if heading else where)


rows = st.builds(row, provider_ids, words, words, words, st.dictionaries(words, words, max_size=2))
pages = st.builds(page, words, words, heading=st.booleans())
LOOKUPS = {
    "listed 000100001": ListedProvider(name="Example Academy", towns=("Exampleton",)),
    "listed 000200001": ListedProvider(name="Te Wānanga Tauira", towns=("Exampleton",)),
    "listed 000200002": ListedProvider(name="Te Wananga Tauira", towns=("Tauira Bay",)),
    "page 000200001": ProviderPage(number="0002"),
    "page 000200002": ProviderPage(number="0002"),
}


@given(st.lists(rows, min_size=1, max_size=5), st.lists(pages, max_size=1), st.randoms(use_true_random=False))
def test_order_never_matters(found: list[Found], own: list[Found], chance: object) -> None:
    together = [*found, *own]
    mixed = list(together)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert merge(mixed) == merge(together)


@given(st.lists(rows, min_size=1, max_size=5), st.lists(pages, max_size=1))
def test_a_whole_listing_says_what_its_finds_say(found: list[Found], own: list[Found]) -> None:
    whole, issues = merge([*found, *own])
    listing = whole.listing
    assert isinstance(listing, NzqaListing)
    assert NzqaListing.model_validate(listing.model_dump()) == listing
    for name in ("title", "status", "level"):
        stated = {getattr(one.listing, name) for one in [*found, *own]} - {None}
        assert getattr(listing, name) in stated
    if own and "heading" not in own[0].places:
        assert listing.title == own[0].listing.title  # type: ignore[attr-defined]
    told = {field for issue in issues for field in issue.params["fields"].split(", ")}
    rows_disagree = len({one.listing.status for one in found}) > 1  # type: ignore[attr-defined]
    assert ("status" in told) == rows_disagree


@given(st.lists(rows, min_size=1, max_size=5), st.lists(pages, max_size=1))
def test_providers_are_a_set_of_organisations(found: list[Found], own: list[Found]) -> None:
    whole = join(merge([*found, *own])[0], LOOKUPS)
    providers = whole.listing.providers  # type: ignore[attr-defined]
    ids = [value for provider in providers for value in provider.provider_ids]
    asked = {one.listing.providers[0].provider_ids[0] for one in found}  # type: ignore[attr-defined]
    assert sorted(ids) == sorted(asked)
    numbers = [provider.number for provider in providers if provider.number]
    assert len(numbers) == len(set(numbers))
    assert sum(provider.name == "Example Academy" for provider in providers) == bool(own or "000100001" in asked)


def test_sites_share_a_provider_even_where_its_page_is_not_known() -> None:
    listing = NzqaListing(
        number="1", providers=(Provider(provider_ids=("700122001",)), Provider(provider_ids=("700122002",)))
    )
    joined = join(Found(listing, {}), {})
    (provider,) = joined.listing.providers  # type: ignore[attr-defined]
    assert (provider.number, provider.provider_ids) == (None, ("700122001", "700122002"))


def test_spellings_that_only_differ_in_length_marks_are_no_conflict() -> None:
    def found(title: str, kind: str, level: str) -> Found:
        listing = NzqaListing(number="1", title=title, level=level, credits="10.0" if kind == "row" else "10 credits")
        return Found(listing, {"at": title, "payload": title, "kind": kind})

    whole, issues = merge([found("Toi Mäori (Level 3)", "row", "3"), found("Toi Māori", "page", "Level 3")])
    assert issues == []
    assert (whole.listing.title, whole.listing.level) == ("Toi Māori", "Level 3")  # type: ignore[attr-defined]


def test_a_heading_is_a_title_only_where_a_row_agrees() -> None:
    def merged(heading: str) -> str | None:
        row = Found(NzqaListing(number="1", title="Toi Māori (Level 3)"), {"at": "r", "payload": "r", "kind": "row"})
        page = Found(
            NzqaListing(number="1", title=heading),
            {"at": "p", "payload": "p", "kind": "page", "heading": True},
        )
        whole, issues = merge([row, page])
        assert issues == []
        return whole.listing.title  # type: ignore[attr-defined, no-any-return]

    assert merged("Toi Māori") == "Toi Māori"
    assert merged("Search results") == "Toi Māori (Level 3)"
