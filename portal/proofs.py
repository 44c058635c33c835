"""Proofs of recognition for whoever was handed one: the page that tells whether it still holds, and the public keys.

`/proofs/{name}` is the address in the document and in its QR code. It sends people on to a page in their language;
`.jws` and `.json` give the signed document, `.svg` the code, `/record.json` the bytes of the record it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Language
from harvester.workplace import Workplace
from portal.answers import answer, problem, redirect
from portal.partners.making import tag_of
from portal.partners.negotiation import language_of
from portal.public.site import LANGUAGES, page, told
from portal.routing import Router
from recognition.criteria import purposes
from recognition.decisions.lifecycle import name_of
from recognition.proving import ProofView, jwks, proof, proof_picture, proof_record

_JWKS = "application/jwk-set+json"
_JOSE = "application/jose"
_JSON = "application/json"
_KEYS_KEPT = "public, max-age=3600"
_FACTS = ("purpose", "valid_until", "covers", "conditions", "number", "framework_version")
_WAYS: dict[str, tuple[str, Callable[[ProofView], bytes]]] = {
    "jws": (_JOSE, lambda view: view.document.encode()),
    "json": ("application/jose+json", lambda view: orjson.dumps(view.as_json)),
    "svg": ("image/svg+xml", proof_picture),
}


def proofs_router(place: Workplace) -> Router:
    """Return the addresses of proofs and of the keys that signed them."""
    router = Router()
    pages = ProofPages(place)

    def add(path: str, endpoint: Callable[..., Response]) -> None:
        router.add(path, endpoint)

    add("/.well-known/jwks.json", pages.keys)
    add("/proofs/{name}", pages.document)
    add("/proofs/{name}/record.json", pages.record)
    for language in LANGUAGES:
        add(f"/{language}/proofs/{{name}}", _spoken(pages, language))
    return router


def _spoken(pages: ProofPages, language: Language) -> Callable[[Request, str], Response]:
    def asked(request: Request, name: str) -> Response:
        return pages.page(request, language, name)

    return asked


class ProofPages:
    """Answers about proofs. It reads what was signed before, and signs nothing."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def keys(self, request: Request) -> Response:
        """Answer with every public key there ever was."""
        body = orjson.dumps(jwks(self._place), option=orjson.OPT_SORT_KEYS)
        return answer(request, body, _JWKS, tag=tag_of(body, _JWKS), cache=_KEYS_KEPT)

    def document(self, request: Request, name: str) -> Response:
        """Answer with the form that a suffix names, or send on to the page in the reader's language."""
        stem, _, suffix = name.partition(".")
        try:
            view = proof(self._place, stem)
        except CodedError as error:
            return problem(request, error.issues[0], 404)
        if suffix not in _WAYS:
            language = language_of(None, request.headers.get("accept-language"))
            return redirect(f"/{language}/proofs/{stem}", headers={"Vary": "Accept-Language"})
        kind, make = _WAYS[suffix]
        body = make(view)
        return answer(request, body, kind, tag=tag_of(body, kind))

    def record(self, request: Request, name: str) -> Response:
        """Answer with the bytes whose hash stands in the proof."""
        try:
            body = proof_record(self._place, name)
        except CodedError as error:
            return problem(request, error.issues[0], 404)
        return answer(request, body, _JSON, tag=tag_of(body, _JSON))

    def page(self, request: Request, language: Language, name: str) -> Response:
        """Answer with the page that says what was decided, and whether it still holds."""
        try:
            view = proof(self._place, name)
        except CodedError as error:
            return told(request, language, error.issues[0], 404)
        decided = {**dict.fromkeys(_FACTS), **view.said["decision"]}
        purpose = purposes().get(decided["purpose"] or "")
        return page(
            request, "proof.html", language,
            proof=view, decided=decided, stands=name_of("statuses", view.status, decided["kind"], language),
            outcome=_outcome(decided, language), body=_body(decided["body"], language),
            purpose=purpose[language] if purpose else None,
        )  # fmt: skip


def _outcome(decided: dict[str, str], language: Language) -> str:
    if decided["kind"] == "home":
        return name_of("states", decided["outcome"], "home", language)
    return name_of("verdicts", decided["outcome"], "foreign", language)


def _body(names: dict[str, str], language: Language) -> str:
    return names.get(language) or next(iter(names.values()))
