"""Levels side by side: which published row compares two levels, or that there is none."""

from recognition.levels.compare import Answer, LevelComparison, compare_levels, towards
from recognition.levels.table import Basis, Row, comparisons, load_comparisons, placement, rows

__all__ = [
    "Answer",
    "Basis",
    "LevelComparison",
    "Row",
    "compare_levels",
    "comparisons",
    "load_comparisons",
    "placement",
    "rows",
    "towards",
]
