"""Mapping code with a step taken out or two fields exchanged, and tables with a row taken out, are noticed.

The judges are the laws, over the corpus and over generated records, and the corpus itself: what a crosswalk makes of a
listing must be what it made before. Each test tells the share that was caught; when it is too low, the failure names
what survived.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, get_args

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel, ValidationError

import crosswalks
from config.messages import CodedError
from crosswalks.contract import crosswalk_table
from crosswalks.ctdl.model import CtdlListing
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.elm.model import ElmListing
from crosswalks.elm.writing.build import Written
from crosswalks.jvcampus.model import MoodleCourse
from crosswalks.ledger import Crossing, general
from crosswalks.mapping import DESCRIPTOR, Mapping, read_table
from crosswalks.outgoing import TABLE
from crosswalks.paths import upwards
from crosswalks.schemaorg.model import SchemaorgListing
from tests.crosswalks import (
    accounting,
    corpus,
    laws,
    returning,
    test_ctdl,
    test_jvcampus,
    test_mqa,
    test_nzqa,
    test_openbadges,
    test_schemaorg,
)
from tests.crosswalks import (
    telling as telling_records,
)
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.elm_reading.graphs import graphs
from tests.crosswalks.elm_reading.shared import listed, uncarried_statements, unspoken_links, untold_statements
from tests.crosswalks.generated_records import records
from tests.crosswalks.mutation import Mutant, mutants_of
from tests.crosswalks.returning import Return

pytestmark = pytest.mark.slow
HERE = str(Path(crosswalks.__path__[0]))
NO_MAPPING = {"model", "load", "files", "lines", "parse", "dump", "moodle", "markup", "check", "profile", "serialise",
              "syntax", "closure"}  # fmt: skip
NODES = {"elm", "edc"}
GENERATED: dict[str, SearchStrategy[Any]] = {
    "mqa": test_mqa.listings, "nzqa": test_nzqa.listings, "jvcampus": test_jvcampus.courses,
    "openbadges": test_openbadges.badges, "ctdl": records(CtdlListing, test_ctdl.VOCABULARY),
    "schemaorg": records(SchemaorgListing, test_schemaorg.WORDS),
}  # fmt: skip
LISTING_OF: dict[str, type[BaseModel]] = {
    "ctdl": CtdlListing, "schemaorg": SchemaorgListing, "jvcampus": MoodleCourse,
}  # fmt: skip
SURVIVORS = Path(__file__).parent / "survivors.tsv"
"""Changes that neither the laws nor the corpus notice, each with what it would take, or why nothing can."""
EXAMPLES = 60
PROSE = (
    "Total learning time is 40 hours, of which 10 hours are lectures. Assessed by quiz. The course runs for 8 weeks.\n"
    "Applications close on 3 April 2026. The course starts on 6 May 2026 and ends on 30 June 2026.\n"
    "On completion learners will be able to:\n- read data;\n- draw charts"
)
OUT_OF_PROSE = {"volume", "assessment", "learning_outcomes", "offer"}
CASES_EACH = 32
RICHEST = 12
MOST = 150
LEAST = {"ledger": 0.96, "fields": 0.97, "rows": 0.92}
BY_LAWS = {"ledger": 0.95, "fields": 0.95}
"""The share that the laws notice without the corpus; raise it with each law that notices more."""
FAILURES = (ArithmeticError, AttributeError, CodedError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, eq=False)
class Case:
    """One crossing: a listing read, or (`target`) a descriptor written. `before` is what it made when last agreed."""

    schema: str
    number: int
    value: BaseModel
    target: str | None
    before: dict[str, Any] | None
    telling: bool = False

    @functools.cached_property
    def size(self) -> int:
        """How much there is to cross."""
        return len(self.value.model_dump_json(exclude_defaults=True))


def modules(schema: str) -> Iterable[ModuleType]:
    package = importlib.import_module(f"crosswalks.{schema}")
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not NO_MAPPING & set(found.name.split(".")):
            yield importlib.import_module(found.name)


def every_mutant() -> list[Mutant]:
    schemas = sorted({line.schema for line in corpus.snapshot()} | {"openbadges"})
    return [one for schema in schemas for module in modules(schema) for one in mutants_of(module)]


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every crossing of the corpus, then of generated records."""
    found: list[Case] = []
    for number, line in enumerate(corpus.snapshot()):
        found.append(Case(line.schema, number, corpus.listing_of(line), None, line.made))
        descriptor = Descriptor.model_validate_json(orjson.dumps(line.made["descriptor"]))
        found.extend(Case(line.schema, number, descriptor, name, made) for name, made in line.made["out"].items())
    for schema, strategy in GENERATED.items():
        found.extend(Case(schema, 0, listing, None, None) for listing in examples(strategy))
    for schema, records_of in telling_records.LISTINGS.items():
        model = LISTING_OF[schema]
        found.extend(Case(schema, 0, model.model_validate(one), None, None, telling=True) for one in records_of)
    found.extend(Case("elm", 0, one, None, None) for graph in examples(graphs) for one in listed(graph))
    written = sorted(name for name in corpus.targets() if (crosswalk_table()[name].folder / TABLE).exists())
    found.extend(Case("jmicro", 0, one, name, None) for one in examples(descriptors()) for name in written)
    own = map(Descriptor.model_validate, telling_records.DESCRIPTORS)
    found.extend(Case("jmicro", 0, one, name, None, telling=True) for one in own for name in written)
    return tuple(found)


