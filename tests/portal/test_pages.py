"""Pages for people: harvested records from every stand-in, in both languages, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from lxml import html
from starlette.testclient import TestClient

from config.labels import _labels
from config.settings import Settings
from connectors.standins import Listening
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import load
from crosswalks.text import plain
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from portal.application import application
from portal.partners.log import PublicationLog, public_name
from portal.public.entries import FACETS
from portal.public.names import level_name
from portal.public.wording import layout
from store.publications import contents
from tests.conftest import standin_registry
from tests.portal.publishing import BASE

REGISTRIES = ("jmicro", "mqa", "nzqa")
LANGUAGES = ("ja", "en")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory, standins: dict[str, Listening]) -> Iterator[Workplace]:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("pages")))
    for name in REGISTRIES:
        harvest(place, Order(standin_registry(name, standins[name].address, "full"), "test", allow_loopback=True))
    yield place
    place.database.close()


@pytest.fixture(scope="module")
def site(harvested: Workplace) -> Iterator[TestClient]:
    app = application(harvested.settings, harvested.database)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def published(harvested: Workplace) -> dict[str, Descriptor]:
    log = PublicationLog(harvested.database, BASE)
    rows = list(log.rows())
    texts = contents(harvested.database, [row.seq for row in rows])
    return {public_name(row, BASE): load(texts[row.seq]) for row in rows}


def _tree(site: TestClient, address: str, status: int = 200) -> html.HtmlElement:
    found = site.get(address)
    assert found.status_code == status, address
    return html.fromstring(found.text)


def _text(tree: html.HtmlElement) -> str:
    return " ".join(tree.text_content().split())


def _of(published: dict[str, Descriptor], registry: str) -> list[str]:
    return [name for name, one in published.items() if one.source_record.registry == registry]


def _total(tree: html.HtmlElement) -> int:
    found = re.search(r"\d+", tree.xpath("string(//h2[@id='results'])"))
    assert found
    return int(found.group())


def test_every_page_stands_in_both_languages(site: TestClient, published: dict[str, Descriptor]) -> None:
    some = [_of(published, registry)[0] for registry in REGISTRIES]
    rests = [
        "",
        "search",
        "registries",
        "partners",
        "compare",
        f"compare?ids={','.join(some)}",
        *(f"mc/{name}" for name in some),
    ]
    for rest in rests:
        for language in LANGUAGES:
            found = site.get(f"/{language}/{rest}")
            tree = html.fromstring(found.text)
            assert found.status_code == 200
            assert tree.get("lang") == found.headers["content-language"] == language
            other = "en" if language == "ja" else "ja"
            switch = tree.xpath("//a[contains(@class, 'tongue-switch')]")[0]
            want, got = urlsplit(f"/{other}/{rest}"), urlsplit(switch.get("href"))
            assert (switch.get("lang"), got.path, parse_qs(got.query)) == (other, want.path, parse_qs(want.query))
            assert len(tree.xpath("//h1")) == 1
            assert not tree.xpath("//script | //style | //*[@style] | //@*[starts-with(name(), 'on')]")
            policy = found.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            ids = tree.xpath("//@id")
            assert len(ids) == len(set(ids)), rest
            for named in " ".join(tree.xpath("//@aria-labelledby | //@aria-describedby | //label/@for")).split():
                assert named in ids
            unlabelled = [
                box for box in tree.xpath("//input[not(@type='hidden')]")
                if not box.get("aria-label") and not tree.xpath("//label[@for=$id]", id=box.get("id"))
            ]  # fmt: skip
            assert not unlabelled


def test_the_root_leads_to_the_language_a_reader_prefers(site: TestClient) -> None:
    assert site.get("/", headers={"Accept-Language": "ja,en;q=0.5"}).headers["location"] == "/ja/"
    assert site.get("/", headers={"Accept-Language": "fi"}).headers["location"] == "/en/"


def test_every_link_within_the_site_leads_somewhere(site: TestClient) -> None:
    seen: set[str] = set()
    waiting = ["/ja/", "/ja/registries", "/ja/search?q=データ"]
    while waiting and len(seen) < 150:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        found = site.get(address)
        assert found.status_code == 200, address
        if address.startswith(("/ja/", "/en/")):
            waiting += [
                link for link in html.fromstring(found.text).xpath("//a/@href | //link/@href") if link.startswith("/")
            ]
    assert len(seen) == 150


def test_the_facts_of_a_record_are_shown_with_their_source(site: TestClient, published: dict[str, Descriptor]) -> None:
    for registry in REGISTRIES:
        name = _of(published, registry)[3]
        one = published[name]
        tree = _tree(site, f"/ja/mc/{name}")
        text = _text(tree)
        for level in one.level:
            assert level_name(level.scheme, level.value, "ja") in text
        assert (one.source_record.url or "nowhere") in text
        for values in tree.xpath("//dl[@class='values']/div/dd[not(contains(@class, 'silent'))]"):
            sources = values.xpath(".//details[@class='evidence']")
            assert sources
            assert all("UTC" in _text(source) for source in sources)


def test_every_field_of_the_descriptor_has_its_place_and_its_name(published: dict[str, Descriptor]) -> None:
    placed = [name for section in layout()["sections"] for name in section["fields"]]
    apart = {"descriptor_version", "id", "source_record", "origins"}
    assert sorted(placed) == sorted(set(Descriptor.model_fields) - apart)
    parts: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if not all(isinstance(text, str) and len(key) < 9 for key, text in value.items()):
                parts.update(value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                walk(inner)

    for one in published.values():
        walk(one.model_dump(mode="json", exclude_defaults=True, exclude={"source_record", "origins", "id"}))
    assert parts <= set(layout()["names"])


def test_texts_say_their_language_and_what_is_not_translated(
    site: TestClient, published: dict[str, Descriptor]
) -> None:
    name = next(name for name, one in published.items() if set(one.title) == {"ja"})
    plain_page, foreign = _tree(site, f"/ja/mc/{name}"), _tree(site, f"/en/mc/{name}")
    assert plain_page.xpath("//h1/@lang") == foreign.xpath("//h1/@lang") == ["ja"]
    assert "no English translation" in _text(foreign)
    assert "訳なし" not in plain_page.xpath("string(//article/p[1])")


def test_what_a_registry_does_not_release_is_nowhere(site: TestClient, published: dict[str, Descriptor]) -> None:
    guarded = 0
    for registry in ("mqa", "nzqa"):
        for name in _of(published, registry):
            one = published[name]
            released = orjson.dumps(releasable(one)[0].model_dump(mode="json")).decode()
            texts = [text for texts in (one.description, one.outcome_summary) if texts for text in texts.values()]
            texts += [text for outcome in one.learning_outcomes for text in outcome.text.values()]
            kept_back = [" ".join(text.split()) for text in texts if len(text) > 40 and text not in released]
            if not kept_back:
                continue
            guarded += 1
            pages = [_text(_tree(site, f"/{language}/mc/{name}")) for language in LANGUAGES]
            other = _of(published, "jmicro")[5]
            pages.append(_text(_tree(site, f"/en/compare?ids={name},{other}")))
            for text in kept_back:
                assert not any(text in page for page in pages)
            assert "利用条件により" in pages[0]
            assert "not shown under the terms" in pages[2]
            if guarded % 6 == 0:
                break
    assert guarded >= 2


def test_search_finds_by_one_and_two_characters(site: TestClient, published: dict[str, Descriptor]) -> None:
    for query in ("量", "量子", "学", "データ", "でーた", "ﾃﾞｰﾀ", "データサイエンス"):
        want = set()
        for name, one in published.items():
            told = releasable(one)[0]
            texts = [*told.title.values(), *(told.description or {}).values(), *(told.outcome_summary or {}).values()]
            texts += [text for part in told.learning_outcomes for text in part.text.values()]
            texts += [text for part in told.field for text in (part.label or {}).values()]
            for organisation in filter(None, (told.issuer, *told.co_providers)):
                texts += organisation.name.values()
            needle = "データ" if query in {"でーた", "ﾃﾞｰﾀ"} else query
            if any(needle in plain(text) for text in texts):
                want.add(name)
        assert _total(_tree(site, f"/ja/search?q={query}")) == len(want), query


def test_facets_count_what_choosing_them_gives(site: TestClient) -> None:
    for start in ("/ja/search", "/ja/search?q=a", "/en/search?q=データ&country=JP", "/ja/search?registry=mqa"):
        tree = _tree(site, start)
        offered = tree.xpath("//details[@class='facet']//li[a[not(@class)]]")
        assert offered
        for one in offered[::5]:
            address = one.xpath("a/@href")[0]
            facet = set(parse_qs(urlsplit(address).query)) & set(FACETS)
            assert facet
            added = _total(_tree(site, address))
            alone = [name for name in FACETS if len(parse_qs(urlsplit(address).query).get(name, ())) > 1]
            if not alone:
                assert added == int(one.xpath("string(span)"))


def test_pages_of_results_go_on_and_lose_nothing(site: TestClient, published: dict[str, Descriptor]) -> None:
    address: str | None = "/en/search"
    seen: list[str] = []
    while address:
        tree = _tree(site, address)
        seen += tree.xpath("//input[@name='ids']/@value")
        address = next(iter(tree.xpath("//a[@rel='next']/@href")), None)
    assert sorted(seen) == sorted(published)


@pytest.mark.parametrize(
    ("asked", "said"),
    [("q=zzzzqqq", "公開中の記録に、この条件に合うものはありません"), ("q=！？", "記号だけでは検索できません")],
)
def test_an_empty_result_says_why(site: TestClient, asked: str, said: str) -> None:
    assert said in _text(_tree(site, f"/ja/search?{asked}"))


@pytest.mark.parametrize("asked", ["page=999999", "page=-1", "page=x", "page=٣", "country=XX", "q=" + "量" * 900])
def test_odd_questions_are_answered(site: TestClient, asked: str) -> None:
    assert site.get(f"/ja/search?{asked}").status_code == 200


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "a AND", "title:x", "*", "-", "a*b", "(", "' OR 1=1 --", "\x00", "{x}"]
)
def test_signs_of_the_query_language_are_only_signs(site: TestClient, query: str) -> None:
    assert site.get("/ja/search", params={"q": query}).status_code == 200


def test_a_comparison_has_one_address(site: TestClient, published: dict[str, Descriptor]) -> None:
    one, other = _of(published, "jmicro")[5], _of(published, "nzqa")[0]
    found = site.get(f"/ja/compare?ids={one}&ids={other}")
    assert (found.status_code, found.headers["location"]) == (303, f"/ja/compare?ids={one},{other}")
    tree = _tree(site, f"/ja/compare?ids={one},{other}")
    key = tree.xpath("string(//section[@aria-labelledby='made']//code)")
    assert re.fullmatch(r"[0-9a-f]{20}", key)
    assert key == _tree(site, f"/en/compare?ids={one},{other}").xpath(
        "string(//section[@aria-labelledby='made']//code)"
    )
    assert key != _tree(site, f"/en/compare?ids={other},{one}").xpath(
        "string(//section[@aria-labelledby='made']//code)"
    )
    words = {
        span.get("class").split()[-1].removeprefix("word-") for span in tree.xpath("//span[contains(@class, 'word')]")
    }
    assert words <= {"same", "wider", "narrower", "different", "not_stated", "not_comparable"}
    assert words


@pytest.mark.parametrize(
    ("ids", "status"), [("x,y", 404), ("ONE", 422), ("ONE,ONE", 422), (",".join(f"ALL{n}" for n in range(7)), 422)]
)
def test_a_comparison_that_cannot_be_says_so(
    site: TestClient, published: dict[str, Descriptor], ids: str, status: int
) -> None:
    names = list(published)
    asked = re.sub(r"ALL(\d)", lambda match: names[int(match.group(1))], ids.replace("ONE", names[0]))
    tree = _tree(site, f"/ja/compare?ids={asked}", status)
    assert tree.xpath("//div[@role='alert']")


def test_registries_say_how_fresh_they_are(site: TestClient, published: dict[str, Descriptor]) -> None:
    tree = _tree(site, "/ja/registries")
    for registry in REGISTRIES:
        row = _text(tree.xpath("//tr[@id=$id]", id=registry)[0])
        assert f"{len(_of(published, registry))} 件を見る" in row
        assert "今日確認" in row
        assert "収集 " in row
    assert "まだ全体を確認していません" in _text(tree.xpath("//tr[@id='jvcampus']")[0])


def test_unknown_pages_are_pages_too(site: TestClient) -> None:
    for language in LANGUAGES:
        for rest in ("nowhere", "mc/nobody", "a/b/c"):
            found = site.get(f"/{language}/{rest}")
            assert found.status_code == 404
            assert html.fromstring(found.text).get("lang") == language


def test_every_word_of_a_page_is_used() -> None:
    folder = Path(__file__).parents[2] / "portal"
    code = "".join(path.read_text() for path in folder.rglob("*") if path.suffix in {".html", ".py"})
    built = ("page_origin_", "page_op_", "page_facet_")
    unused = [
        name for name in _labels() if name.startswith("page_") and not name.startswith(built) and name not in code
    ]
    assert not unused
