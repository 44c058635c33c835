"""Made-up records of made-up institutions, with the shapes and faults that real ones were seen to have.

Every twelve records show each shape once. A record has its own identifier from its number, under an address that does
not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

BASE = "https://qdr.example/data/"
OLD_BASE = "https://qdr.example/esco/qdr/"
LEARNING_TYPES = "http://data.europa.eu/snb/learning-opportunity/"
SHORT, MODULE, COURSE, PROGRAMME = "74a4a268e8", "0f7dac46ca", "05053c1cbe", "79343569f3"
ECTS = "http://data.europa.eu/snb/education-credit/6fcec5c5af"
NON_FORMAL = "http://data.europa.eu/snb/learning-setting/e207a81fc7"
MALTA_5 = "http://data.europa.eu/snb/qdr/c_a3c7575d"
LABELS = {
    SHORT: "Short learning programme",
    MODULE: "Programme module",
    COURSE: "Course",
    PROGRAMME: "Educational programme",
}
_SHAPES = 12
_PASSED_OVER = frozenset({1, 4, 5, 11})
_SUBJECTS = (
    "Data for small firms", "Repairing solar roofs", "Bees and orchards", "Care at home", "Safe kitchens",
    "Timber bridges", "Web pages for everyone", "Reading balance sheets", "Seaweed farming", "First aid at sea",
    "Restoring dry stone walls", "Drones over fields", "Quiet machines", "Sign language basics", "Cheese and cellars",
)  # fmt: skip
_ASPECTS = ("Foundations", "Practice", "Methods", "Planning", "Quality", "Tools")


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the register as the stand-in shows it. `terms` is the generation of its ELM namespace."""

    code: str
    language: str
    tag: str
    terms: str
    micro: str
    provider: str
    translated: str


_TERMS = "http://data.europa.eu/snb/model/"
COUNTRIES = (
    Country("irl", "ENG", "en", f"{_TERMS}elm/", "Micro-credential", "Example College of Ballynowhere", "en"),
    Country("mlt", "MLT", "mt", f"{_TERMS}ontology/", "Mikrokredenzjali", "Kulleġġ Eżempju ta' Mkien", "en"),
    Country("fin", "FIN", "fi", _TERMS, "Mikrotutkinto", "Esimerkkiopisto Eioole", "sv"),
    Country("deu", "DEU", "de", f"{_TERMS}elm/", "Micro-Credential", "Beispielhochschule Nirgendwo", "en"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `shape` says which of the twelve it is."""

    number: int
    shape: int
    country: Country
    title: str
    kind: str
    status: str
    credit: str
    hours: int
    eqf: int
    eqf_elsewhere: int
    isced: str
    provider: int

    @property
    def qualification(self) -> bool:
        """Whether no opportunity offers it."""
        return self.shape in {3, 4}

    @property
    def candidate(self) -> bool:
        """Whether some rule takes it."""
        return self.shape not in {1, 4, 11}

    @property
    def listed(self) -> bool:
        """Whether a first harvest takes the record."""
        return self.candidate and self.status in {"released", ""}

    @property
    def iri(self) -> str:
        """Its identifier; every seventh is of the older form."""
        folder = "qualification" if self.qualification else "learningOpportunity"
        base = OLD_BASE if self.number % 7 == 6 else BASE
        return f"{base}{folder}/{_uuid(f'record {self.number}')}"

    @property
    def specification(self) -> str:
        """The identifier of what is learned."""
        return (
            self.iri if self.qualification else f"{BASE}learningAchievementSpecification/{_uuid(f'what {self.number}')}"
        )

    @property
    def specification_class(self) -> str:
        """The class of what is learned."""
        return "Qualification" if self.shape in {1, 3, 4, 8} else "LearningAchievementSpecification"

    @property
    def organisation(self) -> str:
        """The identifier of its provider."""
        return f"{OLD_BASE}organizations/{_uuid(f'{self.country.code} {self.provider}')}"

    @property
    def provider_name(self) -> str:
        """What its provider is called."""
        return f"{self.country.provider} {self.provider}"

    @property
    def categories(self) -> tuple[str, ...]:
        """Its categories."""
        if self.shape == 2:
            return ("Micro-credential",)
        return (f"{self.country.micro} ({self.country.code.upper()})",) if self.shape == 3 else ()


Change = Literal["", "changed", "unreleased"]


@lru_cache(maxsize=8)
def records(listings: int, change: Change = "") -> tuple[Record, ...]:
    """Return records until so many of them would be listed by a first harvest, those passed over between them.

    `changed` gives one record another title and takes one away; `unreleased` withdraws one.
    """
    made: list[Record] = []
    listed = number = 0
    while listed < listings:
        record = _record(number)
        made.append(record)
        listed += record.listed
        number += 1
    taken = [index for index, record in enumerate(made) if record.listed]
    if change == "changed" and len(taken) > 2:
        made[taken[1]] = replace(made[taken[1]], title=f"{made[taken[1]].title} (new edition)")
        del made[taken[2]]
    elif change == "unreleased" and taken:
        made[taken[0]] = replace(made[taken[0]], status="not published anymore")
    return tuple(made)


def of_country(made: tuple[Record, ...], country: Country) -> list[Record]:
    """Return the records of one country."""
    return [record for record in made if record.country is country]


def _record(number: int) -> Record:
    shape, cycle = number % _SHAPES, number // _SHAPES
    country = COUNTRIES[(cycle + shape // 3) % len(COUNTRIES)] if shape != 10 else COUNTRIES[cycle % len(COUNTRIES)]
    named = number - 10 if shape == 10 else number
    subject = f"{_SUBJECTS[named % len(_SUBJECTS)]}: {_ASPECTS[named % len(_ASPECTS)]}"
    title = subject + (f" {named // _SHAPES}" if named >= 60 else "")
    if shape == 6:
        title = f"{country.micro}: {title}, with everything that belongs to it and more"[:50]
    return Record(
        number=number,
        shape=shape,
        country=country,
        title=title,
        kind={0: SHORT, 2: MODULE, 5: SHORT, 7: SHORT, 8: SHORT, 9: COURSE, 10: SHORT, 1: PROGRAMME}.get(shape, COURSE),
        status={5: "not published anymore", 11: "to be reviewed", 7: ""}.get(shape, "released"),
        credit={0: "5", 1: "60 ECTS", 2: "3 ECTS", 3: "2", 6: "1.5", 8: "0", 9: "2", 10: "5"}.get(shape, ""),
        hours={0: 125, 2: 75, 3: 50, 9: 40, 10: 125}.get(shape, 0),
        eqf=4 + number % 4,
        eqf_elsewhere=4 + (number + 1) % 4 if shape == 8 else 0,
        isced="0610" if shape == 8 else ("0613", "0811", "0913", "1013")[number % 4],
        provider=1 + (named % 3),
    )


@lru_cache(maxsize=65_536)
def _uuid(name: str) -> str:
    """Return an identifier in the form of a UUID, made from a name."""
    digits = blake2b(name.encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