def examples(strategy: SearchStrategy[Any], most: int = EXAMPLES) -> list[Any]:
    """The same examples of a strategy on every call."""
    found: list[Any] = []

    @settings(max_examples=most, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def collect(one: Any) -> None:
        found.append(one)

    collect()
    return found


@functools.cache
def reached() -> dict[tuple[str, int], list[Case]]:
    """The cases that run through each line of the crosswalks."""
    found: dict[tuple[str, int], list[Case]] = {}
    for case in cases():
        seen: set[tuple[str, int]] = set()

        def inside(frame: FrameType, event: str, _: Any, seen: set[tuple[str, int]] = seen) -> Any:
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            return inside

        def entering(frame: FrameType, event: str, _: Any, inside: Any = inside) -> Any:
            return inside if frame.f_code.co_filename.startswith(HERE) else None

        before = sys.gettrace()
        sys.settrace(entering)
        try:
            came_back(case, crossed(case))
        except CodedError:  # a generated record that is refused is no crossing
            continue
        finally:
            sys.settrace(before)
        for place in seen:
            found.setdefault(place, []).append(case)
    return found


def crossed(case: Case) -> Any:
    """The crossing of a case by today's code."""
    if case.target is None:
        rights = {"rights": "reuse_with_attribution", "attribution": "A"}
        source = SourceRecord(registry="corpus", source_id=str(case.number), **rights)
        return crosswalk_table()[case.schema].read(case.value, corpus.IRI.format(case.number), source)
    write = crosswalk_table()[case.target].write
    assert write is not None
    assert isinstance(case.value, Descriptor)
    return write(case.value)


def came_back(case: Case, crossing: Crossing[Any]) -> Return | None:
    """What a descriptor that was written is when it is read again."""
    if case.target is None or crossing.value is None:
        return None
    assert isinstance(case.value, Descriptor)
    return returning.read_back(case.target, crossing.value, case.value)


def breaks_a_law(case: Case, crossing: Crossing[Any], back: Return | None) -> bool:
    try:
        if case.target is None:
            check_reading(case.schema, case.value, crossing)
        else:
            assert isinstance(case.value, Descriptor)
            check_writing(case.target, case.value, crossing)
            if back is not None:
                check_reading(case.target, back.record, back.crossing)
                returning.check_return(case.target, case.value, crossing, back.crossing)
    except AssertionError:
        return True
    return False


def check_reading(schema: str, record: BaseModel, crossing: Crossing[Descriptor]) -> None:
    """The laws of reading a record of a schema."""
    accounting.check_ledger(crossing.ledger)
    accounting.check_nothing_passed_over(crossing)
    accounting.check_origins(crossing)
    crosswalk = crosswalk_table()[schema]
    if schema in NODES:
        assert isinstance(record, ElmListing)
        assert untold_statements(record, crossing) == []
        laws.check_explained(crossing)
        laws.check_findings(crossing)
        laws.check_table(crosswalk, crossing)
        assert uncarried_statements(record, crossing) == []
        assert unspoken_links(record, crossing) == []
    else:
        laws.check_reading(crosswalk, record, crossing)


def check_writing(schema: str, descriptor: Descriptor, crossing: Crossing[Any]) -> None:
    """The laws of writing a descriptor to a schema."""
    accounting.check_ledger(crossing.ledger)
    laws.check_all_told(descriptor, crossing)
    if isinstance(crossing.value, Written):
        accounting.check_withheld(crossing)
    elif (crosswalk_table()[schema].folder / TABLE).exists():
        laws.check_writing(crosswalk_table()[schema], descriptor, crossing)
        accounting.check_nodes(crossing.value)


def differs(case: Case, crossing: Any) -> bool:
    if case.before is None:
        return False
    made = corpus.told(crosswalk_table()[case.target], crossing) if case.target else corpus.read_as(crossing)
    return any(case.before[name] != now for name, now in orjson.loads(orjson.dumps(made)).items())


def judged(mutant: Mutant) -> tuple[bool, bool]:
    """Whether the laws notice a mutant, and whether the corpus does. A crossing that fails is noticed by both."""
    lawless = changed = False
    for case in telling(reached()[mutant.spot]):
        try:
            with mutant.alive():
                crossing = crossed(case)
                back = came_back(case, crossing)
            lawless = lawless or breaks_a_law(case, crossing, back)
            changed = changed or differs(case, crossing)
        except FAILURES:
            return True, True
        if lawless:
            break
    return lawless, changed


def telling(through: list[Case]) -> list[Case]:
    """The cases that say most, and others evenly spread."""
    rich = sorted(through, key=lambda case: case.size, reverse=True)[:RICHEST]
    spread = [*through[:: max(len(through) // CASES_EACH, 1)], *(case for case in through if case.telling)]
    return [*rich, *(case for case in spread if not any(case is one for one in rich))]


@pytest.fixture
def quick_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "read_table", functools.cache(read_table))


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    def tell(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return tell


@pytest.mark.usefixtures("quick_tables")
@pytest.mark.parametrize("kind", ["ledger", "fields"])
def test_mutants_of_mapping_code_are_noticed(kind: str, tell: Callable[[str], None]) -> None:
    judge_mutants(kind, MOST, tell)


@pytest.mark.torture
@pytest.mark.usefixtures("quick_tables")
@pytest.mark.parametrize("kind", ["ledger", "fields"])
def test_all_mutants_of_mapping_code_are_noticed(kind: str, tell: Callable[[str], None]) -> None:
    judge_mutants(kind, sys.maxsize, tell)


def judge_mutants(kind: str, most: int, tell: Callable[[str], None]) -> None:
    mutants = [one for one in every_mutant() if one.kind.startswith("ledger") == (kind == "ledger")]
    inside = [one for one in mutants if one.spot in reached()]
    chosen = inside[:: max(len(inside) // most, 1)]
    verdicts = {mutant: judged(mutant) for mutant in chosen}
    survivors = [str(mutant) for mutant, found in verdicts.items() if not any(found)]
    share = 1 - len(survivors) / len(chosen)
    by_laws = sum(lawless for lawless, _ in verdicts.values()) / len(chosen)
    tell(
        f"{kind}: {len(mutants)} mutants, {len(inside)} on lines that are reached, {len(chosen)} tried: "
        f"{share:.1%} noticed, {by_laws:.1%} by the laws alone"
    )
    if len(chosen) == len(inside):
        check_survivors(verdicts)
    assert share >= LEAST[kind], "\n".join(survivors)
    assert by_laws >= BY_LAWS[kind], "\n".join(str(one) for one, (lawless, _) in verdicts.items() if not lawless)
    assert len(inside) >= 0.75 * len(mutants), "\n".join(str(one) for one in mutants if one.spot not in reached())


def check_survivors(verdicts: dict[Mutant, tuple[bool, bool]]) -> None:
    """Check that the list of survivors is neither too short nor too long."""
    listed = known_survivors()
    unlisted = [str(one) for one, found in verdicts.items() if not any(found) and one.name not in listed]
    dead = [one.name for one, found in verdicts.items() if any(found) and one.name in listed]
    assert unlisted == [], f"survive, and {SURVIVORS.name} does not say why:\n" + "\n".join(unlisted)
    assert dead == [], f"are noticed now; take them out of {SURVIVORS.name}:\n" + "\n".join(dead)


def known_survivors() -> dict[str, str]:
    """The mutants that are known to survive, by name, and what is said of each."""
    lines = SURVIVORS.read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


def test_each_survivor_is_a_change_that_exists_and_says_what_it_would_take() -> None:
    known = known_survivors()
    assert sorted(set(known) - {one.name for one in every_mutant()}) == []
    assert all(
        why.partition(": ")[0] in {"equivalent", "no example"} and why.partition(": ")[2] for why in known.values()
    )


def test_rows_taken_out_of_mapping_tables_are_noticed(tell: Callable[[str], None]) -> None:
    """By the law that a crossing has its row, and by the test that a field has one."""
    crossings = used_pairs()
    tried, survivors = 0, []
    for schema, crosswalk in crosswalk_table().items():
        for inward, name in ((True, "mapping.sssom.tsv"), (False, TABLE)):
            path = crosswalk.folder / name
            used = crossings.get((schema, inward))
            if used is None or not path.exists():
                continue
            rows = read_table(path, schema) if inward else read_table(path, DESCRIPTOR, schema)
            for row in rows:
                if row.negative:
                    continue
                tried += 1
                left = [one for one in rows if one is not row]
                again = any(one.subject == row.subject and not (inward and one.negative) for one in left)
                if again and allows(left, used, inward=inward):
                    survivors.append(f"{schema}/{name}: {row.subject} {row.predicate} {row.object}")
    share = 1 - len(survivors) / tried
    tell(f"rows: {tried} rows of mapping tables, {share:.0%} noticed")
    assert share >= LEAST["rows"], "\n".join(survivors)


def used_pairs() -> dict[tuple[str, bool], set[tuple[str, str]]]:
    """Every source and target that a crossing carried, by schema and way."""
    found: dict[tuple[str, bool], set[tuple[str, str]]] = {}
    more = [Case("elm", 0, one, None, None) for graph in examples(graphs, 2 * EXAMPLES) for one in listed(graph)]
    for case in (*cases(), *prose_cases(), *more):
        try:
            crossing = crossed(case)
            back = came_back(case, crossing)
        except CodedError:
            continue
        ways = [(case.target or case.schema, case.target is None, crossing.ledger)]
        if back is not None:
            assert case.target is not None
            ways.append((case.target, True, back.crossing.ledger))
        for schema, inward, ledger in ways:
            found.setdefault((schema, inward), set()).update(
                (general(entry.source), general(entry.target or ""))
                for entry in ledger.entries
                if entry.outcome in laws.CARRIED
            )
    return found


def prose_cases() -> Iterator[Case]:
    """Small records whose one text says in prose what a mapping table has rows for."""
    for schema in sorted(GENERATED):
        rows = read_table(crosswalk_table()[schema].folder / "mapping.sssom.tsv", schema)
        related = [row for row in rows if row.object and row.predicate == "skos:relatedMatch" and not row.negative]
        fields = sorted({row.subject for row in related if (row.object or "").partition(".")[0] in OUT_OF_PROSE})
        known = [case for case in cases() if case.schema == schema and case.target is None]
        small = min(known, key=lambda case: case.size).value
        for field in fields:
            told = saying(type(small), field.split("."))
            if told is not None:
                plain = {**small.model_dump(mode="json", exclude_defaults=True), **told}
                with suppress(ValidationError):  # a field of words that the model wants others beside
                    yield Case(schema, 0, type(small).model_validate(plain), None, None)


def saying(model: type[BaseModel], steps: list[str]) -> dict[str, Any] | None:
    """A record, in plain values, that says the prose in one field; None for a field that holds no text."""
    name, *rest = steps
    info = model.model_fields.get(name)
    shown = str(info.annotation) if info else ""
    parts = [one for one in parts_of(info.annotation if info else None) if issubclass(one, BaseModel)]
    if rest and parts:
        inner = saying(parts[0], rest)
        value: Any = inner
    else:
        value = None if rest or "str" not in shown else {"en": PROSE} if "dict" in shown else PROSE
    if value is None:
        return None
    return {name: [value] if "tuple" in shown else value}


def parts_of(annotation: Any) -> Iterator[type]:
    """The classes that an annotation is made of."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for one in get_args(annotation):
        yield from parts_of(one)


def allows(rows: list[Mapping], used: set[tuple[str, str]], *, inward: bool) -> bool:
    allowed = {(row.subject, row.object) for row in rows if not row.negative}
    return all(
        any((one, other) in allowed for one in upwards(source) for other in ((target,) if inward else upwards(target)))
        for source, target in used
    )
