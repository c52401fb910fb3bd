"""What became of handing one message to the relay."""

import re
from dataclasses import dataclass
from enum import StrEnum

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
SERVICE_NOT_AVAILABLE = 421
"""The relay is about to hang up on everybody. Source: RFC 5321, 3.8."""


class OutcomeKind(StrEnum):
    """`deferred` and `refused` are certain: the relay did not take the message. `ambiguous` may have arrived."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"


class Stage(StrEnum):
    """How far the conversation had come."""

    COMPOSE = "compose"
    CONNECT = "connect"
    EHLO = "ehlo"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    FILE = "file"
    HTTP = "http"


BEFORE_ANY_MAIL = frozenset({Stage.CONNECT, Stage.EHLO, Stage.TLS, Stage.AUTH, Stage.FILE})
"""Stages at which nothing was said about a message yet."""
ABOUT_THE_RELAY = BEFORE_ANY_MAIL | {Stage.MAIL}
"""Stages at which nothing was said about the recipient yet: the next message would meet the same."""


@dataclass(frozen=True)
class Outcome:
    """`code` is the relay's three figures, 0 where there was no answer; `text` its words or the error's.

    `is_counted`: one answer that puts off many mails at once counts once among equal errors in a row.
    """

    kind: OutcomeKind
    stage: Stage
    code: int = 0
    text: str = ""
    is_counted: bool = True

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.stage}:", str(self.code or ""), self.text) if part)[:1000]

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463) such as "5.1.1"; "" where the relay gave none."""
        found = _ENHANCED.search(self.text)
        return found.group(0) if found else ""

    @property
    def is_unknown_address(self) -> bool:
        """Refused because there is no such address (5.1.x; not 5.1.7 and 5.1.8, which are about the sender)."""
        about_recipient = self.stage in (Stage.RCPT, Stage.DATA, Stage.BODY)
        unknown = self.enhanced.startswith("5.1.") and self.enhanced not in ("5.1.7", "5.1.8")
        return self.kind is OutcomeKind.REFUSED and about_recipient and unknown

    @property
    def is_about_the_relay(self) -> bool:
        """The next message would meet the same: wait instead of trying everybody."""
        return self.kind is OutcomeKind.DEFERRED and (
            self.stage in ABOUT_THE_RELAY or self.code == SERVICE_NOT_AVAILABLE
        )

    @property
    def is_without_conversation(self) -> bool:
        """The relay never heard of this message."""
        return self.kind is OutcomeKind.DEFERRED and self.stage in BEFORE_ANY_MAIL

    def key(self, recipient: str) -> str:
        """What two outcomes have in common that failed for the same reason; the recipient's address is left out."""
        words = self.text.replace(recipient, "").replace(recipient.rpartition("@")[0], "")
        return f"{self.kind} {self.stage} {self.code} {words}"[:200]
