"""What one mail in the mailbox of returns says: it came back, was complained about, or wants to leave. Pure.

Delivery reports follow RFC 3464, complaints RFC 5965. Servers that write neither are read too where the returned mail's
Message-ID stands in the words. A report counts only for a Message-ID of ours, which nobody can guess.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime

from newsletter.sending.events import EventKind
from newsletter.tokens import TOKEN_LENGTH

_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}")
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox)|does not exist|mailbox unavailable|unknown recipient"
    r"|recipient not found|invalid recipient|address rejected|(?:宛先|あて先|ユーザー?|メールアドレス)[^。\n]{0,12}"
    r"(?:見つかりません|存在しません|不明)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b5\d\d[ -]|undeliver|returned mail|delivery (?:has )?failed|配信でき|送信でき|届け", re.IGNORECASE
)
_SENDER_FAULT = frozenset({(1, 7), (1, 8)})
"""Status codes of the class "address" that are about our own address. Source: RFC 3463, 3.2."""
_NO_ROUTE = frozenset({(4, 4), (4, 310)})
"""The domain does not exist."""
_POSTMASTERS = ("mailer-daemon", "postmaster", "mail-daemon")
COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other"})
LONGEST_BODY = 200_000


@dataclass(frozen=True)
class Told:
    """One report on one mail of ours; `at` is None where the mail does not say when."""

    kind: EventKind
    message_id: str
    email: str = ""
    at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Leave:
    """A reader wrote to leave; `token` is the personal one."""

    token: str


@dataclass(frozen=True)
class Nothing:
    """Understood, and there is nothing to do: a delay, a mail that was taken out of the spam folder."""


Reading = Told | Leave | Nothing


def read_mail(raw: bytes) -> list[Reading]:
    """What a mail says; an empty list for one that is not a report, or not one on a mail of ours. Never raises."""
    try:
        mail = message_from_bytes(raw, policy=compat32)
        return list(_readings(mail))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        # Whatever a stranger's mail does to the parser: a person looks at it.
        return []


def _readings(mail: Message) -> Iterator[Reading]:
    if _TOKEN.fullmatch(subject := _text(mail["Subject"])):
        yield Leave(subject)
        return
    kind = str(mail.get_param("report-type", "") or "").lower()
    if mail.get_content_type() == "multipart/report" and kind == "delivery-status":
        yield from _delivery_reports(mail)
    elif mail.get_content_type() == "multipart/report" and kind == "feedback-report":
        yield from _complaint(mail)
    elif _is_from_postmaster(mail):
        yield from _loose_report(mail)


def _delivery_reports(mail: Message) -> Iterator[Reading]:
    """One reading for each recipient of the report."""
    message_id = _returned_id(mail)
    status = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not message_id:
        return
    for group in _payload(status):
        recipient = _text(group["Final-Recipient"] or group["Original-Recipient"]).partition(";")[2].strip()
        action = _text(group["Action"]).lower()
        if not recipient or not action:
            continue
        diagnostic = _text(group["Diagnostic-Code"])
        kind = _kind_of(action, _text(group["Status"]), diagnostic)
        if kind is None:
            yield Nothing()
            continue
        at = _moment(group["Last-Attempt-Date"]) or _moment(mail["Date"])
        words = " ".join(part for part in (_text(group["Status"]), diagnostic) if part)
        yield Told(kind, message_id, recipient.strip("<>"), at, words)


def _kind_of(action: str, status: str, diagnostic: str) -> EventKind | None:
    """None for what is no end: delayed, relayed, expanded."""
    if action == "delivered":
        return EventKind.DELIVERED
    if action != "failed":
        return None
    return _failure(status if _STATUS.search(status) else diagnostic, f"{status} {diagnostic}")


def _failure(status: str, words: str) -> EventKind:
    """BOUNCED where there is no such address; everything else may pass."""
    if not (found := _STATUS.search(status)):
        return EventKind.BOUNCED if _UNKNOWN.search(words) else EventKind.SOFT_BOUNCED
    of, subject, detail = found[1], int(found[2]), int(found[3])
    if of != "5":
        return EventKind.SOFT_BOUNCED
    if subject == 1 and (subject, detail) not in _SENDER_FAULT or (subject, detail) in _NO_ROUTE:
        return EventKind.BOUNCED
    is_vague = subject == 0
    return EventKind.BOUNCED if is_vague and _UNKNOWN.search(words) else EventKind.SOFT_BOUNCED


def _complaint(mail: Message) -> Iterator[Reading]:
    message_id = _returned_id(mail)
    part = next((part for part in mail.walk() if part.get_content_type() == "message/feedback-report"), None)
    if part is None or not message_id:
        return
    fields = next(iter(_payload(part)), part)
    kind = _text(fields["Feedback-Type"]).lower()
    at = _moment(fields["Received-Date"] or fields["Arrival-Date"]) or _moment(mail["Date"])
    if kind in COMPLAINTS:
        yield Told(EventKind.COMPLAINED, message_id, at=at, words=kind)
    elif kind.startswith("opt-out"):
        yield Told(EventKind.UNSUBSCRIBED, message_id, at=at, words=kind)
    elif kind:
        yield Nothing()


def _loose_report(mail: Message) -> Iterator[Reading]:
    """A returned mail without the standard's form: its words hold the Message-ID, and why it came back."""
    words = _body(mail)
    message_id = _returned_id(mail) or next(iter(_MESSAGE_ID.findall(_after_headers(words))), "")
    if not message_id or not (_FAILED.search(words) or _FAILED.search(_text(mail["Subject"]))):
        return
    status = found[0] if (found := _STATUS.search(words)) else ""
    yield Told(_failure(status, words), message_id, at=_moment(mail["Date"]), words=" ".join(words.split())[:300])


