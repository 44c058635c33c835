"""The home of the demonstration: how it is known, and who can sign in there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from config.yaml_files import load_yaml

DEMO_HOME = Path("var/demo")
_MARK = "DEMONSTRATION.txt"
_SAYS = """\
This is the home of the demonstration (kakehashi demo): made-up data, and accounts whose passwords everybody knows.
これは実演のためのフォルダーです（kakehashi demo）。データは架空で、アカウントのパスワードは公開されています。
"""


class DemoAccount(NamedTuple):
    """An account that everybody may use."""

    name: str
    shown: str
    role: str
    password: str


@cache
def demo_accounts() -> tuple[DemoAccount, ...]:
    """Return the accounts of the demonstration."""
    rows = load_yaml(Path(__file__).parent / "demo_accounts.yaml")
    return tuple(DemoAccount(name, **row) for name, row in rows.items())


def mark_demo_home(home: Path) -> None:
    """Have a home say that it is that of the demonstration."""
    (home / _MARK).write_text(_SAYS, encoding="utf-8")


def is_demo_home(home: Path) -> bool:
    """Tell whether a home says that it is that of the demonstration."""
    return (home / _MARK).is_file()
