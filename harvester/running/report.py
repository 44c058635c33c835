"""What a run did, as figures a person can check."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from config.messages import Issue, Severity, catalogue
from harvester.running.changes import Changes
from harvester.running.drift import Drift
from harvester.running.gates import Passage
from harvester.running.reading import Reading
from store.database import Database
from store.plans import Proposal, Published
from store.records import current_findings

_ORDER = [severity.value for severity in Severity]
_SAMPLES = 3


@dataclass(slots=True)
class RunReport:
    """The outcome of one run. `fetches` counts requests by state; `same_as_run` names the run it found unchanged."""

    run_id: int
    registry: str
    preview: bool = False
    state: str = "failed"
    complete: bool = False
    seconds: float = 0.0
    same_as_run: int | None = None
    fetches: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    published: Published = field(default_factory=Published)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    gates: list[Passage] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)
    digest: str | None = None
    profile: dict[str, Any] | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the run reached its end."""
        return self.state in {"succeeded", "succeeded_with_warnings"}

    def counts(self) -> dict[str, Any]:
        """Return the figures that the run's row keeps."""
        reading, published = self.reading, self.published
        return {
            "fetches": self.fetches,
            "payloads": reading.payloads,
            "listings": reading.listings,
            "new": published.created,
            "changed": published.updated,
            "unchanged": reading.unchanged,
            "gone": published.gone,
            "missing": len(published.missing),
            "retired": len(published.retired),
            "returned": published.returned,
            "rejected": reading.rejected,
            "blank": reading.blank,
            "passed_over": dict(reading.passed_over),
            "stated": reading.stated,
            "publications": [published.first_seq, published.last_seq],
            "same_as_run": self.same_as_run,
            "ledger": [[*key, number] for key, number in sorted(reading.ledger.items())],
            "seconds": round(self.seconds, 2),
        }

    def closing(self) -> dict[str, Any]:
        """Return what the run's row keeps."""
        return {
            "counts": self.counts(),
            "findings": self.findings,
            "complete": self.complete,
            "digest": self.digest,
            "profile": self.profile or (self.reading.profile.as_json() if self.reading.profile.listings else None),
            "gates": {
                "passages": [passage.as_json() for passage in self.gates],
                "drift": [drift.as_json() for drift in self.drift],
            },
        }

    def groups(self) -> list[dict[str, Any]]:
        """Return issues and findings grouped by reason, the gravest first, each with up to three examples."""
        return grouped(self.issues, self.findings)


def findings_of(database: Database, registry: str) -> dict[str, dict[str, Any]]:
    """Return the findings that stay with a registry's live records: by code, with count and first examples."""
    findings: dict[str, dict[str, Any]] = {}
    alike: dict[str, list[dict[str, Any]]] = {}
    for record, issues in current_findings(database, registry):
        if (groups := alike.get(issues)) is None:
            groups = alike[issues] = _groups(findings, issues)
        for group in groups:
            group["count"] += 1
        if any(len(group["samples"]) < _SAMPLES for group in groups):
            _sample(findings, record, issues)
    return findings


def _groups(findings: dict[str, dict[str, Any]], issues: str) -> list[dict[str, Any]]:
    """Return the groups that a record's findings belong to, one for each finding."""
    groups = []
    for issue in orjson.loads(issues):
        severity = catalogue()[issue["code"]].severity.value
        groups.append(findings.setdefault(issue["code"], {"severity": severity, "count": 0, "samples": []}))
    return groups


def _sample(findings: dict[str, dict[str, Any]], record: str, issues: str) -> None:
    for issue in orjson.loads(issues):
        samples = findings[issue["code"]]["samples"]
        if len(samples) < _SAMPLES:
            samples.append({"record": record, "place": issue.get("place"), "params": issue.get("params", {})})


def grouped(issues: list[Issue], findings: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Group issues of a run and findings of its records by code."""
    groups: dict[str, dict[str, Any]] = {}
    counts = Counter(issue.code for issue in issues)
    for issue in issues:
        group = groups.setdefault(issue.code, {"code": issue.code, "severity": issue.severity.value, "samples": []})
        group["count"] = counts[issue.code]
        if len(group["samples"]) < _SAMPLES:
            group["samples"].append({"record": issue.record, "place": issue.place, "params": issue.params})
    for code, finding in findings.items():
        group = groups.setdefault(code, {"code": code, "severity": finding["severity"], "samples": [], "count": 0})
        group["count"] = group.get("count", 0) + finding["count"]
        group["samples"] = [*group["samples"], *finding["samples"]][:_SAMPLES]
    rows = sorted(groups.values(), key=lambda row: (_ORDER.index(row["severity"]), -row["count"], row["code"]))
    for row in rows:
        message = catalogue()[row["code"]]
        sample = row["samples"][0]["params"] if row["samples"] else {}
        issue = Issue(row["code"], sample)
        row["text"] = {"ja": issue.text("ja"), "en": issue.text("en")}
        row["fix"] = {"ja": issue.fix("ja"), "en": issue.fix("en")}
        row["severity"] = message.severity.value
    return rows
