"""The pages of docs/mappings/: every mapping table, in Japanese and English, with the judgements kept beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from config.messages import Language
from crosswalks.contract import crosswalk_table
from crosswalks.judgements import Judgement, RowName, shipped_judgements, standing
from crosswalks.mapping import NO_TERM, mapping_tables, plain_rows, read_head

_LANGUAGES: tuple[Language, ...] = ("en", "ja")
_MADE = {
    "en": "*Made from the tables by `python docs/generate.py`; do not edit by hand.*",
    "ja": "*対応表から `python docs/generate.py` で作成。手で編集しないこと。*",
}
_OTHER = {"en": "日本語", "ja": "English"}
_WORDS = {
    "en": {
        "title": "Mappings",
        "head": "Source|Relation|Target|Justification|By|Date|Judgement|Comment",
        "in": "The way in: the schema's own fields, and where they go in the descriptor.",
        "out": "The way out: fields of the descriptor, and where they go in the schema. A row holds for what lies below"
        " its field as well, unless a row is nearer.",
        "values": "Values: single values of one side, and what they are on the other.",
        "unplaced": "Reviewed and left: properties of the schema without a place in the descriptor, with the reason.",
        "none": "no counterpart",
        "not": "is not",
        "proposed": "proposed",
        "confirmed": "confirmed",
        "rejected": "rejected",
        "table": "Table",
        "licence": "licence",
        "rows": "rows",
        "schemas": "The mapping tables of every schema. The tables themselves are SSSOM files beside the code.",
        "columns": "Schema|Title|Rows",
    },
    "ja": {
        "title": "対応表",
        "head": "元|関係|先|根拠の種類|作成|日付|判断|備考",
        "in": "取り込み：スキーマの項目と、記述子での行き先。",
        "out": "書き出し：記述子の項目と、スキーマでの行き先。より近い行がない限り、その下の項目にも及ぶ。",
        "values": "値：一方の値と、もう一方でそれに当たるもの。",
        "unplaced": "確認のうえ引き継がないもの：記述子に置き場所のないスキーマの項目と、その理由。",
        "none": "対応先なし",
        "not": "でない：",
        "proposed": "提案",
        "confirmed": "承認",
        "rejected": "却下",
        "table": "表",
        "licence": "ライセンス",
        "rows": "行",
        "schemas": "スキーマごとの対応表。表そのものは、コードの横にある SSSOM ファイルである。",
        "columns": "スキーマ|名称|行数",
    },
}
_WAYS = {"outgoing": "out", "unplaced": "unplaced"}
_RELATIONS = {
    "en": {
        "exact": "the same",
        "close": "nearly the same",
        "broad": "broader",
        "narrow": "narrower",
        "related": "related",
    },
    "ja": {"exact": "同じ", "close": "ほぼ同じ", "broad": "先が広い", "narrow": "先が狭い", "related": "関連"},
}


def mapping_pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    schemas = sorted({name.partition("/")[0] for name in mapping_tables()})
    found = {}
    for language in _LANGUAGES:
        found[f"README.{language}.md"] = _text(_index(schemas, language))
        for schema in schemas:
            found[f"{schema}.{language}.md"] = _text(_page(schema, language))
    return found


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def _cells(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _head(names: str) -> Iterator[str]:
    columns = names.split("|")
    yield _cells(*columns)
    yield _cells(*("---" for _ in columns))


def _index(schemas: list[str], language: Language) -> Iterator[str]:
    words = _WORDS[language]
    yield f"# {words['title']}"
    yield ""
    yield f"{_MADE[language]} [{_OTHER[language]}](README.{_other(language)}.md)"
    yield ""
    yield words["schemas"]
    yield ""
    yield from _head(words["columns"])
    tables = mapping_tables()
    for schema in schemas:
        number = sum(len(plain_rows(path)) for name, path in tables.items() if name.partition("/")[0] == schema)
        yield _cells(f"[`{schema}`]({schema}.{language}.md)", crosswalk_table()[schema].title[language], number)


def _page(schema: str, language: Language) -> Iterator[str]:
    words = _WORDS[language]
    yield f"# {words['title']}: {crosswalk_table()[schema].title[language]}"
    yield ""
    yield f"{_MADE[language]} [{_OTHER[language]}]({schema}.{_other(language)}.md)"
    yield ""
    judged = standing(shipped_judgements(schema))
    for name, path in mapping_tables().items():
        if name.partition("/")[0] == schema:
            yield from _table(name, path, language, judged)


def _table(name: str, path: Path, language: Language, judged: dict[RowName, Judgement]) -> Iterator[str]:
    words, head, rows = _WORDS[language], read_head(path), plain_rows(path)
    yield f"## {name.partition('/')[2]}"
    yield ""
    way = "values" if "/values/" in name else _WAYS.get(name.rpartition("/")[2], "in")
    yield words[way]
    yield ""
    link = f"[{path.name}](../../crosswalks/{name}.sssom.tsv)"
    told = f"{words['table']}: {link} · {head['mapping_set_id']} · {head['mapping_set_version']}"
    yield f"{told} · {words['licence']}: <{head['license']}> · {len(rows)} {words['rows']}"
    yield ""
    yield from _head(words["head"])
    for row in rows:
        yield _row(name, row, language, judged)
    yield ""


def _row(table: str, row: dict[str, str], language: Language, judged: dict[RowName, Judgement]) -> str:
    words = _WORDS[language]
    label = row.get("subject_label", "")
    subject = f"`{row['subject_id']}`" + (f" {_plain(label)}" if label else "")
    predicate = row["predicate_id"].removeprefix("skos:").removesuffix("Match")
    relation = _RELATIONS[language][predicate]
    if row.get("predicate_modifier") == "Not":
        relation = f"**{words['not']}** {relation}"
    spelt = row.get("object_label", "")
    named = f"`{row['object_id']}`" + (f" {_plain(spelt)}" if spelt else "")
    target = f"*{words['none']}*" if row["object_id"] == NO_TERM else named
    last = judged.get(RowName(table, row["subject_id"], row["predicate_id"], row["object_id"]))
    judgement = words["proposed"]
    if last is not None:
        judgement = f"{words[last.verdict.value]}: {_plain(last.actor)}, {last.at[:10]}, {_plain(last.why)}"
    why = row["mapping_justification"].partition(":")[2]
    comment = _plain(row.get("comment", ""))
    return _cells(subject, relation, target, why, row["author_label"], row["mapping_date"], judgement, comment)


def _plain(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    for sign in "\\*<>`[]_":
        text = text.replace(sign, f"\\{sign}")
    return text


def _other(language: Language) -> Language:
    return "ja" if language == "en" else "en"
