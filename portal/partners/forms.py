"""The forms a record leaves in: what `forms.yaml` lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from config.yaml_files import load_yaml
from crosswalks.elm.profile import TERMS, Generation

PIVOT = "descriptor"
"""The schema of forms that are the descriptor itself."""


class Form(BaseModel):
    """One form. Without a `suffix` it has no address of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    schema_name: str
    format: str
    media_type: str
    suffix: str | None = None
    profile: str | None = None
    title: dict[str, str]

    @property
    def content_type(self) -> str:
        """The Content-Type of an answer in this form."""
        if self.profile and self.schema_name != "elm":
            return f'{self.media_type};profile="{self.profile}"'
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


@cache
def forms(generation: Generation) -> dict[str, Form]:
    """Return every form by name, in the order of the list."""
    rows = load_yaml(Path(__file__).parent / "forms.yaml")
    made = {name: _form(name, dict(row)) for name, row in rows.items()}
    linked = {"turtle", "ntriples", "rdfxml", "jsonld"}
    return {
        name: form.model_copy(update={"profile": TERMS[generation]})
        if form.schema_name == "elm" and form.format in linked
        else form
        for name, form in made.items()
    }


@cache
def addressed(generation: Generation) -> dict[str, Form]:
    """Return the forms that have an address, by their suffix."""
    return {form.suffix: form for form in forms(generation).values() if form.suffix}


def _form(name: str, row: dict[str, object]) -> Form:
    return Form.model_validate({"name": name, "schema_name": row.pop("schema"), **row})
