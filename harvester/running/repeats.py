"""Answers that are those to another request: a source that gives one page again where it was asked for another.

Two requests may be answered alike for good reasons (two sites of one provider). What tells the fault is that they
were answered differently before. It is told once: where the same comes again with the next run, the source says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from store.frontier import Fetched

Before = Callable[[Collection[str]], Mapping[str, str]]
"""Tells, by request, the hash of the answer before."""


def repeated(answers: Sequence[Fetched], before: Before) -> dict[str, str]:
    """Return the requests whose answer is in doubt, each with the address of another that was answered the same."""
    alike: defaultdict[tuple[str, str], list[Fetched]] = defaultdict(list)
    for answer in answers:
        if answer.original_hash and not answer.request.get("bulk"):
            alike[answer.kind, answer.original_hash].append(answer)
    groups = [(digest, group) for (_, digest), group in alike.items() if len(group) > 1]
    if not groups:
        return {}
    was = before([answer.key for _, group in groups for answer in group])
    found = {}
    for digest, group in groups:
        known = [answer for answer in group if answer.key in was]
        if len({was[answer.key] for answer in known}) > 1:
            for answer in known:
                if was[answer.key] != digest:
                    found[answer.key] = next(other.url for other in group if other is not answer)
    return found
