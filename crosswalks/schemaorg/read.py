"""schema.org → descriptor.

A credential's own properties come first; what the course says besides is taken where they are silent. The provider of
the credential is its issuer, else the first provider of the course. What descriptions plainly say of hours, assessment
and outcomes is derived from them where no property states it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes
from config.messages import CodedError, Issue
from crosswalks.descriptor.model import (
    CoProvider,
    Descriptor,
    ExternalQuality,
    Fee,
    FurtherInfo,
    Offer,
    Organisation,
    Outcome,
    QualityAssurance,
    SourceRecord,
    TeachingMethod,
    Volume,
)
from crosswalks.descriptor.serialise import explain
from crosswalks.descriptor.types import Credit, FieldOfStudy, Identifier, Level
from crosswalks.ledger import Crossing
from crosswalks.lexical import ADDRESS, COUNTRY, IRI, REGION, is_iri, is_moment, names_itself
from crosswalks.linked import Gathered, says_a_duration
from crosswalks.schemaorg.model import Course, CourseInstance, DefinedTerm, Organization, SchemaorgListing
from crosswalks.values import table_path, value_rows, values_by_code

_PATTERNS = {"country": COUNTRY, "region": REGION}
_FOLDER = Path(__file__).parent
_VALUES = table_path(_FOLDER, "reading")
_WORDS = table_path(_FOLDER, "words")


def natural_key(listing: SchemaorgListing) -> str:
    """Return the key of a credential: its identifier, its address, or its name with its provider's."""
    providers = (*listing.provider, *(listing.course.providers if listing.course else ()))
    owner = next((text for body in providers for text in (body.name or {}).values()), None)
    name = next(iter((listing.name or {}).values()), None)
    key = listing.id or listing.url or " | ".join(filter(None, (name, owner)))
    return key if listing.ordinal == 1 else f"{key} | {listing.ordinal}"


def own_iri(listing: SchemaorgListing) -> str | None:
    """Return the identifier that the credential brings, if it is one."""
    return listing.id if is_iri(listing.id) else None


