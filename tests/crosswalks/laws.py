"""The laws of every crosswalk, as checks that a test calls with one crossing.

Reading: each stated source field has an outcome; each value of the descriptor is explained; each explanation is true;
and what the ledger says agrees with the mapping table. Writing a listing: the same the other way round, and what is
said to be carried as it is stands there word for word. There and back: what differs is named by one of the ledgers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel

from crosswalks.contract import Crosswalk
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor
from crosswalks.ledger import Crossing, Entry, FieldOutcome, Ledger, general
from crosswalks.mapping import DESCRIPTOR, Mapping, field_paths, read_table
from crosswalks.outgoing import TABLE as OUTGOING_TABLE

NOT_READ = ("id", "source_record", "descriptor_version", "origins")
NO_PLACE = {"no_descriptor_slot", "no_listing_slot"}
GIVEN = {"source_record.source_id"}
"""What the caller of a reader says: a ledger tells which field it comes from, but the reader does not carry it."""
TAGS = {"scheme", "system"}
"""What says by which system a value is to be read: it never stands for the value, and is never left behind alone."""
PAIRS = {"value": ("scheme", "system"), "amount": ("currency",), "name": ("role",), "code": ("scheme",)}
OPEN = {"customfields"}
"""Fields of a site's own making: one row stands for all of them, and some of them nobody has decided about."""
CARRIED = {FieldOutcome.MAPPED, FieldOutcome.NORMALISED, FieldOutcome.DERIVED}


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all leaves of a JSON tree; empty parts say nothing and have none."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
    else:
        yield path


def covers(entry: str, leaf: str) -> bool:
    return entry == leaf or leaf.startswith(f"{entry}.") or entry.startswith(f"{leaf}.")


def check_reading(crosswalk: Crosswalk, record: Any, crossing: Crossing[Descriptor]) -> None:
    """Check all laws of reading for one record (a pydantic listing)."""
    stated = record.model_dump(mode="json", exclude_defaults=True)
    sources = {entry.source for entry in crossing.ledger.entries if entry.source}
    silent = [leaf for leaf in leaves(stated) if not any(covers(source, leaf) for source in sources)]
    assert silent == [], f"source fields without an outcome: {silent}"
    quiet = {entry.source for entry in crossing.ledger.entries if entry.reason == "unmapped_field"}
    quiet -= {issue.place for issue in crossing.issues if issue.code == "unmapped_field"}
    assert quiet == set(), f"fields nobody has decided about, without an issue: {quiet}"
    check_explained(crossing)
    check_findings(crossing)
    check_carried(stated, crossing)
    rows = check_table(crosswalk, crossing)
    check_wholes(rows, stated, crossing.value.model_dump(mode="json", exclude_defaults=True), crossing.ledger)


def check_carried(stated: Any, crossing: Crossing[Descriptor]) -> None:
    """Check that what is said to be carried as it is stands in the descriptor, at the place that is named."""
    content = crossing.value.model_dump(mode="json", exclude_defaults=True)
    for entry in crossing.ledger.entries:
        if entry.outcome is FieldOutcome.MAPPED and entry.target and entry.target not in GIVEN:
            source = value_at(stated, entry.source)
            target = value_at(content, entry.target)
            if not isinstance(source, (dict, list)) and isinstance(target, dict) and TAGS & target.keys():
                target = target.get("value")
            said, found = set(words_in(source)), set(words_in(target))
            there = bool(said & found) or said == found if isinstance(source, (dict, list)) else said <= found
            assert there, f"{entry}: {said - found} is not there"


