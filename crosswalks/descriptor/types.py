"""Small types of the descriptor, so that no bare string or number stands for a level, a credit or a text.

All are immutable. Text is a map of language tag to text; where a source does not say which language it uses,
the tag is `und` (BCP 47, "undetermined").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes

MAX_TEXT = 1_000_000
"""Longest text of one language, in characters."""


class Part(BaseModel):
    """Base of everything in the descriptor: immutable, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def _sorted_languages(value: dict[str, str]) -> dict[str, str]:
    return dict(sorted(value.items())) if len(value) > 1 else value


class Listed:
    """Marks a string that must be a code of a list; the JSON Schema shows the list."""

    def __init__(self, name: str, codes: Iterable[str] | None = None) -> None:
        self.name = name
        self._codes = list(codes if codes is not None else codelist(name).labels)

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate against the list itself."""
        return core_schema.literal_schema(self._codes)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the list."""
        return {"type": "string", "title": self.name, "enum": self._codes}


LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
LangText = Annotated[dict[LanguageTag, Text], Field(min_length=1), AfterValidator(_sorted_languages)]
Iri = Annotated[str, StringConstraints(pattern=r'^[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|\\^`]+$', max_length=4096)]
Url = Annotated[str, StringConstraints(pattern=r'^https?://[^\x00-\x20<>"{}|\\^`]+$', max_length=4096)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Hours = Annotated[Decimal, Field(gt=0, max_digits=12, allow_inf_nan=False)]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=14, allow_inf_nan=False)]
Duration = Annotated[
    str,
    StringConstraints(pattern=r"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$", min_length=3),
]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$")]
"""A date, or a date with a time and perhaps an offset, exactly as precise as the source gave it."""

OutcomeCategory = Annotated[str, Listed("OutcomeCategory")]
AssessmentType = Annotated[str, Listed("AssessmentType")]
Supervision = Annotated[str, Listed("Supervision")]
DeliveryMode = Annotated[str, Listed("DeliveryMode")]
CreditStatus = Annotated[str, Listed("CreditStatus")]
OtherRecognitionKind = Annotated[str, Listed("OtherRecognition")]
CertificateForm = Annotated[str, Listed("CertificateForm")]
TechStandard = Annotated[str, Listed("TechStandard")]
StackTarget = Annotated[str, Listed("StackTarget")]
StackStatus = Annotated[str, Listed("StackStatus")]
McClass = Annotated[str, Listed("McClass")]
ProviderType = Annotated[str, Listed("ProviderType")]
ProviderRole = Annotated[str, Listed("ProviderRole")]
QaObject = Annotated[str, Listed("QaObject")]
RecognitionStatus = Annotated[str, Listed("RecognitionStatus")]
FieldScheme = Annotated[str, Listed("FieldScheme")]
LevelSchemeCode = Annotated[str, Listed("LevelScheme", level_schemes())]
CreditSystemCode = Annotated[str, Listed("CreditSystem", credit_systems())]


class Identifier(Part):
    """A name in a scheme, for instance `ror` and `https://ror.org/02cgss904`."""

    scheme: Text
    value: Text


class Level(Part):
    """A level, never without its framework. `iri` is the framework's own identifier of the level, if it has one."""

    scheme: LevelSchemeCode
    value: Text
    iri: Iri | None = None
    label: LangText | None = None


class Credit(Part):
    """A credit figure in the issuer's own system, untouched. `hours_per_unit` only when the source states it."""

    system: CreditSystemCode
    value: Quantity
    hours_per_unit: Hours | None = None
    text: LangText | None = None


class FieldOfStudy(Part):
    """A field of study: a code in a classification, or the source's own words (`scheme` = `text`)."""

    scheme: FieldScheme
    code: Text | None = None
    label: LangText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> FieldOfStudy:
        if self.code is None and self.label is None:
            raise ValueError("a field of study needs a code or a label")
        return self


class Origin(Part):
    """How a value came about. Values that no origin names are stated by the source.

    `derived` names the rule and the source fields it used; `assigned` names who decided, when and why.
    """

    kind: Literal["stated", "derived", "assigned"]
    rule: Text | None = None
    source_fields: tuple[str, ...] = ()
    by: Text | None = None
    on: date | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Origin:
        if self.kind == "derived" and not self.rule:
            raise ValueError("a derived value names its rule")
        if self.kind == "assigned" and not (self.by and self.on):
            raise ValueError("an assigned value names who assigned it and when")
        return self
