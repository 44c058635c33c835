"""Generated descriptors: every field, every code, many scripts; for the laws of crosswalks and pivot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes
from crosswalks.descriptor import model, types
from crosswalks.elm.profile import vocabulary

S = st.SearchStrategy[Any]

_EU_LEVELS = vocabulary("qdr")
_CENTURY = (datetime(1990, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  the strategy wants naive bounds

_LATIN = ["Quantum", "analyse", "Wānanga", "Kursus", "línea", "é", "<b>bold</b>", 'say "hi"', "a & b", "back\\slash"]
_WORDS = st.sampled_from(["量子計算", "できる", "説明する", "emoji 🎓", "line\nbreak", "tab\there", *_LATIN])
_ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda value: not value.isspace() and value.strip() != ""
)
text = st.one_of(_ANY_TEXT, st.lists(_WORDS, min_size=1, max_size=4).map(" ".join))
short = st.from_regex(r"[A-Za-z0-9一-龠][A-Za-z0-9一-龠 .-]{0,15}", fullmatch=True)
tags = st.sampled_from(["ja", "en", "und", "zh-Hans", "pt-BR", "mi", "ms", "ko"])
lang_text = st.dictionaries(tags, text, min_size=1, max_size=3)
names = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
urls = names.map(lambda name: f"https://{name}.example/{name}")
iris = st.one_of(
    urls,
    names.map(lambda name: f"urn:example:{name}"),
    st.integers(1, 999).map(lambda number: f"http://data.europa.eu/esco/skill/{number}"),
)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
moments = st.one_of(
    days.map(str),
    st.datetimes(*_CENTURY).map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),
)
hours = st.decimals("0.25", 5000, places=2)
quantities = st.decimals(0, 100_000, places=2)
durations = st.one_of(
    st.integers(1, 60).map(lambda n: f"P{n}W"),
    st.integers(1, 24).map(lambda n: f"P{n}M"),
    st.integers(1, 400).map(lambda n: f"P{n}D"),
    st.integers(1, 200).map(lambda n: f"PT{n}H"),
)
hashes = st.from_regex(r"[0-9a-f]{32}", fullmatch=True)
countries = st.sampled_from(["JP", "MY", "NZ", "NL", "KR"])
regions = st.sampled_from(["JP-13", "JP-01", "MY-01", "NZ-CAN"])


def code(name: str) -> S:
    return st.sampled_from(sorted(codelist(name).labels))


def maybe(strategy: S) -> S:
    return st.none() | strategy


def some(strategy: S, most: int = 2) -> S:
    return st.lists(strategy, max_size=most).map(tuple)


identifiers = st.builds(types.Identifier, scheme=short, value=text)
levels = st.one_of(
    st.builds(
        types.Level,
        scheme=st.sampled_from(sorted(level_schemes())),
        value=text,
        iri=maybe(iris),
        label=maybe(lang_text),
    ),
    st.builds(types.Level, scheme=st.just("EQF"), value=st.sampled_from("12345678")),
    st.sampled_from(sorted(_EU_LEVELS.labels)).map(
        lambda one: types.Level(scheme="EU-NQF", value=_EU_LEVELS.labels[one] or one, iri=_EU_LEVELS.iri(one))
    ),
)
credit_figures = st.builds(
    types.Credit, system=st.sampled_from(sorted(credit_systems())), value=quantities,
    hours_per_unit=maybe(hours),
    text=maybe(lang_text),
)  # fmt: skip
fields_of_study = st.one_of(
    st.builds(types.FieldOfStudy, scheme=st.just("ISCED-F"), code=st.sampled_from(["0613", "06", "9998", "041"])),
    st.builds(types.FieldOfStudy, scheme=code("FieldScheme"), code=short, label=maybe(lang_text)),
    st.builds(types.FieldOfStudy, scheme=code("FieldScheme"), label=lang_text),
)
origins = st.one_of(
    st.builds(types.Origin, kind=st.just("stated")),
    st.builds(types.Origin, kind=st.just("derived"), rule=short, source_fields=some(names)),
    st.builds(types.Origin, kind=st.just("assigned"), by=short, on=days, reason=maybe(text)),
)
source_records = st.builds(
    model.SourceRecord, registry=names, source_id=short, url=maybe(urls),
    retrieved_at=maybe(st.datetimes(*_CENTURY, timezones=st.just(UTC))),
    content_hash=maybe(hashes), status=maybe(text),
    rights=maybe(st.sampled_from(["facts_only", "reuse_with_attribution"])),
    attribution=maybe(text), selected_by=some(names),
)  # fmt: skip

_organisation = {
    "name": lang_text, "country": maybe(countries), "region": maybe(regions), "id": some(identifiers),
    "type": maybe(code("ProviderType")), "url": maybe(urls), "former_names": some(text),
}  # fmt: skip
organisations = st.builds(model.Organisation, **_organisation)
co_providers = st.builds(model.CoProvider, **_organisation, role=maybe(code("ProviderRole")))
outcomes = st.builds(
    model.Outcome,
    text=lang_text,
    category=maybe(code("OutcomeCategory")),
    skill_refs=some(iris),
    note=maybe(lang_text),
)
assessments = st.builds(
    model.Assessment, type=maybe(code("AssessmentType")), text=maybe(lang_text), threshold=maybe(lang_text),
    supervision=maybe(code("Supervision")),
)  # fmt: skip
volumes = st.builds(
    model.Volume,
    total_hours=maybe(hours),
    contact_hours=maybe(hours),
    duration=maybe(durations),
    text=maybe(lang_text),
)
teaching_methods = st.builds(model.TeachingMethod, mode=maybe(code("DeliveryMode")), text=maybe(lang_text))
quality_statements = st.builds(model.QualityStatement, text=lang_text, body=maybe(lang_text), url=maybe(urls))
external_qualities = st.builds(
    model.ExternalQuality, body=maybe(lang_text), body_country=maybe(countries), scheme=maybe(lang_text),
    object=code("QaObject"), decision_ref=maybe(text), valid_from=maybe(days), valid_until=maybe(days),
    text=maybe(lang_text), url=maybe(urls),
)  # fmt: skip
quality_assurances = st.builds(
    model.QualityAssurance, internal=some(quality_statements), external=some(external_qualities),
    undivided=some(quality_statements, 1),
)  # fmt: skip
other_recognitions = st.builds(
    model.OtherRecognition, kind=code("OtherRecognition"), body=maybe(lang_text), text=maybe(lang_text)
)
certificates = st.builds(model.Certificate, form=some(code("CertificateForm")), technical=some(code("TechStandard")))
stack_links = st.builds(
    model.StackLink, target_kind=code("StackTarget"), target_ref=maybe(iris), target_title=maybe(lang_text),
    share=maybe(st.decimals(0, 1, places=4)), conditions=maybe(lang_text),
)  # fmt: skip
fees = st.builds(
    model.Fee,
    amount=maybe(quantities),
    currency=maybe(st.sampled_from(["JPY", "EUR"])),
    text=maybe(lang_text),
)
offers = st.builds(
    model.Offer, starts=maybe(moments), ends=maybe(moments), application_deadline=maybe(moments),
    capacity=maybe(st.integers(1, 1000)), location=maybe(lang_text), schedule=maybe(lang_text),
    admission=maybe(lang_text),
)  # fmt: skip
further_infos = st.builds(model.FurtherInfo, label=maybe(lang_text), url=maybe(urls))
recognition_events = st.builds(model.RecognitionEvent, event=code("RecognitionStatus"), on=days, note=maybe(lang_text))
recognitions = st.builds(
    model.Recognition, status=code("RecognitionStatus"), id=maybe(text), framework_version=maybe(short),
    decided_on=maybe(days), valid_from=maybe(days), valid_until=maybe(days), next_review=maybe(days),
    certificate=maybe(urls), mark=maybe(st.booleans()), history=some(recognition_events), source=maybe(text),
)  # fmt: skip

FIELDS: dict[str, S] = {
    "version": maybe(short), "identifiers": some(identifiers), "description": maybe(lang_text),
    "language_of_instruction": some(tags), "field": some(fields_of_study), "landing_page": maybe(urls),
    "issuer": maybe(organisations), "co_providers": some(co_providers), "learning_outcomes": some(outcomes),
    "outcome_summary": maybe(lang_text), "assessment": some(assessments), "volume": maybe(volumes),
    "level": some(levels), "teaching_method": some(teaching_methods),
    "quality_assurance": maybe(quality_assurances), "credit": some(credit_figures),
    "credit_status": maybe(code("CreditStatus")), "other_recognition": some(other_recognitions),
    "certificate": maybe(certificates), "stackability": some(stack_links),
    "stackability_status": maybe(code("StackStatus")), "prerequisites": some(lang_text),
    "grading_scheme": maybe(lang_text), "fee": maybe(fees), "offer": some(offers),
    "target_group": some(lang_text),
    "education_classification": maybe(code("McClass")), "further_info": some(further_infos),
    "recognition": maybe(recognitions),
    "origins": st.dictionaries(st.sampled_from(["level.0", "issuer.country"]), origins, max_size=2),
}  # fmt: skip
"""A strategy for each field that a descriptor may leave out."""

_EMPTY: dict[str, Any] = {name: model.Descriptor.model_fields[name].get_default() for name in FIELDS}


@st.composite
def descriptors(draw: st.DrawFn, always: Collection[str] = ()) -> model.Descriptor:
    """A descriptor with some of its fields; those in `always` are tried every time."""
    chosen = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=8)) | set(always)
    values = {name: draw(FIELDS[name]) for name in sorted(chosen)}
    return model.Descriptor(
        id=draw(iris), source_record=draw(source_records), title=draw(lang_text), **{**_EMPTY, **values}
    )


@st.composite
def exportable(draw: st.DrawFn) -> model.Descriptor:
    """A descriptor that has what ELM demands, in an id of our own, with any of its other fields."""
    descriptor = draw(descriptors())
    issuer = st.builds(types.Identifier, scheme=short, value=short)
    return descriptor.model_copy(
        update={
            "id": f"https://kakehashi.example/id/mc/test-{draw(st.integers(1, 10**9))}",
            "source_record": descriptor.source_record.model_copy(update={"rights": "reuse_with_attribution"}),
            "issuer": draw(
                st.builds(model.Organisation, **{**_organisation, "country": countries, "id": some(issuer)})
            ),
            "learning_outcomes": tuple(draw(st.lists(outcomes, min_size=1, max_size=3))),
        }
    )
