"""Reads the mailbox that returned mails, complaints and mails to leave come to (MAILBOX_URL), over IMAP.

Nothing is deleted. A mail that was understood is marked as read (and moved, where `done` names a folder); one that was
not gets a star and stays unread, for a person. Reading a mail twice changes nothing.
"""

import hashlib
import imaplib
import logging
import re
import ssl
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction

from center.models import OutgoingMail
from newsletter.models import ConsentEvent, Delivery, DeliveryEvent
from newsletter.sending.events import EventKind, record_event
from newsletter.sending.mailbox_reading import Leave, Nothing, Reading, Told, read_mail
from newsletter.subscribers import UnknownLink, leave

logger = logging.getLogger(__name__)

PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}
TIMEOUT = 15.0
AT_ONCE = 200
"""Mails read in one turn; the rest waits for the next."""
LARGEST = 1_000_000
"""Octets of a mail that are read: a report stands at its beginning."""
EVERY = timedelta(minutes=5)
TURN, LAST = "mailbox:turn", "mailbox:last"
_NUMBERS = re.compile(rb"[0-9 ]*")
_TROUBLE = (imaplib.IMAP4.error, OSError)


class MailboxSettingsError(Exception):
    """MAILBOX_URL is not an address that a mailbox can be read by. The message says what is wrong, no password."""


class MailboxTrouble(Exception):
    """The mailbox could not be reached or read."""


@dataclass(frozen=True)
class MailboxAddress:
    """Where and as whom to read. `done` is the folder that understood mails move to, "" to leave them in place."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    done: str = ""
    implicit_tls: bool = True
    starttls: bool = False


@dataclass
class Turn:
    """What one look into the mailbox found; `unread` is how many mails stand there that nobody understood."""

    counts: Counter = field(default_factory=Counter)
    unread: int = 0
    trouble: str = ""


def mailbox_address(url: str) -> MailboxAddress:
    """`imaps://user:password@host/INBOX?done=Done`, `imap+tls://…` (STARTTLS). Raises MailboxSettingsError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailboxSettingsError("MAILBOX_URL のホストかポートが読めません。") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise MailboxSettingsError("MAILBOX_URL は imaps://名前:パスワード@ホスト/INBOX の形にしてください。")
    if parts.scheme == "imap" and not _is_here(parts.hostname):
        raise MailboxSettingsError("MAILBOX_URL は暗号化が必要です。imaps:// か imap+tls:// にしてください。")
    if not parts.username:
        raise MailboxSettingsError("MAILBOX_URL に名前がありません（記号は %40 のように書きます）。")
    return MailboxAddress(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        done=dict(parse_qsl(parts.query)).get("done", ""),
        implicit_tls=parts.scheme == "imaps",
        starttls=parts.scheme == "imap+tls",
    )


def tick_mailbox(*, now: datetime) -> dict[str, int]:
    """Look into the mailbox where there is one and EVERY has passed; trouble is logged and shown, never raised."""
    if not settings.MAILBOX_URL or not cache.add(TURN, now.isoformat(), timeout=EVERY.total_seconds() - 1):
        return {}
    turn = Turn()
    try:
        read_mailbox(mailbox_address(settings.MAILBOX_URL), turn, now=now)
    except (MailboxTrouble, MailboxSettingsError) as error:
        turn.trouble = str(error)
        logger.error("the mailbox of returned mails: %s", error)
    cache.set(LAST, asdict(turn) | {"at": now.isoformat()}, timeout=None)
    return dict(turn.counts)


def last_turn() -> dict | None:
    """What the last look found: `counts`, `unread`, `trouble`, `at` (ISO); None where there was none yet."""
    return cache.get(LAST)


def read_mailbox(address: MailboxAddress, turn: Turn, *, now: datetime) -> None:
    """Take in every new mail and count in `turn` what it was. Raises MailboxTrouble; what was taken in stays."""
    try:
        with _open(address) as imap:
            _ask(imap.select(_quoted(address.folder)))
            for number in _search(imap, "UNSEEN", "UNFLAGGED")[:AT_ONCE]:
                turn.counts[_take_in(imap, number, address, now=now)] += 1
            turn.unread = len(_search(imap, "UNSEEN", "FLAGGED"))
    except _TROUBLE as error:
        raise MailboxTrouble(f"{type(error).__name__}: {error}"[:300]) from error


