"""A deployment in which a committee has been at work: every state that its pages can show, made by its own acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.accounts.managing import add
from portal.application import application
from recognition.agreeing import record_agreement
from recognition.deciding import Asked, act, approve, open_decision, propose, submit
from recognition.decisions import Agreement, Terms
from recognition.decisions.agreements import LevelLimit, Party, Scope
from recognition.dossier import Question
from recognition.marking import keep, mark
from recognition.proving import make_proof
from recognition.translating import judge_translation, write_translation
from store.accounts import account_named
from store.baskets import put_in_basket
from store.clock import now
from store.watches import watch
from tests.portal.publishing import Publisher, name
from tests.portal.signing_in import HERE, PASSWORD, sign_in
from tests.portal.signing_in import mark as form_mark

FOREIGN, HOME, PLAIN = "nzqa", "jmicro", "mqa"
ONE, OTHER = "架空 委員一 (ichiko)", "架空 委員二 (futaba)"
LEVEL = [{"scheme": "NZQCF", "value": "5"}]


class Member(NamedTuple):
    """A member in a browser."""

    client: TestClient
    name: str

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, **sent: str) -> Any:
        return self.client.post(path, data={"form": form_mark(self.client), **sent})

    def done(self, path: str, **sent: str) -> str:
        """Send a form that must be taken, and return where it leads."""
        answer = self.post(path, **sent)
        assert answer.status_code == 303, re.findall(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
        return str(answer.headers["location"])

    def refused(self, path: str, **sent: str) -> str:
        """Send a form that must be refused, and return the code."""
        answer = self.post(path, **sent)
        assert answer.status_code in {404, 409}, answer.text
        return str(re.findall(r'<p class="fine"><code>(\w+)</code>', answer.text)[0])


@contextmanager
def members(place: Workplace, *names: str, role: str = "committee") -> Iterator[list[Member]]:
    app = application(place.settings, place.database)
    with ExitStack() as stack:
        found = []
        for one in names:
            add(place.database, "test", one, role, shown=f"架空 {one}", password=PASSWORD)
            client = stack.enter_context(TestClient(app, base_url=HERE, follow_redirects=False))
            found.append(Member(sign_in(client, one), one))
        yield found


class Made(NamedTuple):
    """What was made, by number and name."""

    valid: int
    reopened: int
    pending: int
    fresh: int
    home: int
    submitted: int
    dossier: str
    translated: str


def foreign(place: Workplace, nth: int, receiving: str, **asked: str) -> int:
    """Open a decision about a foreign credential."""
    wanted = Asked(**{"purpose": "credit", "receiving": receiving, "framework": "EQF", **asked})  # type: ignore[arg-type]  # texts only
    return open_decision(place, ONE, name(FOREIGN, nth), wanted, "学部からの依頼").opened.id


def published(place: Workplace) -> Publisher:
    """Records of three registries; those of one come in English only."""
    publisher = Publisher(place, FOREIGN)
    publisher.publish(*range(1, 9), level=LEVEL)
    Publisher(place, HOME).publish(1, 2, 3)
    english: dict[str, Any] = {
        "title": {"en": "Example: data literacy for everybody"},
        "description": {"en": "Reads tables."},
    }
    Publisher(place, PLAIN).publish(1, 2, **english)
    return publisher


def at_work(place: Workplace, account: str) -> Made:
    """Have two members do what there is to do; `account` gets a basket and things to watch."""
    publisher = published(place)
    today = now().date()
    dossier = keep(place, ONE, name(FOREIGN, 1), Question(purpose="credit", receiving="架空大学", framework="EQF"))
    key = dossier.dossier.key
    mark(place, ONE, key, "elements", "level", "met", why="公表された比較で対応する。")
    mark(place, OTHER, key, "criteria", "quality", "differs", material=True, why="外部の評価が見当たらない。")
    mark(place, ONE, key, "criteria", "quality", "differs", material=False, why="この目的には内部の評価で足りる。")
    valid = foreign(place, 1, "架空大学", dossier=key)
    terms = Terms(
        verdict="conditional", conditions=("面接を行う", "成績証明書を確かめる"),
        valid_until=today + timedelta(days=40), next_review=today + timedelta(days=20),
    )  # fmt: skip
    propose(place, ONE, valid, terms, why="重要な違いはない。評価の方法だけ確かめたい。")
    approve(place, OTHER, valid, why="四月の委員会で確認した。")
    make_proof(place, OTHER, valid)
    reopened = foreign(place, 2, "架空工科大学")
    propose(place, ONE, reopened, Terms(verdict="full", valid_until=date(2099, 3, 31)), why="違いはない。")
    approve(place, OTHER, reopened, why="四月の委員会で確認した。")
    pending = foreign(place, 3, "架空専門学校")
    propose(
        place, OTHER, pending, Terms(verdict="none", measures="外部の評価を受ける"), why="評価の方法が示されていない。"
    )
    fresh = foreign(place, 4, "架空短期大学")
    home = open_decision(place, ONE, name(HOME, 1), Asked(), "提供者の申請").opened.id
    submit(place, ONE, home, member_class="ordinary", why="四月三日の申請")
    act(place, ONE, home, "review", why="二名の審査者の所見")
    propose(place, ONE, home, Terms(verdict="recognise", mark=True, number="架空-1"), why="全項目を満たす。")
    approve(place, OTHER, home, why="四月の委員会で確認した。")
    submitted = open_decision(place, ONE, name(HOME, 2), Asked(), "提供者の申請").opened.id
    submit(place, ONE, submitted, member_class="special", why="五月の申請")
    act(place, ONE, submitted, "review", why="二名の審査者の所見")
    record_agreement(place, ONE, Agreement(
        parties=(Party(name="JMICRO", registry=HOME), Party(name="架空 NZ 機構", registry=FOREIGN)), title="架空の協定",
        document="架空の覚書 第1号", address="https://agreement.example/1", valid_from=date(2026, 1, 1),
        scope=Scope(fields=("06",), levels=(LevelLimit(scheme="NZQCF", value="5"),)),
    ), why="原本を確かめた。")  # fmt: skip
    words = write_translation(
        place, ONE, name(PLAIN, 1), "title", "ja", "例：みんなのデータリテラシー", note="定訳に従う"
    )
    judge_translation(place, OTHER, words.id, "approved", why="読み比べた。")
    write_translation(place, OTHER, name(PLAIN, 1), "description", "ja", "表を読む。", note="")
    number = account_named(place.database, account)["id"]
    put_in_basket(place.database, number, [name(FOREIGN, 1), name(FOREIGN, 2), name(PLAIN, 1)])
    for kind, subject in (("record", name(FOREIGN, 2)), ("registry", FOREIGN), ("field", "ISCED-F:06")):
        watch(place.database, number, kind, subject, 12)
    changed = {
        "level": [{"scheme": "NZQCF", "value": "6"}],
        "title": {"ja": "架空：新しい題", "en": "Example: a new title"},
    }
    publisher.publish(2, op="changed", **changed)
    return Made(valid, reopened, pending, fresh, home, submitted, key, name(PLAIN, 1))
