"""What the stand-in's Moodle site holds.

Three titles are real and public; nothing else is known of two of them, and only mode and language of the
third. All other courses, Boxes, badges and people are made up, and say so in their names (架空, "Made-up").
"""

from __future__ import annotations

import random
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

SPRING, AUTUMN, NEVER = 1774969200, 1790780399, 0
"""2026-04-01 00:00 and 2026-09-30 23:59:59 in Tokyo, as Unix seconds; 0 is no date."""
SAVED = 1767193200
PEOPLE = ("架空 花子", "架空 太郎", "Hanako Kakuu", "架空ヶ原 三郎")
"""Made-up teachers: they stand in the pages, and must stand in nothing that is kept."""
MAILBOX = "hanako@kakuu.example"
TELEPHONE = "03-0000-0000"


class StandInBox(NamedTuple):
    """A category of the site."""

    id: int
    name: str
    parent: int


class StandInCourse(NamedTuple):
    """A course of the site. `fields` are short name, name, type and value."""

    id: int
    title: str
    shortname: str
    box: int
    summary: str
    fields: tuple[tuple[str, str, str, str], ...] = ()
    starts: int = NEVER
    ends: int = NEVER
    language: str = ""
    teacher: str = PEOPLE[0]
    hidden: bool = False


BOXES = (
    StandInBox(1, "個別機関Box（架空）", 0),
    StandInBox(2, "戦略的パッケージBox（架空）", 0),
    StandInBox(11, "架空大学", 1),
    StandInBox(12, "架空工科大学", 1),
    StandInBox(13, "Made-up University of Nowhere", 1),
    StandInBox(21, "日本を知るパッケージ（架空）", 2),
    StandInBox(22, "{mlang ja}架空データパッケージ{mlang}{mlang en}Made-up Data Package{mlang}", 2),
)
BOX_KINDS = {
    "11": "institution",
    "12": "institution",
    "13": {"kind": "institution", "country": "DE"},
    "2": "package",
}
_LEAVES = (11, 12, 13, 21, 22)
_SEEN = ("現代日本社会の諸課題リテラシー", "日本の伝統文化・思想リテラシー")
_SUBJECTS = (
    ("データサイエンス", "Data Science"), ("地域観光", "Regional Tourism"),
    ("環境エネルギー", "Energy and Environment"),
    ("食文化", "Food Culture"), ("防災", "Disaster Preparedness"), ("日本語教育", "Teaching of Japanese"),
    ("ものづくり", "Manufacturing"), ("高齢社会", "the Ageing Society"), ("映像表現", "Moving Images"),
    ("国際協働", "International Collaboration"), ("数理モデル", "Mathematical Models"), ("海洋", "the Ocean"),
)  # fmt: skip
_ASPECTS = (
    ("入門", "Introduction to"),
    ("概論", "Survey of"),
    ("演習", "Practice in"),
    ("特論", "Topics in"),
)


@lru_cache(maxsize=8)
def courses(listings: int) -> tuple[StandInCourse, ...]:
    """Return the healthy site's courses: the three with real titles, then made-up ones."""
    real = [
        StandInCourse(101, _SEEN[0], "", 21, ""),
        StandInCourse(102, _SEEN[1], "", 21, ""),
        StandInCourse(
            103,
            "BMX",
            "",
            21,
            "",
            (("mode", "授業形態", "select", "ブレンド型"), ("language", "使用言語", "text", "英語")),
        ),
    ]
    chance = random.Random(20220225)  # noqa: S311  made-up data, the same on every run
    made = [_made_up(number, chance) for number in range(max(listings - len(real), 0))]
    return tuple((real + made)[:listings])


def _made_up(number: int, chance: random.Random) -> StandInCourse:
    subject, aspect = chance.choice(_SUBJECTS), chance.choice(_ASPECTS)
    japanese = f"架空{subject[0]}{aspect[0]} {number + 1}"
    english = f"{aspect[1]} Made-up {subject[1]} {number + 1}"
    return StandInCourse(
        id=201 + number,
        title=_marked(number, japanese, english),
        shortname=f"KAKUU-{number + 1:05d}",
        box=_LEAVES[number % len(_LEAVES)],
        summary=_summary(number, japanese, english),
        fields=_fields(number, chance),
        starts=SPRING if number % 3 else NEVER,
        ends=AUTUMN if number % 4 == 1 else NEVER,
        language="ja" if number % 7 == 6 else "",
        teacher=PEOPLE[number % len(PEOPLE)],
    )


def _marked(number: int, japanese: str, english: str) -> str:
    """Return a title in the ways that sites give two languages, or in one."""
    if number % 5 == 1:
        first = f'<span lang="ja" class="multilang">{japanese}</span>'
        return f'{first}<span lang="en" class="multilang">{english}</span>'
    if number % 5 == 3:
        return f"{{mlang ja}}{japanese}{{mlang}}{{mlang en}}{english}{{mlang}}"
    return japanese if number % 5 else english


