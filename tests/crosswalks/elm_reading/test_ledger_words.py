"""The reasons in the ledger are true of the very value they stand beside."""

from __future__ import annotations

from config.messages import catalogue
from tests.crosswalks.elm_reading.shared import crossed, spec

_ABOUT_A_VALUE = "{value}"


def reasons(body: str) -> dict[str, str | None]:
    return {
        entry.source.partition("@")[0]: entry.reason for entry in crossed(spec(body)).ledger.entries if entry.reason
    }


def test_a_credit_system_is_not_called_unreadable_because_its_figure_is() -> None:
    told = reasons(
        'elm:creditPoint [ a elm:CreditPoint ; elm:point "plenty" ;'
        " elm:framework <http://data.europa.eu/snb/education-credit/6fcec5c5af> ]"
    )
    assert told["CreditPoint.point.0"] == "not_understood"
    assert told["CreditPoint.framework.0"] == "elm_belongs_to_dropped"
    assert told["Qualification.creditPoint.0"] == "elm_empty_target"


def test_what_belongs_to_a_second_price_is_not_told_as_a_second_value_itself() -> None:
    told = reasons(
        'elm:priceDetail [ a elm:PriceDetail ; skos:prefLabel "free"@en ] ,'
        ' [ a elm:PriceDetail ; skos:prefLabel "free again"@en ; elm:additionalNote [ elm:noteLiteral "n"@en ] ]'
    )
    assert {told.get(f"Qualification.priceDetail.{number}") for number in (0, 1)} >= {"elm_several_values"}
    assert told["PriceDetail.prefLabel.0"] == told["Note.noteLiteral.0"] == "elm_belongs_to_dropped"


def test_the_mode_of_an_activity_gives_way_to_the_records_own() -> None:
    activity = (
        "elm:influencedBy [ a elm:LearningActivitySpecification ;"
        " elm:mode <http://data.europa.eu/snb/learning-assessment/920fbb3cbe> ]"
    )
    own = "elm:mode <http://data.europa.eu/snb/learning-assessment/9191af2ed9>"
    assert reasons(f"{activity} ; {own}")["LearningActivitySpecification.mode.0"] == "elm_second_choice"
    assert "LearningActivitySpecification.mode.0" not in reasons(activity)


def test_reasons_that_are_passed_on_speak_of_no_single_value() -> None:
    for code in ("elm_belongs_to_dropped", "elm_accreditation_undecided", "elm_accreditation_elsewhere"):
        assert _ABOUT_A_VALUE not in catalogue()[code].text["en"]
