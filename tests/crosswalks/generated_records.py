"""Records of any schema whose model is made of texts by language, plain texts, figures and models inside: generated."""

from __future__ import annotations

from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes
from tests.crosswalks.descriptor import strategies as known

CODES = sorted({
    *codelist("DeliveryMode").labels, *codelist("AssessmentType").labels, *credit_systems(), *level_schemes(),
    "DeliveryMode", "AssessmentType", "CreditSystem", "ISCED-F", "JPY", "JP", "JP-13",
})  # fmt: skip
DEPTH = 3


def records(model: type[BaseModel], words: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    """Records of a model, each with a name; `words` are those that mean something in the schema's own vocabularies."""
    plain = st.one_of(
        st.sampled_from([*CODES, *words]),
        known.short,
        known.iris,
        known.urls,
        known.durations,
        known.moments,
        known.tags,
    )
    return _record(model, plain, words, 0)


def _record(model: type[BaseModel], plain: Any, words: tuple[str, ...], depth: int) -> st.SearchStrategy[Any]:
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name == "ordinal":
            fields[name] = st.integers(1, 2)
        elif name == "left_out":
            fields[name] = st.sampled_from([(), ("email",)])
        elif name in {"unplaced", "others"}:
            fields[name] = st.dictionaries(known.names, known.short, max_size=1)
        else:
            made = _value(info.annotation, plain, words, depth)
            always = info.is_required() or (name == "name" and depth == 0)
            fields[name] = made if always or not _optional(info.annotation) else st.none() | made
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


def _optional(annotation: Any) -> bool:
    return NoneType in get_args(annotation)


def _value(annotation: Any, plain: Any, words: tuple[str, ...], depth: int) -> Any:
    arguments = [one for one in get_args(annotation) if one not in {NoneType, Ellipsis}]
    if get_origin(annotation) is tuple:
        if depth > DEPTH:
            return st.just(())
        return st.lists(_value(arguments[0], plain, words, depth + 1), max_size=2).map(tuple)
    if annotation == dict[str, str]:
        return known.lang_text | st.sampled_from(CODES).map(lambda code: {"en": code})
    if annotation is Decimal:
        return known.quantities
    if annotation is str:
        return plain
    if annotation is bool:
        return st.booleans()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _record(annotation, plain, words, depth + 1) if depth <= DEPTH else st.just(annotation())
    return _value(arguments[0], plain, words, depth)
