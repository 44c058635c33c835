"""What every command shares: language, machine output, who acts, and how errors are told."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

import click
import orjson
from rich.console import Console as Screen
from rich.markup import escape

from config.labels import label
from config.messages import CodedError, Issue, Language, language_from_environment

FAILED = 1
"""Exit status of a coded error."""
NOT_GOOD = 3
"""Exit status of a command that did its work and found the result not good: a failed run, data that do not conform."""

_WIDTH = 120
F = TypeVar("F", bound=Callable[..., Any])
SEVERITY_COLOURS = {"stop": "bold red", "reject": "red", "error": "yellow", "warning": "cyan", "info": "dim"}


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command speaks. `as_json` sends one JSON document to standard output and nothing else."""

    language: Language
    as_json: bool
    actor: str

    @classmethod
    def for_errors(cls, arguments: list[str]) -> Console:
        """Make a console before any command has been read, from the raw arguments."""
        language: Language = language_from_environment()
        for position, argument in enumerate(arguments):
            given = argument.partition("=")[2] if argument.startswith("--lang=") else None
            if argument == "--lang" and position + 1 < len(arguments):
                given = arguments[position + 1]
            if given in {"ja", "en"}:
                language = cast("Language", given)
        return cls(language, "--json" in arguments, "")

    @property
    def screen(self) -> Screen:
        """The screen for people; when machine output is asked for, progress goes to standard error."""
        return screen(stderr=self.as_json)

    def word(self, name: str, **values: Any) -> str:
        """Return a label in the language of the reader."""
        return label(name, self.language, **values)

    def emit(self, data: Any) -> None:
        """Write one JSON document to standard output."""
        options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
        click.echo(orjson.dumps(data, default=str, option=options).decode())

    def issue(self, issue: Issue) -> str:
        """Return an issue as coloured text: severity, code, message, and what to do."""
        severity = issue.severity.value
        colour = SEVERITY_COLOURS[severity]
        where = f" [dim]{escape(issue.record or issue.place or '')}[/dim]" if issue.record or issue.place else ""
        return (
            f"[{colour}]{self.word(severity)}[/{colour}] [bold]{issue.code}[/bold]{where}\n"
            f"  {escape(issue.text(self.language))}\n"
            f"  → {escape(issue.fix(self.language))}"
        )

    def fail(self, error: CodedError) -> None:
        """Tell an error: as JSON on standard output for machines, as text on standard error for people."""
        if self.as_json:
            self.emit({"error": [issue.as_json() for issue in error.issues]})
            return
        told = screen(stderr=True)
        for issue in error.issues:
            told.print(self.issue(issue))


def screen(*, stderr: bool) -> Screen:
    """Return a screen for people; a file or a pipe gets lines of a fixed width, unless COLUMNS says another."""
    columns = os.environ.get("COLUMNS", "")
    made = Screen(stderr=stderr, highlight=False, width=int(columns) if columns.isdigit() else None)
    if not made.is_terminal and not columns.isdigit():
        made.width = _WIDTH
    return made


def common_options(command: F) -> F:
    """Add `--json`, `--lang` and `--as` to a command, and pass it a `Console` as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Machine output: one JSON document.")
    @click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of messages.")
    @click.option("--as", "actor", metavar="NAME", help="Who acts; by default the user of the system.")
    @wraps(command)
    def wrapped(*args: Any, as_json: bool, lang: Language | None, actor: str | None, **kwargs: Any) -> Any:
        root = click.get_current_context().find_root()
        chosen = lang or cast("Language | None", root.obj) or language_from_environment()
        return command(Console(chosen, as_json, actor or _system_user()), *args, **kwargs)

    return cast("F", wrapped)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid-{os.getuid()}"
