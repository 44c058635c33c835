"""A page never tells its reader to type a command: where the catalogue's fix names one, the page has its own."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from config.labels import _labels
from config.messages import Issue, Language
from config.messages.catalogue import catalogue
from portal.public.fixes import fix_of, fix_of_group, page_fixes
from portal.public.site import LANGUAGES

COMMAND = re.compile(r"kakehashi [a-z]|`kakehashi|(?<![\w-])--[a-z]")
ELSEWHERE = frozenset({
    "key_title_invalid", "key_unknown", "rule_unclear", "queue_needs_postgres", "slots_missed", "run_ended",
    "run_not_good", "notice_failed", "notice_lost", "notice_held", "notice_changed", "notice_undelivered",
    "notice_given_up", "schema_not_guessed", "file_not_schema", "file_empty", "option_invalid",
    "backup_unreadable", "backup_incomplete", "content_damaged", "ledger_miscounted", "audit_broken", "port_taken",
    "lookout_unavailable", "rounds_stopped", "disk_low", "disk_scarce", "database_encoding", "doctor_address",
    "workbook_not_ours", "schema_not_marked", "command_unknown", "option_unknown", "argument_missing",
    "argument_invalid", "usage_wrong", "schema_without_pages", "loopback_refused", "body_too_large", "snapshot_missing",
    "nothing_published", "rules_not_records", "successor_itself",
})  # fmt: skip
"""Messages of the command line, of notices by mail, of the API and of doctor: no page for people shows them."""


def test_every_message_that_a_page_shows_has_a_fix_without_a_command() -> None:
    naming = {
        code for code, one in catalogue().items() if any(COMMAND.search(one.fix[language]) for language in LANGUAGES)
    }
    assert naming - set(page_fixes()) <= ELSEWHERE
    assert not ELSEWHERE & set(page_fixes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fixes_of_pages_name_no_command_and_only_places_that_the_message_has(language: Language) -> None:
    for code, texts in page_fixes().items():
        assert set(texts) == {"ja", "en"}, code
        assert not COMMAND.search(texts[language]), code
        message = catalogue()[code]
        known = {name for text in (message.text[language], message.fix[language]) for name in _places(text)}
        assert _places(texts[language]) <= known, code


def test_a_page_tells_its_own_fix_and_else_that_of_the_catalogue() -> None:
    own, other = Issue("run_continues", {"run": 7, "number": 3}), Issue("sign_in_wrong")
    assert fix_of(own, "ja") == "することはありません。収集 7 が終わった理由は、その収集のページにあります。"
    assert fix_of(other, "en") == other.fix("en")
    group = {"code": own.code, "fix": {"en": "x"}, "samples": [{"params": own.params}]}
    assert fix_of_group(group, "en") == "Nothing to do. Why run 7 ended stands on its page."
    assert fix_of_group({"code": other.code, "fix": {"en": "x"}, "samples": []}, "en") == "x"


def test_what_a_fix_names_in_marks_is_called_so_on_the_pages() -> None:
    labels = {texts["ja"] for texts in _labels().values()}
    named = {name for texts in page_fixes().values() for name in re.findall("「([^」]+)」", texts["ja"])}
    assert named <= labels


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