def words_in(value: Any) -> Iterator[str]:
    """Every plain value of a JSON tree as text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from words_in(item)
    elif value is not None:
        yield str(value)


def check_explained(crossing: Crossing[Descriptor]) -> None:
    content = crossing.value.model_dump(mode="json", exclude_defaults=True)
    for name in NOT_READ:
        content.pop(name, None)
    targets = {entry.target for entry in crossing.ledger.entries if entry.target}
    paths = list(leaves(content))
    unexplained = [leaf for leaf in paths if not any(covers(target, leaf) for target in targets)]
    assert unexplained == [], f"values nobody explains: {unexplained}"
    untrue = [
        target
        for target in targets
        if target.partition(".")[0] not in NOT_READ and not any(covers(target, leaf) for leaf in paths)
    ]
    assert untrue == [], f"the ledger claims values that are not there: {untrue}"


def check_table(crosswalk: Crosswalk, crossing: Crossing[Descriptor]) -> list[Mapping]:
    """Check that each crossing of the ledger has its row in the table, and return the rows."""
    rows = read_table(crosswalk.folder / "mapping.sssom.tsv", crosswalk.schema)
    allowed = {(row.subject, row.object) for row in rows if not row.negative}
    subjects = {row.subject for row in rows}
    for entry in crossing.ledger.entries:
        source, target = general(entry.source), general(entry.target or "")
        if entry.outcome in CARRIED:
            ancestors = [source.rsplit(".", cut)[0] for cut in range(source.count(".") + 1)]
            assert any((name, target) in allowed for name in ancestors), f"no row for {source} → {target}"
        elif entry.source:
            ancestors = [source.rsplit(".", cut)[0] for cut in range(source.count(".") + 1)]
            assert any(name in subjects for name in ancestors), f"no row for {source}"
    check_reasons(rows, crossing.ledger)
    return rows


def check_reasons(rows: list[Mapping], ledger: Ledger) -> None:
    """Check that a field with a place in the target is not said to have none, and that somebody looked at it.

    The row of the nearest field above an entry's own decides.
    """
    placed = {row.subject for row in rows if row.object and not row.negative}
    subjects = {row.subject for row in rows}
    for entry in ledger.entries:
        field = general(entry.source)
        if entry.reason in NO_PLACE or (entry.reason == "unmapped_field" and field not in OPEN):
            while field and field not in subjects:
                field = "" if field.endswith(")") else field.rpartition(".")[0]
            assert field not in placed, f"{field} has a place, but {entry.source} ends as {entry.reason}"


def check_writing(crosswalk: Crosswalk, descriptor: Descriptor, crossing: Crossing[Any]) -> None:
    """Check all laws of writing for one descriptor whose target is a listing (a pydantic model)."""
    check_all_told(descriptor, crossing)
    entries = crossing.ledger.entries
    stated = descriptor.model_dump(mode="json", exclude_defaults=True)
    spoken = {entry.source for entry in entries if entry.source and entry.reason != "rights_withheld"}
    untrue = [source for source in spoken if not any(within(leaf, source) for leaf in leaves(stated))]
    assert untrue == [], f"the ledger speaks of fields that are not stated: {untrue}"
    overlooked = [issue.place for issue in crossing.issues if issue.code == "unmapped_field"]
    assert overlooked == [], f"stated fields nobody looked at: {overlooked}"
    written = crossing.value.model_dump(mode="json", exclude_defaults=True)
    targets = {entry.target for entry in entries if entry.target}
    unexplained = [leaf for leaf in leaves(written) if not any(within(leaf, target) for target in targets)]
    assert unexplained == [], f"values nobody explains: {unexplained}"
    empty = [target for target in targets if not any(within(leaf, target) for leaf in leaves(written))]
    assert empty == [], f"the ledger claims values that are not there: {empty}"
    for entry in entries:
        if entry.outcome is FieldOutcome.MAPPED:
            assert str(value_at(stated, entry.source)) == str(value_at(written, entry.target or "")), entry
    check_findings(crossing)
    check_pairs(crossing.ledger)
    rows = check_outgoing_table(crosswalk, crossing.ledger)
    check_wholes(rows, stated, written, crossing.ledger)


def check_all_told(descriptor: Descriptor, crossing: Crossing[Any]) -> None:
    """Check that every stated field has an outcome, and that what is found is found about this record."""
    stated = descriptor.model_dump(mode="json", exclude_defaults=True)
    sources = {entry.source for entry in crossing.ledger.entries if entry.source}
    silent = [leaf for leaf in leaves(stated) if not any(within(leaf, source) for source in sources)]
    assert silent == [], f"stated fields without an outcome: {silent}"
    strange = [issue for issue in crossing.issues if issue.record != descriptor.id]
    assert strange == [], f"findings about no record or another: {strange}"


def check_wholes(rows: list[Mapping], stated: Any, made: Any, ledger: Ledger) -> None:
    """Check that a whole that was carried in another form brought the parts that the table says are the same.

    A part that a line of the ledger speaks of itself is judged by that line.
    """
    told = {entry.source for entry in ledger.entries}
    for entry in ledger.entries:
        if entry.outcome is not FieldOutcome.NORMALISED or not entry.target:
            continue
        source, target = general(entry.source), general(entry.target)
        if entry.rule == "own_identifier_kept":
            assert value_at(made, f"{entry.target}.value") == value_at(stated, entry.source), entry
        for row in rows:
            part, goal = row.subject.removeprefix(f"{source}."), (row.object or "").removeprefix(f"{target}.")
            if row.negative or row.predicate != "skos:exactMatch" or part == row.subject or goal == row.object:
                continue
            here, there = f"{entry.source}.{part}", f"{entry.target}.{goal}"
            said = value_at(stated, here)
            if said is not None and not any(within(one, here) for one in told):
                assert same_words(said, value_at(made, there)), f"{here} is {said!r}, and {there} is not"


def same_words(one: Any, other: Any) -> bool:
    """Tell whether two values say the same; figures may be spelt otherwise."""
    said, found = sorted(words_in(one)), sorted(words_in(other))
    return said == found or _figures(said) == _figures(found) != []


def _figures(words: list[str]) -> list[Decimal]:
    try:
        return [Decimal(word) for word in words]
    except InvalidOperation:
        return []


def check_findings(crossing: Crossing[Any]) -> None:
    """Check that every finding says where it was made."""
    assert all(issue.place for issue in crossing.issues), [issue for issue in crossing.issues if not issue.place]


def check_pairs(ledger: Ledger) -> None:
    """Check that no value leaves while what says how to read it is said to be lost: a figure keeps its system."""
    carried = {entry.source for entry in ledger.entries if entry.outcome in CARRIED}
    lost = {entry.source for entry in ledger.entries if entry.source and entry.target is None}
    for source in carried:
        thing, _, part = re.sub(r"(\.name)\.[^.]+$", r"\1", source).rpartition(".")
        for tag in PAIRS.get(part, ()):
            assert f"{thing}.{tag}" not in lost, f"{source} is carried, and its {tag} is not"


def check_outgoing_table(crosswalk: Crosswalk, ledger: Ledger) -> list[Mapping]:
    """Check that each crossing of the ledger has its row in the table of the way out, and each loss a subject."""
    rows = read_table(crosswalk.folder / OUTGOING_TABLE, DESCRIPTOR, crosswalk.schema)
    allowed = {(row.subject, row.object) for row in rows if not row.negative}
    subjects = {row.subject for row in rows}
    for entry in ledger.entries:
        source, target = general(entry.source), general(entry.target or "")
        above = [source.rsplit(".", cut)[0] for cut in range(source.count(".") + 1)]
        around = [target.rsplit(".", cut)[0] for cut in range(target.count(".") + 1)]
        if entry.outcome in CARRIED:
            assert any((one, other) in allowed for one in above for other in around), f"no row for {source} → {target}"
        elif entry.source:
            inside = any(one.startswith(f"{source}.") for one in subjects)
            assert inside or any(one in subjects for one in above), f"no row for {source}"
    check_reasons(rows, ledger)
    return rows


def check_there_and_back(before: BaseModel, after: BaseModel, there: Ledger, back: Ledger) -> None:
    """Check that whatever differs after a way there and back is named by one of the two ledgers."""
    known = frozenset(field_paths(type(before)))
    ours, theirs = (one.model_dump(mode="json", exclude_defaults=True) for one in (before, after))
    for difference in differences(ours, theirs):
        silent = not any(_stated(value) for value in (difference.before, difference.after))
        if silent or difference.path.partition(".")[0] in NOT_READ:
            continue
        field = general(difference.path)
        while field not in known:
            field = field.rpartition(".")[0]
        assert _is_named(field, there, back), str(difference)


def _is_named(field: str, there: Ledger, back: Ledger) -> bool:
    """Tell whether a value that differs was lost or changed on the way there, or lost, changed, made or carried
    elsewhere on the way back.
    """
    met = [entry for entry in there.entries if covers(general(entry.source), field) and entry.source]
    if any(_changes(entry) for entry in met) or any(_changes(entry) for entry in _making(back.entries, field)):
        return True
    made = {general(entry.source) for entry in _making(back.entries, field)}
    if any(entry.target and _from_elsewhere(entry, made, field) for entry in there.entries):
        return True
    passed = {general(entry.target or "") for entry in met}
    went = [entry for entry in back.entries if any(covers(general(entry.source), one) for one in passed)]
    return any(_changes(entry) or not covers(general(entry.target or ""), field) for entry in went)


def _stated(value: Any) -> bool:
    """Tell whether a part of a tree says anything: lists and objects that hold nothing do not."""
    return value is not None and any(True for _ in leaves(value))


def _making(entries: Iterable[Entry], field: str) -> Iterator[Entry]:
    return (entry for entry in entries if entry.target and covers(general(entry.target), field))


def _from_elsewhere(entry: Entry, made: set[str], field: str) -> bool:
    """Tell whether a value on the way there became one that the way back carries into another field."""
    goal = general(entry.target or "")
    return any(covers(goal, one) for one in made) and not covers(general(entry.source), field)


def _changes(entry: Entry) -> bool:
    return entry.outcome is not FieldOutcome.MAPPED


def account_of(crossing: Crossing[Any]) -> dict[str, Any]:
    """What a golden keeps of a crossing beside its value: the ledger, and the findings without their words."""
    found = [{"code": issue.code, "place": issue.place, "params": issue.params} for issue in crossing.issues]
    return {"ledger": crossing.ledger.as_json(), "issues": found}


def within(leaf: str, path: str) -> bool:
    return leaf == path or leaf.startswith(f"{path}.")


def value_at(tree: Any, path: str) -> Any:
    """The value at a path of a JSON tree whose keys may hold dots; None where nothing stands."""
    if not path:
        return tree
    if isinstance(tree, list):
        head, _, rest = path.partition(".")
        return value_at(tree[int(head)], rest) if head.isdecimal() and int(head) < len(tree) else None
    names = [name for name in tree if within(path, name)] if isinstance(tree, dict) else []
    key = max(names, key=len, default=None)
    return None if key is None else value_at(tree[key], path[len(key) + 1 :])
