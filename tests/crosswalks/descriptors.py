"""Generated descriptors: any mixture of fields that the model allows, in several languages and scripts."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes
from crosswalks.descriptor import model as m
from crosswalks.descriptor import types as t
from crosswalks.elm.profile import vocabulary

WORDS = st.sampled_from(
    ["量子計算", "データ", "できる", "説明する", "Quantum", "analyse", "explain", "Wānanga", "Kursus", "<b>bold</b>", 'say "hi"',
     "a & b", "back\\slash", "línea", "emoji 🎓", "é", "line\nbreak", "tab\there"]
)  # fmt: skip
texts = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
tags = st.sampled_from(["ja", "en", "ms", "mi", "und", "zh-Hant"])
lang_texts = st.dictionaries(tags, texts, min_size=1, max_size=3)
ja_en = st.fixed_dictionaries({"ja": texts, "en": texts})
urls = st.integers(1, 10**6).map(lambda n: f"https://provider.example/page/{n}?x=1&y=%E3%81%82")
iris = st.one_of(urls, st.integers(1, 999).map(lambda n: f"http://data.europa.eu/esco/skill/{n}"))
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
moments = st.one_of(days.map(str), days.map(lambda d: f"{d}T09:30"), days.map(lambda d: f"{d}T09:30:00+09:00"))
countries = st.sampled_from(["JP", "MY", "NZ", "IE", "US"])
hours = st.sampled_from(["0.5", "1.25", "10", "45", "90.5", "120"])
quantities = st.sampled_from(["0", "0.5", "1", "2", "16"])


def one_of_list(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(codelist(name).labels))


identifiers = st.builds(
    t.Identifier,
    scheme=st.sampled_from(["ror", "houjin", "course code"]),
    value=st.integers(1, 10**9).map(str),
)
organisations = {
    "name": lang_texts, "country": st.none() | countries, "region": st.none() | st.just("JP-13"),
    "id": st.lists(identifiers, max_size=2, unique_by=lambda item: item.value).map(tuple),
    "type": st.none() | one_of_list("ProviderType"), "url": st.none() | urls,
    "former_names": st.lists(texts, max_size=1).map(tuple),
}  # fmt: skip
levels = st.one_of(
    st.builds(t.Level, scheme=st.sampled_from(sorted(level_schemes())), value=texts, label=st.none() | lang_texts),
    st.builds(t.Level, scheme=st.just("EQF"), value=st.sampled_from("12345678")),
    st.sampled_from(sorted(vocabulary("qdr").labels)).map(
        lambda code: t.Level(
            scheme="EU-NQF", value=vocabulary("qdr").labels[code] or code, iri=vocabulary("qdr").iri(code)
        )
    ),
)
fields = st.one_of(
    st.builds(t.FieldOfStudy, scheme=st.just("ISCED-F"), code=st.sampled_from(["0613", "06", "9998", "041"])),
    st.builds(t.FieldOfStudy, scheme=st.just("NZSCED"), code=st.just("020103"), label=st.none() | lang_texts),
    st.builds(t.FieldOfStudy, scheme=st.just("text"), label=lang_texts),
)
credits = st.builds(
    t.Credit, system=st.sampled_from(sorted(credit_systems())), value=quantities, hours_per_unit=st.none() | hours,
    text=st.none() | lang_texts,
)  # fmt: skip
external = st.builds(
    m.ExternalQuality, body=st.none() | lang_texts, body_country=st.none() | countries, scheme=st.none() | lang_texts,
    object=one_of_list("QaObject"), decision_ref=st.none() | texts, valid_from=st.none() | days, valid_until=st.none() | days,
    text=st.none() | lang_texts, url=st.none() | urls,
)  # fmt: skip
statements = st.builds(m.QualityStatement, text=lang_texts, body=st.none() | lang_texts, url=st.none() | urls)


def few(strategy: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


def descriptors(*, exportable: bool = False) -> st.SearchStrategy[m.Descriptor]:
    """Any descriptor; with `exportable` one that has what ELM cannot do without."""
    outcome = st.builds(
        m.Outcome, text=lang_texts, category=st.none() | one_of_list("OutcomeCategory"), skill_refs=few(iris),
        note=st.none() | lang_texts,
    )  # fmt: skip
    issuer = st.builds(m.Organisation, **organisations)
    if exportable:
        issuer = st.builds(m.Organisation, **{**organisations, "country": countries})
    return st.builds(
        m.Descriptor,
        id=st.integers(1, 10**9).map(lambda n: f"https://kakehashi.example/id/mc/test-{n}"),
        source_record=st.builds(
            m.SourceRecord, registry=st.just("test"), source_id=st.just("1"), url=st.none() | urls,
            status=st.none() | st.just("released"), rights=st.just("reuse_with_attribution"),
            attribution=st.none() | st.just("A registry"), selected_by=few(st.just("short_programme"), 1),
        ),
        version=st.none() | st.just("2"),
        identifiers=few(identifiers),
        title=ja_en | lang_texts,
        description=st.none() | lang_texts,
        language_of_instruction=few(st.sampled_from(["ja", "en", "mi", "ms", "zh", "xx-unknown"]), 3),
        field=few(fields),
        landing_page=st.none() | urls,
        issuer=issuer if exportable else st.none() | issuer,
        co_providers=few(st.builds(m.CoProvider, **organisations, role=st.none() | one_of_list("ProviderRole"))),
        learning_outcomes=st.lists(outcome, min_size=1 if exportable else 0, max_size=3).map(tuple),
        outcome_summary=st.none() | lang_texts,
        assessment=few(st.builds(
            m.Assessment, type=st.none() | one_of_list("AssessmentType"), text=st.none() | lang_texts,
            threshold=st.none() | lang_texts, supervision=st.none() | one_of_list("Supervision"),
        )),
        volume=st.none() | st.builds(
            m.Volume, total_hours=st.none() | hours, contact_hours=st.none() | hours,
            duration=st.none() | st.sampled_from(["P3M", "P1Y", "PT40H", "P2W"]), text=st.none() | lang_texts,
        ),
        level=few(levels, 3),
        teaching_method=few(st.builds(
            m.TeachingMethod, mode=st.none() | one_of_list("DeliveryMode"), text=st.none() | lang_texts
        )),
        quality_assurance=st.none() | st.builds(
            m.QualityAssurance, internal=few(statements, 1), external=few(external), undivided=few(statements, 1)
        ),
        credit=few(credits),
        credit_status=st.none() | one_of_list("CreditStatus"),
        other_recognition=few(st.builds(
            m.OtherRecognition, kind=one_of_list("OtherRecognition"), body=st.none() | lang_texts, text=st.none() | lang_texts
        ), 1),
        certificate=st.none() | st.builds(
            m.Certificate, form=few(one_of_list("CertificateForm"), 1), technical=few(one_of_list("TechStandard"), 1)
        ),
        stackability=few(st.builds(
            m.StackLink, target_kind=one_of_list("StackTarget"), target_ref=st.none() | texts,
            target_title=st.none() | lang_texts, share=st.none() | st.just("0.25"), conditions=st.none() | lang_texts,
        )),
        stackability_status=st.none() | one_of_list("StackStatus"),
        prerequisites=few(lang_texts),
        grading_scheme=st.none() | lang_texts,
        fee=st.none() | st.builds(
            m.Fee, amount=st.none() | quantities, currency=st.none() | st.sampled_from(["JPY", "EUR", "ZZZ"]),
            text=st.none() | lang_texts,
        ),
        offer=few(st.builds(
            m.Offer, starts=st.none() | moments, ends=st.none() | moments, application_deadline=st.none() | moments,
            capacity=st.none() | st.integers(1, 500), location=st.none() | lang_texts, schedule=st.none() | lang_texts,
            admission=st.none() | lang_texts,
        )),
        target_group=few(lang_texts, 1),
        education_classification=st.none() | one_of_list("McClass"),
        further_info=few(st.builds(m.FurtherInfo, label=st.none() | lang_texts, url=st.none() | urls)),
        recognition=st.none() | st.builds(
            m.Recognition, status=one_of_list("RecognitionStatus"), decided_on=st.none() | days, source=st.just("decision 12")
        ),
        origins=st.just({}) | st.just({"field": t.Origin(kind="assigned", by="reviewer", on=date(2026, 1, 1))}),
    )  # fmt: skip
