"""What `kakehashi doctor` says of the models that are set. A folder is read; a service is asked only with --ask."""

from __future__ import annotations

from collections.abc import Iterator

from config.messages import CodedError, Issue
from config.settings import Settings
from recognition.models.translator import drafted
from recognition.models.vectors import vector_model

_ASKED = "Hello"


def examine(settings: Settings, *, ask: bool) -> Iterator[Issue]:
    """Yield what was found of each model that is set; nothing where none is."""
    if settings.outcome_model is not None:
        try:
            model = vector_model(settings.outcome_model)
            words, width = model.size
            made = model.maker
            told = {"name": made.name, "dated": made.dated, "digest": made.digest[:12], "words": words, "width": width}
            yield Issue("doctor_outcome_model", told)
        except CodedError as error:
            yield from error.issues
    if settings.translation_service is None:
        return
    address = str(settings.translation_service)
    if not settings.translation_model:
        yield Issue("translation_model_unnamed", {"url": address})
    if ask:
        try:
            drafted(settings, _ASKED, "en", "ja")
        except CodedError as error:
            yield from error.issues
            return
    name = settings.translation_model or "?"
    yield Issue("doctor_translation_service", {"url": address, "name": name, "asked": "yes" if ask else "no"})