def _summary(number: int, japanese: str, english: str) -> str:
    text = f"<p>{japanese} の内容を学びます。&lt;架空&gt; の教材を使います。</p>"
    if number % 5 in {1, 3}:
        text = f"<p>{{mlang ja}}{japanese} を学びます。{{mlang}}{{mlang en}}About {english}.{{mlang}}</p>"
    if number % 10 == 4:
        text += f'<p>修了すると<a href="/badges/badgeclass.php?id={number % 3 + 1}">バッジ</a>が渡されます。</p>'
    if number % 10 == 7:
        text += f"<p>質問は {MAILBOX} まで。</p>"
    if number % 10 == 9:
        text += '<table><tr><td>第1回</td><td>ガイダンス</td></tr></table><script>var x = "<p>";</script>'
    return text


def _fields(number: int, chance: random.Random) -> tuple[tuple[str, str, str, str], ...]:
    """Return custom fields of one of four sorts; every fourth course has none."""
    hours = chance.choice((15, 30, 45, 60))
    if number % 4 == 1:
        return (
            ("total_hours", "総学習時間", "text", str(hours)),
            ("tani", "単位数", "text", str(hours / 45)[:4] if hours % 45 else str(hours // 45)),
            ("mode", "授業形態", "select", "オンデマンド"),
            ("language", "使用言語", "text", "日本語、英語"),
            ("assessment", "評価方法", "select", "レポート、小テスト"),
            (
                "outcomes",
                "到達目標",
                "textarea",
                "<ul><li>架空の事例を説明できる</li><li>架空の課題を解ける</li></ul>",
            ),
        )
    if number % 4 == 2:
        return (
            ("hours", "Hours", "text", str(hours)),
            ("level", "Level", "text", "Level 2"),
            ("lectures", "講義数", "text", "15"),
            ("minutes_per_lecture", "講義1回の分数", "text", "20"),
            ("lecturer", "Lecturer", "text", PEOPLE[number % len(PEOPLE)]),
        )
    if number % 4 == 3:
        return (
            ("cefr", "CEFR", "text", "B1"),
            ("credits", "Credits", "text", "2"),
            ("credit_status", "単位認定の有無", "select", "単位なし"),
            ("certificate", "修了証", "select", "デジタルバッジ"),
            ("tantou", "担当教員", "text", PEOPLE[number % len(PEOPLE)]),
            ("colour", "色", "text", "青"),
        )
    return ()


def changed(variant: str, made: tuple[StandInCourse, ...]) -> tuple[StandInCourse, ...]:
    """Return the courses as a variant of the site has them."""
    name = variant.removeprefix("webservice-")
    if name == "empty" or not made:
        return ()
    if name == "removed":
        return made[1:]
    if name == "renamed":
        return (made[0]._replace(title=f"{made[0].title}（改）"), *made[1:])
    if name == "hidden":
        return (made[0]._replace(hidden=True), *made[1:])
    if name == "people-in-prose":
        return (_naming_people(made[0]), *made[1:-1], _naming_people(made[-1]._replace(fields=())))
    if name == "no-custom-fields":
        return tuple(course._replace(fields=()) for course in made)
    return made


def _naming_people(course: StandInCourse) -> StandInCourse:
    """Return a course whose texts tell who teaches it and how they are reached."""
    summary = (
        f"<p>架空の内容です。担当教員：{PEOPLE[0]}、電話 {TELEPHONE}、{MAILBOX}。</p>"
        f"<p>Lecturer: Dr {PEOPLE[2]} (tel. {TELEPHONE}) assesses by quiz, and the course takes 40 hours or so.</p>"
    )
    fields = (("outcome", "学修成果", "textarea", f"説明できる。講師：{PEOPLE[1]}"), *course.fields)
    title = f"{course.title}（担当：{PEOPLE[0]}）"
    return course._replace(title=title, summary=course.summary + summary, fields=fields)


def box(number: int) -> StandInBox | None:
    """Return a category by its number."""
    return next((item for item in BOXES if item.id == number), None)


def way_to(number: int) -> list[StandInBox]:
    """Return the categories from the top down to one."""
    way: list[StandInBox] = []
    current = box(number)
    while current is not None:
        way.insert(0, current)
        current = box(current.parent)
    return way


def badge_class(number: int, base: str) -> dict[str, Any]:
    """Return a badge class as Moodle's badge_json.php gives it, its people included."""
    own = f"{base}badges/badge_json.php?id={number}"
    return {
        "name": f"架空バッジ {number}",
        "description": "架空の課程を修めた人に渡されるバッジです。",
        "image": {
            "id": f"{base}pluginfile.php/1/badges/badgeimage/{number}/f1",
            "author": escape(PEOPLE[1]), "caption": "青い輪",
        },
        "criteria": {"id": own, "narrative": "次の要件を満たすこと:\n\n* コースの修了"},
        "issuer": {
            "name": "架空大学", "url": "https://www.kakuu.example/", "email": MAILBOX,
            "@context": "https://w3id.org/openbadges/v2",
            "id": f"{base}badges/issuer_json.php?id={number}", "type": "Issuer",
        },
        "@context": "https://w3id.org/openbadges/v2",
        "id": own,
        "type": "BadgeClass",
        "@language": "ja",
        "alignment": [{"targetName": "架空基準", "targetUrl": "https://standards.example/1"}],
    }  # fmt: skip
