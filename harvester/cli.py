"""The command line `kakehashi`. Commands register by entry point; this module knows none of them by name."""

from __future__ import annotations

import sys
import tempfile
import traceback
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import click

from config.messages import CodedError
from harvester.terminal.console import FAILED, INTERRUPTED, MISUSED, UNEXPECTED, Console

GROUP = "kakehashi.commands"


class _Commands(click.Group):
    """Loads a command when it is called or described, so that starting one does not import all."""

    def _points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=GROUP)}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return sorted(self._points())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return one command, or None when there is none of that name."""
        point = self._points().get(cmd_name)
        return point.load() if point else None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Exit status:
  0    done
  1    could not be done; the message has a code and says what to do
  2    called in a way that does not exist
  3    done, and the result is not good: a failed run, data that do not conform, nothing to export
  4    a fault of the program itself; the message names the file with its trace
  130  interrupted
""",
)
@click.version_option(package_name="kakehashi", message="%(prog)s %(version)s")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of messages; by default that of the locale.")
@click.pass_context
def cli(ctx: click.Context, lang: str | None) -> None:
    """架け橋 — a bridge between micro-credential registries.

    Data are kept in the folder KAKEHASHI_HOME (./var), in the database KAKEHASHI_DATABASE_URL (SQLite in that
    folder). With --json a command writes one JSON document to standard output, or {"error": [...]} when it could
    not be done; messages for people go to standard error.

    \b
    Example:
      kakehashi demo
      kakehashi --lang ja runs
    """  # noqa: D301
    ctx.obj = lang


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit status; whatever goes wrong ends in a coded message."""
    console = Console.for_errors(arguments)
    try:
        status = cli.main(args=arguments, prog_name="kakehashi", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return MISUSED
    except click.UsageError as error:
        console.fail(_misused(error))
        return MISUSED
    except (click.Abort, KeyboardInterrupt):
        console.fail(CodedError.of("interrupted"))
        return INTERRUPTED
    except CodedError as error:
        console.fail(error)
        return FAILED
    except Exception as error:  # noqa: BLE001  the outermost boundary: a fault is told and its trace kept
        console.fail(CodedError.of("unexpected", detail=f"{type(error).__name__}: {error}", file=str(_trace_of(error))))
        return UNEXPECTED
    return status if isinstance(status, int) else 0


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))


def _misused(error: click.UsageError) -> CodedError:
    """Return a wrong call as a coded error."""
    command = error.ctx.command_path if error.ctx else "kakehashi"
    if isinstance(error, click.NoSuchOption):
        return CodedError.of("option_unknown", name=error.option_name, command=command)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return CodedError.of("command_unknown", name=error.command_name, command=command)
    if isinstance(error, click.BadParameter):
        name = error.param.get_error_hint(error.ctx).strip("'[]") if error.param else "?"
        code = "argument_missing" if isinstance(error, click.MissingParameter) else "argument_invalid"
        return CodedError.of(code, name=name, detail=error.message.rstrip("."), command=command)
    return CodedError.of("usage_wrong", detail=error.format_message().rstrip("."), command=command)


def _trace_of(error: BaseException) -> Path:
    with tempfile.NamedTemporaryFile("w", prefix="kakehashi-", suffix=".log", delete=False, encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    return Path(log.name)