def _is_from_postmaster(mail: Message) -> bool:
    """Written by a mail server; an answer of somebody's holiday assistant is not."""
    if _text(mail["Auto-Submitted"]).lower().startswith("auto-replied") and not _text(mail["X-Failed-Recipients"]):
        sender_is_null = _text(mail["Return-Path"]) == "<>"
        if not sender_is_null:
            return False
    local = parseaddr(_text(mail["From"]))[1].rpartition("@")[0].lower()
    return local.startswith(_POSTMASTERS) or _text(mail["Return-Path"]) == "<>"


def _returned_id(mail: Message) -> str:
    """The Message-ID of the mail that is returned with a report, whole or as headers alone."""
    for part in mail.walk():
        if part is mail:
            continue
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            text = part.get_payload(decode=True) if not part.is_multipart() else bytes(next(iter(_payload(part))))
            found = message_from_bytes(text or b"", policy=compat32)["Message-ID"]
        elif kind == "message/rfc822":
            found = next(iter(_payload(part)), part)["Message-ID"]
        else:
            continue
        if ids := _MESSAGE_ID.findall(_text(found)):
            return ids[0]
    return ""


def _after_headers(words: str) -> str:
    """What follows the first line that names a Message-ID; "" where none does."""
    found = re.search(r"^\s*Message-I[Dd]:", words, re.MULTILINE)
    return words[found.end() :] if found else ""


def _body(mail: Message) -> str:
    texts = []
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            raw = part.get_payload(decode=True) or b""
            charset = part.get_content_charset() or "utf-8"
            texts.append(raw[:LONGEST_BODY].decode(charset, "replace"))
    return "\n".join(texts)


def _payload(part: Message) -> list[Message]:
    payload = part.get_payload()
    return payload if isinstance(payload, list) else []


def _text(value: object) -> str:
    return " ".join(str(value or "").split())


def _moment(value: object) -> datetime | None:
    try:
        at = parsedate_to_datetime(_text(value)) if value else None
    except ValueError:
        return None
    if at is None:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
