"""More made-up listings than anybody would write by hand, for runs at scale.

A number always gives the same listing. Each is complete enough to leave as ELM: outcomes, title, issuer with
country. All names are visibly fictional.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from connectors.jmicro.standin_listings import listed


class Pair(NamedTuple):
    """A piece of text in Japanese and English."""

    ja: str
    en: str


_SUBJECTS = (
    (Pair("データ分析", "data analysis"), "0542"),
    (Pair("機械学習", "machine learning"), "0619"),
    (Pair("ウェブ開発", "web development"), "0613"),
    (Pair("情報セキュリティ", "information security"), "0612"),
    (Pair("地域観光", "regional tourism"), "1015"),
    (Pair("食品衛生", "food hygiene"), "0721"),
    (Pair("介護", "care for the elderly"), "0921"),
    (Pair("環境保全", "environmental protection"), "0712"),
    (Pair("会計", "accounting"), "0411"),
    (Pair("マーケティング", "marketing"), "0414"),
    (Pair("学習支援", "learning support"), "0111"),
    (Pair("再生可能エネルギー", "renewable energy"), "0713"),
    (Pair("物流", "logistics"), "1041"),
    (Pair("園芸", "horticulture"), "0812"),
    (Pair("心理学", "psychology"), "0313"),
    (Pair("著作権", "copyright"), "0421"),
    (Pair("映像制作", "video production"), "0211"),
)
_ASPECTS = (
    Pair("{0}入門", "Introduction to {0}"),
    Pair("{0}の実務", "{0} in practice"),
    Pair("{0}の設計", "Designing {0}"),
    Pair("{0}の評価", "Evaluating {0}"),
    Pair("{0}のための統計", "Statistics for {0}"),
    Pair("{0}とデジタル技術", "Digital tools for {0}"),
    Pair("{0}の事例研究", "Case studies in {0}"),
)
_CONTEXTS = (
    Pair("小さな会社", "a small firm"),
    Pair("地方自治体", "a local authority"),
    Pair("学校", "a school"),
    Pair("病院", "a hospital"),
    Pair("離島の町", "an island town"),
    Pair("市民団体", "a citizens' group"),
    Pair("研究室", "a laboratory"),
    Pair("工場", "a factory"),
    Pair("商店街", "a shopping street"),
    Pair("農家", "a farm"),
    Pair("図書館", "a library"),
)
_OUTCOMES = (
    (
        "knowledge",
        "{0}の考え方を{1}の例で説明できる。",
        "Explain the ideas of {0} with examples from {1} and name their limits.",
    ),
    (
        "knowledge",
        "{0}に関わる規則を{1}に当てはめられる。",
        "Apply the rules and the ethics of {0} to the work of {1}.",
    ),
    (
        "skill",
        "{1}の資料を{0}に使える形に整えられる。",
        "Collect material from {1} and put it into a form that serves {0}.",
    ),
    (
        "skill",
        "{0}の手順を選び、{1}で実施できる。",
        "Choose a procedure of {0} and carry it out in {1}.",
    ),
    (
        "skill",
        "{0}の結果を図表で{1}に報告できる。",
        "Show the results of {0} in charts and report them to {1}.",
    ),
    (
        "competency",
        "{1}の課題に{0}を生かした改善を提案できる。",
        "Propose an improvement for {1} that draws on {0}.",
    ),
    (
        "competency",
        "{1}の人と協力し、{0}の計画を見直せる。",
        "Work with the people of {1} and revise a plan for {0}.",
    ),
    (
        "competency",
        "{0}の限界を踏まえ、{1}での判断の理由を述べられる。",
        "Give reasons for a decision in {1}, minding the limits of {0}.",
    ),
)
_DESCRIPTION = Pair(
    "{0}の考え方と手順を、架空の{1}を題材にした演習で学ぶ。資料を整え、方法を選び、結果を確かめ、"
    "関係者に説明し、自分の職場での活用計画を作成する。",
    "Learners study the ideas and the procedures of {0} through exercises about {1} that was made up for the "
    "course. They tidy material, choose a method, check and explain the results, and finish with a plan for "
    "using what they have learnt at work or in their neighbourhood.",
)
_ISSUERS = (
    Pair("架空ひばり大学", "Fictional Hibari University"),
    Pair("架空さざなみ大学", "Fictional Sazanami University"),
    Pair("架空けやき短期大学", "Fictional Keyaki Junior College"),
    Pair("架空やまなみ工科大学", "Example Yamanami Institute of Technology"),
    Pair("架空しおかぜ専門学校", "Example Shiokaze Technical College"),
    Pair("架空ほしぞら学習協会", "Fictional Hoshizora Learning Association"),
)
_TYPES = ("hei_credit", "hei_credit", "hei_credit", "hei_credit", "hei_non_credit", "non_education")
_ASSESSMENTS = ("report", "project", "practical", "online_exam", "portfolio")
_MODES = ("online_async", "blended", "onsite", "online_sync")
_RANKS = ("ブロンズ", "シルバー", "ゴールド")
_INTERNAL = Pair("学内の委員会が毎年点検する。", "Reviewed every year.")


def made(number: int) -> dict[str, Any]:
    """Return the made-up listing of a number."""
    subject, field = _SUBJECTS[number % len(_SUBJECTS)]
    context = _CONTEXTS[number % len(_CONTEXTS)]
    aspect = _ASPECTS[number % len(_ASPECTS)]
    place = number % len(_ISSUERS)
    units = number % 3 + 1
    host = f"https://issuer-{place + 1}.example"
    title = {
        "ja": f"{aspect.ja.format(subject.ja)}（架空講座 {number}）",
        "en": f"{_upper(aspect.en.format(subject.en))} (fictional course {number})",
    }
    content = {
        "identifiers": [
            {"scheme": "course-code", "value": f"MC-{number:06d}"},
            {"scheme": "edition", "value": "2026"},
        ],
        "title": title,
        "description": _text(_DESCRIPTION, subject, context),
        "language_of_instruction": ["ja", "en"] if number % 4 == 0 else ["ja"],
        "field": [{"scheme": "ISCED-F", "code": field}],
        "landing_page": f"{host}/courses/{number}",
        "issuer": {
            "name": _ISSUERS[place]._asdict(),
            "country": "JP",
            "type": _TYPES[place],
            "url": f"{host}/",
        },
        "learning_outcomes": [_outcome(number + step, subject, context) for step in range(5)],
        "assessment": [{"type": _ASSESSMENTS[number % 5], "supervision": "unsupervised_id"}],
        "volume": {"total_hours": str(45 * units), "duration": f"P{units * 5}W"},
        "level": [{"scheme": "issuer-local", "value": _RANKS[number % 3]}],
        "teaching_method": [{"mode": _MODES[number % 4]}],
        "quality_assurance": {"internal": [{"text": _INTERNAL._asdict()}]},
        "credit": [{"system": "JP-tani", "value": str(units)}],
        "credit_status": "credit_awarded",
        "certificate": {"form": ["digital"], "technical": ["OB-3.0"]},
        "stackability_status": "stackable" if number % 2 else "standalone",
        "offer": [{"starts": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"}],
        "education_classification": "degree_split" if place < 4 else "stand_alone",
        "recognition": {"status": "not_applicable"},
    }
    return listed(f"made-{number:06d}", content)


def _outcome(number: int, subject: Pair, context: Pair) -> dict[str, Any]:
    category, ja, en = _OUTCOMES[number % len(_OUTCOMES)]
    return {"category": category, "text": _text(Pair(ja, en), subject, context)}


def _text(text: Pair, subject: Pair, context: Pair) -> dict[str, str]:
    return {"ja": text.ja.format(subject.ja, context.ja), "en": text.en.format(subject.en, context.en)}


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
