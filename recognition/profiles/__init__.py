"""Rules of the receiving side, as data with their source: which of them a credential meets, fails, or is silent on."""

from recognition.profiles.check import ProfileReport, RuleReport, check_profile
from recognition.profiles.rule_tests import Judged
from recognition.profiles.rules import Profile, Rule, load_profile, profile, profiles

__all__ = [
    "Judged",
    "Profile",
    "ProfileReport",
    "Rule",
    "RuleReport",
    "check_profile",
    "load_profile",
    "profile",
    "profiles",
]
