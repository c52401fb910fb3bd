"""SMTP, spoken stage by stage, so that it is always known whether a message may have been taken.

The connection, TLS and AUTH come from smtplib; MAIL, RCPT and DATA are asked one by one.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.sending.outcomes import SERVICE_NOT_AVAILABLE, Outcome, OutcomeKind, Stage

START_BODY = 354
_LOST = (smtplib.SMTPException, OSError)
_LINE_START_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class SmtpAddress:
    """Where the relay is and how to reach it. `timeout` in seconds, for every answer."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    implicit_tls: bool = False
    timeout: float = 30.0

    def __repr__(self) -> str:
        return f"SmtpAddress({self.host}:{self.port})"  # never the password: this ends up in logs


class _Unreachable(Exception):
    """No conversation could be begun."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class SmtpTransport:
    """One connection to a relay, opened when it is needed and again after it was lost.

    | what happens | outcome |
    |---|---|
    | no connection, a bad greeting, EHLO, STARTTLS or AUTH fail | deferred |
    | 4xx to MAIL, RCPT, DATA or the body | deferred |
    | 5xx to MAIL, RCPT, DATA or the body | refused |
    | the connection is lost or times out before the relay asked for the body (354) | deferred |
    | the same, or an answer that is none, once the body has begun | ambiguous |
    """

    is_paced = True

    def __init__(self, address: SmtpAddress, *, ehlo_name: str, tls: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.ehlo_name = ehlo_name
        self._tls = tls
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect now rather than with the first message. What fails is told by `send`."""
        try:
            self._connect()
        except _Unreachable:
            self._drop()

    def send(self, envelope_from: str, rcpt: str, data: bytes, *, kind: str = "mail") -> Outcome:
        """Hand over one message to one recipient. Both addresses as `wire_address` gives them; never raises."""
        was_open = self._smtp is not None
        outcome = self._try(envelope_from, rcpt, data)
        if was_open and self._smtp is None and outcome.stage is Stage.MAIL:
            # A relay hangs up on a connection that was idle; nothing of this message was said yet.
            outcome = self._try(envelope_from, rcpt, data)
        return outcome

    def close(self) -> None:
        """Say goodbye where there is a connection."""
        if self._smtp:
            try:
                self._smtp.quit()
            except _LOST:
                self._smtp.close()
        self._smtp = None

    def _try(self, envelope_from: str, rcpt: str, data: bytes) -> Outcome:
        try:
            self._connect()
        except _Unreachable as error:
            self._drop()
            return error.outcome
        size = f" SIZE={len(data)}" if self._smtp.has_extn("size") else ""
        steps = (
            (Stage.MAIL, f"MAIL FROM:<{envelope_from}>{size}", (250,)),
            (Stage.RCPT, f"RCPT TO:<{rcpt}>", (250, 251, 252)),
            (Stage.DATA, "DATA", (START_BODY,)),
        )
        for stage, command, wanted in steps:
            try:
                code, words = self._smtp.docmd(command)
            except _LOST as error:
                self._drop()
                return Outcome(OutcomeKind.DEFERRED, stage, 0, _words(error))
            if code not in wanted:
                return self._not_taken(stage, code, words)
        return self._hand_over_body(data)

    def _hand_over_body(self, data: bytes) -> Outcome:
        """From the first octet on, silence means that the message may have been taken."""
        body = _LINE_START_DOT.sub(b"..", data)
        try:
            self._smtp.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, words = self._smtp.getreply()
        except _LOST as error:
            self._drop()
            return Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, _words(error))
        if 200 <= code < 300:
            return Outcome(OutcomeKind.SENT, Stage.BODY, code, _words(words))
        if 400 <= code < 600:
            return self._not_taken(Stage.BODY, code, words)
        self._drop()
        return Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, max(code, 0), _words(words))

    def _not_taken(self, stage: Stage, code: int, words: bytes) -> Outcome:
        """A clear no. The connection is made ready for the next message, or dropped."""
        refused = 500 <= code < 600
        if code == SERVICE_NOT_AVAILABLE or not 400 <= code < 600:
            self._drop()
        else:
            self._reset()
        return Outcome(OutcomeKind.REFUSED if refused else OutcomeKind.DEFERRED, stage, max(code, 0), _words(words))

    def _reset(self) -> None:
        try:
            if self._smtp.docmd("RSET")[0] != 250:
                self._drop()
        except _LOST:
            self._drop()

    def _drop(self) -> None:
        """Hang up without a word: after an uncertain end nothing more may be said on this connection."""
        if self._smtp:
            self._smtp.close()
        self._smtp = None

    def _connect(self) -> None:
        if self._smtp is not None:
            return
        at = self.address
        self._step(Stage.CONNECT, self._greet)
        self._step(Stage.EHLO, self._smtp.ehlo_or_helo_if_needed)
        if at.starttls:
            self._step(Stage.TLS, self._start_tls)
            self._step(Stage.EHLO, self._smtp.ehlo_or_helo_if_needed)
        if at.user:
            self._step(Stage.AUTH, lambda: self._smtp.login(at.user, at.password))

    def _greet(self) -> None:
        at = self.address
        options = {"local_hostname": self.ehlo_name, "timeout": at.timeout}
        if at.implicit_tls:
            self._smtp = smtplib.SMTP_SSL(at.host, at.port, context=self._context(), **options)
        else:
            self._smtp = smtplib.SMTP(at.host, at.port, **options)

    def _start_tls(self) -> None:
        """Never without it: a relay that does not offer it gets no mail and no password."""
        self._smtp.starttls(context=self._context())

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _step(self, stage: Stage, act: Callable[[], object]) -> None:
        try:
            act()
        except smtplib.SMTPResponseException as error:
            outcome = Outcome(OutcomeKind.DEFERRED, stage, max(error.smtp_code, 0), _words(error.smtp_error))
            raise _Unreachable(outcome) from error
        except _LOST as error:
            raise _Unreachable(Outcome(OutcomeKind.DEFERRED, stage, 0, _words(error))) from error


def _words(said: bytes | str | Exception) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:500] or type(said).__name__
