"""Decisions on recognition: their life cycles, what is pinned and proposed, agreements, proofs. All of it is pure."""

from recognition.decisions.agreements import Agreement, Coverage, Covering
from recognition.decisions.lifecycle import Track, life_cycle, member_classes, name_of
from recognition.decisions.machine import MACHINE, check_step, reopened_by, same_person, standing
from recognition.decisions.model import Grant, Opened, Outcome, Pin, Proposed, Standing, Status, Step, Terms

__all__ = [
    "MACHINE",
    "Agreement",
    "Coverage",
    "Covering",
    "Grant",
    "Opened",
    "Outcome",
    "Pin",
    "Proposed",
    "Standing",
    "Status",
    "Step",
    "Terms",
    "Track",
    "check_step",
    "life_cycle",
    "member_classes",
    "name_of",
    "reopened_by",
    "same_person",
    "standing",
]
