"""Checking a file of any schema as a harvest would: it is read, and what is wrong is grouped by reason.

A file of the European Learning Model is held to the rules of its profile as well. Reasons have a count, examples, what
the rule is and how to mend it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config.messages import CodedError, Severity
from crosswalks.elm.check import CheckReport, check_file
from harvester.converting import Account, carried, guess
from harvester.running.report import grouped

ELM = "elm"
_WRONG = frozenset({Severity.STOP, Severity.REJECT, Severity.ERROR})
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Validated:
    """What is to be said of a file. `report` is the one by the profile table, for ELM."""

    name: str
    schema: str
    records: int
    readable: bool
    reasons: tuple[dict[str, Any], ...]
    report: CheckReport | None = None

    @property
    def passed(self) -> bool:
        """Whether the file can be read and nothing in it breaks a rule."""
        kept = self.report is None or self.report.passed
        return self.readable and kept and not any(Severity(one["severity"]) in _WRONG for one in self.of_records)

    @property
    def of_records(self) -> list[dict[str, Any]]:
        """The reasons that the reading of the records gave."""
        return [one for one in self.reasons if one["layer"] is None]

    def as_json(self) -> dict[str, Any]:
        """Return the account for machines."""
        return {
            "name": self.name, "schema": self.schema, "passed": self.passed, "records": self.records,
            "readable": self.readable, "reasons": list(self.reasons),
        }  # fmt: skip


def validated(data: bytes, name: str, schema: str | None = None) -> Validated:
    """Check a file; without a schema, as what it is.

    Raises `CodedError` with `schema_unknown` or `schema_not_guessed`.
    """
    report = check_file(data, name) if schema in {None, ELM} else None
    chosen = schema or _guessed(data, name, report)
    if chosen != ELM:
        report = None
    account = Account(chosen, "jmicro")
    readable = True
    try:
        for _ in carried([(name, data)], account):
            pass
    except CodedError as error:
        if error.issues[0].code in {"schema_unknown", "schema_without_pages"}:
            raise
        readable = False
        if report is None:
            account.note(error.issues)
    told = [*(_of_rules(report) if report else ()), *_of_records(account)]
    return Validated(name, chosen, account.read, readable and (report is None or report.readable), tuple(told), report)


def _guessed(data: bytes, name: str, report: CheckReport | None) -> str:
    try:
        return guess(data, name)
    except CodedError:
        if report is not None and report.syntax is not None and any(report.focus_nodes.values()):
            return ELM
        raise


def _of_rules(report: CheckReport) -> Iterator[dict[str, Any]]:
    for reason in report.reasons:
        told = reason.as_json()
        yield {
            "code": told["code"], "severity": told["severity"], "layer": told["layer"] or "file",
            "count": told["count"], "text": told["rule"], "fix": told["fix"],
            "known_contradiction": told["known_contradiction"],
            "examples": [{**one, "params": told["params"]} for one in told["examples"]],
        }  # fmt: skip


def _of_records(account: Account) -> Iterator[dict[str, Any]]:
    for group in grouped(account.issues, {}):
        yield {
            "code": group["code"], "severity": group["severity"], "layer": None,
            "count": account.codes[group["code"]], "text": group["text"], "fix": group["fix"],
            "known_contradiction": None,
            "examples": [_example(one) for one in group["samples"]],
        }  # fmt: skip


def _example(sample: dict[str, Any]) -> dict[str, Any]:
    params = {name: _plain(value) for name, value in sample["params"].items()}
    value = params.get("value")
    return {
        "node": sample["record"],
        "value": None if value is None else str(value)[:_SHOWN],
        "place": sample["place"],
        "params": params,
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