def count_waiting(address: MailboxAddress) -> int:
    """How many mails stand there that nobody understood; nothing is read or marked. Raises MailboxTrouble."""
    try:
        with _open(address) as imap:
            _ask(imap.select(_quoted(address.folder), readonly=True))
            return len(_search(imap, "UNSEEN", "FLAGGED"))
    except _TROUBLE as error:
        raise MailboxTrouble(f"{type(error).__name__}: {error}"[:300]) from error


def _take_in(imap: imaplib.IMAP4, number: bytes, address: MailboxAddress, *, now: datetime) -> str:
    """Read one mail and draw its consequences; return what to count it as."""
    data = _ask(imap.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)"))
    raw = next((part[1] for part in data if isinstance(part, tuple)), b"")
    try:
        words = [act(reading, raw, now=now) for reading in read_mail(raw)]
    except DatabaseError:  # the mail stays as it is and is read again
        logger.exception("a mail of the mailbox could not be taken in")
        return "again"
    if not words or "strange" in words:
        _ask(imap.uid("STORE", number.decode(), "+FLAGS", r"(\Flagged)"))
        return "not_understood"
    _ask(imap.uid("STORE", number.decode(), "+FLAGS", r"(\Seen)"))
    if address.done and _can_move(imap) and imap.uid("MOVE", number.decode(), _quoted(address.done))[0] != "OK":
        logger.warning("the mailbox has no folder %s; read mails stay where they are", address.done)
    return words[0]


def act(reading: Reading, raw: bytes, *, now: datetime) -> str:
    """Do what one reading asks for; safe to repeat. Return a word: its kind, "left", "nothing", "strange"."""
    match reading:
        case Leave(token):
            return _leave(token, raw, now=now)
        case Told():
            return _record(reading, now=now)
        case Nothing():
            return "nothing"


def _record(told: Told, *, now: datetime) -> str:
    if not _is_ours(told.message_id):
        return "strange"
    digest = hashlib.sha256(f"{told.kind} {told.message_id} {told.email.lower()}".encode()).hexdigest()
    record_event(
        kind=told.kind,
        message_id=told.message_id,
        email=told.email if told.kind != EventKind.COMPLAINED else "",
        at=min(told.at or now, now),
        dedupe_key=f"mailbox:{digest}",
        detail={"words": told.words},
        now=now,
    )
    return told.kind.value


def _is_ours(message_id: str) -> bool:
    return any(model.objects.filter(message_id=message_id).exists() for model in (Delivery, OutgoingMail))


@transaction.atomic
def _leave(token: str, raw: bytes, *, now: datetime) -> str:
    """One mail lets its writer leave once, so that an old mail cannot do it again to somebody who came back."""
    key = f"mailto:{hashlib.sha256(raw).hexdigest()}"
    fields = {"type": EventKind.UNSUBSCRIBED.value, "at": now}
    if not DeliveryEvent.objects.get_or_create(dedupe_key=key, defaults=fields)[1]:
        return "nothing"
    try:
        leave(token=token, channel=ConsentEvent.Channel.MAIL, now=now)
    except UnknownLink:
        return "strange"
    return "left"


def _open(address: MailboxAddress) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if address.implicit_tls:
        imap = imaplib.IMAP4_SSL(address.host, address.port, ssl_context=context, timeout=TIMEOUT)
    else:
        imap = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)
    try:
        if address.starttls:
            imap.starttls(context)
        imap.login(address.user, address.password)
    except _TROUBLE:
        imap.shutdown()
        raise
    return imap


def _can_move(imap: imaplib.IMAP4) -> bool:
    """Asked anew: many servers tell only after the login."""
    return b"MOVE" in _ask(imap.capability())[-1].upper().split()


def _search(imap: imaplib.IMAP4, *criteria: str) -> list[bytes]:
    data = _ask(imap.uid("SEARCH", *criteria))
    return data[0].split() if data and data[0] and _NUMBERS.fullmatch(data[0]) else []


def _ask(answer: tuple[str, list]) -> list:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {data}"[:200])
    return data


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