def read(listing: SchemaorgListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one credential to the descriptor. Raises `CodedError` with `record_invalid`."""
    try:
        return _Reading(listing).crossing(iri, source)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


class _Reading:
    def __init__(self, listing: SchemaorgListing) -> None:
        self._listing = listing
        self._course = listing.course or Course()
        self._in = Gathered("schemaorg", _FOLDER)
        self._ledger, self._values = self._in.ledger, self._in.values

    def crossing(self, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
        listing, course = self._listing, self._course
        self._first("title", ("name", listing.name), ("course.name", course.name))
        self._first("description", ("description", listing.description), ("course.description", course.description))
        self._first("version", ("version", listing.version))
        self._page()
        self._identifiers(iri)
        self._organisations()
        self._outcomes()
        self._coded()
        self._volume()
        self._who()
        self._taught(course.modes, None, "course")
        for number, one in enumerate(course.instances):
            self._instance(one, f"course.instances.{number}")
        self._fee()
        self._awarded()
        found = source
        if said := listing.attribution:
            there = source.attribution
            kept = said if not there or there in said else f"{said}; {there}"
            if kept == said:
                self._ledger.mapped("attribution", "source_record.attribution")
            else:
                self._ledger.normalised("attribution", "source_record.attribution", "said_by_both", value=said)
            found = source.model_copy(update={"attribution": kept})
        prose = [("description", listing.description), ("course.description", course.description)]
        prose += [(f"course.instances.{n}.description", one.description) for n, one in enumerate(course.instances)]
        return self._in.crossing(listing, iri, found, prose)

    def _fee(self) -> None:
        """Read the first price stated: of the credential, else of the course, else of an intake."""
        offers = [(f"offers.{number}", one) for number, one in enumerate(self._listing.offers)]
        offers += [(f"course.offers.{number}", one) for number, one in enumerate(self._course.offers)]
        for number, intake in enumerate(self._course.instances):
            offers += [(f"course.instances.{number}.offers.{which}", one) for which, one in enumerate(intake.offers)]
        for path, one in offers:
            self._in.otherwise(path, "first_value_only")
            text = one.description or one.name
            if "fee" not in self._values and (one.price is not None or one.currency or text):
                self._in.otherwise(path, "another_value_first")
                self._in.fee(path, one.price, one.currency, one.description, {})
                if one.name and not one.description:
                    self._ledger.mapped(f"{path}.name", "fee.text")
                    self._values["fee"] = Fee(**{**dict(self._values.get("fee", Fee())), "text": one.name})

    def _awarded(self) -> None:
        """Keep what the course says in words that it awards; a credential of the page is read as the record itself."""
        for number, text in enumerate(self._course.awarded):
            page = next((words for words in text.values() if ADDRESS.match(words)), None)
            target = f"{self._in.next('further_info')}.{'url' if page else 'label'}"
            self._ledger.mapped(f"course.awarded.{number}", target)
            self._in.add("further_info", FurtherInfo(url=page) if page else FurtherInfo(label=text))

    def _first(self, target: str, *said: tuple[str, Any]) -> None:
        """Take the first value stated; the same said again, or said otherwise, is dropped."""
        for source, value in said:
            if value is None:
                continue
            if target not in self._values:
                self._ledger.mapped(source, target)
                self._values[target] = value
            else:
                self._ledger.dropped(source, "said_twice" if value == self._values[target] else "said_otherwise")

    def _page(self) -> None:
        for source, value in (("url", self._listing.url), ("course.url", self._course.url)):
            if value and not ADDRESS.match(value):
                self._in.not_understood(source, value)
            elif value:
                self._first("landing_page", (source, value))

    def _identifiers(self, iri: str) -> None:
        self._in.otherwise("identifiers", "without_identifier")
        for number, one in enumerate(self._listing.identifiers):
            if one.value:
                self._ledger.normalised(f"identifiers.{number}", self._in.next("identifiers"), "property_value")
                self._in.add("identifiers", Identifier(scheme=one.scheme or "unspecified", value=one.value))
        if self._course.code:
            self._ledger.normalised("course.code", self._in.next("identifiers"), "course_code")
            self._in.add("identifiers", Identifier(scheme="course-code", value=self._course.code))
        self._in.own_name(self._listing.id, iri, "schemaorg")

    def _organisations(self) -> None:
        own = [(f"provider.{number}", one) for number, one in enumerate(self._listing.provider)]
        giving = [(f"course.providers.{number}", one) for number, one in enumerate(self._course.providers)]
        for path, one in [*own, *giving]:
            if one.name is None:
                self._in.otherwise(path, "without_a_name")
                continue
            if "issuer" not in self._values and (path.startswith("provider.") or not own):
                if path.startswith("course."):
                    self._ledger.derived(path, "issuer", "provider_of_the_course")
                self._values["issuer"] = Organisation(**self._organisation(one, path, "issuer"))
                continue
            target = self._in.next("co_providers")
            self._ledger.derived(path, f"{target}.role", "property_by_role")
            self._in.add("co_providers", CoProvider(**self._organisation(one, path, target), role="provider"))
        found: list[ExternalQuality] = []
        for number, one in enumerate(self._listing.recognized_by):
            if one.name is None:
                self._in.otherwise(f"recognized_by.{number}", "without_a_name")
                continue
            path, target = f"recognized_by.{number}", f"quality_assurance.external.{len(found)}"
            self._ledger.mapped(f"{path}.name", f"{target}.body")
            self._ledger.derived(path, f"{target}.object", "about_the_credential")
            country = one.address.country if one.address else None
            if country and _PATTERNS["country"].match(country):
                self._ledger.mapped(f"{path}.address.country", f"{target}.body_country")
            else:
                country = None
                self._in.otherwise(f"{path}.address.country", "not_a_code")
            found.append(ExternalQuality(body=one.name, object="credential", body_country=country))
        if found:
            self._values["quality_assurance"] = QualityAssurance(external=tuple(found))

    def _organisation(self, one: Organization, path: str, target: str) -> dict[str, Any]:
        self._ledger.mapped(f"{path}.name", f"{target}.name")
        made: dict[str, Any] = {"name": one.name}
        if page := self._in.address(f"{path}.url", one.url, f"{target}.url"):
            made["url"] = page
        known: list[Identifier] = []
        self._in.otherwise(f"{path}.identifiers", "without_identifier")
        for number, each in enumerate(one.identifiers):
            if each.value:
                self._ledger.normalised(f"{path}.identifiers.{number}", f"{target}.id.{len(known)}", "property_value")
                known.append(Identifier(scheme=each.scheme or "unspecified", value=each.value))
        if one.id and names_itself(one.id):
            self._ledger.normalised(f"{path}.id", f"{target}.id.{len(known)}", "own_identifier_kept")
            known.append(Identifier(scheme="schemaorg", value=one.id))
        self._in.otherwise(f"{path}.id", "without_identifier")
        self._in.otherwise(f"{path}.address", "not_a_code")
        made["id"] = tuple(known)
        for part, pattern in _PATTERNS.items():
            value = getattr(one.address, part) if one.address else None
            if value and pattern.match(value):
                self._ledger.mapped(f"{path}.address.{part}", f"{target}.{part}")
                made[part] = value
        return made

    def _outcomes(self) -> None:
        """Read what the credential requires and what the course teaches; what both say is taken once."""
        taken: list[DefinedTerm] = []
        both = (("competencies", self._listing.competencies), ("course.teaches", self._course.teaches))
        for name, terms in both:
            for number, one in enumerate(terms):
                path = f"{name}.{number}"
                if name == "course.teaches" and one in taken:
                    taken.remove(one)
                    self._ledger.dropped(path, "said_twice")
                    continue
                if one.name is None:
                    self._in.otherwise(path, "without_a_name")
                    continue
                if name == "competencies":
                    taken.append(one)
                target = self._in.next("learning_outcomes")
                self._ledger.mapped(f"{path}.name", f"{target}.text")
                if one.description:
                    self._ledger.mapped(f"{path}.description", f"{target}.note")
                refs: list[str] = []
                for part in ("url", "id"):
                    ref = getattr(one, part)
                    if is_iri(ref) and not refs:
                        self._ledger.mapped(f"{path}.{part}", f"{target}.skill_refs.0")
                        refs.append(ref)
                    else:
                        self._in.otherwise(f"{path}.{part}", "first_value_only" if refs else "without_identifier")
                outcome = Outcome(text=one.name, note=one.description, skill_refs=tuple(refs))
                self._in.add("learning_outcomes", outcome)

    def _studied(self) -> None:
        """Read fields of study: by their code where the classification is ours, else by their name."""
        for number, one in enumerate(self._course.about):
            path = f"course.about.{number}"
            listed = one.term_set if one.term_set in codelist("FieldScheme") else None
            if not (one.name or (one.code and listed)):
                continue
            self._ledger.normalised(path, self._in.next("field"), "defined_term")
            for part, value in (("code", one.code), ("term_set", one.term_set)):
                if value and not listed:
                    self._ledger.dropped(f"{path}.{part}", "classification_not_ours", value=value)
            code = one.code if listed else None
            self._in.add("field", FieldOfStudy(scheme=listed or "text", code=code, label=one.name))

    def _coded(self) -> None:
        ledger = self._ledger
        for name in ("levels", "course.levels", "course.about"):
            self._in.otherwise(name, "no_place_for_this_value")
        self._studied()
        own = [(f"levels.{number}", one) for number, one in enumerate(self._listing.levels)]
        of_course = [(f"course.levels.{number}", one) for number, one in enumerate(self._course.levels)]
        for path, one in [*own, *of_course]:
            if one.code and one.term_set in level_schemes():
                ledger.normalised(path, self._in.next("level"), "defined_term")
                iri = one.url if one.url and IRI.match(one.url) else None
                self._in.add("level", Level(scheme=one.term_set, value=one.code, iri=iri, label=one.name))
            elif one.name or one.code:
                text = one.code or next(iter((one.name or {}).values()))
                ledger.normalised(path, self._in.next("level"), "level_without_framework")
                self._in.add("level", Level(scheme="unspecified", value=text, label=one.name))
        for number, one_figure in enumerate(self._course.credits):
            if one_figure.value is None:
                self._in.otherwise(f"course.credits.{number}", "lossy_split")
                continue
            path = f"course.credits.{number}"
            self._in.otherwise(path, "lossy_split")
            if one_figure.unit not in credit_systems():
                ledger.dropped(f"{path}.value", "credit_without_system", value=one_figure.value)
                params = {"value": str(one_figure.value)}
                self._in.issues.append(Issue("credit_without_system", params, place=f"{path}.value"))
                continue
            target = self._in.next("credit")
            ledger.mapped(f"{path}.value", f"{target}.value")
            ledger.mapped(f"{path}.unit", f"{target}.system")
            if one_figure.description:
                ledger.mapped(f"{path}.description", f"{target}.text")
            self._in.add("credit", Credit(system=one_figure.unit, value=one_figure.value, text=one_figure.description))

    def _volume(self) -> None:
        """Read hours of work, of the course or of an intake, and the elapsed time of an intake."""
        parts: dict[str, Any] = {}
        said = [("course.time_required", self._course.time_required)]
        said += [(f"course.instances.{n}.workload", one.workload) for n, one in enumerate(self._course.instances)]
        for source, duration in said:
            self._in.otherwise(source, "first_value_only")
            if source.endswith(".workload") and duration and not (says_a_duration(duration) or "text" in parts):
                self._ledger.normalised(source, "volume.text", "workload_in_words")
                parts["text"] = {"und": duration}
            elif duration and "total_hours" not in parts and (hours := self._in.hours(source, duration)) is not None:
                parts["total_hours"] = hours
        for number, one in enumerate(self._course.instances):
            source = f"course.instances.{number}.duration"
            self._in.otherwise(source, "first_value_only")
            if one.duration and "duration" not in parts and (elapsed := self._in.elapsed(source, one.duration)):
                parts["duration"] = elapsed
        if parts:
            self._values["volume"] = Volume(**parts)

    def _who(self) -> None:
        self._in.languages("course.languages", self._course.languages, values_by_code(_WORDS, "languages"))
        for number, text in enumerate(self._course.prerequisites):
            self._ledger.mapped(f"course.prerequisites.{number}", self._in.next("prerequisites"))
            self._in.add("prerequisites", text)
        for number, one in enumerate(self._course.audiences):
            if one.name:
                self._ledger.mapped(f"course.audiences.{number}.name", self._in.next("target_group"))
                self._in.add("target_group", one.name)

    def _instance(self, one: CourseInstance, path: str) -> None:
        """Read how an instance is taught, and when and where it takes place."""
        ledger = self._ledger
        self._taught(one.modes, one.description, path)
        parts: dict[str, Any] = {}
        target = self._in.next("offer")
        for name in ("starts", "ends"):
            value = getattr(one, name)
            if value and is_moment(value):
                ledger.mapped(f"{path}.{name}", f"{target}.{name}")
                parts[name] = value
            elif value:
                self._in.not_understood(f"{path}.{name}", value)
        if one.capacity is not None and one.capacity == one.capacity.to_integral_value():
            if str(one.capacity) == str(int(one.capacity)):
                ledger.mapped(f"{path}.capacity", f"{target}.capacity")
            else:
                ledger.normalised(f"{path}.capacity", f"{target}.capacity", "whole_number", value=one.capacity)
            parts["capacity"] = int(one.capacity)
        elif one.capacity is not None:
            self._in.not_understood(f"{path}.capacity", one.capacity)
        if one.location and one.location.name:
            ledger.mapped(f"{path}.location.name", f"{target}.location")
            parts["location"] = one.location.name
        if one.description and not one.modes:
            ledger.mapped(f"{path}.description", f"{target}.schedule")
            parts["schedule"] = one.description
        if parts:
            self._in.add("offer", Offer(**parts))

    def _taught(self, modes: tuple[str, ...], words: dict[str, str] | None, path: str) -> None:
        """Read the mode of the course or of an intake, with the words beside it."""
        if not modes:
            return
        mode = _mode(modes)
        text = words if mode else {"und": ", ".join(modes)}
        method = TeachingMethod(mode=mode, text=text)
        if method in self._values.get("teaching_method", ()):
            self._ledger.dropped(f"{path}.modes", "said_twice")
            self._in.otherwise(f"{path}.description", "said_twice" if mode else "another_value_first")
            return
        target = self._in.next("teaching_method")
        self._ledger.normalised(f"{path}.modes", target, "words_of_course_mode")
        if mode and words:
            self._ledger.mapped(f"{path}.description", f"{target}.text")
        elif words:
            self._in.otherwise(f"{path}.description", "another_value_first")
        self._in.add("teaching_method", method)


def _mode(words: tuple[str, ...]) -> str | None:
    """Return the mode that the words of a course stand for, all of them and no other."""
    return _modes().get(frozenset(word.strip().lower() for word in words))


@cache
def _modes() -> dict[frozenset[str], str]:
    return {frozenset(row.subject.code.split("+")): row.object.code for row in value_rows(_VALUES)}
