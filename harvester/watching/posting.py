"""Sending notices from the outbox: mail by SMTP, and posts that are signed. At least once, with an end.

A notice has the same id each time it is sent: `Message-ID` of a mail, `Kakehashi-Notice` and `id` of a post. What could
not be sent is tried again ever later, eight times within a day; then it is given up.
"""

from __future__ import annotations

import hmac
import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import orjson

from config.labels import label
from config.messages import CodedError, Issue, Language
from config.settings import Settings
from harvester.watching.diary import Diary
from harvester.watching.noticing import look_at_runs
from harvester.workplace import Workplace
from store.clock import now
from store.notices import settle, take_due

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 15, 60, 180, 360, 720))
"""How long after each failed attempt the next one comes; after the last there is none."""
_PATIENCE = 10.0
_LANGUAGES: tuple[Language, ...] = ("ja", "en")


def post_round(place: Workplace, diary: Diary | None = None) -> list[Issue]:
    """Look at the runs that have ended and send every notice that is due; return what became of each.

    A database that cannot be asked is left to the next round.
    """
    try:
        look_at_runs(place)
        return send_due(place, diary)
    except CodedError as error:
        if diary is not None:
            diary.note(error.issues[0])
        return list(error.issues)


def send_due(place: Workplace, diary: Diary | None = None, only: list[str] | None = None) -> list[Issue]:
    """Send every notice that is due, or those of some, and return what became of each."""
    told: list[Issue] = []
    while row := take_due(place.database, now(), only):
        told.append(_attempt(place, row))
        if diary is not None:
            diary.note(told[-1])
    return told


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a post: HMAC-SHA256 over the time, a full stop, and the body as it is sent."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()


def mail_of(settings: Settings, row: dict[str, Any]) -> EmailMessage:
    """Return a notice as a mail, in Japanese and English."""
    content = orjson.loads(row["content"])
    kinds = " / ".join(label(f"told_{content['kind']}", language) for language in _LANGUAGES)
    run = f" #{content['run']}" if content.get("run") else ""
    mail = EmailMessage()
    mail["From"] = settings.mail_from or settings.admin_email
    mail["To"] = row["address"]
    mail["Subject"] = f"[Kakehashi] {content['registry']}: {kinds}{run}"
    mail["Date"] = row["created_at"]
    mail["Message-ID"] = f"<{row['id']}@{urlsplit(settings.base).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Kakehashi-Notice"] = row["id"]
    mail.set_content("\n\n--\n\n".join(_letter(content, language) for language in _LANGUAGES))
    return mail


def _letter(content: dict[str, Any], language: Language) -> str:
    title = content["title"].get(language) or next(iter(content["title"].values()))
    message = content["message"]
    lines = [title, "", message["text"][language], f"→ {message['fix'][language]}"]
    for reason in content.get("issues", ()):
        severity = label(reason["severity"], language)
        lines += ["", f"[{severity}] {reason['code']} × {reason['count']}"]
        lines += [f"  {reason['text'][language]}", f"  → {reason['fix'][language]}"]
    return "\n".join(" ".join(line.split()) if line.strip() else "" for line in lines)


def _attempt(place: Workplace, row: dict[str, Any]) -> Issue:
    told = {"notice": row["id"], "registry": row["registry_id"], "kind": row["kind"], "address": row["address"]}
    try:
        if row["channel"] == "mail":
            _mail(place.settings, row)
        else:
            _post(place.settings, row)
    except CodedError as error:
        return _failed(place, row, told, error.issues[0].text("en"))
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return _failed(place, row, told, f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
    settle(place.database, row["id"])
    return Issue("notice_sent", told)


def _failed(place: Workplace, row: dict[str, Any], told: dict[str, Any], detail: str) -> Issue:
    again = _next_attempt(row["attempts"])
    settle(place.database, row["id"], error=detail, again=again)
    if again is None:
        return Issue("notice_given_up", {**told, "detail": detail, "attempts": row["attempts"]})
    return Issue("notice_undelivered", {**told, "detail": detail, "again": f"{again:%Y-%m-%d %H:%M}Z"})


def _next_attempt(attempts: int) -> datetime | None:
    return now() + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def _mail(settings: Settings, row: dict[str, Any]) -> None:
    if not settings.smtp_host:
        raise CodedError.of("mail_server_missing")
    protected = ssl.create_default_context()
    at = (settings.smtp_host, settings.smtp_port)
    server = (
        smtplib.SMTP_SSL(*at, timeout=_PATIENCE, context=protected)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(*at, timeout=_PATIENCE)
    )
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=protected)
        if settings.smtp_user:
            server.login(
                settings.smtp_user, settings.smtp_password.get_secret_value() if settings.smtp_password else ""
            )
        server.send_message(mail_of(settings, row))


def _post(settings: Settings, row: dict[str, Any]) -> None:
    import httpx  # noqa: PLC0415  loaded only when something is posted: commands start without it

    if settings.webhook_secret is None:
        raise CodedError.of("webhook_secret_missing")
    body = orjson.dumps({"id": row["id"], **orjson.loads(row["content"])})
    timestamp = str(int(now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": settings.user_agent,
        "Kakehashi-Notice": row["id"],
        "Kakehashi-Timestamp": timestamp,
        "Kakehashi-Signature": f"sha256={signature(settings.webhook_secret.get_secret_value(), timestamp, body)}",
    }
    try:
        with (
            httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", row["address"], content=body, headers=headers) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise OSError(f"the receiver answered {status}")
