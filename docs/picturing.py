"""Takes the pictures of docs/pictures/: the main pages on the data of the demonstration, as a browser shows them.

`python -m docs.picturing` makes a demonstration of its own, has its two made-up members of the committee do some work,
serves it on loopback and looks at each page with Chromium. It needs Chromium and fonts for Japanese. Given a folder,
the pictures go there; given the home of a demonstration as well, its records are looked at as they stand.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page

from config.demonstration import demo_accounts
from config.settings import read_settings
from harvester.demonstration import demonstrate
from harvester.running.runner import Progress
from harvester.workplace import Workplace
from portal.accounts.demo import ensure_demo_accounts
from recognition.deciding import Asked, approve, open_decision, propose
from recognition.decisions import Terms
from recognition.dossier import Question
from recognition.marking import keep, mark
from recognition.proving import make_proof
from store.accounts import account_named
from store.baskets import put_in_basket
from store.clock import now
from store.inspection import runs_page
from store.records import current_records
from tests.browser import chromium, program
from tests.portal.serving import served

FOLDER = Path(__file__).parent / "pictures"
COLOURS = 64
"""How many of the commonest colours stay as they are; as many again stand for all others."""
_ONE, _OTHER = (f"{one.shown} ({one.name})" for one in demo_accounts()[:2])


class Picture(NamedTuple):
    """A page to look at: its name and address, who looks, how wide the window is, and how much of the page shows."""

    name: str
    path: str
    who: str = ""
    wide: int = 1280
    high: int = 1000
    languages: tuple[str, ...] = ("ja", "en")


class Laid(NamedTuple):
    """What the pictures show, by name and number."""

    record: str
    seen: str
    compared: tuple[str, ...]
    dossier: str
    decision: int
    run: int


def lay(place: Workplace) -> Laid:
    """Have two members gather, grade, propose and approve; return where to look."""
    ensure_demo_accounts(place.database, place.settings)
    record = _first(place, "nzqa")
    seen = _first(place, "jmicro", "量子")
    compared = (record, _first(place, "europass"), seen)
    question = Question(purpose="credit", receiving="架空大学", framework="EQF", credit_system="JP-tani")
    key = keep(place, _ONE, record, question).dossier.key
    mark(place, _ONE, key, "elements", "level", "met", why="公表された比較で、求めるレベルに当たる。")
    asked = Asked(purpose="credit", receiving="架空大学", framework="EQF", dossier=key)
    number = open_decision(place, _ONE, record, asked, "学部からの依頼").opened.id
    today = now().date()
    conditions = ("面接で学修の内容を確かめる", "成績証明書を受け取る")
    terms = Terms(verdict="conditional", conditions=conditions, valid_until=today + timedelta(days=730),
                  next_review=today + timedelta(days=60))  # fmt: skip
    propose(place, _ONE, number, terms, why="この目的に対して重要な違いは見当たらない。評価の方法だけ確かめたい。")
    approve(place, _OTHER, number, why="架空の第四回委員会で確認した。")
    make_proof(place, _OTHER, number)
    other = open_decision(place, _OTHER, compared[1], Asked(purpose="credit", receiving="架空大学"), "編入の相談")
    propose(place, _OTHER, other.opened.id, Terms(verdict="none", measures="評価の方法を示す資料を求める"),
            why="どのように評価されるかが記録からも案内ページからも分からない。")  # fmt: skip
    put_in_basket(place.database, account_named(place.database, "committee")["id"], list(compared))
    held = runs_page(place.database, states=("held",))[0]
    return Laid(record, seen, compared, key, number, held["id"])


def pictures(laid: Laid) -> list[Picture]:
    """Return the pages to look at."""
    return [
        Picture("front", "", high=1350),
        Picture("search", "search?q=量子"),
        Picture("record", f"mc/{laid.seen}"),
        Picture("compare", f"compare?ids={','.join(laid.compared)}", high=1300),
        Picture("coverage", "coverage"),
        Picture("committee", "committee", "committee"),
        Picture("dossier", f"committee/dossiers/{laid.dossier}#view-elements", "committee", high=1100),
        Picture("decision", f"committee/decisions/{laid.decision}", "committee"),
        Picture("run", f"operators/runs/{laid.run}", "operator", high=1500),
        *(Picture(f"{name}-narrow", path, wide=320, high=900, languages=("ja",)) for name, path in (
            ("search", "search?q=量子"), ("record", f"mc/{laid.seen}"), ("coverage", "coverage"))),
    ]  # fmt: skip


def take(browser: Browser, address: str, wanted: list[Picture], folder: Path) -> None:
    """Look at each page and leave its picture."""
    for who in dict.fromkeys(one.who for one in wanted):
        context = browser.new_context(reduced_motion="reduce")
        tab = context.new_page()
        if who:
            _sign_in(tab, address, who)
        for one in (one for one in wanted if one.who == who):
            tab.set_viewport_size({"width": one.wide, "height": one.high})
            for language in one.languages:
                tab.goto(f"{address}/{language}/{one.path}")
                (folder / f"{one.name}-{language}.png").write_bytes(_small(tab.screenshot()))
        context.close()


def _sign_in(tab: Page, address: str, who: str) -> None:
    tab.goto(f"{address}/ja/sign-in")
    tab.fill("#name", who)
    tab.fill("#password", next(one.password for one in demo_accounts() if one.name == who))
    tab.press("#password", "Enter")
    tab.wait_for_load_state()


def _small(picture: bytes) -> bytes:
    """Return a picture with few colours: the commonest as they are, and the rest as near as so many allow."""
    whole = Image.open(BytesIO(picture)).convert("RGB")
    plain = whole.tobytes()
    counted = Counter(plain[at : at + 3] for at in range(0, len(plain), 3))
    common = [part for colour, _ in counted.most_common(COLOURS) for part in colour]
    rest = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(common + rest[: 3 * COLOURS])
    out = BytesIO()
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _first(place: Workplace, registry: str, word: str = "") -> str:
    """Return the record of a registry that says most, among those with a word."""
    standing = (one for one in current_records(place.database, (registry,)) if word in one.content)
    return max(standing, key=lambda one: (len(one.content), one.record_id)).record_id


@contextmanager
def _step(name: str, what: str) -> Iterator[Progress]:
    sys.stderr.write(f"{name} {what}\n")
    yield lambda stage, told: None  # noqa: ARG005 - how far a step is, is not shown


def main(folder: Path, home: Path | None, look: Callable[[Workplace], Laid] = lay) -> None:
    """Make the home if there is none, and take every picture."""
    if (executable := program()) is None:
        raise SystemExit("Chromium is needed (install it, or name it with KAKEHASHI_TEST_CHROMIUM).")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        if home is None:
            demonstrate("架空 収集係", _step, home := Path(made) / "home")
        place = Workplace.of(read_settings(home=home, database_url=None, registries_file=None))
        try:
            laid = look(place)
            with served(place) as address, chromium(executable) as browser:
                take(browser, address, pictures(laid), folder)
        finally:
            place.database.close()


if __name__ == "__main__":
    given = [Path(one) for one in sys.argv[1:]]
    main(given[0] if given else FOLDER, given[1] if len(given) > 1 else None)
