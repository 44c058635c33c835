"""Writes the pages of docs/reference/ out of the code: settings, commands, messages, code lists, registries, schemas;
and those of docs/mappings/ out of the mapping tables.

`python docs/generate.py` writes them anew; a test compares what stands there with what this module makes. The order of
everything follows the code or the alphabet, so that equal code gives equal pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import click
import orjson
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config import messages
from config.codelists import codelists
from config.frameworks import credit_systems, level_schemes
from config.registries import BUILT_IN
from config.settings import Settings, secret_files
from config.yaml_files import load_yaml
from connectors.contract import Limits, Politeness, Registry
from connectors.discovery import connector, registries
from crosswalks.contract import Crosswalk, crosswalk_table
from crosswalks.mapping_pages import mapping_pages
from harvester.cli import cli

FOLDER = Path(__file__).parent / "reference"
MAPPINGS = Path(__file__).parent / "mappings"
_MADE = "*Made from the code by `python docs/generate.py`; do not edit by hand.*"
_WIDTH = 96


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    return {
        "settings.md": _page("Settings", _settings()),
        "commands.md": _page("Commands", _commands()),
        "messages.md": _page("Messages", _messages()),
        "code-lists.md": _page("Code lists", _code_lists()),
        "registries.md": _page("Registries", _registries()),
        "schemas.md": _page("Schemas", _schemas()),
    }


def write() -> None:
    """Write every page that is not as it should be, and take away pages of mapping tables that are no more."""
    for folder, made in ((FOLDER, pages()), (MAPPINGS, mapping_pages())):
        folder.mkdir(exist_ok=True)
        for name, text in made.items():
            path = folder / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
    for path in MAPPINGS.glob("*.md"):
        if path.name not in mapping_pages():
            path.unlink()


def _page(title: str, lines: Iterable[str]) -> str:
    text = "\n".join([f"# {title}", "", _MADE, "", *lines])
    return text.rstrip("\n") + "\n"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield _row(*head)
    yield _row(*("---" for _ in head))
    yield from (_row(*row) for row in rows)
    yield ""


def _settings() -> Iterator[str]:
    yield "Each is an environment variable. The same names without the prefix, in lower case, may stand in a YAML file"
    yield "that `KAKEHASHI_SETTINGS` names; the environment wins over the file. A bad value ends every command with"
    yield "`setting_invalid`."
    yield ""
    files = ", ".join(f"`{variable}`" for variable in secret_files().values())
    yield f"Secrets may stand in files of their own instead, which these variables name: {files}."
    yield ""
    rows = [
        (f"`KAKEHASHI_{name.upper()}`", _type_of(field.annotation), _default(field), field.description)
        for name, field in Settings.model_fields.items()
    ]
    yield from _table(("Variable", "Value", "Default", "Meaning"), rows)


def _default(field: FieldInfo) -> str:
    if field.default is None or field.default is PydanticUndefined:
        return ""
    return f"`{field.default}`"


def _type_of(annotation: Any) -> str:
    """Return a type in words for people: its alternatives without None, the values of a choice."""
    inner = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if get_origin(annotation) is Union or type(None) in get_args(annotation):
        return " or ".join(map(_type_of, inner))
    names = {"str": "text", "Path": "path", "HttpUrl": "web address", "float": "number"}
    name = str(annotation.__name__)
    return names.get(name, name)


def _commands() -> Iterator[str]:
    yield "Every command speaks the language of the locale, or of `--lang`. What each says below is its own help."
    yield ""
    for path, command in command_tree():
        yield f"## {' '.join(path)}"
        yield ""
        yield "```"
        yield from _help(path, command).splitlines()
        yield "```"
        yield ""


def command_tree() -> list[tuple[tuple[str, ...], click.Command]]:
    """Return every command with its path, groups before what is in them."""
    return list(_below(("kakehashi",), cli))


def _below(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _below((*path, name), inner)


def _help(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=" ".join(path),
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )
    return "\n".join(line.rstrip() for line in context.get_help().splitlines())


def _messages() -> Iterator[str]:
    yield "Every finding, reason and error a person can read. `stop` ends a run, `reject` skips one record, `error` and"
    yield "`warning` stay with the record, `info` only tells. Places in braces are filled in where the message is told."
    yield ""
    folder = Path(messages.__file__).parent
    for path in sorted(folder.glob("*.yaml")):
        yield f"## {path.stem.replace('_', ' ').capitalize()}"
        yield ""
        rows = [
            (
                f"`{code}`",
                entry["severity"],
                f"{_plain(entry['en'])}<br>{_plain(entry['ja'])}",
                f"{_plain(entry['fix_en'])}<br>{_plain(entry['fix_ja'])}",
            )
            for code, entry in load_yaml(path).items()
        ]
        yield from _table(("Code", "Severity", "Message", "What to do"), rows)


def _plain(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    for sign in "\\*<>":
        text = text.replace(sign, f"\\{sign}")
    return text


def _code_lists() -> Iterator[str]:
    yield "The lists of the descriptor. Evidence: S1 and S2 are the client's two documents, SO another public source, A"
    yield "an aligned standard, I inferred, P proposed, K general knowledge. No official list has been published yet."
    yield ""
    for name, found in codelists().items():
        yield f"## {name}"
        yield ""
        yield f"Evidence: {found.evidence}"
        yield ""
        rows = [(f"`{code}`", labels["ja"], labels["en"]) for code, labels in found.labels.items()]
        yield from _table(("Code", "日本語", "English"), rows)
    yield "## LevelScheme"
    yield ""
    schemes = [
        (
            f"`{code}`", one.labels["ja"], one.labels["en"], " ".join(one.values or ("free",)),
            f"{one.source} ({one.year})",
        )
        for code, one in level_schemes().items()
    ]  # fmt: skip
    yield from _table(("Code", "日本語", "English", "Levels", "Source"), schemes)
    yield "## CreditSystem"
    yield ""
    yield "Hours are those of one unit, and only where the system's own text gives them is arithmetic allowed."
    yield ""
    systems = [
        (
            f"`{code}`", one.labels["ja"], one.labels["en"], "–".join(map(str, dict.fromkeys(one.hours or ()))),
            "yes" if one.sourced else "no", f"{one.source} ({one.year})",
        )
        for code, one in credit_systems().items()
    ]  # fmt: skip
    yield from _table(("Code", "日本語", "English", "Hours", "Arithmetic", "Source"), systems)


def _registries() -> Iterator[str]:
    yield "The built-in list, `config/registries.yaml`, with what each connector's `connector.yaml` says. What"
    yield "options mean stands beside them in that file."
    yield ""
    for registry in registries(BUILT_IN).values():
        yield from _registry(registry)


def _registry(registry: Registry) -> Iterator[str]:
    manifest = registry.manifest
    state = "active" if registry.active else "pending" if registry.pending else "switched off"
    yield f"## {registry.id}"
    yield ""
    yield f"{manifest.title['en']} · {manifest.title['ja']}"
    yield ""
    schedule = manifest.schedule
    rows = [
        ("State", state),
        ("Connector", f"[connectors/{registry.connector}](../../connectors/{registry.connector}/connector.yaml)"),
        ("Schema", f"`{manifest.schema_name}`"),
        ("Publisher", " · ".join(manifest.publisher.values())),
        ("Country", manifest.country or "several"),
        ("Languages", " ".join(manifest.languages)),
        ("Homepage", manifest.homepage or "not known"),
        ("Address", manifest.address or "not set"),
        ("Rights", f"`{manifest.rights}`"),
        ("Attribution", manifest.attribution),
        ("Schedule", f"`{schedule.cron}` in {schedule.zone}, window {schedule.window}"),
        ("Politeness", _politeness(manifest.politeness)),
        ("Limits", _limits(manifest.limits)),
        ("Expectations", ", ".join(f"`{name}` {value:g}" for name, value in manifest.expectations.items())),
        ("Options", _options(manifest.options)),
        ("Stand-in shows", " ".join(f"`{variant}`" for variant in connector(registry.connector).standin.variants)),
    ]  # fmt: skip
    yield from _table(("", ""), rows)


def _politeness(polite: Politeness) -> str:
    robots = "obeyed" if polite.robots else "not asked"
    pace = f"{polite.delay:g} s between requests, {polite.concurrency} at a time"
    full = (
        f"everything fetched in one run of {polite.full_every_runs}" if polite.full_every_runs else "always all fetched"
    )
    budget = f", at most {polite.requests_per_run:,} requests a run" if polite.requests_per_run else ""
    return f"{pace}, robots.txt {robots}, {polite.retries} retries, {full}{budget}"


def _limits(limits: Limits) -> str:
    answer = f"{limits.answer_bytes:,} bytes and {limits.answer_seconds:g} s an answer"
    if not limits.bulk_bytes:
        return answer
    return f"{answer}; {limits.bulk_bytes:,} bytes and {limits.bulk_seconds:g} s a dump"


def _options(options: Mapping[str, Any]) -> str:
    told = [
        f"`{name}`" if isinstance(value, dict) and value else f"`{name}`: `{orjson.dumps(value).decode()}`"
        for name, value in options.items()
    ]
    return ", ".join(told)


def _schemas() -> Iterator[str]:
    yield "What `kakehashi convert` reads, and what it writes. Everything passes through the descriptor (`jmicro`)."
    yield ""
    rows = [_schema(name, one) for name, one in sorted(crosswalk_table().items())]
    yield from _table(("Schema", "Title", "Written as", "Mapping table"), rows)


def _schema(name: str, one: Crosswalk) -> tuple[str, ...]:
    written = ", ".join(f"`{form}` (.{ending})" for form, ending in one.formats.items()) if one.write else ""
    table = f"[English](../mappings/{name}.en.md) · [日本語](../mappings/{name}.ja.md)"
    return f"`{name}`", f"{one.title['en']} · {one.title['ja']}", written or "—", table


if __name__ == "__main__":
    write()
