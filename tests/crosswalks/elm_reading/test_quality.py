"""Accreditations: what was judged, which of them count for a record, and which must not be carried."""

from __future__ import annotations

import pytest

from tests.crosswalks.elm_reading.shared import codes, content, crossed, spec

COUNTRY = "http://publications.europa.eu/resource/authority/country"
ACCREDITATION = "http://data.europa.eu/snb/accreditation"


@pytest.mark.parametrize(
    ("kind", "judged"),
    [
        ("bb4618238e", "institution"), ("003293d2ce", "institution"), ("c_1f1a469a", "institution"),
        ("820101cba6", "programme"), ("e57dddfcf3", "programme"),
    ],
)  # fmt: skip
def test_what_was_judged_follows_from_the_type(kind: str, judged: str) -> None:
    accreditation = f'elm:accreditation [ a elm:Accreditation ; dc:title "A"@en ; dc:type <{ACCREDITATION}/{kind}> ]'
    of_body = spec(f'elm:awardingOpportunity [ elm:awardingBody [ rov:legalName "O"@en ; {accreditation} ] ]')
    of_qualification = spec(accreditation)
    for listing in (of_body, of_qualification):
        (decision,) = content(listing)["quality_assurance"]["external"]
        assert decision == {"object": judged, "scheme": {"en": "A"}}


def test_an_accreditation_in_full() -> None:
    value = content(spec(f"""elm:accreditation [ dc:title "Review"@en ; dc:type <{ACCREDITATION}/820101cba6> ;
        elm:decision <http://data.europa.eu/snb/accreditation-decision/c_0ab66479> ; dc:description "Fine"@en ;
        adms:identifier [ skos:notation "D-1" ] ; dc:issued "2024-01-02T00:00:00Z" ; dc:valid "2024-02-01T00:00:00Z" ;
        elm:expiryDate "2029-01-31T00:00:00Z" ; elm:landingPage [ elm:contentUrl "https://q.example/1" ] ;
        elm:accreditingAgent [ rov:legalName "Agency"@en ;
            elm:location [ elm:address [ elm:countryCode <{COUNTRY}/BEL> ] ] ] ]"""))  # fmt: skip
    (decision,) = value["quality_assurance"]["external"]
    assert decision == {
        "object": "programme", "scheme": {"en": "Review"}, "text": {"en": "Fine"}, "decision_ref": "D-1",
        "valid_from": "2024-02-01", "valid_until": "2029-01-31", "url": "https://q.example/1",
        "body": {"en": "Agency"}, "body_country": "BE",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("elm:decision [ skos:prefLabel \"Refused\"@en ]", "elm_decision_unknown"),
        ("elm:limitQualification <https://other.example/q>", None),
    ],
)  # fmt: skip
def test_decisions_that_are_not_about_this_record_or_not_positive_are_not_carried(said: str, code: str | None) -> None:
    crossing = crossed(spec(f'elm:accreditation [ dc:title "A"@en ; {said} ]'))
    assert crossing.value.quality_assurance is None
    assert codes(crossing) == ([code] if code else [])


def test_an_accreditation_limited_to_this_qualification_counts() -> None:
    value = content(spec('elm:accreditation [ dc:title "A"@en ; elm:limitQualification <https://x.example/q> ]'))
    assert value["quality_assurance"]["external"] == [{"scheme": {"en": "A"}}]


def test_the_publishers_accreditation_is_not_the_records() -> None:
    listing = spec('dc:publisher [ rov:legalName "P"@en ; elm:accreditation [ dc:title "A"@en ] ]')
    assert "quality_assurance" not in content(listing)


def test_what_is_not_carried_tells_the_reason_for_all_of_it() -> None:
    crossing = crossed(
        spec(
            "elm:accreditation <https://a.example/1> ; elm:awardingOpportunity [ elm:awardingBody"
            ' [ rov:legalName "O"@en ; elm:accreditation <https://a.example/1> ] ] .'
            ' <https://a.example/1> a elm:Accreditation ; dc:title "A"@en ;'
            ' elm:decision [ skos:prefLabel "Refused"@en ] ; elm:accreditingAgent [ rov:legalName "Agency"@en ]'
        )
    )
    assert codes(crossing) == ["elm_decision_unknown"]
    reasons = {entry.source.partition("@")[0]: entry.reason for entry in crossing.ledger.entries if entry.reason}
    assert reasons["Accreditation.decision.0"] == "elm_decision_unknown"
    assert reasons["Accreditation.title.0"] == "elm_accreditation_undecided"
    assert reasons["Accreditation.accreditingAgent.0"] == "elm_accreditation_undecided"
    assert reasons["Organisation.legalName.0"] == "elm_accreditation_undecided"
