"""The command line `kakehashi`. Commands register by entry point; this module knows none of them by name."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points

import click
from pydantic import ValidationError

from config.messages import CodedError
from harvester.console import FAILED, Console

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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kakehashi", message="%(prog)s %(version)s")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of messages; by default that of the locale.")
@click.pass_context
def cli(ctx: click.Context, lang: str | None) -> None:
    """架け橋 — a bridge between micro-credential registries.

    \b
    Example:
      kakehashi demo
      kakehashi --lang ja runs
    """  # noqa: D301
    ctx.obj = lang


def main() -> None:
    """Run the command line; every error a person can cause ends in a coded message and exit status 1."""
    console = Console.for_errors(sys.argv)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        console.fail(CodedError.of("interrupted"))
        sys.exit(130)
    except CodedError as error:
        console.fail(error)
        sys.exit(FAILED)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        console.fail(CodedError.of("setting_invalid", detail=f"{error.title}: {place}: {first['msg']}"))
        sys.exit(FAILED)
