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
from harvester.terminal.prose import Prose

FAILED = 1
"""Exit status of a coded error: the command could not do its work."""
MISUSED = 2
"""Exit status of a command that was not called as it should be."""
NOT_GOOD = 3
"""Exit status of a command that did its work and found the result not good: a failed run, data that do not conform."""
UNEXPECTED = 4
"""Exit status of a fault of the program itself."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

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

    def emit(self, data: Any, *, stderr: bool = False) -> None:
        """Write one JSON document, to standard output unless the data themselves go there."""
        options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
        click.echo(orjson.dumps(data, default=str, option=options).decode(), err=stderr)

    def severity(self, severity: str) -> str:
        """Return a severity as coloured text."""
        colour = SEVERITY_COLOURS[severity]
        return f"[{colour}]{self.word(severity)}[/{colour}]"

    def issue(self, issue: Issue) -> Prose:
        """Return an issue as coloured text: severity, code, message, and what to do."""
        where = f" [dim]{escape(issue.record or issue.place or '')}[/dim]" if issue.record or issue.place else ""
        return Prose.of(
            f"{self.severity(issue.severity.value)} [bold]{issue.code}[/bold]{where}\n"
            f"  {escape(issue.text(self.language))}\n"
            f"  → {escape(issue.fix(self.language))}"
        )

    def aside(self, issue: Issue) -> None:
        """Tell something beside the result, on standard error."""
        screen(stderr=True).print(self.issue(issue))

    def fail(self, error: CodedError, result: dict[str, Any] | None = None) -> None:
        """Tell an error: for machines in one JSON document, beside the result if there is one; for people as text."""
        if self.as_json:
            self.emit({**(result or {}), "error": [issue.as_json() for issue in error.issues]})
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
