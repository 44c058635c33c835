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
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel

import crosswalks
from config.messages import CodedError
from crosswalks.contract import crosswalk_table
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.elm.model import ElmListing
from crosswalks.ledger import general
from crosswalks.mapping import DESCRIPTOR, Mapping, read_table
from crosswalks.outgoing import TABLE
from crosswalks.paths import upwards
from tests.crosswalks import corpus, laws, test_jvcampus, test_mqa, test_nzqa, test_openbadges
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.elm_reading.graphs import graphs
from tests.crosswalks.elm_reading.shared import listed, uncarried_statements, untold_statements
from tests.crosswalks.mutation import Mutant, mutants_of

pytestmark = pytest.mark.slow
HERE = str(Path(crosswalks.__path__[0]))
NO_MAPPING = {"model", "load", "files", "lines", "parse", "dump", "moodle", "markup", "check", "profile", "serialise",
              "syntax", "closure"}  # fmt: skip
NODES = {"elm", "edc"}
GENERATED: dict[str, SearchStrategy[Any]] = {
    "mqa": test_mqa.listings, "nzqa": test_nzqa.listings, "jvcampus": test_jvcampus.courses,
    "openbadges": test_openbadges.badges,
}  # fmt: skip
EXAMPLES = 60
CASES_EACH = 40
MOST = 300
LEAST = {"ledger": 0.95, "fields": 0.95, "rows": 0.8}
BY_LAWS = {"ledger": 0.84, "fields": 0.82}
"""The share that the laws notice without the corpus; raise it with each law that notices more."""
FAILURES = (ArithmeticError, AttributeError, CodedError, LookupError, TypeError, ValueError)


class Case(NamedTuple):
    """One crossing: a listing read, or (`target`) a descriptor written. `before` is what it made when last agreed."""

    schema: str
    number: int
    value: BaseModel
    target: str | None
    before: dict[str, Any] | None


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
    found.extend(Case("elm", 0, one, None, None) for graph in examples(graphs) for one in listed(graph))
    written = sorted(name for name in corpus.targets() if (crosswalk_table()[name].folder / TABLE).exists())
    found.extend(Case("jmicro", 0, one, name, None) for one in examples(descriptors()) for name in written)
    return tuple(found)


def examples(strategy: SearchStrategy[Any]) -> list[Any]:
    """The same examples of a strategy on every call."""
    found: list[Any] = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate],
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
            crossed(case)
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


def breaks_a_law(case: Case, crossing: Any) -> bool:
    crosswalk = crosswalk_table()[case.target or case.schema]
    try:
        if case.target is None and case.schema in NODES:
            assert isinstance(case.value, ElmListing)
            assert untold_statements(case.value, crossing) == []
            laws.check_explained(crossing)
            laws.check_findings(crossing)
            laws.check_table(crosswalk, crossing)
            assert uncarried_statements(case.value, crossing) == []
        elif case.target is None:
            laws.check_reading(crosswalk, case.value, crossing)
        elif isinstance(crossing.value, BaseModel) and (crosswalk.folder / TABLE).exists():
            assert isinstance(case.value, Descriptor)
            laws.check_writing(crosswalk, case.value, crossing)
    except AssertionError:
        return True
    return False


def differs(case: Case, crossing: Any) -> bool:
    if case.before is None:
        return False
    made = corpus.told(crosswalk_table()[case.target], crossing) if case.target else corpus.read_as(crossing)
    return any(case.before[name] != now for name, now in orjson.loads(orjson.dumps(made)).items())


def judged(mutant: Mutant) -> tuple[bool, bool]:
    """Whether the laws notice a mutant, and whether the corpus does. A crossing that fails is noticed by both."""
    lawless = changed = False
    through = reached()[mutant.spot]
    for case in through[:: max(len(through) // CASES_EACH, 1)]:
        try:
            with mutant.alive():
                crossing = crossed(case)
            lawless = lawless or breaks_a_law(case, crossing)
            changed = changed or differs(case, crossing)
        except FAILURES:
            return True, True
        if lawless:
            break
    return lawless, changed


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
    mutants = [one for one in every_mutant() if one.kind.startswith("ledger") == (kind == "ledger")]
    inside = [one for one in mutants if one.spot in reached()]
    chosen = inside[:: max(len(inside) // MOST, 1)]
    verdicts = {mutant: judged(mutant) for mutant in chosen}
    survivors = [str(mutant) for mutant, found in verdicts.items() if not any(found)]
    share = 1 - len(survivors) / len(chosen)
    by_laws = sum(lawless for lawless, _ in verdicts.values()) / len(chosen)
    tell(
        f"{kind}: {len(mutants)} mutants, {len(inside)} on lines that are reached, {len(chosen)} tried: "
        f"{share:.0%} noticed, {by_laws:.0%} by the laws alone"
    )
    assert share >= LEAST[kind], "\n".join(survivors)
    assert by_laws >= BY_LAWS[kind], "\n".join(str(one) for one, (lawless, _) in verdicts.items() if not lawless)
    assert len(inside) >= 0.75 * len(mutants), "\n".join(str(one) for one in mutants if one.spot not in reached())


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
                if any(one.subject == row.subject for one in left) and allows(left, used, inward=inward):
                    survivors.append(f"{schema}/{name}: {row.subject} {row.predicate} {row.object}")
    share = 1 - len(survivors) / tried
    tell(f"rows: {tried} rows of mapping tables, {share:.0%} noticed")
    assert share >= LEAST["rows"], "\n".join(survivors)


def used_pairs() -> dict[tuple[str, bool], set[tuple[str, str]]]:
    """Every source and target that a crossing carried, by schema and way."""
    found: dict[tuple[str, bool], set[tuple[str, str]]] = {}
    for case in cases():
        try:
            ledger = crossed(case).ledger
        except CodedError:
            continue
        pairs = found.setdefault((case.target or case.schema, case.target is None), set())
        for entry in ledger.entries:
            if entry.outcome in laws.CARRIED:
                pairs.add((general(entry.source), general(entry.target or "")))
    return found


def allows(rows: list[Mapping], used: set[tuple[str, str]], *, inward: bool) -> bool:
    allowed = {(row.subject, row.object) for row in rows if not row.negative}
    return all(
        any((one, other) in allowed for one in upwards(source) for other in ((target,) if inward else upwards(target)))
        for source, target in used
    )
