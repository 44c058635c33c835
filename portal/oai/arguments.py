"""What a request asks for: its arguments, checked by the rules of its verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from portal.oai.faults import Fault

_LISTS = {"metadataPrefix": True, "from": False, "until": False, "set": False}
VERBS: dict[str, dict[str, bool]] = {
    "Identify": {},
    "ListMetadataFormats": {"identifier": False},
    "ListSets": {},
    "ListIdentifiers": _LISTS,
    "ListRecords": _LISTS,
    "GetRecord": {"identifier": True, "metadataPrefix": True},
}
"""The arguments of each verb, and whether they are required."""
RESUMABLE = frozenset({"ListSets", "ListIdentifiers", "ListRecords"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")
_REST = r"(?:[^%#\[\]]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?!//){_REST}"
    rf"|[A-Za-z][A-Za-z0-9+.\-]*://[^/?%#:@\[\]]*(?::[0-9]{{1,5}})?(?=[/?]|$){_REST}"
    r"|[^%#:\[\]]*"
)
"""What may stand as an address in the answer's schema; other identifiers cannot be told back."""
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that follows the rules. `token` excludes all others."""

    verb: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str | None:
        """The resumption token, if the request goes on with a list."""
        return self.values.get("resumptionToken")

    @property
    def since(self) -> datetime | None:
        """The first moment asked for."""
        return _moment(self.values["from"], end=False) if "from" in self.values else None

    @property
    def until(self) -> datetime | None:
        """The last moment asked for."""
        return _moment(self.values["until"], end=True) if "until" in self.values else None


def asked(pairs: Sequence[tuple[str, str]]) -> Asked:
    """Return what (name, value) pairs ask for. Raises `Fault` with `badVerb` or `badArgument`."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        told = "there is no verb" if not verbs else "there is more than one verb" if len(verbs) > 1 else "unknown verb"
        raise Fault("badVerb", f"{told}; the verbs are {', '.join(VERBS)}")
    verb, rest = verbs[0], [pair for pair in pairs if pair[0] != "verb"]
    values = dict(rest)
    if len(values) != len(rest):
        raise Fault("badArgument", "an argument is given more than once")
    _check_names(verb, values)
    request = Asked(verb, values)
    if request.token is None:
        _check_values(request)
    return request


def _check_names(verb: str, values: dict[str, str]) -> None:
    if "resumptionToken" in values and verb in RESUMABLE:
        if len(values) > 1:
            raise Fault("badArgument", "resumptionToken excludes all other arguments but the verb")
        return
    known = VERBS[verb]
    if unknown := sorted(values.keys() - known.keys()):
        raise Fault("badArgument", f"{verb} has no argument {unknown[0]}")
    if missing := [name for name, required in known.items() if required and not values.get(name)]:
        raise Fault("badArgument", f"{verb} needs the argument {missing[0]}")


def _check_values(request: Asked) -> None:
    values = request.values
    if not _SET.fullmatch(values.get("set", "x")):
        raise Fault("badArgument", "this is no setSpec")
    if not _PREFIX.fullmatch(values.get("metadataPrefix", "x")):
        raise Fault("badArgument", "this is no metadataPrefix")
    if not _URI.fullmatch(values.get("identifier", "x")):
        raise Fault("badArgument", "this identifier is no URI")
    since, until = request.since, request.until
    if since and until:
        if len(values["from"]) != len(values["until"]):
            raise Fault("badArgument", "from and until have different granularities")
        if since > until:
            raise Fault("badArgument", "from is later than until")


def _moment(text: str, *, end: bool) -> datetime:
    try:
        if _SECOND.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            start = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return start + timedelta(days=1, seconds=-1) if end else start
    except (ValueError, OverflowError):
        pass
    raise Fault("badArgument", "dates are written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, in UTC")
